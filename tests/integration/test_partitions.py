"""The audit trail in partitions by month: the same rows, the same refusals, the same backups."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from qm.errors import InputError
from qm.storage.database import Database

NOVEMBER, DECEMBER = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def note(database, *names):
    for name in names:
        with database.unit_of_work() as unit:
            unit.audit.note("contact.viewed", "contact", name, why="x")


def trail(database):
    with database.reading() as unit:
        return [event.subject for event in unit.audit.after(0, 100)]


@pytest.fixture
def large(postgres_url):
    database = Database(postgres_url)
    yield database
    database.close()


def test_months_follow_each_other_and_the_trail_stays_whole(large):
    note(large, "C-1", "C-2")
    names = [part.name for part in large.partition(NOVEMBER)]
    assert names == ["audit_events_before", "audit_events_2026_11"]
    note(large, "C-3")
    assert [part.name for part in large.partition(NOVEMBER)] == names, "once more changes nothing"
    found = large.partition(DECEMBER)
    assert [(part.name, part.first) for part in found] == [
        ("audit_events_before", "MINVALUE"), ("audit_events_2026_11", "3"), ("audit_events_2026_12", "4"),
    ]  # fmt: skip
    note(large, "C-4", "C-5")
    assert trail(large) == ["C-1", "C-2", "C-3", "C-4", "C-5"]
    assert large.check() == []
    with large.reading() as unit:
        assert unit.connection.exec_driver_sql("SELECT count(*) FROM audit_events_2026_12").scalar_one() == 2


@pytest.mark.parametrize("table", ["audit_events", "audit_events_before", "audit_events_2026_11"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET actor = 'x'", "TRUNCATE {}"])
def test_no_part_of_it_can_be_changed(large, table, change):
    note(large, "C-1")
    large.partition(NOVEMBER)
    with pytest.raises(DBAPIError, match="append-only"), large.unit_of_work() as unit:
        unit.connection.exec_driver_sql(change.format(table))


@pytest.mark.parametrize("portable", [False, True])
def test_a_backup_of_it_comes_back(large, tmp_path, portable):
    note(large, "C-1")
    large.partition(NOVEMBER)
    note(large, "C-2")
    large.back_up(tmp_path / "copy", NOVEMBER, "1", portable=portable)
    large.restore(tmp_path / "copy", replace=True)
    assert trail(large)[:2] == ["C-1", "C-2"]
    assert large.check() == []
    large.partition(DECEMBER)


def test_sqlite_has_none(sqlite_url):
    database = Database(sqlite_url)
    with pytest.raises(InputError, match=r"database\.no_partitions"):
        database.partition(NOVEMBER)
    database.close()
