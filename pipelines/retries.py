"""Transactions and steps that are done again where time may heal what stopped them."""

import random
from collections.abc import Callable
from typing import TypeVar

from pipelines.stopping import Stop
from qm.domain.work import back_off
from qm.errors import PassingError
from qm.operations.logs import log
from qm.operations.metrics import count
from qm.ports import Unit, UnitOfWork
from qm.units import Seconds

T = TypeVar("T")
Tell = Callable[[PassingError, Seconds, int], None]
"""Told what stopped a step, how long is waited, and which try failed."""
MOST_TRIES = 14
"""Of a command: about eight minutes in all, enough for a server to restart or fail over."""


def say_nothing(_error: PassingError, _pause_s: Seconds, _tries: int) -> None:
    """For whom nobody listens to."""


class Retries:
    """Does a step again after a pause that grows, until it succeeds or was tried often enough.

    Every transaction of ours may be done again, also where nobody knows whether it was committed.

    Args:
        most: tries in all; `None`: for ever.
        draw: uniform in 0..1, for the pauses.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork | None = None, *, stop: Stop | None = None,
        tell: Tell = say_nothing, most: int | None = 1, draw: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading or unit_of_work
        self._stop = stop or Stop()
        self._tell = tell
        self._most = most
        self._draw = draw

    def write(self, use: Callable[[Unit], T]) -> T:
        """The result of one transaction."""
        return self.again(lambda: self._within(self._unit_of_work, use))

    def read(self, use: Callable[[Unit], T]) -> T:
        """The same of one that only reads."""
        return self.again(lambda: self._within(self._reading, use))

    def again(self, step: Callable[[], T], most: int | None = None) -> T:
        """The result of a step that may be done more than once.

        Args:
            most: tries, where they are fewer than usual.

        Raises:
            PassingError: of the last try.
            StopRequest: somebody asked to stop.
        """
        tries = 0
        while True:
            self._stop.check()
            try:
                return step()
            except PassingError as error:
                tries += 1
                if tries in (most, self._most):
                    raise
                pause = back_off(tries, self._draw())
                count("retries", reason=error.code.partition(".")[0])
                log.warning("step.repeated", code=error.code, attempt=tries, wait_s=round(pause, 1))
                self._tell(error, pause, tries)
            self._stop.wait(pause)

    def pause(self, tries: int) -> Seconds:
        """How long is waited after so many tries."""
        return back_off(tries, self._draw())

    def _within(self, unit_of_work: UnitOfWork, use: Callable[[Unit], T]) -> T:
        with self._stop.held(), unit_of_work() as unit:
            return use(unit)
