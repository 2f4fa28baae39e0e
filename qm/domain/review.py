"""A person's look at a machine's evaluation: what was accepted, what was changed and why, notes pinned to seconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qm.domain.evaluation import Answer, CriterionAnswer, Evaluation
from qm.domain.form import Value
from qm.units import Seconds

LONGEST_WHY, LONGEST_NOTE, MOST_NOTES = 2000, 2000, 200
"""Characters of a reason and of a note; notes of one review."""


class ReviewState(StrEnum):
    """`draft`: being written, nobody counts it; `done`: handed in."""

    DRAFT = "draft"
    DONE = "done"


@dataclass(frozen=True)
class GivenAnswer:
    """What a person answered to one criterion.

    Attributes:
        answer: where the criterion is one of choice, number, date or text: *met* stands for "see the value".
        value: of such a criterion; `None` for yes/no, *not applicable* and *cannot tell*.
        why: needed where it differs from the machine's answer.
    """

    criterion_id: str
    answer: Answer
    value: Value | None = None
    why: str = ""


@dataclass(frozen=True)
class PinnedNote:
    """A note at a second of the conversation."""

    at_s: Seconds
    text: str


@dataclass(frozen=True)
class Review:
    """One person's review of one form on one contact.

    Attributes:
        id: random, so that it tells nothing of the contact.
        evaluation_id: the machine's evaluation that it stands beside.
        reviewer: login of who reviews; nobody else changes it.
        given: only criteria that the person looked at; accepted ones repeat the machine's answer.
        result: set when it's done: the machine's answers with the person's in their places, scored.
        version: raised by each change; whoever changes an older one is told.
        first_done_at: when it was handed in for the first time: of several reviews the first one counts.
    """

    id: str
    contact_id: str
    form_id: str
    evaluation_id: str
    reviewer: str
    state: ReviewState
    opened_at: datetime
    changed_at: datetime
    given: tuple[GivenAnswer, ...] = ()
    notes: tuple[PinnedNote, ...] = ()
    comment: str = ""
    done_at: datetime | None = None
    result: Evaluation | None = None
    version: int = 1
    first_done_at: datetime | None = None

    def given_to(self, criterion_id: str) -> GivenAnswer | None:
        """What was answered to a criterion, or `None`."""
        return next((given for given in self.given if given.criterion_id == criterion_id), None)


def is_override(given: CriterionAnswer, machine: CriterionAnswer) -> bool:
    """Whether a person's answer isn't the machine's."""
    return given.answer is not machine.answer or given.value != machine.value
