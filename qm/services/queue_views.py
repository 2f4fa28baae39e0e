"""What is shown of work queues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from qm.domain.agreement import Agreement, Measured
from qm.domain.figures import Figure
from qm.domain.text import Text
from qm.domain.work_queue import Assignment, AssignmentState, EvaluationStep, LeftOut, StratumPlan, WorkQueue
from qm.ports.work_queues import QueueCount, WorkLine


@dataclass(frozen=True)
class DrawPreview:
    """What a plan would draw.

    Attributes:
        contacts: that can be drawn.
        left_out: how many can't, by reason.
        strata: groups with how many of each are expected.
        shares: contacts of each analyst, second evaluations not counted.
        seconds: expected number of second evaluations.
    """

    contacts: int
    left_out: Mapping[LeftOut, int]
    strata: tuple[StratumPlan, ...]
    shares: Mapping[str, int]
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far assignments are. `overdue` are some of the open ones; those withdrawn are in no other number."""

    analyst: str
    done: int
    open: int
    overdue: int
    withdrawn: int
    seconds: int

    @property
    def asked(self) -> int:
        """What is to be done and what is."""
        return self.done + self.open


def progress_of(counts: Iterable[QueueCount], analyst: str = "") -> Progress:
    """All counts together.

    Args:
        analyst: whose these are; empty: everybody's.
    """
    rows = list(counts)
    states = {state: sum(row.n for row in rows if row.state == state.value) for state in AssignmentState}
    seconds = sum(
        row.n for row in rows
        if row.step == EvaluationStep.SECOND.value and row.state != AssignmentState.WITHDRAWN.value
    )  # fmt: skip
    overdue = sum(row.overdue for row in rows)
    return Progress(
        analyst, states[AssignmentState.DONE], states[AssignmentState.OPEN], overdue,
        states[AssignmentState.WITHDRAWN], seconds,
    )  # fmt: skip


@dataclass(frozen=True)
class QueueLine:
    """A queue and how far it is, altogether and by analyst."""

    queue: WorkQueue
    form: Text
    progress: Progress
    analysts: tuple[Progress, ...]


@dataclass(frozen=True)
class QueueList:
    """Queues, the latest first; `next_cursor` is empty on the last page."""

    items: tuple[QueueLine, ...]
    next_cursor: str


@dataclass(frozen=True)
class CriterionEstimate:
    """In what share of contacts the person answered otherwise than the machine, of those where somebody looked."""

    criterion_id: str
    title: Text
    machine_wrong: Figure


@dataclass(frozen=True)
class QueueEstimates:
    """What the reviews tell of all contacts that could have been drawn.

    Attributes:
        score: mean score as people see it, 0 to 100.
        differs: share of contacts whose score changes by the review.
        is_provisional: assignments are still open.
    """

    score: Figure
    differs: Figure
    criteria: tuple[CriterionEstimate, ...]
    is_provisional: bool


@dataclass(frozen=True)
class QueueView:
    """One queue, its progress, and what its reviews tell. No contact is named.

    Attributes:
        pairs: contacts that two people reviewed.
        answers: how far their answers agree, all criteria together.
        scores: how far their scores agree.
    """

    line: QueueLine
    pairs: int
    answers: Agreement
    scores: tuple[Measured, ...]
    estimates: QueueEstimates
    min_n: int


@dataclass(frozen=True)
class AssignmentPage:
    """A queue's assignments in the order of work."""

    items: tuple[Assignment, ...]
    next_cursor: str


@dataclass(frozen=True)
class MyWork:
    """What somebody is to review, in order.

    Attributes:
        next: the first of all; `None` where nothing is left.
        today: by the site's calendar.
    """

    today: date
    open: int
    overdue: int
    next: WorkLine | None
    items: tuple[WorkLine, ...]
    next_cursor: str
