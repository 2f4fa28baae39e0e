"""The coaching list as it's made from a database: whose contacts count, a few agents at a time, nothing erased back."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from qm.analysis.pick_coaching import PERIOD, Ground, pick_coaching
from qm.analysis.voc.link_surveys import LinkPolicy
from qm.domain.contact import Agent, Kind
from qm.domain.evaluation import Answer
from qm.domain.retention import GONE
from qm.domain.voc_plan import VocPlan
from qm.services.cases import CaseService
from qm.services.coaching_picker import CoachingPicker
from qm.services.survey_intake import SurveyIntake
from qm.services.surveys import SurveyService
from tests.unit import builders

NINE = builders.NINE
MET, NOT_MET = Answer.MET, Answer.NOT_MET
FORM = builders.form((1.0, [builders.criterion("heavy", points=2.0), builders.criterion("light")]))
FORMS = {FORM.id: FORM}
ANNA, BEA = Agent("A-1", "Anna", ""), Agent("A-2", "Bea", "")


def keep(database, name, *, agent=ANNA, done=True, answers=None, confidence=1.0, **changes):
    """A contact with its evaluation; both criteria missed where nothing else is said."""
    contact = builders.contact(name, agent=agent, **changes)
    given = answers or {"heavy": NOT_MET, "light": NOT_MET}
    made = [builders.answer(key, value, confidence=confidence) for key, value in given.items()]
    evaluation = builders.evaluation(name, made)
    with database.unit_of_work() as unit:
        unit.contacts.save(contact, "/day", 0, "row")
        unit.evaluations.replace(name, [evaluation])
        unit.work.publish(name, "score", "f")
        if done:
            unit.work.finish(name)
    return contact, evaluation


def picker(database, **units):
    given = {"unit_of_work": database.unit_of_work, "reading": database.reading} | units
    return CoachingPicker(given["unit_of_work"], given["reading"], FORMS, 3)


def listed(database):
    with database.reading() as unit:
        return [(item.agent_id, item.criterion_id, item.contact_id) for item in unit.coaching.every()]


def test_the_period_ends_with_each_agents_own_newest_contact_that_counts(database):
    keep(database, "C-1", started_at=NINE - PERIOD)
    keep(database, "C-2", started_at=NINE - PERIOD + timedelta(seconds=1))
    keep(database, "C-3", started_at=NINE)
    ahead = NINE + timedelta(days=300)
    keep(database, "C-4", started_at=ahead, agent=BEA)
    for name, kind in (("C-5", Kind.TEST), ("C-6", Kind.MYSTERY)):
        keep(database, name, started_at=ahead, kind=kind)
    keep(database, "C-7", started_at=ahead, done=False)
    items = picker(database).refresh()
    assert {(item.agent_id, item.missed.n) for item in items} == {("A-1", 2), ("A-2", 1)}
    assert {item.contact_id for item in items} == {"C-3", "C-4"}
    assert {(item.since, item.until) for item in items if item.agent_id == "A-1"} == {
        (NINE - PERIOD + timedelta(seconds=1), NINE)
    }


def test_the_list_is_the_one_that_is_picked_from_everything_in_memory(database):
    known, evaluations = {}, []
    for place in range(30):
        answers = {"heavy": NOT_MET if place % 3 else MET, "light": NOT_MET if place % 4 == 1 else MET}
        contact, evaluation = keep(
            database, f"C-{place:02d}", agent=(ANNA, BEA)[place % 2], answers=answers,
            confidence=(0.7, 0.9, 0.8)[place % 3], started_at=NINE + timedelta(minutes=place % 7),
        )  # fmt: skip
        known[contact.id] = contact
        evaluations.append(evaluation)
    assert picker(database).refresh() == pick_coaching(known, evaluations, Ground(FORMS))


def test_only_the_agents_of_touched_contacts_are_picked_anew(database):
    keep(database, "C-1")
    keep(database, "C-2", agent=BEA)
    picker(database).refresh()
    before = listed(database)
    keep(database, "C-1", answers={"heavy": MET, "light": NOT_MET})
    keep(database, "C-2", agent=BEA, answers={"heavy": MET, "light": NOT_MET})
    assert picker(database).refresh(()) == ()
    assert picker(database).refresh({"nobody"}) == ()
    assert listed(database) == before
    (item,) = picker(database).refresh({"C-1"})
    assert (item.agent_id, item.criterion_id) == ("A-1", "light")
    assert listed(database) == [("A-1", "light", "C-1"), ("A-2", "heavy", "C-2"), ("A-2", "light", "C-2")]
    picker(database).refresh()
    assert listed(database) == [("A-1", "light", "C-1"), ("A-2", "light", "C-2")]


def test_who_has_nothing_missed_any_more_has_no_items(database):
    keep(database, "C-1")
    picker(database).refresh()
    keep(database, "C-1", answers={"heavy": MET, "light": MET})
    assert picker(database).refresh({"C-1"}) == ()
    assert listed(database) == []


@pytest.mark.parametrize("mark", [GONE, "scored anew"])
def test_what_is_erased_or_made_anew_meanwhile_doesnt_come_back(database, mark):
    keep(database, "C-1")
    keep(database, "C-2", agent=BEA)

    @contextmanager
    def after_a_change():
        with database.unit_of_work() as unit:
            unit.work.publish("C-1", "score", mark)
        with database.unit_of_work() as unit:
            yield unit

    items = picker(database, unit_of_work=after_a_change).refresh()
    assert {item.contact_id for item in items} == {"C-2"}
    assert {contact_id for *_rest, contact_id in listed(database)} == {"C-2"}


def test_a_forms_answers_that_arent_in_force_dont_count(database):
    contact, evaluation = keep(database, "C-1")
    with database.unit_of_work() as unit:
        unit.evaluations.replace(contact.id, [replace(evaluation, id="ev-other", form_id="other")])
    assert picker(database).refresh() == ()


def test_survey_answers_that_come_one_by_one_change_the_agents_whom_they_touch(database):
    keep(database, "C-1", started_at=NINE)
    keep(database, "C-2", agent=BEA, started_at=NINE)
    picker(database).refresh()
    surveys = SurveyService(database.unit_of_work, LinkPolicy(timedelta(hours=72), 0.5))
    cases = CaseService(database.unit_of_work, database.reading, VocPlan(), lambda: NINE + timedelta(days=1), 5)
    intake = SurveyIntake(surveys, cases, picker(database))

    def told(satisfaction):
        at = (NINE + timedelta(hours=2)).isoformat()
        item = {"response_id": "R-1", "contact_id": "C-1", "answered_at": at, "satisfaction": satisfaction}
        intake.take_in([item], NINE + timedelta(days=1))
        with database.reading() as unit:
            return {item.agent_id for item in unit.coaching.every() if "unhappy_customer" in item.reasons}

    assert [told(satisfaction) for satisfaction in (9, 1, 10)] == [set(), {"A-1"}, set()]
    assert {agent_id for agent_id, *_rest in listed(database)} == {"A-1", "A-2"}
