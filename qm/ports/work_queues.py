"""What work queues ask of the store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from qm.domain.evaluation import Answer
from qm.domain.people import Scope
from qm.domain.work_queue import Assignment, EvaluationStep, FrameRow, FrameWish, WorkQueue


@dataclass(frozen=True)
class QueueCount:
    """Assignments of one queue, person, step and state; `overdue`: those of them that are open past their day."""

    queue_id: str
    analyst: str
    step: str
    state: str
    n: int
    overdue: int


@dataclass(frozen=True)
class WorkLine:
    """An assignment and what a list shows of its contact."""

    assignment: Assignment
    queue: str
    agent_name: str
    team: str
    process: str
    medium: str
    started_at: datetime


@dataclass(frozen=True)
class ReviewedRow:
    """What a review of a queue found, in short.

    Attributes:
        score: with the person's answers in their places.
        machine: the machine's score as it stands now.
        is_current: the review stands beside that very evaluation.
        answers: criterion, answer and reason of what the person looked at.
    """

    contact_id: str
    step: EvaluationStep
    score: float | None
    machine: float | None
    is_current: bool
    answers: tuple[tuple[str, Answer, str], ...]


class WorkQueueStore(Protocol):
    """Queues and their assignments."""

    def add(self, queue: WorkQueue, assignments: Sequence[Assignment]) -> None:
        """Keep a draw."""
        ...

    def get(self, queue_id: str) -> WorkQueue:
        """One queue, or `NotFoundError`."""
        ...

    def page(self, after: str, size: int) -> tuple[WorkQueue, ...]:
        """Queues, the latest first, after the one of that id; empty: from the start."""
        ...

    def frame(self, wish: FrameWish) -> list[FrameRow]:
        """Every contact of a period and filters, by id, with what a draw needs; columns only."""
        ...

    def counts(self, queue_ids: Collection[str], today: date) -> tuple[QueueCount, ...]:
        """How many assignments of these queues stand how, by queue, person, step and state."""
        ...

    def of_queue(self, queue_id: str, after: str = "", size: int = 0) -> tuple[Assignment, ...]:
        """A queue's assignments in the order of work, after the one of that key; size 0: all."""
        ...

    def open_of(self, analyst: str, scope: Scope, after: str = "", size: int = 50) -> tuple[WorkLine, ...]:
        """Somebody's open assignments in the order of work: with a *cannot tell* first, then by day, then as drawn."""
        ...

    def open_count(self, analyst: str, scope: Scope, today: date) -> tuple[int, int]:
        """How many are open, and how many of them are overdue."""
        ...

    def held(self, analyst: str, queue_id: str = "") -> tuple[Assignment, ...]:
        """All open assignments of somebody, in one queue or in all."""
        ...

    def find(self, queue_id: str, step: EvaluationStep, contact_id: str) -> Assignment:
        """One assignment, or `NotFoundError`."""
        ...

    def blind_pairs(self, analyst: str) -> frozenset[tuple[str, str]]:
        """Contacts and forms that somebody is still to review, and on which another person's answers count already."""
        ...

    def blind_forms(self, contact_id: str, analyst: str) -> frozenset[str]:
        """Forms on which somebody is still to review that contact."""
        ...

    def done_by(self, contact_id: str, form_id: str, analyst: str, at: datetime) -> tuple[Assignment, ...]:
        """Mark that person's open assignments of a contact and form as done; returns them."""
        ...

    def add_one(self, assignment: Assignment) -> bool:
        """Keep one more; false where it's there already."""
        ...

    def change(self, assignment: Assignment) -> bool:
        """Put an open assignment's person, day and state in place; false where it isn't open any more."""
        ...

    def reviewed(self, queue_id: str) -> tuple[ReviewedRow, ...]:
        """What was handed in for a queue and not taken up again, by step and contact."""
        ...

    def withdraw(self, queue_id: str) -> int:
        """Take back what is still open in a queue; returns how many."""
        ...
