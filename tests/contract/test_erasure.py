"""Erasing, on both databases: nothing is left, every figure stays, nothing comes back, a kill anywhere is no harm."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from qm.domain.erasure import ErasureKind, ErasureState, is_erased
from qm.domain.retention import HoldKind
from qm.errors import ConflictError, HeldError, NotFoundError, PassingError, StorageError
from qm.services.keep_out import check_kept_out, contact_that_stands, keep_out
from qm.storage import tables
from qm.storage.personal import COLUMNS, Holds
from tests.unit import builders, erasure_site
from tests.unit.erasure_site import NOW, QUOTE, leased_for, said

CUSTOMER = "K-100"
"""Has the contacts C-1 and C-2."""


def every_text(site):
    """All that lies in tables and folders, but the audit chain."""
    found = []
    with site.database.reading() as unit:
        for table in tables.metadata.sorted_tables:
            if table.name != "audit_events":
                found += [str(row) for row in unit.connection.execute(select(table))]
    return "\n".join(
        found + [path.read_text() for path in site.folder.rglob("*") if path.suffix in (".json", ".jsonl")]
    )


def test_every_column_is_told_what_an_erasure_does_with_it():
    there = {table.name: {column.name for column in table.columns} for table in tables.metadata.sorted_tables}
    assert {name: set(columns) for name, columns in COLUMNS.items()} == there


def test_a_customer_is_nowhere_any_more_and_every_figure_stays(site):
    before, others = site.numbers_of(), said("C-3")
    certificate = site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    assert certificate.is_clean, certificate.checked
    text = every_text(site)
    for gone in (CUSTOMER, "'C-1'", '"C-2"', "R-1'", "C-1.wav", said("C-1"), f"{QUOTE} C-2", "ev-C-1-"):
        assert gone not in text, gone
    assert others in text
    assert site.numbers_of() == before
    assert site.database.check() == []


def test_what_people_learn_from_figures_stays_after_everything_is_made_anew(site):
    before = site.numbers_of()
    site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    site.surveys.link_all()
    site.cases.open_all()
    items = site.coaching.refresh()
    assert site.numbers_of() == before
    assert not any(is_erased(item.contact_id) for item in items)


def test_a_case_that_is_still_open_is_withdrawn_since_nobody_is_left_to_call(site):
    before = site.cases.report(erasure_site.DAY_ONE.date(), NOW.date())
    site.erasure.erase(ErasureKind.CONTACT, "C-5", "request 7")
    site.cases.open_all()
    after = site.cases.report(erasure_site.DAY_ONE.date(), NOW.date())
    assert (before.opened, before.withdrawn) == (2, 0)
    assert (after.opened, after.withdrawn) == (1, 1)
    assert site.cases.queue().items == ()


def test_the_columns_are_treated_as_they_are_said_to_be(site):
    with site.database.reading() as unit:
        full = {t.name for t in tables.metadata.sorted_tables if unit.connection.execute(select(t)).first()}
    left_out = {"workers", "locks", "backups", "erasures", "holds"}
    assert full >= {name for name, columns in COLUMNS.items() if set(columns.values()) - {Holds.NEITHER}} - left_out, (
        "the site of these tests doesn't fill a table: fill it, so that its erasure is tried"
    )


def test_the_database_file_itself_holds_nothing(site):
    if not site.url.startswith("sqlite"):
        pytest.skip("PostgreSQL's dead rows stay in its pages until they're written over; the certificate says so")
    site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    files = list((site.folder.parent).glob("q.db*"))
    bytes_left = b"".join(path.read_bytes() for path in files)
    assert said("C-3").encode() in bytes_left
    assert said("C-1").encode() not in bytes_left
    assert CUSTOMER.encode() not in bytes_left


def test_a_certificate_proves_and_tells_of_nobody(site):
    certificate = site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    told = str(certificate)
    assert all(text not in told for text in (CUSTOMER, "C-1", "C-2", "R-1", QUOTE))
    counts = certificate.counts
    assert (counts["contacts"], counts["objects"], counts["versions"], counts["surveys"]) == (2, 2, 2, 2)
    assert (counts["transcripts"], counts["generative"], counts["answers"], counts["audit_details"]) == (2, 2, 1, 5)
    assert {each.code for each in certificate.remains} >= {"day_folder", "audit_ids", "other_caches"}
    assert certificate.finished_at == NOW
    assert certificate.by == "Ada"
    assert not any(site.objects.has(sha256) for sha256 in certificate.objects_sha256)
    assert site.erasure.certificate(certificate.id) == certificate
    assert site.erasure.unfinished() == ()


def test_given_again_it_returns_the_certificate_of_then(site):
    first = site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    assert site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 8") == first
    with pytest.raises(NotFoundError, match=r"contact\.unknown"):
        site.erasure.erase(ErasureKind.CONTACT, "C-404", "request 8")
    with pytest.raises(NotFoundError, match=r"customer\.unknown"):
        site.erasure.erase(ErasureKind.CUSTOMER, "K-404", "request 8")


def test_the_chain_of_the_audit_trail_holds_and_keeps_what_happened(site):
    from qm.services.audit import AuditService
    from qm.storage.audit_anchors import FileAnchors

    audit = AuditService(site.database.unit_of_work, site.database.reading, FileAnchors(site.folder), lambda: NOW)
    site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    assert audit.verify().is_whole
    with site.database.reading() as unit:
        actions = unit.connection.execute(select(tables.audit_events.c.action, tables.audit_events.c.subject)).all()
    assert ("contact.erased", "C-1") in actions


# Holds and work under way


@pytest.mark.parametrize(
    ("kind", "held", "asked"),
    [
        (HoldKind.CONTACT, "C-1", (ErasureKind.CUSTOMER, CUSTOMER)),
        (HoldKind.CONTACT, "C-1", (ErasureKind.CONTACT, "C-1")),
        (HoldKind.CUSTOMER, CUSTOMER, (ErasureKind.CONTACT, "C-2")),
        (HoldKind.CUSTOMER, CUSTOMER, (ErasureKind.CUSTOMER, CUSTOMER)),
    ],
)
def test_a_hold_wins_and_nothing_at_all_is_erased(site, kind, held, asked):
    hold = site.holds.set(kind, held, "court 12", "Ada")
    before = site.database.content_fingerprint()
    with pytest.raises(HeldError, match=hold.id):
        site.erasure.erase(*asked, "request 7")
    assert site.database.content_fingerprint() == before
    assert site.erasure.preview(*asked).holds == (hold,)
    site.holds.release(hold.id, "Ugo")
    assert site.erasure.erase(*asked, "request 7").is_clean
    if held == asked[1]:
        assert held not in str(site.holds.every()), "a released hold mustn't name who was erased"


def test_a_hold_on_a_mistyped_id_is_refused(site):
    with pytest.raises(NotFoundError, match="would protect nothing"):
        site.holds.set(HoldKind.CUSTOMER, "K-1000", "court 12", "Ada")
    hold = site.holds.set(HoldKind.CONTACT, "C-1", "court 12", "Ada")
    site.holds.release(hold.id, "Ugo")
    with pytest.raises(ConflictError, match="by Ugo"):
        site.holds.release(hold.id, "Ugo")


def test_nothing_is_erased_under_the_hands_of_a_worker(site):
    leased_for(site, "C-1", 60)
    with pytest.raises(ConflictError, match=r"erasure\.busy"):
        site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    leased_for(site, "C-1", -1)
    assert site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7").is_clean


def test_a_day_that_is_being_read_is_waited_for(site):
    with site.database.unit_of_work() as unit:
        unit.connection.execute(tables.runs.update().values(state="wanted"))
    with pytest.raises(ConflictError, match="run run-1 is taking in"):
        site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")


# Nothing comes back


def day_of(site):
    with site.database.reading() as unit:
        return tuple(unit.contacts.every()), unit.surveys.every()


def test_the_same_day_folder_brings_nothing_back(site):
    contacts, responses = day_of(site)
    site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    late = builders.contact("C-9", customer_id=CUSTOMER, started_at=NOW - timedelta(days=1))
    new = builders.contact("C-10", customer_id=CUSTOMER, started_at=NOW + timedelta(days=1))
    with site.database.unit_of_work() as unit:
        let = keep_out(unit, (*contacts, late, new), responses)
        check_kept_out(unit, let)
    assert [contact.id for contact in let.contacts] == ["C-3", "C-4", "C-5", "C-6", "C-10"], (
        "they may come back one day"
    )
    assert [response.id for response in let.responses] == ["R-3", "R-4", "R-5", "R-6"]
    assert (let.contacts_out, let.responses_out) == (3, 2)
    site.surveys.take_in(responses)
    assert CUSTOMER not in every_text(site)


def test_what_is_erased_between_look_and_commit_stops_the_commit(site):
    contacts, responses = day_of(site)

    def take_in():
        with site.database.unit_of_work() as unit:
            let = replace(keep_out(unit, (), ()), contacts=contacts, responses=responses)
            check_kept_out(unit, let)

    take_in()
    site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    with pytest.raises(PassingError, match=r"erasure\.meanwhile"):
        take_in()


def test_an_erased_contact_says_so(site):
    site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7")
    with site.database.reading() as unit:
        with pytest.raises(NotFoundError, match="was erased on 2026-11-22"):
            contact_that_stands(unit, "C-1")
        left = next(contact.id for contact in unit.contacts.every() if is_erased(contact.id))
        with pytest.raises(NotFoundError, match=r"contact\.erased"):
            contact_that_stands(unit, left)


def test_a_restored_backup_is_taught_again(site, tmp_path):
    if not site.url.startswith("sqlite"):
        pytest.skip("the copy of a file stands for any backup")
    file = tmp_path / "q.db"
    site.database.close()
    with site.database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("SELECT 1")
    backup = file.read_bytes()
    site.erasure.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
    site.database.close()
    for path in tmp_path.glob("q.db*"):
        path.unlink()
    file.write_bytes(backup)
    assert CUSTOMER in every_text(site)
    certificate = site.erasure.apply_again()
    assert certificate.kind is ErasureKind.RESTORED
    assert certificate.is_clean
    assert CUSTOMER not in every_text(site)
    assert site.erasure.apply_again() is None


# Kills


class Killed(BaseException):
    """Nothing catches it: the process is gone."""


class Deadly:
    """Any part, of which the n-th call kills the process, before or after it did its work."""

    def __init__(self, part, deaths, *, after):
        self._part, self._deaths, self._after = part, deaths, after

    def __getattr__(self, name):
        found = getattr(self._part, name)
        if not callable(found):
            return found

        def call(*args, **named):
            is_last = next(self._deaths) == 0
            if is_last and not self._after:
                raise Killed
            result = found(*args, **named)
            if is_last:
                raise Killed
            return result

        return call


def deaths_at(n):
    return iter([*range(n, -1, -1), *([-1] * 10_000)])


@pytest.mark.parametrize("after", [False, True])
def test_a_kill_at_any_step_ends_complete_when_given_again(site, after):
    before = site.numbers_of()
    for step in range(40):
        deaths = deaths_at(step)
        tools = site.tools()
        parts = {"objects": Deadly(tools.objects, deaths, after=after), "file": Deadly(tools.file, deaths, after=after)}
        places = tuple(Deadly(place, deaths, after=after) for place in tools.places)
        dying = type(site.erasure)(
            Deadly(site.database, deaths, after=after).unit_of_work, site.database.reading,
            replace(tools, **parts, places=places, scrub=Deadly(tools, deaths, after=after).scrub),
        )  # fmt: skip
        try:
            certificate = dying.erase(ErasureKind.CUSTOMER, CUSTOMER, "request 7")
        except Killed:
            assert all(each.state is not ErasureState.DONE for each in site.erasure.unfinished())
            continue
        break
    assert step > 5, "it must have died a few times"
    assert certificate.is_clean
    assert len(site.erasure.certificates()) == 1
    assert CUSTOMER not in every_text(site)
    assert site.numbers_of() == before
    assert [found.sha256 for found in site.objects.every() if found.sha256 in certificate.objects_sha256] == []
    assert len(certificate.objects_sha256) == 2


def test_an_object_store_that_is_away_leaves_the_rows_that_name_its_objects(site):
    class Away:
        def erase(self, _sha256):
            raise StorageError("objects.away", "not now")

        def has(self, sha256):
            return site.objects.has(sha256)

    away = type(site.erasure)(site.database.unit_of_work, site.database.reading, site.tools(objects=Away()))
    with pytest.raises(StorageError, match=r"erasure\.unfinished.*isn't finished: not now.*same command"):
        away.erase(ErasureKind.CONTACT, "C-1", "request 7")
    with site.database.reading() as unit:
        assert unit.outputs.recording("C-1"), "or nobody would know which object is left"
    assert [each.state for each in site.erasure.unfinished()] == [ErasureState.BEGUN]
    assert site.erasure.erase(ErasureKind.CONTACT, "C-1", "request 7").is_clean
    assert erasure_site.contact_ids()[1] in every_text(site)
