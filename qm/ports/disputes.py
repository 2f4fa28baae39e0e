"""What disputes and agents' own pages ask of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from qm.domain.dispute import Dispute
from qm.domain.own_look import OwnLook
from qm.domain.people import Scope


class DisputeStore(Protocol):
    """Disputes, own looks, and since when results stand. Each is written only over the version its writer saw."""

    def save(self, dispute: Dispute, seen: int) -> None:
        """Insert a dispute, or put it in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def get(self, dispute_id: str) -> Dispute | None:
        """One dispute, or `None`."""
        ...

    def of_contact(self, contact_id: str, form_id: str = "") -> tuple[Dispute, ...]:
        """A contact's disputes, on one form or on all, by id."""
        ...

    def of_contacts(self, contact_ids: Sequence[str]) -> tuple[Dispute, ...]:
        """The disputes of these contacts, by id."""
        ...

    def page(
        self, scope: Scope, states: Sequence[str], after: str = "", size: int = 50
    ) -> tuple[tuple[Dispute, ...], bool]:
        """Disputes about contacts within a scope by when they're due, and whether more follow.

        Args:
            after: id of the last one of the page before.

        Raises:
            NotFoundError: `after` is none of them.
        """
        ...

    def decided(self) -> tuple[Dispute, ...]:
        """All that were decided, by id."""
        ...

    def look(self, contact_id: str) -> OwnLook | None:
        """What the agent did with a contact of their own, or `None`."""
        ...

    def looks(self, contact_ids: Sequence[str]) -> Mapping[str, OwnLook]:
        """The same of several contacts, by contact."""
        ...

    def keep_look(self, look: OwnLook, seen: int) -> None:
        """Insert or put in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def own(self, agent_id: str, before: str = "", size: int = 50) -> tuple[tuple[str, ...], bool]:
        """Ids of an agent's done contacts, the latest first, and whether more follow.

        Args:
            before: the last one of the page before.

        Raises:
            NotFoundError: `before` is none of them.
        """
        ...

    def times(self, contact_id: str) -> Mapping[str, datetime]:
        """Since when the answers that count stand, by form; forms from before this was kept are absent."""
        ...

    def keep_times(self, contact_id: str, answers: Mapping[str, str], at: datetime) -> None:
        """Note a moment for the forms whose answers (by fingerprint) aren't those that stood there."""
        ...
