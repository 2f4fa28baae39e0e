"""The audit chain in the database: what is noted stands with its transaction, in one chain, for ever."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import create_engine, text

from qm.domain.audit import ChainCheck, Head
from qm.ports.audit import AuditFilter
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database
from tests.unit import builders

BEGIN = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url):
    ticks = count()
    pen = AuditPen("Ada", lambda: BEGIN + timedelta(seconds=next(ticks)))
    made = Database(database_url, pen=pen)
    yield made
    made.close()


def tell(database, *subjects, **given):
    with database.unit_of_work() as unit:
        for subject in subjects:
            unit.audit.note("case.changed", "case", subject, **given)


def chain_of(database):
    """What checking the chain finds, and its events."""
    check = ChainCheck()
    with database.reading() as unit:
        events = unit.audit.after(0, 100_000)
        details = unit.audit.details([event.seq for event in events])
    faults = [check.take(event, details.get(event.seq)) for event in events]
    return check.finish(next(filter(None, faults), None)), events


def raw(database, *statements):
    """Statements past the product, as somebody with the database's password would send them."""
    engine = create_engine(database.url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def test_what_is_noted_stands_in_order_with_who_and_when(database):
    tell(database, "D-1", "D-2", before={"state": "open"}, after=("x", 1.0, None), why="sì")
    tell(database, "D-3", actor="Bea")
    found, events = chain_of(database)
    assert found.is_whole
    assert (found.events, found.details, found.head.seq) == (3, 2, 3)
    assert [(event.seq, event.actor, event.subject) for event in events] == [
        (1, "Ada", "D-1"), (2, "Ada", "D-2"), (3, "Bea", "D-3"),
    ]  # fmt: skip
    assert [event.at for event in events[:2]] == ["2026-11-22T19:00:00.000+00:00", "2026-11-22T19:00:01.000+00:00"]
    with database.reading() as unit:
        details = unit.audit.details([1, 3])
        assert unit.audit.head() == found.head
    assert (details[1].before, details[1].after, details[1].why) == ({"state": "open"}, ["x", 1.0, None], "sì")
    assert list(details) == [1]
    assert len(details[1].salt) == 32


def test_what_is_rolled_back_was_never_noted(database):
    def fail():
        with database.unit_of_work() as unit:
            unit.audit.note("case.changed", "case", "D-1")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    tell(database, "D-2")
    assert [(event.seq, event.subject) for event in chain_of(database)[1]] == [(1, "D-2")]


def test_an_event_and_what_it_tells_of_are_one_transaction(database):
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact("C-1"), "/day", 0, "f")
        unit.audit.note("contact.changed", "contact", "C-1")
        assert unit.audit.head() == Head()  # at the end only: others wait for milliseconds
    with database.reading() as unit:
        assert unit.audit.head().seq == 1


def test_a_transaction_that_only_reads_notes_nothing(database):
    with database.reading() as unit, pytest.raises(RuntimeError, match="only reads"):
        unit.audit.note("case.changed", "case", "D-1")


def test_texts_that_no_database_keeps_are_told_by_their_escapes(database):
    tell(database, "D\x001\ud800", before={"note": "a\x00b\ud800"}, why="\x00")
    found, events = chain_of(database)
    assert found.is_whole
    assert events[0].subject == "D 1?"
    with database.reading() as unit:
        assert unit.audit.details([1])[1].before == {"note": "a\x00b?"}


@pytest.mark.parametrize("statement", [
    "UPDATE audit_events SET actor = 'Bea' WHERE seq = 1",
    "DELETE FROM audit_events WHERE seq = 2",
    "DELETE FROM audit_events",
])  # fmt: skip
def test_the_database_refuses_to_change_the_chain(database, statement):
    tell(database, "D-1", "D-2")
    with pytest.raises(Exception, match="append-only"):
        raw(database, statement)
    assert chain_of(database)[0].events == 2


def test_postgresql_refuses_to_empty_the_chain(postgres_url):
    database = Database(postgres_url)
    tell(database, "D-1")
    with pytest.raises(Exception, match="append-only"):
        raw(database, "TRUNCATE audit_events CASCADE")
    database.close()


def test_sqlite_refuses_to_replace_a_link(sqlite_url):
    database = Database(sqlite_url)
    tell(database, "D-1")
    with pytest.raises(Exception, match="append-only"):
        raw(database, "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events")
    database.close()


def test_who_gets_past_the_database_is_found_by_the_chain(database):
    tell(database, "D-1", "D-2", "D-3")
    if database.url.startswith("sqlite"):
        raw(database, "DROP TRIGGER audit_events_refuse_update")
    else:
        raw(database, "ALTER TABLE audit_events DISABLE TRIGGER USER")
    raw(database, "UPDATE audit_events SET actor = 'Bea' WHERE seq = 2")
    fault = chain_of(database)[0].fault
    assert (fault.seq, fault.code) == (2, "audit.altered")


def test_an_erased_subject_leaves_a_whole_chain_without_details(database):
    tell(database, "D-1", "D-2", "D-1", before={"note": "Maria Rossi"})
    with database.unit_of_work() as unit:
        assert unit.audit.forget([("case", "D-1"), ("contact", "D-2"), ("case", "D-9")]) == 2
        unit.audit.note("contact.erased", "contact", "C-1")
    found, events = chain_of(database)
    assert (found.is_whole, found.events, found.details, found.erased) == (True, 4, 1, 2)
    with database.reading() as unit:
        assert list(unit.audit.details([event.seq for event in events])) == [2]


def test_events_are_found_by_subject_actor_action_and_time(database):
    with database.unit_of_work() as unit:
        for place in range(6):
            kind, subject = ("contact", "C-1") if place % 2 else ("case", "C-1")
            action = "recording.played" if place < 3 else "recording.exported" if place < 5 else "recordings.moved"
            unit.audit.note(action, kind, subject, actor=f"A{place % 3}")
    wanted = {
        AuditFilter(): [6, 5, 4, 3, 2, 1],
        AuditFilter(subject_kind="contact", subject="C-1"): [6, 4, 2],
        AuditFilter(actor="A1"): [5, 2],
        AuditFilter(action="recording.played"): [3, 2, 1],
        AuditFilter(action="recording."): [5, 4, 3, 2, 1],
        AuditFilter(action="recording_"): [],
        AuditFilter(since=BEGIN + timedelta(seconds=4)): [6, 5],
        AuditFilter(until=BEGIN + timedelta(seconds=2), actor="A1"): [2],
        AuditFilter(subject="' OR 1=1 --"): [],
    }
    with database.reading() as unit:
        for one, seqs in wanted.items():
            assert [event.seq for event in unit.audit.latest(one, None, 100)] == seqs
        assert [event.seq for event in unit.audit.latest(AuditFilter(), 4, 2)] == [3, 2]
        assert [event.seq for event in unit.audit.after(4, 1)] == [5]
        assert unit.audit.first_since(BEGIN + timedelta(seconds=3)) == 4
        assert unit.audit.first_since(BEGIN + timedelta(days=3)) == 7


def test_writers_at_once_make_one_chain(database):
    databases = [Database(database.url, pen=AuditPen(f"writer {place}")) for place in range(4)]

    def work(place):
        for turn in range(15):
            tell(databases[place], f"D-{place}-{turn}", f"E-{place}-{turn}", why="x")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for one in databases:
        one.close()
    found, events = chain_of(database)
    assert (found.is_whole, found.events) == (True, 120)
    assert sorted(event.subject for event in events) == sorted(
        f"{letter}-{place}-{turn}" for letter in "DE" for place in range(4) for turn in range(15)
    )


WRITER = """
import sys
from qm.storage.database import Database
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for turn in range(20):
    with database.unit_of_work() as unit:
        unit.audit.note("case.changed", "case", f"{sys.argv[2]}-{turn}", after={"turn": turn})
"""


def test_processes_at_once_make_one_chain(database):
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, database.url, name], stdin=-1, stdout=-1, text=True)
        for name in ("one", "two")
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
        assert process.returncode == 0
    found, events = chain_of(database)
    assert (found.is_whole, found.events) == (True, 40)
    assert len({event.actor for event in events}) == 1


RESTLESS = """
import sys
from itertools import count
from qm.storage.database import Database
database = Database(sys.argv[1])
for turn in count():
    with database.unit_of_work() as unit:
        unit.documents.save("turn", "last", str(turn))
        for part in range(20):
            unit.audit.note("case.changed", "case", f"{turn}", after={"part": part})
    print(turn, flush=True)
"""


def test_a_writer_that_is_killed_leaves_a_whole_chain(database):
    process = subprocess.Popen([sys.executable, "-c", RESTLESS, database.url], stdout=-1, text=True)
    told = [int(process.stdout.readline()) for _ in range(5)][-1]
    process.kill()
    process.communicate()
    found, events = chain_of(database)
    assert found.is_whole
    with database.reading() as unit:
        last = int(unit.documents.get("turn", "last"))
    assert last >= told
    assert [event.subject for event in events] == [str(turn) for turn in range(last + 1) for _ in range(20)]


def test_events_are_no_content(database):
    before = database.content_fingerprint()
    tell(database, "D-1", before={"a": 1})
    assert database.content_fingerprint() == before
