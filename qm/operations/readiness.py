"""Can this process do its work? Asked every few seconds by whoever sends it work, so each look must be cheap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qm.errors import QmError

OK = "ok"
Look = Callable[[], object]
"""Returns where a part works, raises `QmError` where it doesn't."""


@dataclass(frozen=True)
class Readiness:
    """What was found: each part and `ok`, or the code of its error. Hints say what to do, without naming anything."""

    parts: Mapping[str, str]
    hints: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """True where every part works."""
        return all(state == OK for state in self.parts.values())


def look_at(parts: Mapping[str, Look]) -> Readiness:
    """Look at each part. Messages stay out, since they may name addresses and files; `qm doctor` tells them."""
    states: dict[str, str] = {}
    hints: dict[str, str] = {}
    for name, look in parts.items():
        try:
            look()
            states[name] = OK
        except QmError as error:
            states[name], hints[name] = error.code, error.hint
    return Readiness(states, hints)
