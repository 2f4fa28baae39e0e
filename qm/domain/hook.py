"""Webhooks: which events other systems are told of, to which address, and how each telling went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from qm.domain.text import Text

EVENTS: Mapping[str, Text] = {
    "contact.done": Text("contatto elaborato", "contact done"),
    "contact.quarantined": Text("contatto in quarantena", "contact put into quarantine"),
    "review.done": Text("valutazione consegnata", "review handed in"),
    "case.opened": Text("caso creato", "case opened"),
    "run.ended": Text("elaborazione conclusa", "run ended"),
    "hook.tested": Text("prova", "test"),
}
"""What may be told. An event that the audit trail notes under the same name is told as soon as its line stands here;
any other is told by `unit.hooks.tell(…)` in the transaction in which it happens."""
TEST_EVENT = "hook.tested"
"""Told on request, whatever was chosen."""
CHOSEN = tuple(name for name in EVENTS if name != TEST_EVENT)
"""Those that a hook may ask for."""
LONGEST_ADDRESS = 500
MOST_HOOKS = 20
"""Of a site: each event is written once for each."""
MOST_TRIES = 12
TRIED_FOR = timedelta(hours=24)
"""After the event; nobody waits longer for a receiver."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 4 * 3600.0
JITTER = 0.2
"""Share of a pause by which it's drawn longer or shorter, so that receivers that were down aren't met all at once."""
KEPT_FOR = timedelta(days=30)
"""After which deliveries that are over are swept away."""
GONE = 410
"""The receiver's word for never again."""


class HookState(StrEnum):
    """`paused`: nothing is written for it, and what waits stays until it's resumed or too old."""

    ACTIVE = "active"
    PAUSED = "paused"


class DeliveryState(StrEnum):
    """`given_up`: tried for a day in vain; only a person sends it again."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Hook:
    """An address that is told of events. Its secret is kept apart.

    Attributes:
        made_by: login of who added it.
        version: raised by each change.
    """

    id: str
    url: str
    events: tuple[str, ...]
    made_at: datetime
    made_by: str
    state: HookState = HookState.ACTIVE
    version: int = 1


@dataclass(frozen=True)
class Delivery:
    """One event for one hook.

    Attributes:
        id: what the receiver knows it by, the same at every try.
        subject: id of what it is about.
        body: what is sent, byte by byte the same at every try; ids and codes only.
        next_s: when it's tried next; moments in seconds since 1970.
        status: the receiver's HTTP status at the last try, 0 where it answered none.
        error: code of what went wrong at the last try.
    """

    id: str
    hook_id: str
    event: str
    subject: str
    state: DeliveryState
    made_s: float
    tries: int
    next_s: float
    status: int
    error: str
    body: str


def pause_after(tries: int, drawn: float) -> float:
    """Seconds until the next try.

    Args:
        tries: made so far, from 1.
        drawn: 0..1, at random.

    >>> [pause_after(tries, 0.5) for tries in (1, 2, 3, 20)]
    [30.0, 60.0, 120.0, 14400.0]
    """
    plain = min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 20), LONGEST_PAUSE_S)
    return plain * (1 - JITTER + 2 * JITTER * drawn)


def settled(delivery: Delivery, status: int, error: str, now_s: float, drawn: float) -> Delivery:
    """The delivery after a try.

    Args:
        status: the receiver's; 0: none.
        error: of ours; empty where an answer came.
    """
    tries = delivery.tries + 1
    if 200 <= status < 300 and not error:
        state, next_s = DeliveryState.SENT, now_s
    else:
        next_s = now_s + pause_after(tries, drawn)
        is_over = tries >= MOST_TRIES or status == GONE or next_s > delivery.made_s + TRIED_FOR.total_seconds()
        state = DeliveryState.GIVEN_UP if is_over else DeliveryState.WAITING
        error = error or "hook.refused"
    values = {**vars(delivery), "state": state, "tries": tries, "next_s": next_s, "status": status, "error": error}
    return Delivery(**values)
