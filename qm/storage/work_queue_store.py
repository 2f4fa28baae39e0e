"""Work queues and assignments in their tables."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, select, tuple_, update

from qm.documents import dump, load
from qm.domain.dispute import CountedBy
from qm.domain.evaluation import Answer, Origin
from qm.domain.people import Scope
from qm.domain.review import ReviewState
from qm.domain.work_queue import Assignment, AssignmentState, EvaluationStep, FrameRow, FrameWish, Risk, WorkQueue
from qm.errors import NotFoundError
from qm.ports.work_queues import QueueCount, ReviewedRow, WorkLine
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.sql_store import AT_ONCE, SqlStore
from qm.storage.work_queue_frame import frame_of

OPEN = AssignmentState.OPEN.value
A = tables.assignments
ORDER: tuple[ColumnElement[Any], ...] = (
    case((A.c.doubts > 0, 0), else_=1), A.c.due, A.c.position, A.c.queue_id, A.c.step, A.c.contact_id,
)  # fmt: skip
"""The order of work; the last three only make it one order."""


class SqlWorkQueueStore(SqlStore):
    """Queues by id, assignments by queue, step and contact."""

    def add(self, queue: WorkQueue, assignments: Sequence[Assignment]) -> None:
        """Keep a draw."""
        row = {"id": queue.id, "drawn_s": queue.drawn_at.timestamp(), "document": dump(queue)}
        self._connection.execute(insert(tables.work_queues).values(**row))
        rows = [_values(one) for one in assignments]
        for start in range(0, len(rows), AT_ONCE):
            self._connection.execute(insert(A), rows[start : start + AT_ONCE])

    def get(self, queue_id: str) -> WorkQueue:
        """One queue, or `NotFoundError`."""
        row = self._one(tables.work_queues, ("document",), id=queue_id)
        if row is None:
            message = f"no work queue '{queue_id[:60]}'"
            raise NotFoundError("queue.unknown", message, "`qm queue list` and the page of work queues name them")
        return load(WorkQueue, row.document)

    def page(self, after: str, size: int) -> tuple[WorkQueue, ...]:
        """Queues, the latest first."""
        table = tables.work_queues
        statement = select(table.c.document).order_by(table.c.drawn_s.desc(), table.c.id.desc()).limit(size)
        if after:
            place = self._one(table, ("drawn_s", "id"), id=after)
            if place is None:
                raise _bad_cursor()
            statement = statement.where(tuple_(table.c.drawn_s, table.c.id) < tuple_(*place))
        return tuple(load(WorkQueue, document) for document in self._connection.execute(statement).scalars())

    def frame(self, wish: FrameWish) -> list[FrameRow]:
        """Every contact of a period and filters, by id."""
        return frame_of(self._connection, wish)

    def counts(self, queue_ids: Collection[str], today: date) -> tuple[QueueCount, ...]:
        """How many assignments stand how."""
        key = (A.c.queue_id, A.c.analyst, A.c.step, A.c.state)
        late = func.sum(case(((A.c.state == OPEN) & (A.c.due < today.isoformat()), 1), else_=0))
        statement = select(*key, func.count(), late).where(self._among(A.c.queue_id, sorted(queue_ids)))
        rows = self._connection.execute(statement.group_by(*key).order_by(*key))
        return tuple(
            QueueCount(queue_id, analyst, step, state, int(n), int(overdue))
            for queue_id, analyst, step, state, n, overdue in rows
        )

    def of_queue(self, queue_id: str, after: str = "", size: int = 0) -> tuple[Assignment, ...]:
        """A queue's assignments in the order of work."""
        statement = select(A).where(A.c.queue_id == queue_id).order_by(*ORDER)
        if size:
            statement = statement.limit(size)
        return tuple(_assignment(row) for row in self._connection.execute(self._after(statement, after)))

    def open_of(self, analyst: str, scope: Scope, after: str = "", size: int = 50) -> tuple[WorkLine, ...]:
        """Somebody's open assignments in the order of work."""
        facts, queues = tables.contact_facts, tables.work_queues
        shown = (facts.c.agent_name, facts.c.team, facts.c.process, facts.c.medium, facts.c.started_s)
        statement = (
            select(A, *shown, queues.c.document)
            .join(facts, facts.c.contact_id == A.c.contact_id)
            .join(queues, queues.c.id == A.c.queue_id)
            .where(*_open_of(analyst), *within(scope))
            .order_by(*ORDER)
            .limit(size)
        )
        names: dict[str, str] = {}
        lines = []
        for row in self._connection.execute(self._after(statement, after)):
            if row.queue_id not in names:
                names[row.queue_id] = load(WorkQueue, row.document).plan.name
            began = datetime.fromtimestamp(row.started_s, UTC)
            facts_shown = (row.agent_name, row.team, row.process, row.medium, began)
            lines.append(WorkLine(_assignment(row), names[row.queue_id], *facts_shown))
        return tuple(lines)

    def open_count(self, analyst: str, scope: Scope, today: date) -> tuple[int, int]:
        """How many are open, and how many of them are overdue."""
        facts = tables.contact_facts
        late = func.sum(case((A.c.due < today.isoformat(), 1), else_=0))
        joined = select(func.count(), late).select_from(A).join(facts, facts.c.contact_id == A.c.contact_id)
        row = self._connection.execute(joined.where(*_open_of(analyst), *within(scope))).one()
        return int(row[0]), int(row[1] or 0)

    def held(self, analyst: str, queue_id: str = "") -> tuple[Assignment, ...]:
        """All open assignments of somebody."""
        where = [*_open_of(analyst), *([A.c.queue_id == queue_id] if queue_id else [])]
        return tuple(_assignment(row) for row in self._connection.execute(select(A).where(*where).order_by(*ORDER)))

    def find(self, queue_id: str, step: EvaluationStep, contact_id: str) -> Assignment:
        """One assignment, or `NotFoundError`."""
        row = self._connection.execute(select(A).where(*_key(queue_id, step.value, contact_id))).first()
        if row is None:
            raise NotFoundError("queue.no_assignment", "no such contact in this queue", "load the page again")
        return _assignment(row)

    def blind_pairs(self, analyst: str) -> frozenset[tuple[str, str]]:
        """Contacts and forms that somebody is still to review, and on which another person's answers count already."""
        table = tables.evaluations
        joined = select(A.c.contact_id, A.c.form_id).join(
            table, and_(table.c.contact_id == A.c.contact_id, table.c.form_id == A.c.form_id)
        )
        rows = self._connection.execute(joined.where(*_open_of(analyst), table.c.counts != CountedBy.MACHINE.value))
        return frozenset((row.contact_id, row.form_id) for row in rows)

    def blind_forms(self, contact_id: str, analyst: str) -> frozenset[str]:
        """Forms on which somebody is still to review that contact."""
        where = (A.c.contact_id == contact_id, *_open_of(analyst))
        return frozenset(self._connection.execute(select(A.c.form_id).where(*where)).scalars())

    def done_by(self, contact_id: str, form_id: str, analyst: str, at: datetime) -> tuple[Assignment, ...]:
        """Mark that person's open assignments of a contact and form as done; returns them."""
        where = (A.c.contact_id == contact_id, A.c.form_id == form_id, *_open_of(analyst))
        done = []
        for row in self._connection.execute(select(A).where(*where)).all():
            one = update(A).where(*_key(row.queue_id, row.step, row.contact_id), A.c.state == OPEN)
            values = {"state": AssignmentState.DONE.value, "done_s": at.timestamp()}
            if self._connection.execute(one.values(**values)).rowcount:
                done.append(_assignment(row))
        return tuple(done)

    def add_one(self, assignment: Assignment) -> bool:
        """Keep one more; false where it's there already."""
        found = select(A.c.state).where(*_key(assignment.queue_id, assignment.step.value, assignment.contact_id))
        if self._connection.execute(found).first() is not None:
            return False
        self._add(A, **_values(assignment))
        return True

    def change(self, assignment: Assignment) -> bool:
        """Put an open assignment's person, day and state in place; false where it isn't open any more."""
        key = _key(assignment.queue_id, assignment.step.value, assignment.contact_id)
        values = {"analyst": assignment.analyst, "due": assignment.due.isoformat(), "state": assignment.state.value}
        return bool(self._connection.execute(update(A).where(*key, A.c.state == OPEN).values(**values)).rowcount)

    def reviewed(self, queue_id: str) -> tuple[ReviewedRow, ...]:
        """What was handed in for a queue and not taken up again, by step and contact."""
        reviews, scored = tables.reviews, tables.evaluations
        same = (reviews.c.contact_id == A.c.contact_id, reviews.c.form_id == A.c.form_id)
        beside = (scored.c.contact_id == A.c.contact_id, scored.c.form_id == A.c.form_id)
        statement = (
            select(
                A.c.contact_id,
                A.c.step,
                reviews.c.document,
                scored.c.id.label("machine_id"),
                scored.c.score.label("machine"),
            )
            .join(reviews, and_(*same, reviews.c.reviewer == A.c.analyst))
            .outerjoin(scored, and_(*beside))
            .where(A.c.queue_id == queue_id, A.c.state == AssignmentState.DONE.value)
            .where(reviews.c.state == ReviewState.DONE.value)
            .order_by(A.c.step, A.c.contact_id)
        )
        return tuple(
            _reviewed(row.contact_id, row.step, row.document, row.machine_id, row.machine)
            for row in self._each(statement)
        )

    def withdraw(self, queue_id: str) -> int:
        """Take back what is still open in a queue; returns how many."""
        where = (A.c.queue_id == queue_id, A.c.state == OPEN)
        statement = update(A).where(*where).values(state=AssignmentState.WITHDRAWN.value)
        return self._connection.execute(statement).rowcount

    def _after(self, statement: Select[Any], after: str) -> Select[Any]:
        """From the line of that key on."""
        if not after:
            return statement
        queue_id, step, contact_id = [*after.split("/", 2), "", ""][:3]
        place = self._connection.execute(select(*ORDER).where(*_key(queue_id, step, contact_id))).first()
        if place is None:
            raise _bad_cursor()
        return statement.where(tuple_(*ORDER) > tuple_(*place))


def _reviewed(contact_id: str, step: str, document: str, machine_id: str | None, machine: float | None) -> ReviewedRow:
    # Plain JSON: reading five hundred reviews whole, with all their evidence, takes seconds.
    review = json.loads(document)
    result = review["result"] or {"answers": [], "score": {"value": None}}
    answers = tuple(
        (one["criterion_id"], Answer(one["answer"]), one["reason"])
        for one in result["answers"] if one["origin"] == Origin.PERSON.value
    )  # fmt: skip
    is_current = machine_id is not None and review["evaluation_id"] == machine_id
    return ReviewedRow(contact_id, EvaluationStep(step), result["score"]["value"], machine, is_current, answers)


def _bad_cursor() -> NotFoundError:
    return NotFoundError("page.bad_cursor", "the cursor names nothing of this list", "start without it")


def _open_of(analyst: str) -> tuple[ColumnElement[bool], ...]:
    return A.c.analyst == analyst, A.c.state == OPEN


def _key(queue_id: str, step: str, contact_id: str) -> tuple[ColumnElement[bool], ...]:
    return A.c.queue_id == queue_id, A.c.step == step, A.c.contact_id == contact_id


def _values(one: Assignment) -> Mapping[str, object]:
    return {
        "queue_id": one.queue_id, "step": one.step.value, "contact_id": one.contact_id, "form_id": one.form_id,
        "analyst": one.analyst, "state": one.state.value, "due": one.due.isoformat(), "probability": one.probability,
        "stratum": one.stratum, "risks": " ".join(one.risks), "doubts": one.doubts, "position": one.position,
        "wants_second": int(one.wants_second), "done_s": one.done_at.timestamp() if one.done_at else None,
    }  # fmt: skip


def _assignment(row: Row[Any]) -> Assignment:
    done = datetime.fromtimestamp(row.done_s, UTC) if row.done_s is not None else None
    return Assignment(
        row.queue_id, row.contact_id, row.form_id, row.analyst, EvaluationStep(row.step), date.fromisoformat(row.due),
        row.probability, row.stratum, tuple(Risk(code) for code in row.risks.split()), row.doubts, row.position,
        bool(row.wants_second), AssignmentState(row.state), done,
    )  # fmt: skip
