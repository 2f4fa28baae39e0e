"""Retention dates carried out, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from qm.domain.erasure import ErasureKind, is_erased
from qm.domain.evaluation import ERASED
from qm.domain.retention import GONE, DataKind, HoldKind, Mark, RetentionPlan, RetentionRule
from qm.errors import InputError, NotFoundError
from qm.services.contacts import ContactService
from qm.services.keep_out import keep_out
from qm.storage import tables
from tests.unit.erasure_site import DAY_ONE, FORM, leased_for, said

AUDIO, TRANSCRIPT, EVIDENCE, CONTACT = DataKind


def plan(keep, **conditions):
    return RetentionPlan((RetentionRule("rule", keep=keep, **conditions),))


def after(site, days):
    """So many days after the first contact; the others began 26 hours apart."""
    site.now = DAY_ONE + timedelta(days=days, minutes=1)


def rows(site, table, **where):
    with site.database.reading() as unit:
        statement = select(table)
        for name, value in where.items():
            statement = statement.where(table.c[name] == value)
        return unit.connection.execute(statement).all()


def test_nothing_is_due_before_its_day_and_only_its_kind_on_it(site):
    service = site.retention(plan({AUDIO: 30, TRANSCRIPT: 60}))
    after(site, 29)
    assert service.due().contacts == 0
    assert service.apply() is None
    after(site, 30)
    before = site.numbers_of()
    assert dict(service.due().rules[0].due) == {AUDIO: 1}
    certificate = service.apply()
    assert certificate.is_clean
    assert certificate.kind is ErasureKind.RETENTION
    assert (certificate.counts["objects"], certificate.counts["recordings"]) == (1, 1)
    assert service.apply() is None, "what is gone isn't due any more"
    view = ContactService(site.database.unit_of_work, {"form": FORM}).get("C-1")
    assert view.transcript is not None
    assert not view.has_audio
    assert site.numbers_of() == before


def test_a_contact_whose_words_are_gone_keeps_its_results_and_is_never_made_again(site):
    after(site, 30)
    service, before = site.retention(plan({TRANSCRIPT: 30, AUDIO: 30})), site.numbers_of()
    service.apply()
    view = ContactService(site.database.unit_of_work, {"form": FORM}).get("C-1")
    assert (view.transcript, view.signals, view.has_audio) == (None, None, False)
    assert view.evaluations
    assert site.numbers_of() == before
    with site.database.reading() as unit:
        stages = ("store", "transcribe", "voices", "roles", "signals", "score")
        assert {unit.work.published("C-1", stage) for stage in stages} == {GONE}
        assert unit.work.published("C-2", "score") != GONE


def test_evidence_goes_and_results_stay(site):
    after(site, 30)
    service, before = site.retention(plan({EVIDENCE: 30})), site.numbers_of()
    certificate = service.apply()
    with site.database.reading() as unit:
        (evaluation,) = unit.evaluations.of_contact("C-1")
        (response,) = [each for each in unit.surveys.every() if each.id == "R-1"]
        case = next(each for each in unit.cases.every() if each.contact_id == "C-1")
    assert [(answer.reason, answer.evidence) for answer in evaluation.answers] == [(ERASED, ())]
    assert response.comment == ""
    assert not any(change.note for change in case.history)
    assert certificate.counts["comments"] == 1
    assert site.numbers_of() == before
    site.coaching.refresh()
    site.cases.open_all()
    assert site.numbers_of() == before
    said_before = replace(response, comment=said("C-1"))
    with site.database.unit_of_work() as unit:
        assert keep_out(unit, (), (said_before,)).responses == (response,), "the survey file mustn't bring it back"


def test_a_whole_contact_goes_under_another_name(site):
    after(site, 33)
    service, before = site.retention(plan({CONTACT: 30})), site.numbers_of()
    certificate = service.apply()
    assert certificate.counts["contacts"] == 3
    assert certificate.is_clean
    with site.database.reading() as unit:
        ids = [contact.id for contact in unit.contacts.every()]
        with pytest.raises(NotFoundError):
            unit.contacts.get("C-1")
    assert sorted(filter(is_erased, ids))
    assert {"C-4", "C-5", "C-6"} < set(ids)
    assert site.database.check() == []
    assert site.numbers_of()[:4] == before[:4]


def test_a_hold_stops_every_clock(site):
    site.holds.set(HoldKind.CUSTOMER, "K-100", "court 12", "Ada")
    site.holds.set(HoldKind.CONTACT, "C-3", "court 13", "Ada")
    service = site.retention(plan({AUDIO: 0}))
    due = service.due()
    assert (due.held, dict(due.rules[0].due)) == (3, {AUDIO: 6})
    service.apply()
    with site.database.reading() as unit:
        kept = [each for each in ("C-1", "C-2", "C-3", "C-4", "C-5", "C-6") if unit.outputs.recording(each)]
    assert kept == ["C-1", "C-2", "C-3"]
    assert service.apply() is None


def test_what_became_of_a_contact_decides_how_long_it_is_kept(site):
    open_ones = RetentionRule("open", marks=(Mark.OPEN_CASE,), keep={AUDIO: None})
    unhappy = RetentionRule("unhappy", marks=(Mark.DETRACTOR,), keep={AUDIO: 1})
    service = site.retention(RetentionPlan((open_ones, unhappy)))
    due = service.due()
    assert [(rule.rule_id, rule.contacts, dict(rule.due)) for rule in due.rules] == [
        ("open", 1, {}), ("unhappy", 1, {AUDIO: 1}),
    ]  # fmt: skip
    assert due.unruled == 3, "C-6 is younger than any date"
    assert service.apply().counts["objects"] == 1


def test_a_contact_that_a_worker_holds_is_left_for_the_next_day(site):
    leased_for(site, "C-1", 60)
    service = site.retention(plan({AUDIO: 0}))
    service.apply()
    assert dict(service.due().rules[0].due) == {AUDIO: 1}
    leased_for(site, "C-1", -1)
    service.apply()
    assert service.due().contacts == 0


def test_a_kill_between_objects_and_rows_is_made_good_by_the_next_call(site):
    service = site.retention(plan({AUDIO: 0}))
    real = service._unit_of_work
    calls = []

    def dies_at_its_third_transaction():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real()

    service._unit_of_work = dies_at_its_third_transaction
    with pytest.raises(KeyboardInterrupt):
        service.apply()
    assert not list(site.objects.every())
    assert len(rows(site, tables.recordings)) == 6
    service._unit_of_work = real
    certificate = service.apply()
    assert certificate.is_clean
    assert not rows(site, tables.recordings)
    assert len(site.erasure.certificates()) == 1, "the one that was begun went on"


def test_without_a_plan_nothing_is_erased(site):
    with pytest.raises(InputError, match=r"retention\.no_plan"):
        site.retention(RetentionPlan()).apply()
    assert site.retention(RetentionPlan()).due().contacts == 0
