"""The bench of the audit trail, small: it measures what it says, and a broken chain stops it."""

import pytest

from benchmarks import audit_trail
from qm.storage.database import Database


@pytest.fixture
def database(sqlite_url, monkeypatch):
    monkeypatch.setattr(audit_trail, "SMALL", 3)
    monkeypatch.setattr(audit_trail, "AT_ONCE", 60)
    made = Database(sqlite_url)
    yield made
    made.close()


def test_every_figure_has_a_value(database, tmp_path):
    figures = audit_trail._measure(database, tmp_path, 200)
    assert len(figures) == 6
    assert all(figure.value >= 0 and figure.n in (3, 200) for figure in figures.values())
    with database.reading() as unit:
        assert unit.audit.head().seq == 204  # 200 and those of the small transactions, and the export


def test_a_broken_chain_is_no_figure(database, tmp_path, monkeypatch):
    fill = audit_trail._fill
    monkeypatch.setattr(audit_trail, "_fill", lambda *given: _break(fill, *given))
    with pytest.raises(RuntimeError, match=r"audit\.altered"):
        audit_trail._measure(database, tmp_path, 200)


def _break(fill, database, events):
    fill(database, events)
    with database._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_events_refuse_update")
        connection.exec_driver_sql("UPDATE audit_events SET actor = 'x'")
