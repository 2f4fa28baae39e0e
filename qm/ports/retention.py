"""What retention and erasure ask of the world: the database's part, and places beside it that hold personal data."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qm.domain.erasure import Certificate, ErasureKind, Identity, LedgerLine, Subject
from qm.domain.retention import Aged, DataKind, Hold, HoldKind

NewId = Callable[[], str]
"""A random id that stands in the place of an erased one."""


@dataclass(frozen=True)
class BackupNote:
    """A backup that was made; what was erased since is still in it."""

    place: str
    at: datetime


class HoldStore(Protocol):
    """Legal holds."""

    def save(self, hold: Hold) -> None:
        """Insert or replace."""
        ...

    def get(self, hold_id: str) -> Hold:
        """One hold.

        Raises:
            NotFoundError: no such hold.
        """
        ...

    def every(self) -> tuple[Hold, ...]:
        """All holds, those that stand first, by moment."""
        ...

    def standing(self, kind: HoldKind, subjects: Collection[str]) -> tuple[Hold, ...]:
        """Holds that stand on any of these."""
        ...

    def forget(self, ids: Mapping[str, str]) -> int:
        """Put new ids in the place of subjects of released holds, and take their reasons away; returns how many."""
        ...


class ErasureLedger(Protocol):
    """Certificates, and the ids that mustn't come back (as salted hashes)."""

    def salt(self) -> str:
        """The site's salt (hexadecimal); empty where nothing was ever erased."""
        ...

    def keep_salt(self, salt: str) -> str:
        """Keep a salt where there is none; returns the one in force."""
        ...

    def refuse(self, lines: Sequence[LedgerLine]) -> None:
        """Note ids that mustn't come back."""
        ...

    def refused(self, kind: str, subjects: Collection[str]) -> Mapping[str, datetime]:
        """Those of these ids that mustn't come back, with the moment of their erasure."""
        ...

    def save(self, certificate: Certificate) -> None:
        """Insert or replace."""
        ...

    def get(self, certificate_id: str) -> Certificate:
        """One certificate.

        Raises:
            NotFoundError: no such certificate.
        """
        ...

    def of_subject(self, sha256: str) -> tuple[Certificate, ...]:
        """Certificates about a subject, the latest first."""
        ...

    def every(self) -> tuple[Certificate, ...]:
        """All certificates, the latest first."""
        ...

    def backups(self) -> tuple[BackupNote, ...]:
        """Backups that were made, the latest first."""
        ...


class SubjectStore(Protocol):
    """Finds what an erasure is about."""

    def contacts_of(self, customer_id: str) -> tuple[str, ...]:
        """Ids of a customer's contacts."""
        ...

    def customers_of(self, contact_ids: Collection[str]) -> frozenset[str]:
        """Ids of the customers of these contacts."""
        ...

    def gather(
        self, kind: ErasureKind, contact_ids: Sequence[str], customers: Sequence[str] = (), *, with_words: bool = False
    ) -> Subject:
        """Everything that hangs on these contacts, and on the responses that name these customers.

        Args:
            with_words: with what was said, which takes a while.
        """
        ...

    def identities(self) -> Iterator[Identity]:
        """What every contact and response that isn't erased goes by."""
        ...

    def known(self, contact_ids: Collection[str]) -> frozenset[str]:
        """Those of these contacts that there are."""
        ...

    def taken_in(self, folders: Collection[str]) -> tuple[str, ...]:
        """Runs that are reading day folders of these names right now."""
        ...

    def aged(self, before: datetime, at_once: int = 1000) -> Iterator[Sequence[Aged]]:
        """Contacts that began before a moment and aren't erased as a whole, by start, some at once."""
        ...

    def search(self, strings: Sequence[str]) -> Mapping[str, int]:
        """How many rows of which column (`table.column`) still hold any of these; columns without any are left out.

        The audit chain isn't searched: it keeps the ids of contacts, and nothing else of them.
        """
        ...


class Eraser(Protocol):
    """Takes personal data out of the database."""

    def cancel(self, contact_ids: Collection[str]) -> int:
        """Take contacts off the work list; returns how many waited there."""
        ...

    def strip(self, subject: Subject, new_id: NewId) -> Mapping[str, int]:
        """Erase what tells anything of a subject and leave under random ids what figures need; returns counts."""
        ...

    def drop(self, contact_ids: Collection[str], kind: DataKind) -> Mapping[str, int]:
        """Erase one kind of data of these contacts, which stay what they are otherwise; returns counts."""
        ...


class ErasablePlace(Protocol):
    """A place beside database and object store that may hold something of a contact."""

    @property
    def name(self) -> str:
        """Stable; certificates name it."""
        ...

    def erase(self, subject: Subject) -> int:
        """Take away what is about the subject; returns how many things. Given again, it goes on where it stopped."""
        ...

    def search(self, subject: Subject) -> int:
        """How many things about the subject are there."""
        ...


class LedgerFile(Protocol):
    """The ids that mustn't come back, kept outside of the database: a restored backup knows nothing of them."""

    def keep(self, salt: str, lines: Sequence[LedgerLine], beside: Sequence[str] = ()) -> None:
        """Add lines, and put a copy beside each of these backups where that can be reached.

        Raises:
            StorageError: it can't be written.
        """
        ...

    def read(self) -> tuple[str, tuple[LedgerLine, ...]]:
        """Salt and lines; an empty salt where there is no file.

        Raises:
            InputError: a line can't be read.
        """
        ...
