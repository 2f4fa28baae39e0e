"""Lists as JSON objects: an object can grow a field later, an array can't."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.run import Quarantine
from qm.services.views import CoachingRow


class CoachingList(BaseModel):
    """Coaching items, ordered by supervisor, agent and rank."""

    model_config = ConfigDict(frozen=True)

    items: tuple[CoachingRow, ...]
    total: int
    next_cursor: str


class QuarantineList(BaseModel):
    """Everything that stopped, each with the command that retries it."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Quarantine, ...]
    total: int
    next_cursor: str


class Peaks(BaseModel):
    """Loudness of a recording over time, one list a channel, each value 0 to 1."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"example": {"duration_s": 79.2, "channels": [[0.0, 0.41]]}}
    )

    duration_s: Annotated[float, Field(description="seconds")]
    channels: tuple[tuple[float, ...], ...]


class Health(BaseModel):
    """`ok`, when the process answers."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": {"status": "ok", "version": "0.1.0"}})

    status: str
    version: str


class Ready(BaseModel):
    """Each part and `ok`, or the code of what is wrong with it; hints by part."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "example": {
                "status": "ready", "version": "0.1.0", "parts": {"database": "ok", "objects": "ok"}, "hints": {}
            }
        },
    )  # fmt: skip

    status: str
    version: str
    parts: dict[str, str]
    hints: dict[str, str]
