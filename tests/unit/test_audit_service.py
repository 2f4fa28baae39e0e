"""Use cases of auditing over a real database: checking, heads noted down, exports that prove themselves."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from qm.domain.audit import Head
from qm.errors import InputError, NotFoundError, StorageError
from qm.ports.audit import AuditFilter
from qm.services import audit as audit_module
from qm.services.audit import AuditService, verify_export
from qm.storage.audit_anchors import FileAnchors
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database

BEGIN = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


@pytest.fixture
def database(sqlite_url):
    ticks = count()
    made = Database(sqlite_url, pen=AuditPen("Ada", lambda: BEGIN + timedelta(seconds=next(ticks))))
    yield made
    made.close()


@pytest.fixture
def anchors(tmp_path):
    return FileAnchors(tmp_path / "data")


@pytest.fixture
def service(database, anchors, monkeypatch):
    monkeypatch.setattr(audit_module, "AT_ONCE", 3)  # several transactions for a handful of events
    return AuditService(database.unit_of_work, database.reading, anchors, lambda: BEGIN)


@pytest.fixture
def told(database):
    with database.unit_of_work() as unit:
        for place in range(7):
            unit.audit.note("case.changed", "case", f"D-{place}", before={"state": "open"}, why="=1+1")
        unit.audit.note("recording.played", "contact", "C-1", actor="=Bea")
    return database


def tamper(database, statement):
    with database._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_events_refuse_update")
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_events_refuse_delete")
        connection.exec_driver_sql(statement)


def test_a_whole_chain_is_told_and_noted_down(told, service, anchors):
    found = service.verify()
    assert (found.is_whole, found.events, found.first_seq, found.details) == (True, 8, 1, 7)
    service.note_down(found)
    service.note_down(service.verify())
    assert anchors.heads() == {8: found.head.hash}
    assert len(anchors.path.read_text().splitlines()) == 1
    assert service.page().checked.found == found


def test_an_empty_chain_is_whole(service, anchors):
    found = service.verify()
    assert (found.is_whole, found.events, found.head) == (True, 0, Head())
    service.note_down(found)
    assert anchors.heads() == {}


def test_a_chain_cut_short_is_found_by_what_was_noted_down(told, service):
    service.anchor()
    tamper(told, "DELETE FROM audit_details WHERE seq > 5")
    tamper(told, "DELETE FROM audit_events WHERE seq > 5")
    found = service.verify()
    assert (found.fault.code, found.fault.seq, found.events) == ("audit.cut", 6, 5)
    service.note_down(found)
    assert not service.page().checked.found.is_whole


def test_a_chain_cut_short_is_found_by_a_head_kept_elsewhere(told, service):
    head = service.verify().head
    tamper(told, "DELETE FROM audit_events WHERE seq = 8")
    assert service.verify().is_whole
    assert service.verify(expect=head).fault.code == "audit.cut"
    assert service.verify(expect=Head(3, "0" * 64)).fault.code == "audit.other_chain"


@pytest.mark.parametrize("document", ["x", "[]", "null", '{"afterwards": 1}', ""])
def test_details_that_somebody_wrote_over_are_told_and_the_list_still_shows(told, service, document):
    tamper(told, f"UPDATE audit_details SET document = '{document}' WHERE seq = 1")
    fault = service.verify().fault
    assert (fault.seq, fault.code) == (1, "audit.details_altered")
    assert len(service.page(size=20).items) == 8


def test_checking_from_an_event_on(told, service):
    found = service.verify(start=5)
    assert (found.is_whole, found.first_seq, found.events) == (True, 5, 4)
    with pytest.raises(NotFoundError, match=r"audit\.no_event"):
        service.verify(start=9)
    tamper(told, "UPDATE audit_events SET subject = 'D-9' WHERE seq = 2")
    assert service.verify(start=5).is_whole
    assert service.verify().fault.seq == 2
    tamper(told, "DELETE FROM audit_details WHERE seq = 4")
    tamper(told, "DELETE FROM audit_events WHERE seq = 4")
    assert (service.verify(start=5).fault.code, service.verify(start=5).fault.seq) == ("audit.missing", 4)


def test_the_list_goes_on_where_it_ended(told, service):
    first = service.page(size=3)
    assert [row.seq for row in first.items] == [8, 7, 6]
    second = service.page(cursor=first.next_cursor, size=5)
    assert ([row.seq for row in second.items], second.next_cursor) == ([5, 4, 3, 2, 1], "")
    shown = second.items[0]
    assert (shown.before, shown.why, shown.is_erased) == ({"state": "open"}, "=1+1", False)
    with told.unit_of_work() as unit:
        unit.audit.forget([("case", "D-4")])
    (row,) = service.page(AuditFilter(subject="D-4")).items
    assert (row.is_erased, row.before) == (True, None)
    for wrong in ("x", "-1", "1" * 30, "٣"):
        with pytest.raises(NotFoundError, match=r"page\.bad_cursor"):
            service.page(cursor=wrong)


@pytest.mark.parametrize("with_details", [True, False])
def test_an_export_proves_itself_and_names_itself(told, service, with_details):
    lines = list(service.export(None, as_csv=False, with_details=with_details))
    found = verify_export(lines, "x.jsonl")
    assert (found.is_whole, found.events, found.details) == (True, 9, 8 if with_details else 0)
    assert service.page(size=1).items[0].action == "audit.exported"
    assert ("=1+1" in "".join(lines)) is with_details
    assert verify_export(lines, "x", Head(8, json.loads(lines[7])["event"]["hash"])).is_whole


def test_a_part_of_the_chain_proves_itself(told, service):
    lines = list(service.export(BEGIN + timedelta(seconds=5), as_csv=False, with_details=False))
    found = verify_export(lines, "x")
    assert (found.first_seq, found.events) == (6, 4)
    assert verify_export(service.export(BEGIN + timedelta(days=9), as_csv=False, with_details=False), "x").events == 0


def test_a_changed_export_is_found(told, service):
    lines = list(service.export(None, as_csv=False, with_details=True))
    fault = verify_export([*lines[:2], lines[2].replace("D-2", "D-9"), *lines[3:]], "x").fault
    assert (fault.code, fault.seq) == ("audit.altered", 3)
    assert verify_export(lines[:3] + lines[4:], "x").fault.code == "audit.missing"
    assert verify_export([line.replace("=1+1", "=1+2") for line in lines], "x").fault.code == "audit.details_altered"
    for cut in (lines[:-1], lines[:5], [], [*lines[:4], lines[-1]]):
        with pytest.raises(InputError, match=r"audit\.bad_export"):
            verify_export(cut, "x")
    with pytest.raises(InputError, match=r"x:1: .*"):
        verify_export(["seq,at,actor\r\n"], "x")


def test_the_table_runs_nothing_in_a_spreadsheet(told, service):
    rows = list(csv.DictReader(io.StringIO("".join(service.export(None, as_csv=True, with_details=True)))))
    assert len(rows) == 9
    assert (rows[7]["actor"], rows[0]["why"], rows[0]["before"]) == ("'=Bea", "'=1+1", '{"state": "open"}')


def test_what_cant_be_noted_isnt_looked_at(told, service):
    tamper(told, "CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        service.look("recording.played", "contact", "C-1")


def test_damaged_and_unwritable_notes_are_told(service, anchors, tmp_path, told):
    anchors.path.parent.mkdir()
    anchors.path.write_text('{"head": "1:abc"}\n')
    with pytest.raises(InputError, match=r"audit\.bad_anchor.*:1"):
        service.verify()
    anchors.path.unlink()
    anchors.path.mkdir()
    with pytest.raises(StorageError, match=r"audit\.anchors_unwritable"):
        service.anchor()
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises((StorageError, InputError), match=r"audit\."):
        FileAnchors(blocked).keep(Head(1, "0" * 64), BEGIN)


def test_a_writer_that_was_killed_leaves_no_half_line(anchors):
    anchors.keep(Head(3, "a" * 64), BEGIN)
    with anchors.path.open("a") as file:
        file.write('{"at": "2026-11-')
    assert anchors.heads() == {3: "a" * 64}
    anchors.keep(Head(4, "b" * 64), BEGIN)
    assert anchors.heads() == {3: "a" * 64, 4: "b" * 64}


def test_of_two_hashes_of_one_event_the_first_one_counts(anchors):
    first, second = Head(3, "a" * 64), Head(3, "b" * 64)
    anchors.keep(first, BEGIN)
    anchors.keep(second, BEGIN)
    assert anchors.heads() == {3: first.hash}
