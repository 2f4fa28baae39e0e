"""Sends what webhooks are to be told: leased, signed, posted, noted. Any number of senders may run side by side.

Signed after Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over id, moment and body.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from qm.domain.hook import KEPT_FOR, Delivery, DeliveryState, settled
from qm.operations.logs import log
from qm.operations.metrics import count
from qm.ports import Unit, UnitOfWork
from qm.ports.hooks import Post
from qm.units import Seconds

SECRET_PREFIX = "whsec_"  # noqa: S105 - what all secrets begin with
AT_ONCE = 10
LEASE_S: Seconds = 300.0
"""Longer than all of a group take that time out one after another."""


def signature(secret: str, message_id: str, moment_s: int, body: bytes) -> str:
    """What `webhook-signature` says.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...           b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    try:
        key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = secret.encode()
    signed = f"{message_id}.{moment_s}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


@dataclass(frozen=True)
class Sent:
    """What one look did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    @property
    def tried(self) -> int:
        """How many were tried."""
        return self.sent + self.failed + self.given_up


class HookSender:
    """Sends what is due.

    Args:
        owner: tells this sender from others.
        post: sends one.
        now: the present moment.
        draw: a number of 0..1, at random.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, owner: str, post: Post, now: Callable[[], datetime],
        draw: Callable[[], float],
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._owner = owner
        self._post = post
        self._now = now
        self._draw = draw

    def step(self) -> Sent:
        """Send a group of what is due, and sweep away what is old where nothing is.

        Raises:
            StorageError: the database can't be used; what was leased is due again once its lease is over.
        """
        now_s = self._now().timestamp()
        if not self._is_wanted():
            return Sent()
        with self._unit_of_work() as unit:
            leased = unit.hooks.lease(self._owner, AT_ONCE, now_s, LEASE_S)
            secrets = {each.hook_id: unit.hooks.secret(each.hook_id) for each in leased}
            urls = {hook.id: hook.url for hook in unit.hooks.every()}
            if not leased:
                unit.hooks.sweep(now_s - KEPT_FOR.total_seconds())
        states = [self._send(each, urls[each.hook_id], secrets[each.hook_id]) for each in leased]
        numbers = [states.count(s) for s in (DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.GIVEN_UP)]
        return Sent(*numbers)

    def _is_wanted(self) -> bool:
        """Without a hook nothing is written every few seconds."""
        with self._reading() as unit:
            return bool(unit.hooks.every())

    def _send(self, delivery: Delivery, url: str, secret: str) -> DeliveryState:
        body, moment = delivery.body.encode(), int(self._now().timestamp())
        headers = {
            "content-type": "application/json", "user-agent": "quality-equation-hooks", "webhook-id": delivery.id,
            "webhook-timestamp": str(moment), "webhook-signature": signature(secret, delivery.id, moment, body),
        }  # fmt: skip
        status, error = self._post(url, body, headers)
        after = settled(delivery, status, error, self._now().timestamp(), self._draw())
        with self._unit_of_work() as unit:
            self._note(unit, after)
        count("hook_deliveries", outcome=after.state.value)
        log.info("hook.tried", hook=delivery.hook_id, state=after.state.value, status=status, code=after.error)
        return after.state

    def _note(self, unit: Unit, after: Delivery) -> None:
        unit.hooks.settle(after, self._owner)
