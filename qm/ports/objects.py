"""Where recordings and chats are kept, as the core sees it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class StoredObject:
    """An object as a listing shows it: hash of its bytes (its name), how many there are, since when it's there."""

    sha256: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Erased:
    """What was removed of one object; nothing but zeros where there was nothing.

    Attributes:
        versions: of the object itself; a store without versions has one at most.
        markers: notes that an earlier version was deleted.
        uploads: unfinished ones under its name.
        copies: local ones, on this host.
    """

    sha256: str
    versions: int = 0
    markers: int = 0
    uploads: int = 0
    copies: int = 0


@dataclass(frozen=True)
class Leftover:
    """What a killed process left behind: a temporary file, an unfinished upload, or the copy of an erased object."""

    kind: str
    name: str
    at: datetime


class ObjectStore(Protocol):
    """Content-addressed bytes: recordings and chats.

    Every method may raise `PassingError` where the store was away and time may heal it, and `StorageError` with
    what to do where it can't be used.
    """

    def put(self, source: BinaryIO) -> str:
        """Store bytes, whole or not at all; returns their SHA-256. The same bytes are stored once.

        Raises:
            ContactError: more bytes than the settings allow.
            DiskFullError: no space left.
            StorageError: can't be written.
        """
        ...

    def has(self, sha256: str) -> bool:
        """True where the object is there."""
        ...

    def size(self, sha256: str) -> int:
        """Bytes of an object.

        Raises:
            ObjectMissingError: no such object.
        """
        ...

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes from `start` up to `end` (excluded; `None`: all that follow), in pieces, as they come.

        Raises:
            ObjectMissingError: no such object; raised on entry.
        """
        ...

    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """A local file with the object's bytes, which stays until the block ends, whoever needs its room.

        Raises:
            ObjectMissingError: no such object, or its bytes aren't those of its name (`object.altered`).
        """
        ...

    def path(self, sha256: str) -> Path:
        """The same for a short look: it stays until some more were asked for.

        Raises:
            ObjectMissingError: as of `local`.
        """
        ...

    def erase(self, sha256: str) -> Erased:
        """Remove an object with everything that the store keeps of it. Given again, it goes on where it stopped."""
        ...

    def every(self) -> Iterator[StoredObject]:
        """All objects in order of their names."""
        ...

    def leftovers(self) -> Iterator[Leftover]:
        """What killed processes left behind, and what of it is still being written."""
        ...

    def sweep(self, before: datetime) -> tuple[Leftover, ...]:
        """Remove what was left behind before that moment; returns it."""
        ...

    def check(self) -> None:
        """Return where the store can be reached and used.

        Raises:
            StorageError: what is wrong, and what to do.
        """
        ...


class ObjectNames(Protocol):
    """Which objects the database names, and for whom."""

    def page(self, after: tuple[str, str], size: int) -> Sequence[tuple[str, str]]:
        """The pairs of object and contact that follow `after`, in order; fewer than `size` at the end."""
        ...

    def contacts_with(self, sha256: str) -> tuple[str, ...]:
        """Contacts whose recording or chat that object is."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...
