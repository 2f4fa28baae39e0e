"""What `qm doctor` finds about one part of the installation."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from qm.errors import QmError


class Health(StrEnum):
    """How a part is: it works, it works but somebody should know something, it doesn't."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing about one part.

    Attributes:
        hint: what to do; empty where nothing is to be done.
    """

    part: str
    health: Health
    message: str
    hint: str = ""


Look = Callable[[], Iterable[Finding]]


def looked_at(part: str, look: Look) -> Iterator[Finding]:
    """What a look finds; an error of ours that stops it is a fault of its part."""
    try:
        yield from look()
    except QmError as error:
        yield Finding(part, Health.FAULT, f"{error.code}: {error.message}", error.hint)
