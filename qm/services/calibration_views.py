"""What pages and commands show of calibration sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.domain.agreement import Agreement
from qm.domain.calibration import DrawnContact, Purpose
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.text import Text


class SessionStage(StrEnum):
    """`blind`: answers are coming in; `due`: the deadline is past; `closed`: somebody closed it."""

    BLIND = "blind"
    DUE = "due"
    CLOSED = "closed"


@dataclass(frozen=True)
class RaterProgress:
    """How many of the session's questions a rater has answered; nothing of what was answered."""

    rater: str
    is_expert: bool
    answered: Count


@dataclass(frozen=True)
class SessionRow:
    """One line of the list of sessions."""

    id: str
    title: str
    purpose: Purpose
    form_id: str
    form_title: Text
    form_version: str
    stage: SessionStage
    opened_at: datetime
    due_at: datetime
    contacts: int
    questions: int
    progress: tuple[RaterProgress, ...]


@dataclass(frozen=True)
class Disagreement:
    """A question on which not everybody gave the same answer. `key`: the answer that counts, `None` on a tie."""

    contact_id: str
    criterion_id: str
    answers: Mapping[str, Answer]
    key: Answer | None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionReport:
    """What a session found; made once it's no longer blind.

    Attributes:
        key: whose answers are the key: `expert` or `consensus`.
        without_key: questions that people answered but that have no key: a tie, or one answer only.
        left_open: questions that the machine left open, of those that it was asked.
        agreements: the whole form first, then criterion by criterion, each for the three pairs.
        titles: of the criteria.
    """

    session_id: str
    form_id: str
    made_at: datetime
    key: str
    without_key: int
    left_open: Count
    agreements: tuple[Agreement, ...]
    titles: Mapping[str, Text]
    disagreements: tuple[Disagreement, ...]
    schema: str = field(default="calibration-report/1")


@dataclass(frozen=True)
class SessionView:
    """A session's page: its row, the contacts with why each was drawn, and what was found; `None` while it's blind."""

    row: SessionRow
    drawn: tuple[DrawnContact, ...]
    report: SessionReport | None


@dataclass(frozen=True)
class SheetLine:
    """One question of a rater's sheet; `answer` is what this rater submitted before, if anything."""

    contact_id: str
    criterion_id: str
    question: Text
    explanation: Text
    answer: Answer | None
    note: str
