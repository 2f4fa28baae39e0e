"""Ending on a signal without leaving anything half done: a transaction ends, then work is given up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from qm.units import Seconds

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest(BaseException):
    """Raised in the main thread once a signal asked to stop; no fault, so nothing that mends faults may catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


class Stop:
    """Whether somebody asked to stop. Heard at once, but for transactions, which end first."""

    def __init__(self) -> None:
        self._event = Event()
        self._number = int(signal.SIGTERM)
        self._held = 0

    @property
    def is_asked(self) -> bool:
        """True once somebody asked."""
        return self._event.is_set()

    def ask(self, number: int = signal.SIGTERM, _frame: FrameType | None = None) -> None:
        """Ask for it; as a signal's handler, raises where nothing is being written.

        Raises:
            StopRequest: unless within `held`.
        """
        self.note(number)
        if not self._held:
            raise StopRequest(number)

    def note(self, number: int = signal.SIGTERM) -> None:
        """Ask for it without raising: for another thread."""
        self._number = number
        self._event.set()

    def check(self) -> None:
        """Raise where somebody asked.

        Raises:
            StopRequest: somebody did.
        """
        if self.is_asked:
            raise StopRequest(self._number)

    def wait(self, seconds: Seconds) -> None:
        """Let time pass.

        Raises:
            StopRequest: somebody asked to stop, before or meanwhile.
        """
        self._event.wait(seconds)
        self.check()

    @contextmanager
    def held(self) -> Iterator[None]:
        """A signal within the block only notes itself."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    @contextmanager
    def listening(self) -> Iterator["Stop"]:
        """Hear SIGINT and SIGTERM while the block lasts; only the main thread may."""
        before = {number: signal.signal(number, self.ask) for number in SIGNALS}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
