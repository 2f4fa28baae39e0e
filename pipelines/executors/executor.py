"""How contacts are worked through: where workers run. The stages don't know, and every way is the same loop."""

from collections.abc import Callable, Collection
from typing import Protocol

from pipelines.runner import Watch
from pipelines.stopping import Stop
from pipelines.worker import Worker

MakeWorker = Callable[[Watch], Worker]


class Executor(Protocol):
    """Starts workers, and sees that they go on; they pull their work from the database."""

    def work(self, scope: Collection[str], watch: Watch, over: Callable[[], bool]) -> dict[str, float]:
        """Work until it's over; returns the seconds that workers spent, by stage.

        Args:
            scope: runs to work on; empty: all that are wanted.
            watch: told of contacts that enter a stage, or are through.
            over: asked whenever there is nothing to do.

        Raises:
            EngineError: no contact can be recognised.
            StorageError: the database or the object store can't be used.
            StopRequest: somebody asked to stop.
        """
        ...


class InProcessExecutor:
    """One worker in this process: recognition itself uses all cores."""

    def __init__(self, make_worker: MakeWorker, stop: Stop) -> None:
        self._make_worker = make_worker
        self._stop = stop

    def work(self, scope: Collection[str], watch: Watch, over: Callable[[], bool]) -> dict[str, float]:
        """Step after step."""
        with self._make_worker(watch) as worker:
            while True:
                self._stop.check()
                did = worker.step(scope)
                if did.is_idle and over():
                    return worker.seconds
                if did.is_idle:
                    self._stop.wait(did.wait_s)
