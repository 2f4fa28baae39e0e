"""A conversation that a supervisor plans with an agent about one criterion: what is agreed, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qm.domain.contact import Agent
from qm.units import Seconds

LONGEST_TEXT, LONGEST_COMMENT, MOST_COMMENTS = 2000, 2000, 200
"""Characters of goal, commitment and outcome, and of a comment; entries of a history."""


class SessionState(StrEnum):
    """`planned`: not spoken yet; `held`: spoken, its effect is watched; `done`: closed with an outcome."""

    PLANNED = "planned"
    HELD = "held"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_STATES = (SessionState.PLANNED, SessionState.HELD)
"""While it's one of these, its criterion doesn't come again as new."""


class StepKind(StrEnum):
    """What somebody did with a session. `answered`: the agent marked the agreed thing as done."""

    MADE = "made"
    HELD = "held"
    COMMENTED = "commented"
    ANSWERED = "answered"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class SessionClip:
    """Seconds of a contact that are listened to together.

    Attributes:
        quote: the words said there; gone once the contact is erased.
    """

    contact_id: str
    evaluation_id: str
    start_s: Seconds
    end_s: Seconds
    quote: str = ""


@dataclass(frozen=True)
class SessionStep:
    """An entry of a session's history; comments of both are among them."""

    at: datetime
    by: str
    kind: StepKind
    text: str = ""


@dataclass(frozen=True)
class CoachingSession:
    """One session.

    Attributes:
        id: random, so that it tells nothing of the agent.
        supervisor: login of who made it.
        item_id: of the coaching item that it was made from.
        target: share of contacts in which the criterion is to be met, 0 to 1; `None`: none was agreed.
        commitment: what the agent says they will do, in their words.
        picked_at: when the item's contacts had been picked: those that began later had no part in it.
        held_at: contacts that began later show whether anything changed.
        version: raised by each change; whoever changes an older one is told.
    """

    id: str
    agent: Agent
    supervisor: str
    form_id: str
    criterion_id: str
    item_id: str
    clips: tuple[SessionClip, ...]
    goal: str
    due: date
    picked_at: datetime
    target: float | None = None
    commitment: str = ""
    state: SessionState = SessionState.PLANNED
    held_at: datetime | None = None
    answered_at: datetime | None = None
    outcome: str = ""
    history: tuple[SessionStep, ...] = ()
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Neither closed nor cancelled."""
        return self.state in OPEN_STATES

    def is_overdue(self, today: date) -> bool:
        """Open after its date."""
        return self.is_open and self.due < today
