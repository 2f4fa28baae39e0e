"""Where a worker sits: a process or a Ray actor with wiring, engine and worker of its own, asked step by step."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from pipelines.runner import Step, Watch
from pipelines.stage import WarmStage
from pipelines.stopping import Stop
from pipelines.worker import Did
from qm.config import Settings
from qm.operations.logs import level_now
from qm.operations.metrics import METRICS, Sample
from qm.operations.start import start_helper
from qm.operations.traces import close_traces
from qm.rules.pack import Pack

if TYPE_CHECKING:
    from pipelines.wiring import Wiring

GIVEN = ("transcriber", "diariser", "reader", "thresholds")
"""Fields of the wiring that tests and benches give; those that are given must travel between processes."""


@dataclass(frozen=True)
class Build:
    """What a seat is made from; travels to another process, maybe of another host.

    Attributes:
        kind: the class of the wiring.
        parts: those that were given to it instead of being made from the settings.
        packs: the rules, read once for all seats, so that every host scores by the same.
        most_tries: where the database is away; `None`: for ever.
        log_level: least level of log lines, as in the process that starts the others.
    """

    settings: Settings
    kind: "type[Wiring]"
    parts: Mapping[str, Any]
    packs: tuple[Pack, ...]
    most_tries: int | None
    log_level: str = "warning"

    @classmethod
    def of(cls, wiring: "Wiring", threads: int, most_tries: int | None) -> "Build":
        """The same as a wiring, with so many threads of recognition unless the settings say."""
        settings = replace(wiring.settings, threads=wiring.settings.threads or threads)
        parts = {name: getattr(wiring, name) for name in GIVEN}
        return cls(settings, type(wiring), parts, wiring.packs, most_tries, level_now())


@dataclass(frozen=True)
class Report:
    """What one step did, as it travels back: ids and outcomes; results stay in the database and the object store.

    Attributes:
        steps: contacts that were through, for the display.
        seconds: that this seat has spent so far, by stage.
        samples: what it counted since its last report.
    """

    did: Did
    steps: tuple[Step, ...]
    seconds: Mapping[str, float]
    samples: list[Sample] = field(default_factory=list)


class Seat:
    """Wiring, warm engine and worker; made in the process that it lives in.

    Args:
        watch: told of every step at once, where somebody can listen; else the reports tell.
    """

    def __init__(self, build: Build, stop: Stop, watch: Watch | None = None) -> None:
        from pipelines.work_wiring import make_worker  # it names the executors, and they name us

        self._ended: list[Step] = []
        self._watch = watch or self._note
        self.wiring = wiring = build.kind(build.settings, stop=stop, **build.parts)
        wiring.packs = build.packs
        with ExitStack() as stack:
            start_helper(build.settings, build.log_level)
            stack.callback(close_traces)
            stack.callback(wiring.database.close)
            stack.callback(wiring.engine.close)
            wiring.engine.warm_up()  # an engine that can't start must say so before this seat holds anything
            for pack in build.packs:  # some seconds of a processor, that no contact shall wait for
                pack.book  # noqa: B018
            for stage in wiring.stages:
                if isinstance(stage, WarmStage):
                    stage.warm_up()
            self.worker = stack.enter_context(make_worker(wiring, self._watch, build.most_tries))
            self._stack = stack.pop_all()

    def _note(self, step: Step) -> None:
        if step.outcome is not None:
            self._ended.append(step)

    def step(self, scope: Collection[str]) -> Report:
        """One group, from lease to publication.

        Raises:
            QmError: as the worker's step.
        """
        did = self.worker.step(scope)
        ended, self._ended[:] = tuple(self._ended), []
        return Report(did, ended, dict(self.worker.seconds), METRICS.drain())

    def leave(self) -> None:
        """Give back what is held, and be struck off; for the last moment, from another thread than the one at work."""
        self.worker.give_back()
        self.worker.__exit__()

    def close(self) -> None:
        """Leave; frees the engine."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
