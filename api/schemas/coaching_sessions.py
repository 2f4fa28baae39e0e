"""Coaching sessions as JSON and as forms."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.coaching_session import SessionClip, StepKind
from qm.errors import InputError
from qm.services.coaching_sessions import Agreed

CLIP_FIELD = "clip."


class ClipList(BaseModel):
    """Clips that a session may have."""

    model_config = ConfigDict(frozen=True)

    items: tuple[SessionClip, ...]


class NewSession(BaseModel):
    """What is agreed in a session that is planned from a coaching item."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={
            "example": {"item": "co-9e0ba70728e6", "goal": "identificare sempre", "due": "2026-12-01", "target": 0.9}
        },
    )  # fmt: skip

    item: Annotated[str, Field(description="id of the coaching item")]
    goal: str
    due: date
    target: Annotated[float | None, Field(description="share of contacts, 0 to 1")] = None
    commitment: str = ""
    also: Annotated[
        tuple[str, ...], Field(max_length=20, description="other contacts of the agent to listen to, as offered")
    ] = ()

    def agreed(self) -> Agreed:
        """As the core takes it."""
        return Agreed(self.goal, self.due, self.target, self.commitment)


class SessionStepIn(BaseModel):
    """A step with a session."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"version": 1, "text": "lo chiedo prima di aprire la scheda"}},
    )  # fmt: skip

    version: Annotated[int, Field(description="that it was decided on")]
    text: str = ""


def day_of(text: str) -> date:
    """A day from a form.

    Raises:
        InputError: it isn't one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("coaching.bad_date", f"'{text[:60]}' isn't a day", "write it like 2026-12-01") from None


def agreed_of(fields: Mapping[str, str]) -> Agreed:
    """The same from a form, which asks the target in hundredths.

    Raises:
        InputError: a day or a number that isn't one.
    """
    target = fields.get("target", "").strip().replace(",", ".")
    try:
        share = float(target) / 100 if target else None
    except ValueError:
        raise InputError("coaching.bad_target", "the target isn't a number", "between 1 and 100 %") from None
    return Agreed(fields.get("goal", ""), day_of(fields.get("due", "")), share, fields.get("commitment", ""))


def also_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Contacts of the clips that are ticked in a form."""
    return tuple(name.removeprefix(CLIP_FIELD) for name in fields if name.startswith(CLIP_FIELD))


def step_of(kind: str) -> StepKind:
    """The step of an address.

    Raises:
        InputError: there is no such step.
    """
    if kind not in list(StepKind):
        raise InputError("coaching.bad_step", f"'{kind[:60]}' is no step", "see what the page offers")
    return StepKind(kind)


def version_of(fields: Mapping[str, str]) -> int:
    """The version of a form; 0, which nothing has, where it isn't a number."""
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
