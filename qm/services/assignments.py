"""Use cases of single assignments: one's own work in order, and giving it to others, later, or to nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qm.domain.people import WHOLE, Scope
from qm.domain.work_queue import Assignment, AssignmentState, EvaluationStep
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.work_queues import WorkLine
from qm.services.queue_plans import check_analyst
from qm.services.queue_views import MyWork
from qm.services.work_queues import LOCK, queue_within

Now = Callable[[], datetime]


class AssignmentService:
    """Assignments.

    Args:
        zone: of the site's calendar.
        scope: whose contacts are seen.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, zone: str, now: Now, scope: Scope = WHOLE
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._zone = zone
        self._now = now
        self._scope = scope

    def seen_by(self, scope: Scope) -> "AssignmentService":
        """The same for somebody who sees that scope."""
        return AssignmentService(self._unit_of_work, self._reading, self._zone, self._now, scope)

    def mine(self, login: str, cursor: str = "", size: int = 50) -> MyWork:
        """What somebody is to review, in order: with a *cannot tell* first, then by day, then as drawn."""
        today = self._today()
        with self._reading() as unit:
            left, overdue = unit.work_queues.open_count(login, self._scope, today)
            rows = unit.work_queues.open_of(login, self._scope, cursor, size + 1)
            first = rows[:1] if not cursor else unit.work_queues.open_of(login, self._scope, "", 1)
        more = rows[size - 1].assignment.key if len(rows) > size else ""
        return MyWork(today, left, overdue, first[0] if first else None, rows[:size], more)

    def next_for(self, login: str, besides: tuple[str, str] = ("", "")) -> WorkLine | None:
        """The contact that somebody does next.

        Args:
            besides: contact and form that they are at now.
        """
        with self._reading() as unit:
            lines = unit.work_queues.open_of(login, self._scope, "", 2)
        return next((x for x in lines if (x.assignment.contact_id, x.assignment.form_id) != besides), None)

    def reassign(self, queue_id: str, step: EvaluationStep, contact_id: str, to: str, actor: str) -> None:
        """Give an open assignment to somebody else.

        Raises:
            NotFoundError: no such queue or contact in it.
            InputError: that person can't have it.
            ConflictError: it's done or withdrawn.
        """
        with self._unit_of_work() as unit:
            unit.lock(LOCK)
            queue = queue_within(unit, queue_id, self._scope)
            check_analyst(unit, to, queue.scope)
            before = _open(unit, queue_id, step, contact_id)
            if not _may_have(unit, before, to):
                message = f"'{to[:60]}' reviews or has reviewed this contact already"
                raise InputError("queue.same_person", message, "somebody else: two reviews need two people")
            _change(unit, replace(before, analyst=to))
            sides = {"from": before.analyst, "to": to, "step": step.value}
            unit.audit.note("assignment.moved", "queue", queue_id, actor=actor, after={**sides, "contacts": 1})

    def postpone(self, queue_id: str, step: EvaluationStep, contact_id: str, due: date, actor: str) -> None:
        """Set another last day for an open assignment.

        Raises:
            InputError: a day that is over.
        """
        if due < self._today():
            raise InputError("queue.bad_day", "that day is over", "today or later")
        with self._unit_of_work() as unit:
            queue_within(unit, queue_id, self._scope)
            before = _open(unit, queue_id, step, contact_id)
            _change(unit, replace(before, due=due))
            told, after = {"due": before.due.isoformat()}, {"due": due.isoformat(), "step": step.value}
            unit.audit.note("assignment.postponed", "queue", queue_id, actor=actor, before=told, after=after)

    def withdraw(self, queue_id: str, step: EvaluationStep, contact_id: str, actor: str) -> None:
        """Ask nobody any more for one contact."""
        with self._unit_of_work() as unit:
            queue_within(unit, queue_id, self._scope)
            before = _open(unit, queue_id, step, contact_id)
            _change(unit, replace(before, state=AssignmentState.WITHDRAWN))
            told = {"step": step.value, "contacts": 1}
            unit.audit.note("assignment.withdrawn", "queue", queue_id, actor=actor, after=told)

    def withdraw_queue(self, queue_id: str, actor: str) -> int:
        """Take back all that is open in a queue; what is done stays. Returns how many; harmless when repeated."""
        with self._unit_of_work() as unit:
            queue_within(unit, queue_id, self._scope)
            gone = unit.work_queues.withdraw(queue_id)
            if gone:
                unit.audit.note("queue.withdrawn", "queue", queue_id, actor=actor, after={"contacts": gone})
        return gone

    def hand_over(self, queue_id: str, login: str, to: str, actor: str) -> tuple[int, int]:
        """Give all open work of somebody in a queue to somebody else; returns how many went over and how many stayed.

        A contact stays where the other one reviews or has reviewed it already: two reviews need two people.

        Raises:
            InputError: that person can't have it.
        """
        with self._unit_of_work() as unit:
            unit.lock(LOCK)
            queue = queue_within(unit, queue_id, self._scope)
            check_analyst(unit, to, queue.scope)
            if login == to:
                raise InputError("queue.same_person", "both are the same person", "name somebody else")
            held = unit.work_queues.held(login, queue_id)
            going = [one for one in held if _may_have(unit, one, to)]
            moved = sum(unit.work_queues.change(replace(one, analyst=to)) for one in going)
            if moved:
                told = {"from": login, "to": to, "contacts": moved}
                unit.audit.note("assignment.moved", "queue", queue_id, actor=actor, after=told)
        return moved, len(held) - moved

    def _today(self) -> date:
        return self._now().astimezone(ZoneInfo(self._zone)).date()


def _open(unit: Unit, queue_id: str, step: EvaluationStep, contact_id: str) -> Assignment:
    found = unit.work_queues.find(queue_id, step, contact_id)
    if found.state is not AssignmentState.OPEN:
        raise _over()
    return found


def _change(unit: Unit, wanted: Assignment) -> None:
    if not unit.work_queues.change(wanted):
        raise _over()


def _over() -> ConflictError:
    return ConflictError("queue.not_open", "this contact isn't open any more", "load the page again")


def _may_have(unit: Unit, one: Assignment, login: str) -> bool:
    """Whether somebody has nothing to do with a contact yet: no other step of it, no other queue, no review."""
    other = EvaluationStep.SECOND if one.step is EvaluationStep.FIRST else EvaluationStep.FIRST
    try:
        beside = unit.work_queues.find(one.queue_id, other, one.contact_id).analyst
    except NotFoundError:
        beside = ""
    reviewers = {review.reviewer for review in unit.reviews.of_contact(one.contact_id, one.form_id)}
    return login not in {one.analyst, beside, *reviewers}
