"""Whoever sees a part of the site sees the rest nowhere, and isn't told that it's there."""

from datetime import timedelta

import pytest

from qm.domain.coaching import CoachingItem
from qm.domain.contact import Agent, Medium
from qm.domain.figures import Count
from qm.domain.people import Scope
from qm.domain.survey import LinkMethod, SurveyLink
from qm.errors import NotFoundError
from qm.services.case_steps import Step
from qm.services.case_views import CaseFilter
from qm.services.cases import CaseService
from qm.services.coaching import CoachingService
from qm.services.contacts import ContactFilter, ContactService
from tests.unit import builders
from tests.unit.case_builders import HOUR, MONDAY, PLAN, response

OURS = Scope(vendors=frozenset({"V1"}))
FORM = builders.form((1.0, [builders.criterion()]))


def agent_of(vendor):
    return Agent(f"A-{vendor}", f"Anna {vendor}", f"T-{vendor}", supervisor=f"Sara {vendor}", vendor=vendor)


def item(contact_id, agent_id):
    return CoachingItem(
        f"k-{contact_id}", agent_id, 1, FORM.id, "c1", contact_id, f"e-{contact_id}", Count(2, 3), 0.2, 0.9, 1.0,
        ("repeated",), 1.0, 2.0, "mai", ("t1",), False,
    )  # fmt: skip


@pytest.fixture
def site(database):
    with database.unit_of_work() as unit:
        for place, vendor in enumerate(("V1", "V2")):
            made = builders.contact(f"C-{vendor}", agent=agent_of(vendor), process=f"p-{vendor}", medium=Medium.VOICE)
            unit.contacts.save(made, "/day", place, "f")
            unit.outputs.save_recording(made.id, str(place) * 64)
        unit.surveys.save([
            response(f"R-{v}", nps=1, contact_id=f"C-{v}", answered_at=MONDAY + HOUR) for v in ("V1", "V2")
        ])  # fmt: skip
        unit.surveys.replace_links([SurveyLink(f"R-{v}", f"C-{v}", LinkMethod.CONTACT_ID, 1.0) for v in ("V1", "V2")])
        unit.coaching.replace([item(f"C-{v}", f"A-{v}") for v in ("V1", "V2")])
    return database


def refusal(ask):
    with pytest.raises(NotFoundError) as caught:
        ask()
    return caught.value.code, caught.value.message, caught.value.hint


def test_a_contact_of_others_is_like_one_that_never_was(site):
    contacts = ContactService(site.reading, {FORM.id: FORM}).seen_by(OURS)
    assert [row.id for row in contacts.page(ContactFilter()).items] == ["C-V1"]
    assert contacts.page(ContactFilter(team="T-V2")).total == 0
    assert contacts.get("C-V1").contact.id == "C-V1"
    assert contacts.recording("C-V1") == "0" * 64
    for ask in (contacts.get, contacts.recording):
        told = [refusal(lambda ask=ask, contact_id=contact_id: ask(contact_id)) for contact_id in ("C-V2", "C-404")]
        assert told[0][1].replace("C-V2", "") == told[1][1].replace("C-404", "")
        assert (told[0][0], told[0][2]) == (told[1][0], told[1][2])
    assert contacts.choices()["process"] == (("p-V1", "p-V1"),)
    assert refusal(lambda: contacts.page(ContactFilter(), "C-V2"))[0] == "page.bad_cursor"


def test_coaching_of_others_and_who_leads_them_isnt_told(site):
    coaching = CoachingService(site.reading, {FORM.id: FORM}).seen_by(OURS)
    assert [row.item.contact_id for row in coaching.read()] == ["C-V1"]
    assert coaching.read(agent_id="A-V2") == ()
    assert refusal(lambda: coaching.read("Sara V2"))[2] == "known: Sara V1"


def test_cases_of_others_are_neither_shown_counted_nor_worked_on(site):
    whole = CaseService(site.unit_of_work, site.reading, PLAN, lambda: MONDAY + 2 * HOUR, 1)
    whole.open_all()
    cases = {row.contact_id: row.id for row in whole.queue().items}
    ours, theirs = cases["C-V1"], cases["C-V2"]
    part = whole.seen_by(OURS)
    queue = part.queue(CaseFilter(state="all"))
    assert [row.id for row in queue.items] == [ours]
    assert (queue.total, queue.unfinished, queue.teams, queue.detractors_without_contact) == (1, 1, ("T-V1",), 0)
    assert part.get(ours).case.id == ours
    step = Step("Ada", "mine", to="Ada")
    for ask in (part.get, lambda case_id: part.take(case_id, "assign", step)):
        told = [refusal(lambda ask=ask, case_id=case_id: ask(case_id)) for case_id in (theirs, ours + "x")]
        assert told[0][1].replace(theirs, "") == told[1][1].replace(ours + "x", "")
        assert (told[0][0], told[0][2]) == (told[1][0], told[1][2]), "no hint that names a case of others"
    assert [row.id for row, _case in part.export()] == [ours]
    assert whole.get(theirs).case.assignee == ""
    days = MONDAY.date(), MONDAY.date() + timedelta(days=1)
    assert (whole.report(*days).opened, part.report(*days).opened) == (2, 1)
