"""Workers as processes of this machine, each with its own wiring and engine.

A process is started afresh (spawned), ends by itself when the one that started it is gone, and is killed by nobody but
its own parent. Where the settings isolate recognition, each has its engine in one more process: what a recording does
to an engine is then the same under every executor, `engine.died` or `engine.timeout` and not a dead worker.
"""

import multiprocessing
import signal
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from time import monotonic

from models.isolated_engine import end_with_parent, interrupts_held
from pipelines.executors.foreman import Died, Event, Failed, Ready, Stepped
from pipelines.executors.seat import Build, Report, Seat
from pipelines.runner import Step
from pipelines.stopping import Stop, StopRequest
from qm.errors import QmError
from qm.units import Seconds

FAREWELL_S: Seconds = 20.0
"""What all processes together may take to publish what they are at, give their leases back and free their engines."""


@dataclass
class _Child:
    process: BaseProcess
    connection: Connection


class ProcessPlace:
    """Seats in processes.

    Args:
        most: processes at most.
    """

    spans_hosts = False

    def __init__(self, build: Build, most: int) -> None:
        self._build = build
        self._most = most
        self._scope: tuple[str, ...] = ()
        self._children: dict[int, _Child] = {}
        self._leaving: list[_Child] = []
        self._number = 0

    @contextmanager
    def opened(self, scope: Collection[str]) -> Iterator[None]:
        """Ends all processes afterwards: gently, and those that don't hear, by force."""
        self._scope = tuple(scope)
        try:
            yield
        finally:
            for child in self._children.values():
                child.process.terminate()
            self._leaving += self._children.values()
            self._children = {}
            self._end_all()

    def room(self) -> int:
        """As many as the settings say."""
        return self._most

    def start(self) -> int:
        """Spawn a process."""
        context = multiprocessing.get_context("spawn")  # fork copies locks that other threads hold
        ours, theirs = context.Pipe()
        # No daemon: those may have no children, and the engine may be one.
        process = context.Process(target=_serve, args=(self._build, theirs), daemon=False)
        with interrupts_held():  # Ctrl-C goes to the whole group; only the parent decides what it means
            process.start()
        theirs.close()
        self._number += 1
        self._children[self._number] = _Child(process, ours)
        return self._number

    def ask(self, seat: int) -> None:
        """Ask for one step; one that is gone is heard of by `events`."""
        with suppress(OSError):
            self._children[seat].connection.send(self._scope)

    def events(self, timeout_s: Seconds) -> Sequence[Event]:
        """Messages of all processes; a death comes after all that was said before."""
        pipes = {child.connection: seat for seat, child in self._children.items()}
        ends = {child.process.sentinel: seat for seat, child in self._children.items()}
        ready = wait([*pipes, *ends], timeout_s)
        found: list[Event] = []
        gone = {ends[end] for end in ready if isinstance(end, int)}
        for seat in {pipes[pipe] for pipe in ready if isinstance(pipe, Connection)} | gone:
            found += self._said(seat)
        found += [Died(seat, self._buried(seat)) for seat in gone if seat in self._children]
        return found

    def _said(self, seat: int) -> Iterator[Event]:
        connection = self._children[seat].connection
        with suppress(EOFError, OSError):  # its end comes as a death
            while connection.poll():
                message = connection.recv()
                yield message if isinstance(message, Step) else _as_event(seat, message)

    def _buried(self, seat: int) -> str:
        child = self._children.pop(seat)
        child.process.join()
        code = child.process.exitcode or 0
        child.connection.close()
        child.process.close()
        return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"

    def dismiss(self, seat: int) -> None:
        """It ends by itself once nobody can ask it any more."""
        child = self._children.pop(seat)
        child.connection.close()
        self._leaving.append(child)

    def kill(self, seat: int) -> None:
        """By its own process; the rest is as with any death."""
        self._children[seat].process.kill()

    def _end_all(self) -> None:
        until = monotonic() + FAREWELL_S
        for child in self._leaving:
            child.connection.close()
            child.process.join(max(0.0, until - monotonic()))
            if child.process.is_alive():
                child.process.kill()
                child.process.join()
            child.process.close()
        self._leaving = []


def _as_event(seat: int, message: object) -> Event:
    if isinstance(message, Report):
        return Stepped(seat, message)
    if isinstance(message, QmError):
        return Failed(seat, message)
    return Ready(seat, str(message), "here")


def _serve(build: Build, connection: Connection) -> None:
    """What the process does: a step whenever it's asked, until nobody asks any more."""
    Thread(target=end_with_parent, daemon=True).start()
    stop = Stop()
    with suppress(StopRequest, EOFError, ConnectionError), stop.listening():
        try:
            _sit(build, stop, connection)
        except QmError as error:
            connection.send(error)


def _sit(build: Build, stop: Stop, connection: Connection) -> None:
    with Seat(build, stop, connection.send) as seat:
        connection.send(seat.worker.id)
        while True:
            connection.send(seat.step(connection.recv()))
