"""The command that takes in what arrives, and the thread that does so beside a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext
from pipelines.commands.operated import operated
from pipelines.commands.run import stoppable
from pipelines.reports.labels import label
from pipelines.schedule import Looked, Schedule
from pipelines.stopping import Stop, StopRequest
from pipelines.work_wiring import make_schedule
from qm.domain.work import WorkerId
from qm.errors import PassingError, QmError


def schedule(
    once: Annotated[bool, typer.Option("--once", help="Look twice, then end: for tests and cron.")] = False,
) -> None:
    """Watch QM_WATCH and take in what arrives, one run a day; `qm worker` works on it."""
    context = CommandContext.open()
    made = make_schedule(context.wiring, context.wiring.stop)
    context.wiring.packs  # noqa: B018 - a faulty pack is reported before anything is taken in
    context.wiring.database.require_schema()
    with stoppable(context), operated(context.wiring, "schedule"):
        _greet(context)
        Watch(context, made, context.wiring.stop).run(2 if once else None)


@contextmanager
def scheduling(context: CommandContext) -> Iterator[None]:
    """The same in a thread while the block lasts; where it fails, the worker is stopped with it."""
    stop = Stop()
    watch = Watch(context, make_schedule(context.wiring, stop), stop)
    _greet(context)
    thread = Thread(target=watch.run_beside, name="schedule", daemon=True)
    thread.start()
    try:
        yield
    except StopRequest:
        if watch.failure is not None:
            raise watch.failure from None
        raise
    finally:
        stop.note()
        thread.join()


class Watch:
    """Looks again and again, and tells what it did."""

    def __init__(self, context: CommandContext, schedule: Schedule, stop: Stop) -> None:
        self._context = context
        self._schedule = schedule
        self._stop = stop
        self._said: set[str] = set()
        self.failure: Exception | None = None

    def run(self, looks: int | None = None) -> None:
        """So often, or until somebody asks to stop.

        Raises:
            StorageError: database or objects can't be used, and time won't heal it.
            StopRequest: somebody asked to stop.
        """
        try:
            while looks is None or looks > 0:
                self._look()
                looks = None if looks is None else looks - 1
                if looks != 0:
                    self._stop.wait(self._context.settings.watch_s)
        finally:
            self._leave()

    def run_beside(self) -> None:
        """As a thread; a failure is kept for the main one."""
        try:
            self.run()
        except StopRequest:
            return
        except Exception as error:  # noqa: BLE001  # the edge of a thread: what isn't kept here is lost with it
            self.failure = error
            self._context.wiring.stop.note()

    def _look(self) -> None:
        try:
            self._tell(self._schedule.look())
        except PassingError as error:  # the next look tries again
            self._context.errors.print(str(error), soft_wrap=True)

    def _leave(self) -> None:
        try:
            self._schedule.leave()
        except (QmError, StopRequest):  # it runs out by itself
            return

    def _tell(self, looked: Looked) -> None:
        language = self._context.language
        for taken in looked.taken:
            line = label("taken", language, day=taken.day, n=taken.contacts, run=taken.run_id)
            self._context.out.print(line, soft_wrap=True)
        lines = {str(fault) for fault in looked.faults}
        if looked.holder:
            worker = WorkerId.parse(looked.holder)
            holder = f"{worker.host.partition('#')[0]} ({worker.pid})" if worker else looked.holder
            lines.add(label("stands_by", language, holder=holder))
        for line in sorted(lines - self._said):  # once, as long as it stays so
            self._context.errors.print(line, soft_wrap=True)
        self._said = lines


def _greet(context: CommandContext) -> None:
    settings = context.settings
    told = {"place": settings.watch, "s": settings.watch_s, "closes": f"{settings.window[1]:%H:%M}"}
    context.errors.print(label("watching", context.language, zone=settings.timezone, **told), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schedule")(schedule)
