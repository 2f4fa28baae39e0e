"""Contacts, analysts and services for tests of work queues. Import from `tests.unit`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from qm.domain.contact import Agent, Kind
from qm.domain.evaluation import Answer
from qm.domain.people import Person, PersonState, Role, Scope
from qm.domain.review import GivenAnswer
from qm.domain.run import Quarantine
from qm.domain.work_queue import QueuePlan, Quota
from qm.rules.aggregate import score_form
from qm.services.assignments import AssignmentService
from qm.services.reviews import Filled, ReviewService
from qm.services.work_queues import WorkQueueService
from tests.unit import builders

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)
FORM = builders.form((1.0, [builders.criterion(f"c{n}") for n in (1, 2, 3)]))
TEAMS = {"A-0": "Nord", "A-1": "Nord", "A-2": "Sud"}
PLAN = QueuePlan("week", FORM.id, DAY, DAY, 6, (Quota("ada", 10), Quota("bea", 10)), seed=7)


class Work:
    """Twelve contacts of three agents in two teams on one day; every fourth has a *cannot tell*."""

    def __init__(self, database, contacts=12):
        self.database, self.now = database, NOW
        ids = iter(range(10**6))
        token = lambda n: f"{next(ids):0{2 * n}x}"  # noqa: E731
        clock = lambda: self.now  # noqa: E731
        forms = {FORM.id: FORM}
        units = database.unit_of_work, database.reading
        self.queues = WorkQueueService(*units, forms, "Europe/Rome", clock, token, 2)
        self.work = AssignmentService(*units, "Europe/Rome", clock)
        self.reviews = ReviewService(*units, forms, clock, token)
        with database.unit_of_work() as unit:
            for login in ("ada", "bea", "ciro"):
                unit.people.add(person(login))
            unit.people.add(person("nora", scope=Scope(teams=frozenset({"Nord"}))))
            unit.people.add(person("sara", role=Role.SUPERVISOR))
            for number in range(contacts):
                self.add(unit, f"C-{number:02}", number)

    def add(self, unit, contact_id, number, **more):
        agent = f"A-{number % 3}"
        at = datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(minutes=number)
        made = builders.contact(
            contact_id, started_at=at, agent=Agent(agent, agent, TEAMS[agent]), process="fatture", **more
        )
        unit.contacts.save(made, "/day", number, "f")
        third = Answer.CANNOT_TELL if number % 4 == 0 else Answer.MET
        answers = (
            builders.answer("c1", Answer.MET), builders.answer("c2", Answer.NOT_MET), builders.answer("c3", third),
        )  # fmt: skip
        scored = replace(builders.evaluation(contact_id, answers), score=score_form(FORM, answers))
        unit.evaluations.replace(contact_id, [scored])
        unit.work.finish(contact_id)

    def add_undrawable(self):
        """In quarantine, waiting, a mystery contact, and one that was reviewed."""
        with self.database.unit_of_work() as unit:
            self.add(unit, "X-test", 1, kind=Kind.MYSTERY)
            self.add(unit, "X-stopped", 1)
            unit.work.quarantine(Quarantine("X-stopped", "store", "a.b", "m", "h", "c"), is_contact=True)
            unit.contacts.save(
                builders.contact("X-waiting", started_at=datetime(2026, 11, 20, 9, tzinfo=UTC)), "/day", 50, "f"
            )
            self.add(unit, "X-reviewed", 1)
        self.review("X-reviewed", "ciro")

    def review(self, contact_id, login, answer=Answer.MET):
        """Hand a review in that answers all three questions, the second otherwise than the machine or not."""
        given = tuple(GivenAnswer(f"c{n}", a, why="heard") for n, a in ((1, Answer.MET), (2, answer), (3, Answer.MET)))
        return self.reviews.finish(contact_id, FORM.id, login, Filled(given))

    def audited(self, action):
        with self.database.reading() as unit:
            events = [event for event in unit.audit.after(0, 500) if event.action == action]
            details = unit.audit.details([event.seq for event in events])
        return [(event, details.get(event.seq)) for event in events]


def person(login, role=Role.ANALYST, scope=None, state=PersonState.ACTIVE):
    return Person(f"p-{login}", login, login.title(), role, scope or Scope(), state=state)
