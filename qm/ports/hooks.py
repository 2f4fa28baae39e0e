"""What webhooks ask of the store, and of whatever sends."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol, TypeAlias

from qm.domain.hook import Delivery, Hook
from qm.units import Seconds

Post: TypeAlias = Callable[[str, bytes, Mapping[str, str]], tuple[int, str]]
"""Sends a body with headers to an address; the receiver's status (0: none came) and a code of what went wrong."""


class HookStore(Protocol):
    """Hooks, their secrets and what is sent to them. Moments in seconds since 1970."""

    def every(self) -> tuple[Hook, ...]:
        """All hooks, the oldest first."""
        ...

    def get(self, hook_id: str) -> Hook:
        """One hook.

        Raises:
            NotFoundError: there is none (`hook.unknown`).
        """
        ...

    def add(self, hook: Hook, secret: str) -> None:
        """Keep a new one and the secret that its deliveries are signed with."""
        ...

    def save(self, hook: Hook, seen: int) -> None:
        """Put a hook in the place of version `seen`.

        Raises:
            ConflictError: there is another version by now (`hook.changed`).
        """
        ...

    def drop(self, hook_id: str) -> None:
        """Take a hook away with its secret and its deliveries."""
        ...

    def secret(self, hook_id: str) -> str:
        """What a hook's deliveries are signed with; empty where there is none."""
        ...

    def tell(self, event: str, kind: str, subject: str, **codes: str) -> None:
        """Write an event for every active hook that asked for it; sent once this transaction stands.

        Args:
            kind: what the subject is: `contact`, `case`, `run`.
            codes: more that is told; never a text that somebody typed or said, and no names.
        """
        ...

    def tell_one(self, hook: Hook, event: str, kind: str, subject: str) -> Delivery:
        """Write an event for this hook, whatever it asked for."""
        ...

    def lease(self, owner: str, most: int, now_s: float, lease_s: Seconds) -> tuple[Delivery, ...]:
        """Take what is due, the longest due first; what another sender holds is left to it."""
        ...

    def settle(self, delivery: Delivery, owner: str) -> bool:
        """Note how a try went; false where the lease is another's by now."""
        ...

    def deliveries(self, hook_ids: Collection[str], after: str = "", size: int = 50) -> tuple[Delivery, ...]:
        """Deliveries of these hooks, the latest first.

        Args:
            after: id of the last one of the page before.

        Raises:
            NotFoundError: `after` isn't there (`hook.no_delivery`).
        """
        ...

    def delivery(self, delivery_id: str) -> Delivery:
        """One delivery.

        Raises:
            NotFoundError: there is none (`hook.no_delivery`).
        """
        ...

    def again(self, delivery_id: str, now_s: float) -> None:
        """Let a delivery wait anew, as if it had never been tried."""
        ...

    def sweep(self, before_s: float) -> int:
        """Take away deliveries that are over and older than that; returns how many."""
        ...
