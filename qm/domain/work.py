"""Work that is wanted, leased and ended: one task a contact of a run, and who may hold it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from qm.units import Seconds

LEAST_TRIES = 2
"""A contact is called poison only after a try by itself: in its first group, another one may have been the cause."""
LONGEST_PAUSE_S: Seconds = 60.0
"""Between two tries; a database that comes back is met again within a minute."""


class TaskState(StrEnum):
    """Where a task stands. `waiting` and `leased` are open; a contact has one open task at most."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """True where work is left."""
        return self in OPEN


OPEN = frozenset({TaskState.WAITING, TaskState.LEASED})


@dataclass(frozen=True)
class Wanted:
    """A contact that a run wants done.

    Attributes:
        position: in the order of the day folder.
        length_s: of its recording, known or guessed; 0 where it has none. Decides who is recognised together.
    """

    contact_id: str
    position: int
    length_s: Seconds = 0.0


@dataclass(frozen=True)
class Lease:
    """The right to work on one contact, until it runs out or another one is given it.

    Attributes:
        token: grows with every lease of the task; who publishes under an old one is refused.
        attempts: how often it was leased and not given back, this time included.
    """

    run_id: str
    contact_id: str
    token: int
    length_s: Seconds
    attempts: int


@dataclass(frozen=True)
class Abandoned:
    """A task whose holder is gone, or went silent."""

    run_id: str
    contact_id: str
    attempts: int
    owner: str
    until_s: float


@dataclass(frozen=True)
class WorkerRow:
    """A worker as the others see it. `state` is busy, idle or stopping; times are seconds since 1970."""

    id: str
    host: str
    pid: int
    version: str
    state: str
    run_id: str
    started_s: float
    seen_s: float


@dataclass(frozen=True)
class WorkerId:
    """Who holds a lease: text in the database, told apart even where a process number is given out again.

    Attributes:
        host: name of the machine and what tells its process numbers apart from another's.
        born: when the process started, by its machine's own count.
        serial: of the worker in its process.
    """

    host: str
    pid: int
    born: int
    serial: str

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.born}/{self.serial}"

    @classmethod
    def parse(cls, text: str) -> "WorkerId | None":
        """From its text, `None` where it isn't one.

        >>> WorkerId.parse("desk#1/7/99/a") == WorkerId("desk#1", 7, 99, "a")
        True
        >>> WorkerId.parse("somebody") is None
        True
        """
        parts = text.rsplit("/", 3)
        if len(parts) != 4 or not (parts[1].isdecimal() and parts[2].isdecimal()):
            return None
        return cls(parts[0], int(parts[1]), int(parts[2]), parts[3])


def pick_group(candidates: Sequence[Lease], most: int, most_s: Seconds) -> tuple[Lease, ...]:
    """The first candidates that go together: so many, and so much audio, at most; always one.

    Whoever was held by a worker that died goes alone, so that the next death has one suspect.

    >>> first, long, fatal = Lease("r", "a", 1, 60, 1), Lease("r", "b", 1, 3600, 1), Lease("r", "c", 1, 5, 2)
    >>> [lease.contact_id for lease in pick_group((first, long, fatal), 8, 3600)]
    ['a']
    >>> [lease.contact_id for lease in pick_group((long, first), 8, 4000)]
    ['b', 'a']
    >>> [lease.contact_id for lease in pick_group((fatal, first), 8, 4000)]
    ['c']
    """
    picked: list[Lease] = []
    total = 0.0
    for lease in candidates[:most]:
        total += lease.length_s
        if picked and (total > most_s or lease.attempts > 1):
            break
        picked.append(lease)
        if lease.attempts > 1:
            break
    return tuple(picked)


def fair_group(most: int, crowd: int, waiting: Callable[[int], int]) -> int:
    """How many contacts a worker may take at once, so that the last groups don't leave the others idle.

    Half of an equal share of what waits; one who works alone takes as many as are allowed.

    Args:
        crowd: workers there are.
        waiting: counts what waits, up to a limit.

    >>> [fair_group(8, 2, lambda limit: min(limit, left)) for left in (100, 24, 6, 1, 0)]
    [8, 6, 2, 1, 1]
    >>> fair_group(8, 1, lambda limit: 3)
    8
    """
    if crowd <= 1 or most <= 1:
        return most
    return max(1, min(most, ceil(waiting(2 * crowd * most) / (2 * crowd))))


def is_spent(attempts: int, most: int) -> bool:
    """True where a contact whose worker died isn't tried once more.

    >>> [is_spent(attempts, 3) for attempts in (1, 2, 3)]
    [False, False, True]
    >>> is_spent(1, 1)
    False
    """
    return attempts >= max(most, LEAST_TRIES)


def back_off(tries: int, draw: float) -> Seconds:
    """How long to wait before the next try: 2^tries seconds, a minute at most, of which a half is drawn.

    Half of it is random, so that those who lost the same server don't all come back in the same moment
    (Brooker, "Exponential Backoff And Jitter", 2015: equal jitter).

    Args:
        tries: that have failed, from 1.
        draw: uniform in 0..1.

    >>> [back_off(tries, 1.0) for tries in (1, 2, 3, 9)]
    [2.0, 4.0, 8.0, 60.0]
    >>> back_off(2, 0.0)
    2.0
    """
    whole = min(2.0 ** min(tries, 10), LONGEST_PAUSE_S)
    return whole / 2 + whole / 2 * draw


def version_key(version: str) -> tuple[int, ...]:
    """For comparing versions by their numbers.

    >>> version_key("1.10.0") > version_key("1.9.3")
    True
    """
    return tuple(int("".join(filter(str.isdecimal, part)) or 0) for part in version.split("."))
