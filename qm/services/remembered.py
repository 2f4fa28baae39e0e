"""What is asked for again and again and changes slowly, kept for a moment."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from qm.units import Seconds

MOST = 1000
"""Values that are kept; beyond them all are forgotten and asked for again."""
Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by key, each for so many seconds. Two who ask at once may both compute it: no harm.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float], keep_s: Seconds) -> None:
        self._clock, self._keep_s = clock, keep_s
        self._known: dict[Hashable, tuple[float, Value]] = {}

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of a key, computed where it isn't known or too old."""
        found = self._known.get(key)
        if found is None or self._clock() - found[0] >= self._keep_s:
            if len(self._known) >= MOST:
                self._known.clear()
            found = self._known[key] = (self._clock(), compute())
        return found[1]
