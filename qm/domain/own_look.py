"""What an agent did with a contact of their own: looked at it, answered the form first, took note of the result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qm.domain.review import GivenAnswer

LONGEST_REMARK = 2000
"""Characters of what an agent writes when taking note."""


class OwnState(StrEnum):
    """Where an agent's own contact stands, the latest that happened."""

    NEW = "new"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    DECIDED = "decided"


@dataclass(frozen=True)
class SelfAssessment:
    """The agent's own answers on one form, given before the result was shown. It never counts in a score."""

    form_id: str
    at: datetime
    given: tuple[GivenAnswer, ...]


@dataclass(frozen=True)
class OwnLook:
    """One contact, by its own agent.

    Attributes:
        seen_at: when the result was first shown.
        acknowledged_at: when the agent took note of it.
        remark: what they wrote with it.
        assessments: at most one a form.
    """

    contact_id: str
    agent_id: str
    seen_at: datetime | None = None
    acknowledged_at: datetime | None = None
    remark: str = ""
    assessments: tuple[SelfAssessment, ...] = ()
    version: int = 0

    def assessment_of(self, form_id: str) -> SelfAssessment | None:
        """The agent's answers on a form, or `None`."""
        return next((one for one in self.assessments if one.form_id == form_id), None)
