"""What customers answered, and which contact an answer belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.units import Share


@dataclass(frozen=True)
class SurveyResponse:
    """One row of `surveys.csv`. Each scale is `None` where the customer left it out.

    Attributes:
        invited_at: when the customer was asked; with `started_at` and `answered_at` empty, asked in vain.
        started_at: when the customer opened the survey.
        medium: channel of the survey (`sms`, `email`, `ivr`, …).
        nps: would recommend, 0 to 10.
        satisfaction: satisfaction index (IS), 0 to 10.
        csat: 1 to 5.
        ces: effort, 1 to 7.
        other: answers on scales of the site's own, by scale id.
    """

    id: str
    contact_id: str = ""
    customer_id: str = ""
    agent_id: str = ""
    invited_at: datetime | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    medium: str = ""
    nps: int | None = None
    satisfaction: int | None = None
    csat: int | None = None
    ces: int | None = None
    resolved: bool | None = None
    comment: str = ""
    other: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        """Whether the customer answered anything; false where they were only asked."""
        answers = (self.nps, self.satisfaction, self.csat, self.ces, self.resolved)
        return self.answered_at is not None or bool(self.other) or any(answer is not None for answer in answers)

    def __post_init__(self) -> None:
        for name, (low, high) in SCALES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name}: must lie in {low}..{high}, got {value}")


SCALES = {"nps": (0, 10), "satisfaction": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""Lowest and highest value of each scale, both included."""


class LinkMethod(StrEnum):
    """How a response found its contact."""

    CONTACT_ID = "contact_id"
    CUSTOMER_AGENT_TIME = "customer_agent_time"
    NONE = "none"


@dataclass(frozen=True)
class SurveyLink:
    """A response and the contact that it's about; `contact_id` is empty where none is sure enough."""

    response_id: str
    contact_id: str
    method: LinkMethod
    confidence: Share
    reason: str = ""
