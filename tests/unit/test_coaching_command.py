"""The commands about coaching sessions: what they print, and what they refuse."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.wiring import Wiring
from qm.config import read_settings
from qm.domain.coaching_session import CoachingSession, SessionClip, SessionState, SessionStep, StepKind
from qm.domain.contact import Agent
from qm.errors import InputError, NotFoundError
from qm.storage.database import Database
from tests.unit.form_files import write_pack

AT = datetime.now(UTC).replace(microsecond=0)
STEP = SessionStep(AT, "marta", StepKind.COMMENTED, "parliamone \x1b[31m")
SESSION = CoachingSession(
    "cs-1", Agent("A1", "Anna [b]Bianchi", "Casa"), "marta", "f", "c1", "co-1",
    (SessionClip("C-1", "e", 65.0, 70.5, "non lo so"), SessionClip("C-2", "e", 0.0, 0.0)), "=saluto sempre",
    AT.date() + timedelta(days=7), AT, 0.8, "lo dico", history=(STEP,),
)  # fmt: skip
OVERDUE = replace(SESSION, id="cs-0", due=AT.date() - timedelta(days=7), state=SessionState.HELD, held_at=AT)


@pytest.fixture(params=["it", "en"])
def qm(tmp_path, monkeypatch, request):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))
    monkeypatch.setenv("QM_LANGUAGE", request.param)
    monkeypatch.setenv("COLUMNS", "160")
    database = Database(read_settings().database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        for session in (SESSION, OVERDUE):
            unit.coaching_sessions.save(session, 0)
    database.close()
    wiring = Wiring(read_settings())
    assert wiring.coaching_sessions.watch() == 1
    wiring.database.close()

    def run(*words):
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    run.language = request.param
    return run


def test_sessions_are_listed_with_what_is_late_first(qm):
    text = qm("coaching", "sessions")
    assert text.index("cs-0") < text.index("cs-1")
    assert ("scaduto" if qm.language == "it" else "overdue") in text
    assert "Anna [b]Bianchi" in text, "what somebody is called is no markup"
    only = qm("coaching", "sessions", "--state", "overdue")
    assert ("cs-0" in only, "cs-1" in only) == (True, False)
    nothing = qm("coaching", "sessions", "--supervisor", "nobody")
    assert nothing.strip() == ("Nessun colloquio." if qm.language == "it" else "No session.")


def test_a_session_is_told_whole(qm):
    text = qm("coaching", "session", "cs-1")
    for told in ("=saluto sempre", "80 %", "C-1 1:05-1:10 «non lo so»", "C-2", "lo dico", "parliamone"):
        assert told in text
    assert f"marta · {'commento' if qm.language == 'it' else 'comment'}: parliamone" in text
    assert f"{AT.astimezone(ZoneInfo('Europe/Rome')):%H:%M}" in text, "as the site's clocks show it"
    assert "\x1b[31m" not in text, "what was typed doesn't steer the terminal"
    assert json.loads(qm("coaching", "session", "cs-0", "--json"))["is_overdue"] is True
    assert "n=0" in qm("coaching", "session", "cs-0"), "no number without its n"


def test_for_other_programs(qm):
    document = json.loads(qm("coaching", "sessions", "--json"))
    assert ([one["session"]["id"] for one in document["items"]], document["total"]) == (["cs-0", "cs-1"], 2)
    rows = list(csv.DictReader(io.StringIO(qm("coaching", "sessions", "--csv"))))
    assert [row["session"] for row in rows] == ["cs-0", "cs-1"]
    assert rows[1]["goal"] == "'=saluto sempre", "no formula"
    assert (rows[0]["verdict"], rows[1]["verdict"]) == ("unclear", "")


@pytest.mark.parametrize(("words", "error"), [
    (("sessions", "--state", "lost"), InputError), (("sessions", "--json", "--csv"), InputError),
    (("list", "--json", "--csv"), InputError), (("session", "cs-404"), NotFoundError),
])  # fmt: skip
def test_what_is_wrong_is_told(qm, words, error):
    with pytest.raises(error):
        CliRunner().invoke(app, ["coaching", *words], catch_exceptions=False)
