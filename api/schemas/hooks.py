"""Webhooks as JSON."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.hook import CHOSEN, LONGEST_ADDRESS, Delivery, DeliveryState, Hook, HookState
from qm.services.hooks import HookPage


class HookWish(BaseModel):
    """An address to be told, and of what."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"url": "https://crm.example.it/quality", "events": ["review.done"]}},
    )  # fmt: skip

    url: Annotated[str, Field(max_length=LONGEST_ADDRESS, description="https; others as QM_HOOK_HOSTS says")]
    events: Annotated[list[str], Field(max_length=100, description=", ".join(CHOSEN))]


class HookRow(BaseModel):
    """A webhook; its secret isn't told again."""

    model_config = ConfigDict(frozen=True)

    id: str
    url: str
    events: list[str]
    state: HookState
    made_at: datetime
    made_by: str

    @classmethod
    def of(cls, hook: Hook) -> "HookRow":
        """What is told of a hook."""
        return cls(
            id=hook.id, url=hook.url, events=list(hook.events), state=hook.state, made_at=hook.made_at,
            made_by=hook.made_by,
        )  # fmt: skip


class NewHook(HookRow):
    """A new webhook with its secret."""

    secret: Annotated[str, Field(description="what deliveries are signed with; told this once")]


class HookList(BaseModel):
    """All webhooks, the oldest first."""

    model_config = ConfigDict(frozen=True)

    items: list[HookRow]


class DeliveryRow(BaseModel):
    """One event for one webhook."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(description="`webhook-id` of every try")]
    hook_id: str
    event: str
    subject: Annotated[str, Field(description="id of what it's about")]
    state: DeliveryState
    made_at: datetime
    tries: int
    next_at: Annotated[datetime | None, Field(description="of the next try, where one is to come")]
    status: Annotated[int, Field(description="the receiver's at the last try; 0: none came")]
    error: Annotated[str, Field(description="code of what went wrong at the last try")]

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryRow":
        """What is told of a delivery."""
        waits = delivery.state is DeliveryState.WAITING
        return cls(
            id=delivery.id, hook_id=delivery.hook_id, event=delivery.event, subject=delivery.subject,
            state=delivery.state, made_at=_moment(delivery.made_s), tries=delivery.tries,
            next_at=_moment(delivery.next_s) if waits else None, status=delivery.status, error=delivery.error,
        )  # fmt: skip


class DeliveryList(BaseModel):
    """Deliveries, the latest first; ask again with `next_cursor` until it's empty."""

    model_config = ConfigDict(frozen=True)

    items: list[DeliveryRow]
    next_cursor: str

    @classmethod
    def of(cls, page: HookPage) -> "DeliveryList":
        """A page of them."""
        return cls(items=[DeliveryRow.of(one) for one in page.deliveries], next_cursor=page.next_cursor)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
