"""What auditing asks of the store, and of where heads of the chain are noted down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from qm.domain.audit import AuditEvent, Details, Head


@dataclass(frozen=True)
class AuditFilter:
    """Which events are wanted; empty means everything.

    Attributes:
        subject: id of a contact, case, run …
        action: whole (`recording.played`), or what it begins with (`recording.`).
        since: events at or after that moment.
        until: events before it.
    """

    subject_kind: str = ""
    subject: str = ""
    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditStore(Protocol):
    """The audit chain: written to at its end only."""

    def note(
        self, action: str, subject_kind: str, subject: str, *, before: Any = None, after: Any = None, why: str = "",
        actor: str = "",
    ) -> None:  # fmt: skip
        """Say what this transaction does; written right before it's committed, and not at all if it isn't.

        Args:
            action: like `case.changed`.
            subject_kind: like `case`; people are no subjects.
            subject: the id of the thing.
            before: what was there, as far as it changed; kept in details that may be erased.
            after: what is there now.
            why: the reason given, in people's own words; kept likewise.
            actor: who does it, where that isn't whoever the transaction belongs to.

        Raises:
            ValueError: an action or kind that can't be; a fault of the caller.
            RuntimeError: the transaction only reads; a fault of the caller.
        """
        ...

    def head(self) -> Head:
        """The end of the chain."""
        ...

    def after(self, seq: int, most: int) -> Sequence[AuditEvent]:
        """The events that follow `seq`, in order, at most so many."""
        ...

    def first_since(self, moment: datetime) -> int:
        """Number of the first event at or after a moment; one above the head where there is none."""
        ...

    def latest(self, wanted: AuditFilter, before: int | None, most: int) -> Sequence[AuditEvent]:
        """Events that fit, the latest first, at most so many; only those before the event `before`."""
        ...

    def details(self, seqs: Sequence[int]) -> Mapping[int, Details]:
        """Of the named events, the details that are still there."""
        ...

    def forget(self, subjects: Iterable[tuple[str, str]]) -> int:
        """Erase the details of all events about (kind, id); the events stay. Returns how many were erased."""
        ...


class AnchorStore(Protocol):
    """Heads of the chain that were noted down outside of the database."""

    def heads(self) -> Mapping[int, str]:
        """Hash by number of event.

        Raises:
            InputError: a line of the file can't be read.
        """
        ...

    def keep(self, head: Head, at: datetime) -> None:
        """Note a head down; nothing happens where it's the last one already."""
        ...
