"""Sees that workers elsewhere go on: starts as many as there is work for, replaces those that die, ends the idle.

The work list is the database's: a seat is asked for one step at a time and pulls its contacts itself, so that nothing
waits in a queue of ours, and who dies loses nothing but its leases.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipelines.executors.seat import Report
from pipelines.runner import Step, Watch
from pipelines.stopping import Stop
from qm.domain.work import back_off
from qm.errors import EngineError, QmError
from qm.operations.logs import log
from qm.operations.metrics import METRICS
from qm.units import Seconds

LOOK_S: Seconds = 1.0
"""Between two looks at how much work there is, and at what may have ended."""
REST_S: Seconds = 30.0
"""A seat that found nothing to do for so long ends, unless it's the only one: what it kept is free for others then."""
HUNG_S: Seconds = 86_400.0
"""A seat that is at one step for a day hangs. (Recognition has a nearer deadline of its own, see `isolated_engine`.)"""
FALSE_STARTS = 3
"""Seats in a row that end before they could begin: then it isn't chance."""


@dataclass(frozen=True)
class Ready:
    """A seat can be asked for steps.

    Attributes:
        worker_id: under which it holds leases.
        where: for people.
    """

    seat: int
    worker_id: str
    where: str


@dataclass(frozen=True)
class Stepped:
    """A seat has done what it was asked for."""

    seat: int
    report: Report


@dataclass(frozen=True)
class Failed:
    """A seat can't go on, and says why."""

    seat: int
    error: QmError


@dataclass(frozen=True)
class Died:
    """A seat ended unasked."""

    seat: int
    how: str


Event = Ready | Stepped | Failed | Died | Step


class Place(Protocol):
    """Where seats are: processes of this machine, or actors of a cluster."""

    spans_hosts: bool

    def opened(self, scope: Collection[str]) -> AbstractContextManager[None]:
        """Make it ready for seats that work on these runs; ends all of them afterwards, gently where there is time."""
        ...

    def room(self) -> int:
        """Seats at most, now."""
        ...

    def start(self) -> int:
        """Begin a seat; its number."""
        ...

    def ask(self, seat: int) -> None:
        """Ask for one step."""
        ...

    def events(self, timeout_s: Seconds) -> Sequence[Event]:
        """What happened; waits so long for the first."""
        ...

    def dismiss(self, seat: int) -> None:
        """End a seat that holds nothing."""
        ...

    def kill(self, seat: int) -> None:
        """End a seat, whatever it's doing; it's told as a death."""
        ...


class State(StrEnum):
    """Of a seat, as the foreman knows it."""

    STARTING = "starting"
    BUSY = "busy"
    IDLE = "idle"


@dataclass
class Sitter:
    """What the foreman knows of a seat.

    Attributes:
        due_s: when it's asked again.
        idle_s: since when it found nothing to do.
        asked_s: when it was asked for the step that it's at.
    """

    state: State = State.STARTING
    worker_id: str = ""
    where: str = ""
    due_s: float = 0.0
    idle_s: float = 0.0
    asked_s: float = 0.0


class Foreman:
    """An executor: the loop of `Worker`, in other places.

    Args:
        waiting: how many contacts of these runs wait.
        take_up: gives the leases of owners that are gone to others.
        clock: seconds that only grow.
    """

    def __init__(
        self, place: Place, waiting: Callable[[Collection[str]], int],
        take_up: Callable[[Callable[[str], bool]], None], stop: Stop, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._place = place
        self._waiting = waiting
        self._take_up = take_up
        self._stop = stop
        self._clock = clock
        self._begin()

    def _begin(self) -> None:
        self._crew: dict[int, Sitter] = {}
        self._seconds: dict[int, dict[str, float]] = {}
        self._false_starts = self._deaths = 0
        self._was_ready = False
        self._next_look_s = self._next_start_s = 0.0

    def work(self, scope: Collection[str], watch: Watch, over: Callable[[], bool]) -> dict[str, float]:
        """Work until it's over; returns the seconds that workers spent, by stage.

        Raises:
            EngineError: no contact can be recognised, or workers end before they can begin (`executor.workers_die`).
            StorageError: the database or the object store can't be used.
            StopRequest: somebody asked to stop.
        """
        self._begin()
        # Heard once a round, a second at most: a signal that raised inside Ray's own code would come out as its fault.
        with self._stop.held(), self._place.opened(scope):
            while True:
                self._stop.check()
                self._look(scope)
                for event in self._place.events(self._patience()):
                    self._hear(event, watch)
                if self._has_idle() and over():
                    return self._spent()
                self._ask_again()

    def _look(self, scope: Collection[str]) -> None:
        """As many seats as there is work for, and room."""
        now = self._clock()
        if now < self._next_look_s:
            return
        self._next_look_s = now + LOOK_S
        self._rest(now)
        if now < self._next_start_s:
            return
        idle = sum(sitter.state is not State.BUSY for sitter in self._crew.values())
        wanted = min(self._place.room() - len(self._crew), self._waiting(scope) - idle)
        for _seat in range(max(wanted, 0 if self._crew else 1)):
            self._crew[self._place.start()] = Sitter()

    def _rest(self, now: float) -> None:
        rested = [n for n, s in self._crew.items() if s.state is State.IDLE and now - s.idle_s > REST_S]
        for seat in rested[: max(0, len(self._crew) - 1)]:
            self._place.dismiss(seat)
            sitter = self._crew.pop(seat)
            log.info("worker.dismissed", worker=sitter.worker_id)
        for seat, sitter in self._crew.items():
            if sitter.state is State.BUSY and now - sitter.asked_s > HUNG_S:
                sitter.asked_s = now
                log.warning("worker.hung", worker=sitter.worker_id)
                self._place.kill(seat)

    def _patience(self) -> Seconds:
        now = self._clock()
        dues = [sitter.due_s - now for sitter in self._crew.values() if sitter.state is State.IDLE]
        return max(0.0, min([LOOK_S, *dues]))

    def _has_idle(self) -> bool:
        """One suffices: a seat that is cut off stays busy for ever, and what is over is known to the database."""
        return any(sitter.state is State.IDLE and sitter.due_s > 0 for sitter in self._crew.values())

    def _ask_again(self) -> None:
        now = self._clock()
        for seat, sitter in self._crew.items():
            if sitter.state is State.IDLE and sitter.due_s <= now:
                sitter.state, sitter.asked_s = State.BUSY, now
                self._place.ask(seat)

    def _hear(self, event: Event, watch: Watch) -> None:
        if isinstance(event, Step):
            watch(event)
        elif event.seat not in self._crew:
            return
        elif isinstance(event, Ready):
            self._welcome(event)
        elif isinstance(event, Stepped):
            self._note(event, watch)
        elif isinstance(event, Failed):
            self._fail(event)
        else:
            self._bury(event)

    def _welcome(self, event: Ready) -> None:
        sitter = self._crew[event.seat]
        sitter.worker_id, sitter.where, sitter.state = event.worker_id, event.where, State.IDLE
        sitter.idle_s = self._clock()
        self._was_ready, self._false_starts = True, 0
        log.info("worker.started", worker=event.worker_id)

    def _note(self, event: Stepped, watch: Watch) -> None:
        sitter, report, now = self._crew[event.seat], event.report, self._clock()
        if sitter.idle_s == 0.0 or not report.did.is_idle:
            sitter.idle_s = now
        sitter.state, sitter.due_s = State.IDLE, now + report.did.wait_s if report.did.is_idle else 0.0
        self._seconds[event.seat] = dict(report.seconds)
        if report.did.outcomes:
            self._deaths = 0
        METRICS.absorb(report.samples)
        for step in report.steps:
            watch(step)

    def _fail(self, event: Failed) -> None:
        """A fault that a seat tells: of everybody's, unless others on other hosts go on."""
        sitter = self._crew.pop(event.seat)
        log.error("worker.failed", worker=sitter.worker_id, code=event.error.code)
        self._false_starts += 1
        alone = not any(other.state is not State.STARTING for other in self._crew.values())
        if not self._place.spans_hosts or not self._was_ready or (alone and self._false_starts >= FALSE_STARTS):
            raise event.error
        self._wait_before_next(self._false_starts)

    def _bury(self, event: Died) -> None:
        sitter = self._crew.pop(event.seat)
        if sitter.state is State.STARTING:
            self._false_starts += 1
            if self._false_starts >= FALSE_STARTS:
                message = f"{self._false_starts} workers in a row ended before they could begin: {event.how}"
                hint = "memory may be short: fewer QM_WORKERS or a smaller QM_MODEL; `qm doctor`"
                raise EngineError("executor.workers_die", message, hint)
            self._wait_before_next(self._false_starts)
            return
        self._deaths += 1
        log.warning("worker.died", worker=sitter.worker_id, reason=event.how)
        self._take_up(lambda owner: owner == sitter.worker_id)
        if self._deaths > 1:  # the contact that it died over has its tries counted; no hurry to lose the next worker
            self._wait_before_next(self._deaths - 1)

    def _wait_before_next(self, tries: int) -> None:
        self._next_start_s = self._clock() + back_off(tries, 0.0)

    def _spent(self) -> dict[str, float]:
        total: dict[str, float] = {}
        for seconds in self._seconds.values():
            for stage, spent in seconds.items():
                total[stage] = total.get(stage, 0.0) + spent
        return total
