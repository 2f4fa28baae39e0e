"""What a survey tool may send, and what it's told."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from qm.services.surveys import SurveyImport

EXAMPLE: dict[str, Any] = {
    "response_id": "R-1", "contact_id": "C-1001", "invited_at": "2026-11-20T10:05:00+01:00",
    "answered_at": "2026-11-20T11:30:00+01:00", "medium": "sms", "nps": 9, "satisfaction": 8, "resolved": True,
    "comment": "Molto gentile.",
}  # fmt: skip


class SentResponse(BaseModel):
    """One response; scales of the site's own beside the standard ones. Without answers: asked in vain."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": EXAMPLE})

    response_id: Annotated[str, Field(description="the same id again replaces the earlier response")]
    contact_id: str | None = None
    customer_id: str | None = None
    agent_id: str | None = None
    invited_at: Annotated[datetime | None, Field(description="with an offset")] = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    medium: Annotated[str | None, Field(description="channel of the survey: sms, email, ivr …")] = None
    nps: Annotated[int | None, Field(ge=0, le=10)] = None
    satisfaction: Annotated[int | None, Field(ge=0, le=10)] = None
    csat: Annotated[int | None, Field(ge=1, le=5)] = None
    ces: Annotated[int | None, Field(ge=1, le=7)] = None
    resolved: bool | None = None
    comment: Annotated[str | None, Field(max_length=50_000)] = None


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": SentResponse.model_json_schema(), "maxItems": 10_000},
                "example": [EXAMPLE],
            }
        },
    }
}
"""For OpenAPI; `qm.analysis.voc.read_survey` reads the body and tells all that is wrong with it at once."""


class FaultyItem(BaseModel):
    """One thing wrong with the list. `item`: its place from 1; 0 where it's about the whole list."""

    model_config = ConfigDict(frozen=True)

    item: int
    code: str
    message: str
    hint: str


class ImportResult(BaseModel):
    """What became of the list. Items with a fault were left out, the others taken in."""

    model_config = ConfigDict(frozen=True)

    new: int
    replaced: int
    unchanged: int
    faults: tuple[FaultyItem, ...]
    linked: Annotated[int, Field(description="responses linked to a contact, of all that are here")]
    responses: int

    @classmethod
    def of(cls, found: SurveyImport) -> "ImportResult":
        """From what the service says."""
        faults = [FaultyItem(item=f.line, code=f.code, message=f.message, hint=f.hint) for f in found.faults]
        counts = found.counts
        return cls(
            new=counts.new, replaced=counts.replaced, unchanged=counts.unchanged, faults=tuple(faults),
            linked=found.linked, responses=found.responses,
        )  # fmt: skip
