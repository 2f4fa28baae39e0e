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
class Run:
    """When a run began and ended, and over what. Times are volatile: never part of a fingerprint."""

    id: str
    day: str
    started_at: datetime
    finished_at: datetime | None
    settings: str
