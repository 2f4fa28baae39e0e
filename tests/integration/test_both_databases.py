"""The same day through the whole pipeline on SQLite and on PostgreSQL: one content, to the byte."""

import pytest

from models.fakes import ScriptedTranscriber
from pipelines.wiring import Wiring
from qm.config import read_settings
from qm.services.contacts import ContactFilter

SURVEYS = "response_id,contact_id,answered_at,nps,satisfaction,comment\nR-1,c-2,2026-11-20T12:00:00+01:00,2,3,mai più\n"


@pytest.fixture
def worked(tmp_path, script, day_of, run):
    """What a day of four contacts becomes on a database: content, coaching, list."""
    ids = ("c-2", "C-2", "È-1", "C-10")
    folder = day_of([day_of.row(contact_id, f"{place}.wav") for place, contact_id in enumerate(ids)])
    (folder / "surveys.csv").write_text(SURVEYS, encoding="utf-8")

    def work(url, name):
        settings = read_settings({"QM_DATA": str(tmp_path / name), "QM_DATABASE_URL": url}, tmp_path)
        wiring = Wiring(settings, transcriber=ScriptedTranscriber({}, script))
        summary = run(wiring, folder)
        again = run(wiring, folder)
        rows = wiring.contacts.page(ContactFilter()).items
        found = wiring.database.content_fingerprint(), wiring.coaching.read(), rows, summary.outcomes, again.outcomes
        wiring.database.close()
        return found

    return work


def test_one_day_is_one_content_on_both(worked, sqlite_url, postgres_url):
    small, large = worked(sqlite_url, "small"), worked(postgres_url, "large")
    assert small == large
    _content, _coaching, rows, outcomes, again = small
    assert [row.id for row in rows] == ["C-10", "C-2", "c-2", "È-1"], "by bytes, whatever the database's own order"
    assert (outcomes["done"], again["unchanged"]) == (4, 4)
