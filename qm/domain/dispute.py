"""An agent contests answers about a contact of their own; an arbitrator decides criterion by criterion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.domain.evaluation import Answer
from qm.domain.review import GivenAnswer
from qm.units import Seconds

LONGEST_REASON = 2000
"""Characters of an agent's reason and of an arbitrator's."""
MOST_ITEMS = 30
"""Contested criteria of one dispute: what its form can carry in one page."""


class CountedBy(StrEnum):
    """Whose answers count on a contact and form: the machine's, a review's, or what a dispute ended with."""

    MACHINE = "machine"
    REVIEW = "review"
    DISPUTE = "dispute"


class DisputeState(StrEnum):
    """`expired`: nobody decided it before the site gave up on it."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Ruling(StrEnum):
    """`upheld`: the contested answer stays; `overturned`: another one counts."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True)
class DisputedItem:
    """One contested criterion.

    Attributes:
        contested: the answer that counted when it was contested.
        origin: who had given it: `rule`, `model`, `generative` or `person`.
        at_s: where to listen, if the agent says so.
        ruling: `None` until it's decided.
        decided: the answer that counts from then on, where it was overturned.
        ruling_why: the arbitrator's reason.
    """

    criterion_id: str
    contested: Answer
    origin: str
    why: str
    at_s: Seconds | None = None
    ruling: Ruling | None = None
    decided: GivenAnswer | None = None
    ruling_why: str = ""


@dataclass(frozen=True)
class DisputeStep:
    """One line of the history.

    Attributes:
        kind: `opened`, `added`, `withdrawn`, `decided` or `expired`.
        facts: codes only: criterion ids with the answers before and after.
    """

    at: datetime
    who: str
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dispute:
    """What an agent contests of one form on one contact.

    Attributes:
        opened_by: login of the agent.
        reviewer: whose review counted when it was opened; empty: the machine's answers. That person doesn't decide it.
        due_at: until when it's to be decided.
        decided_by: login of the arbitrator.
        history: everything that happened, in order.
    """

    id: str
    contact_id: str
    form_id: str
    agent_id: str
    opened_by: str
    state: DisputeState
    opened_at: datetime
    due_at: datetime
    items: tuple[DisputedItem, ...]
    reviewer: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    history: tuple[DisputeStep, ...] = ()
    version: int = 1

    @property
    def overturned(self) -> tuple[DisputedItem, ...]:
        """The criteria on which the agent was right."""
        return tuple(item for item in self.items if item.ruling is Ruling.OVERTURNED)

    @property
    def given(self) -> tuple[GivenAnswer, ...]:
        """The answers that count since it was decided."""
        if self.state is not DisputeState.DECIDED:
            return ()
        return tuple(item.decided for item in self.overturned if item.decided is not None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether somebody should have decided it by now."""
        return self.state is DisputeState.OPEN and now > self.due_at
