"""`qm bench executors`: real recognition by worker processes and Ray actors, beside bare engine processes.

What is compared is audio done in a worker-second: from the moment in which a worker has its weights, to the moment
in which the last recording of all is done. Starting, importing and loading are told apart.
"""

import dataclasses
import os
import statistics
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import perf_counter

from benchmarks.executors_bare import run_bare
from benchmarks.executors_day import Calls, make_calls
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from pipelines.commands.context import CommandContext, emit_json
from pipelines.executors.crew import make_foreman, make_place
from pipelines.executors.foreman import Event, Place, Ready, Stepped
from pipelines.wiring import Wiring
from qm.config import Settings
from qm.domain.run import RunState
from qm.errors import InputError
from qm.units import Seconds

BARE, PROCESSES, RAY = "bare", "processes", "ray"
PARTIES = (BARE, PROCESSES, RAY)
TARGET = 0.95


@dataclasses.dataclass(frozen=True)
class Round:
    """One party, once.

    Attributes:
        worker_s: seconds that warm workers had until the last recording was done, all workers together.
        start_s: until the first worker was warm.
    """

    party: str
    audio_s: Seconds
    worker_s: Seconds
    start_s: Seconds
    load: float

    @property
    def speed(self) -> float:
        """Seconds of calls done in a worker-second."""
        return self.audio_s / self.worker_s


def main(
    context: CommandContext, *, parties: Sequence[str], calls: int, rounds: int, workers: int, as_json: bool
) -> None:
    """Interleaved rounds; medians of ratios of the same round."""
    if unknown := sorted(set(parties) - set(PARTIES)):
        raise InputError("bench.unknown_part", f"no party '{unknown[0]}'", f"there are {', '.join(PARTIES)}")
    done: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="qm-bench-") as name:
        root = Path(name)
        made = make_calls(root / "day", calls)
        for number in range(rounds):
            # Turned about by one each round, so that nobody is always the one who comes first.
            for party in [*parties[number % len(parties) :], *parties[: number % len(parties)]]:
                done.append(_round(context.settings, party, made, workers, root / f"{party}{number}"))
                context.errors.print(
                    f"round {number + 1}: {party} {done[-1].speed:.2f} s/s a worker (load {done[-1].load:.1f})"
                )
    figures = _figures(done, made, workers)
    if as_json:
        emit_json(Bench("executors", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def _round(settings: Settings, party: str, calls: Calls, workers: int, data: Path) -> Round:
    load = os.getloadavg()[0]
    if party == BARE:
        worker_s, start_s = run_bare(settings, calls, workers)
        return Round(party, calls.audio_s, worker_s, start_s, load)
    data.mkdir(parents=True)
    (data / "weights").symlink_to(settings.weights.absolute())
    changed = dataclasses.replace(
        settings, data=data, database_url=f"sqlite:///{data / 'quality.db'}", objects=data / "objects",
        executor=party, workers=workers,
    )  # fmt: skip
    wiring = Wiring(changed)
    try:
        place = TimedPlace(make_place(wiring, 1))
        _run(wiring, place, calls)
    finally:
        wiring.database.close()
    return Round(party, calls.audio_s, place.worker_s, place.start_s, load)


def _run(wiring: Wiring, place: "TimedPlace", calls: Calls) -> None:
    wiring.database.upgrade()
    wiring.packs  # noqa: B018 - read before the clock starts
    _day, taken = wiring.batch.take_in(calls.folder, lambda _step: None, lambda _total: None)

    def over() -> bool:
        with wiring.database.unit_of_work() as unit:
            return unit.tasks.run(taken.run.id).state is RunState.DONE

    make_foreman(wiring, 1, place).work(taken.scope, lambda _step: None, over)
    with wiring.database.unit_of_work() as unit:
        failed = [entry.subject for entry in unit.work.quarantined()]
    if failed:
        raise InputError("bench.failed", f"{len(failed)} recordings weren't done: {failed[0]}", "see `qm status`")


class TimedPlace:
    """Another place, and a watch: when each seat was warm, and when the last contact was done."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.spans_hosts = place.spans_hosts
        self._began = perf_counter()
        self._warm: dict[int, float] = {}
        self._last = 0.0

    @property
    def worker_s(self) -> Seconds:
        """Of all warm seats, until the last contact was done."""
        return sum(max(0.0, self._last - warm) for warm in self._warm.values())

    @property
    def start_s(self) -> Seconds:
        """Until the first seat was warm."""
        return min(self._warm.values()) - self._began

    def opened(self, scope: Collection[str]) -> AbstractContextManager[None]:
        """As the place inside."""
        self._began = perf_counter()
        return self._place.opened(scope)

    def room(self) -> int:
        """As the place inside."""
        return self._place.room()

    def start(self) -> int:
        """As the place inside."""
        return self._place.start()

    def ask(self, seat: int) -> None:
        """As the place inside."""
        self._place.ask(seat)

    def dismiss(self, seat: int) -> None:
        """As the place inside."""
        self._place.dismiss(seat)

    def kill(self, seat: int) -> None:
        """As the place inside."""
        self._place.kill(seat)

    def events(self, timeout_s: Seconds) -> Sequence[Event]:
        """As the place inside; looks at the clock."""
        found = self._place.events(timeout_s)
        for event in found:
            if isinstance(event, Ready):
                self._warm[event.seat] = perf_counter()
            elif isinstance(event, Stepped) and event.report.did.outcomes:
                self._last = perf_counter()
        return found


def _figures(done: Sequence[Round], calls: Calls, workers: int) -> dict[str, BenchFigure]:
    figures = {}
    for party in dict.fromkeys(each.party for each in done):
        own = [each for each in done if each.party == party]
        speeds, starts = [each.speed * workers for each in own], [each.start_s for each in own]
        load = max(each.load for each in own)
        note = f"{workers} workers, {len(calls.names)} calls, {calls.audio_s:.0f} s of audio, load {load:.1f}"
        figures[f"{party}_call_seconds_a_second"] = _spread(speeds, "s/s", note)
        figures[f"{party}_start"] = _spread(starts, "s", "until the first worker had its weights")
    for party, peer in ((PROCESSES, BARE), (RAY, PROCESSES)):
        if ratios := list(_ratios(done, party, peer)):
            figures[f"{party}_to_{peer}"] = _spread(ratios, "ratio", f"{peer} in the same round", f">= {TARGET}")
    return figures


def _ratios(done: Sequence[Round], party: str, peer: str) -> Iterator[float]:
    ours = [each.speed for each in done if each.party == party]
    theirs = [each.speed for each in done if each.party == peer]
    yield from (mine / other for mine, other in zip(ours, theirs, strict=False))


def _spread(values: Sequence[float], unit: str, peer: str, target: str = "") -> BenchFigure:
    """Median, and the least and greatest of so few values."""
    middle = round(statistics.median(values), 4)
    return BenchFigure(middle, unit, len(values), round(min(values), 4), round(max(values), 4), target, peer)
