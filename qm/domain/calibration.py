"""A calibration session: contacts that several people and the machine score blind, to see how far they agree."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.domain.evaluation import Answer

MACHINE = "machine"
"""The rater's id of the machine; no person may have it."""


class Purpose(StrEnum):
    """What the contacts are drawn for: those that customers rated, those that are disputable, or any."""

    RATED = "rated"
    DISAGREEMENT = "disagreement"
    RANDOM = "random"


class Why(StrEnum):
    """Why a contact was drawn."""

    RATED_LOW = "rated_low"
    RATED_HIGH = "rated_high"
    DOUBTFUL = "doubtful"
    RANDOM = "random"


@dataclass(frozen=True)
class DrawnContact:
    """A contact of a session.

    Attributes:
        probability: that this contact was drawn from those that it could be drawn from, above 0, at most 1.
    """

    contact_id: str
    why: Why
    probability: float

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability: must lie above 0 and at most 1, got {self.probability}")


@dataclass(frozen=True)
class CalibrationSession:
    """Who scores what until when.

    Attributes:
        raters: people who score, by the id they sign with.
        expert: whose answers are the key; empty: the key is what most of the people answered.
        criteria: the questions of the form that are scored here.
        closed_at: `None` while it is open. What was answered is shown once it is closed or the deadline is past.
    """

    id: str
    title: str
    purpose: Purpose
    form_id: str
    form_version: str
    criteria: tuple[str, ...]
    contacts: tuple[DrawnContact, ...]
    raters: tuple[str, ...]
    expert: str
    opened_at: datetime
    due_at: datetime
    seed: int
    closed_at: datetime | None = None
    schema: str = field(default="calibration/1")

    def __post_init__(self) -> None:
        people = self.people
        if not people or len(set(people)) < len(people):
            raise ValueError("raters: name at least one, each once, the expert not among them")
        if MACHINE in people or any(not name.strip() for name in people):
            raise ValueError(f"raters: must have a name, and not '{MACHINE}'")
        if self.due_at <= self.opened_at:
            raise ValueError("due_at: must lie after the opening")

    @property
    def people(self) -> tuple[str, ...]:
        """Raters, and the expert where there is one."""
        return (*self.raters, *((self.expert,) if self.expert else ()))

    def rater_of(self, login: str, name: str) -> str:
        """As whom somebody takes part: raters are named by login, in older sessions by name; the login for others."""
        return next((one for one in self.people if one == login), name if name in self.people else login)

    def is_blind(self, now: datetime) -> bool:
        """True while nobody may see what others answered."""
        return self.closed_at is None and now < self.due_at


@dataclass(frozen=True)
class SheetAnswer:
    """One rater's answer to one question."""

    criterion_id: str
    answer: Answer
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What one rater answered on one contact; questions that weren't answered are left out.

    Attributes:
        evaluation_id: of the machine's sheet, which is kept as it was when the session was opened.
    """

    session_id: str
    rater: str
    contact_id: str
    submitted_at: datetime
    answers: tuple[SheetAnswer, ...]
    evaluation_id: str = ""
    schema: str = field(default="sheet/1")
