"""One execution of the pipeline over a set of contacts, and the state of each item in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ItemState(StrEnum):
    """Where a contact stands. Each ends in done or in quarantine."""

    WAITING = "waiting"
    DONE = "done"
    QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Quarantine:
    """Why an item stopped, and how to take it up again.

    Attributes:
        subject: a contact id, or the file or row that has no contact.
        stage: where it stopped.
        command: the exact command that retries it.
    """

    subject: str
    stage: str
    code: str
    message: str
    hint: str
    command: str


@dataclass(frozen=True)
class StoppedPage:
    """Part of the quarantine, by subject.

    Attributes:
        contact_ids: those of the subjects that are contacts; the others are files and rows.
        next_cursor: empty on the last page.
    """

    items: tuple[Quarantine, ...]
    contact_ids: frozenset[str]
    total: int
    next_cursor: str


class RunState(StrEnum):
    """Where a run stands: being taken in, worked on, held up, given up, at its last step, over."""

    WANTED = "wanted"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHING = "finishing"
    DONE = "done"

    @property
    def is_open(self) -> bool:
        """True where something is still to be done, now or later."""
        return self not in (RunState.CANCELLED, RunState.DONE)


class RunKind(StrEnum):
    """What is wanted: a day, contacts again, or scores under new rules."""

    DAY = "day"
    RETRY = "retry"
    RESCORE = "rescore"


TODAY, BACK_LOAD = 0, 10
"""Priorities: the smaller one goes first."""


@dataclass(frozen=True)
class Run:
    """When a run began and ended, and over what. Times are volatile: never part of a fingerprint.

    Attributes:
        version: of the product that wanted it, or the newest one that worked on it.
    """

    id: str
    day: str
    started_at: datetime
    finished_at: datetime | None
    settings: str
    version: str = ""


@dataclass(frozen=True)
class RunRow:
    """A run with where it stands."""

    run: Run
    kind: RunKind
    state: RunState
    priority: int
