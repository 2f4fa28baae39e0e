"""One event a play: a player asks for a recording in many byte ranges, and that is one person listening once."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

WINDOW_S = 600.0
"""All that one reader's player asks of a recording within this time is one play; afterwards it's another."""
MOST_KEPT = 10_000
"""Plays remembered; where one is forgotten, its next byte range is noted once more rather than not at all."""


class Listening:
    """Remembers which plays are noted.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._noted: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._lock = Lock()

    def note_once(self, play: tuple[str, ...], note: Callable[[], None]) -> None:
        """Call `note` unless this play was noted within `WINDOW_S`; what it raises leaves the play unnoted.

        Args:
            play: who listens to what, from where.
        """
        # Held while noting: a second byte range waits until the first one's event is written, or fails with it.
        with self._lock:
            now = self._clock()
            if now - self._noted.get(play, -WINDOW_S) < WINDOW_S:
                return
            note()
            self._noted[play] = now
            self._noted.move_to_end(play)
            if len(self._noted) > MOST_KEPT:
                self._noted.popitem(last=False)
