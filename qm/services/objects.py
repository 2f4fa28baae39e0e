"""Compare the object store with the database: what is lost, what is altered, what nobody names."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from qm.errors import InputError, ObjectMissingError, PassingError
from qm.ports import Leftover, ObjectStore, StoredObject, UnitOfWork

PAGE = 1000
"""Names read in one transaction: none stays open while objects are read, which may take hours."""
NEW = timedelta(hours=1)
"""An object that is younger may not be named yet: its contact is at work."""
MOST_TOLD = 10_000
"""Faults that are listed; the rest are counted."""
Watch = Callable[[int, int], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class ObjectFault:
    """One object that isn't as it should be.

    Attributes:
        kind: `lost`, `altered`, `unreadable`, or `unnamed` (in the store, and no contact's).
        contacts: whose it is.
    """

    kind: str
    sha256: str
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectReport:
    """What a look at all objects found; `counts` is by kind, `faults` holds the first `MOST_TOLD`."""

    objects: int
    named: int
    size: int
    is_quick: bool
    counts: dict[str, int]
    faults: tuple[ObjectFault, ...]

    @property
    def is_clean(self) -> bool:
        """True where nothing is wrong."""
        return not self.counts


@dataclass
class _Tally:
    objects: int = 0
    named: int = 0
    size: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[ObjectFault] = field(default_factory=list)

    def note(self, fault: ObjectFault | None) -> None:
        if fault is not None:
            self.counts[fault.kind] = self.counts.get(fault.kind, 0) + 1
            if len(self.faults) < MOST_TOLD:
                self.faults.append(fault)


class ObjectService:
    """Looks after the object store.

    Args:
        now: the clock.
    """

    def __init__(self, writing: UnitOfWork, reading: UnitOfWork, objects: ObjectStore, now: Clock) -> None:
        self._writing, self._reading, self._objects, self._now = writing, reading, objects, now

    def verify(self, watch: Watch = lambda _done, _total: None, *, is_quick: bool = False) -> ObjectReport:
        """Look at every object: listed, named, and with the bytes of its name.

        Args:
            watch: told how many named objects were looked at, and of how many.
            is_quick: compare the lists only; nothing is read, so what is altered isn't found.

        Raises:
            PassingError: the store or the database went away.
        """
        tally = _Tally()
        with self._reading() as unit:
            total = unit.object_names.count()
        for sha256, contacts, stored in _side_by_side(self._named(), self._objects.every()):
            tally.objects += stored is not None
            tally.size += stored.size if stored else 0
            tally.named += bool(contacts)
            tally.note(self._judge(sha256, contacts, stored, is_quick=is_quick))
            watch(tally.named, total)
        return ObjectReport(tally.objects, tally.named, tally.size, is_quick, tally.counts, tuple(tally.faults))

    def drop_altered(self, report: ObjectReport) -> None:
        """Remove what a report found altered: once it's lost, the day's next run stores it again."""
        for fault in report.faults:
            if fault.kind == "altered":
                self._erase(fault.sha256, "its bytes aren't those of its name")

    def unnamed(self, before: datetime) -> Iterator[StoredObject]:
        """Objects that came before that moment and that no contact names."""
        for sha256, contacts, stored in _side_by_side(self._named(), self._objects.every()):
            if stored is not None and not contacts and stored.at < before and not self._contacts(sha256):
                yield stored

    def leftovers(self, before: datetime) -> tuple[Leftover, ...]:
        """What a sweep would remove."""
        return tuple(item for item in self._objects.leftovers() if item.at < before or item.kind == "copy")

    def sweep(self, before: datetime) -> tuple[Leftover, ...]:
        """Remove what killed processes left behind before that moment."""
        return self._objects.sweep(before)

    def erase_unnamed(self, before: datetime) -> tuple[StoredObject, ...]:
        """Remove the objects that came before that moment and that no contact names.

        Raises:
            InputError: the database names nothing at all: it's likely another store's.
        """
        with self._reading() as unit:
            if not unit.object_names.count():
                message = "the database names no object at all, so every object would go"
                raise InputError("objects.nothing_named", message, "check QM_DATABASE_URL and QM_OBJECTS")
        gone = []
        for stored in list(self.unnamed(before)):
            self._erase(stored.sha256, "no contact names it")
            gone.append(stored)
        return tuple(gone)

    def _erase(self, sha256: str, why: str) -> None:
        self._objects.erase(sha256)
        with self._writing() as unit:
            unit.audit.note("object.erased", "object", sha256, why=why)

    def _judge(
        self, sha256: str, contacts: tuple[str, ...], stored: StoredObject | None, *, is_quick: bool
    ) -> ObjectFault | None:
        if stored is None:
            # It may have been stored, or erased with its contact, since the lists were read.
            is_lost = not self._objects.has(sha256) and bool(contacts := self._contacts(sha256))
            return ObjectFault("lost", sha256, contacts) if is_lost else None
        if not contacts:
            is_unnamed = stored.at < self._now() - NEW and not self._contacts(sha256)
            return ObjectFault("unnamed", sha256) if is_unnamed else None
        kind = "" if is_quick else self._read(sha256)
        return ObjectFault(kind, sha256, contacts) if kind else None

    def _read(self, sha256: str) -> str:
        """Read it all; what is wrong with it."""
        digest = hashlib.sha256()
        try:
            with self._objects.open(sha256) as pieces:
                for piece in pieces:
                    digest.update(piece)
        except ObjectMissingError as error:
            return "unreadable" if error.code == "object.unreadable" else "lost" * bool(self._contacts(sha256))
        except PassingError:
            self._objects.check()  # where the store as a whole answers, the fault is this object's
            return "unreadable"
        return "" if digest.hexdigest() == sha256 else "altered"

    def _contacts(self, sha256: str) -> tuple[str, ...]:
        with self._reading() as unit:
            return unit.object_names.contacts_with(sha256)

    def _named(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Objects that contacts name, in order, each with its contacts."""
        for sha256, pairs in groupby(self._pairs(), itemgetter(0)):
            yield sha256, tuple(contact_id for _sha256, contact_id in pairs)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        after = ("", "")
        while True:
            with self._reading() as unit:
                page = unit.object_names.page(after, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]


def _side_by_side(
    named: Iterator[tuple[str, tuple[str, ...]]], stored: Iterator[StoredObject]
) -> Iterator[tuple[str, tuple[str, ...], StoredObject | None]]:
    """Two ordered lists as one, in memory that doesn't grow with them."""
    left, right = next(named, None), next(stored, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right.sha256):
            assert left is not None  # or the loop had ended
            yield *left, None
            left = next(named, None)
        elif left is None or right.sha256 < left[0]:
            yield right.sha256, (), right
            right = next(stored, None)
        else:
            yield *left, right
            left, right = next(named, None), next(stored, None)
