"""`qm bench batch --contacts N`: how time and memory grow with the day, and what queue and store cost a contact."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.apart import measured_apart
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.scale_day import MadeDay, ScriptedReader, VariedTranscriber, make_voice_day
from benchmarks.servers import POSTGRESQL, fresh_settings, postgresql_server
from benchmarks.stopwatch import Spent, load, peak_mib, processor_s, timed
from pipelines.commands.context import CommandContext, emit_json
from pipelines.stage import Stage
from pipelines.wiring import Wiring
from pipelines.work_wiring import make_stages
from qm.config import Settings
from qm.errors import InputError
from qm.units import Seconds

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

PARTS = (8, 4, 2, 1)
"""The day is worked through at these parts of its size; memory is compared between the second and the last."""
TURNS = 25


@dataclass(frozen=True)
class Scale:
    """One day that was worked through in a process of its own.

    Attributes:
        wall_s: from day folder to coaching list.
        processor_s: of the process alone; `server_s` of the database's.
        computed: what the stages computed; only known where they ran in that process.
        seconds: of the clock, by stage, as the run itself tells.
    """

    contacts: int
    done: int
    wall_s: Seconds
    processor_s: Seconds
    peak_mib: float
    computed: Spent
    seconds: dict[str, Seconds]
    server_s: Seconds = 0.0

    @property
    def overhead_s(self) -> Seconds:
        """Wall time beside the stages' computing."""
        return self.wall_s - sum(self.computed.wall.values())

    @property
    def overhead_processor_s(self) -> Seconds:
        """Processor time beside the stages' computing, the database's included."""
        return self.processor_s + self.server_s - sum(self.computed.processor.values())


@dataclass
class ScaleWiring(Wiring):
    """The product's own parts with scripted recognition and a stop-watch round every stage."""

    spent: Spent = field(default_factory=Spent)

    @cached_property
    def stages(self) -> tuple[Stage[Any, Any], ...]:
        """Timed."""
        return timed(make_stages(self), self.spent)


def main(context: CommandContext, *, contacts: int, databases: Sequence[str], as_json: bool) -> None:
    """Run and print."""
    if contacts < PARTS[0]:
        raise InputError("bench.too_few", f"{contacts} contacts tell nothing", f"at least {PARTS[0]}, better thousands")
    figures: dict[str, BenchFigure] = {}
    for database in databases:
        figures |= {f"{database}_{name}": figure for name, figure in measure(context, contacts, database).items()}
    if as_json:
        emit_json(Bench("batch_scale", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def measure(context: CommandContext, contacts: int, database: str) -> dict[str, BenchFigure]:
    """Figures of one database."""
    before = load()
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qm-scale-")))
        server = stack.enter_context(postgresql_server()) if database == POSTGRESQL else None
        scales = []
        for part in PARTS:
            size = contacts // part
            day = make_voice_day(root / f"day-{size}", size, TURNS)
            scales.append(work_through(context.settings, root / f"data-{size}", day, server))
            context.errors.print(_told(database, scales[-1]))
    return _figures(scales, context.settings.executor, f"load {before} before, {load()} after")


def work_through(settings: Settings, data: Path, day: MadeDay, server: "PostgresServer | None") -> Scale:
    """One day in a process of its own, which so shows its whole memory."""
    own = fresh_settings(settings, data, server, isolate=False, language="it")
    server_s = processor_s(server.pid) if server else 0.0
    scale: Scale = measured_apart(_work, own, day)
    server_s = processor_s(server.pid) - server_s if server else 0.0
    return Scale(**(vars(scale) | {"server_s": server_s}))


def _work(settings: Settings, day: MadeDay, results: Any) -> None:
    spent = Spent()
    turns = day.turns // day.contacts
    wiring = ScaleWiring(settings, transcriber=VariedTranscriber(turns), reader=ScriptedReader(turns), spent=spent)
    wiring.packs  # noqa: B018 - loaded before the clock starts, as `qm run` does
    began, processor = perf_counter(), process_time()
    summary = wiring.batch.run(day.folder, lambda _step: None, lambda _total: None)
    wall, processor = perf_counter() - began, process_time() - processor
    wiring.database.close()
    results.send(Scale(day.contacts, summary.outcomes["done"], wall, processor, peak_mib(), spent, summary.seconds))


def _told(database: str, scale: Scale) -> str:
    return (
        f"{database}: {scale.done} of {scale.contacts} done in {scale.wall_s:.1f} s, {scale.peak_mib:.0f} MiB, "
        f"processor {scale.processor_s:.1f} s + {scale.server_s:.1f} s of the database; load {load()}"
    )


def _figures(scales: Sequence[Scale], executor: str, told: str) -> dict[str, BenchFigure]:
    whole, small = scales[-1], scales[1]
    n = whole.contacts
    sizes = [scale.contacts for scale in scales]
    figures = {
        "done": BenchFigure(whole.done / n, "share", n, target="1"),
        "wall": BenchFigure(round(whole.wall_s, 1), "s", n, peer=told),
        "wall_off_the_line": _off_the_line(sizes, [scale.wall_s for scale in scales]),
        "memory": BenchFigure(round(whole.peak_mib, 1), "MiB", n, peer=f"{small.peak_mib:.1f} MiB at {small.contacts}"),
        "memory_growth": BenchFigure(round(whole.peak_mib - small.peak_mib, 1), "MiB", n, target="< 200"),
    }
    if executor == "inprocess":
        figures |= _overheads(scales, sizes)
    return figures


def _overheads(scales: Sequence[Scale], sizes: Sequence[int]) -> dict[str, BenchFigure]:
    whole = scales[-1]
    n = whole.contacts
    computed = {name: 1000 * seconds / n for name, seconds in whole.computed.processor.items()}
    told = ", ".join(f"{name} {value:.1f}" for name, value in computed.items())
    processor = [scale.processor_s + scale.server_s for scale in scales]
    return {
        "processor_off_the_line": _off_the_line(sizes, processor),
        "overhead": BenchFigure(round(1000 * whole.overhead_s / n, 2), "ms a contact", n, target="< 15"),
        "overhead_processor": BenchFigure(
            round(1000 * whole.overhead_processor_s / n, 2), "ms a contact", n,
            peer=f"of it {1000 * whole.server_s / n:.2f} in the database's own processes",
        ),
        "computed_processor": BenchFigure(round(sum(computed.values()), 2), "ms a contact", n, peer=told),
        **{
            f"clock_{name.replace(' ', '_')}": BenchFigure(round(1000 * seconds / n, 2), "ms a contact", n)
            for name, seconds in whole.seconds.items()
        },
    }  # fmt: skip


def _off_the_line(sizes: Sequence[int], seconds: Sequence[Seconds]) -> BenchFigure:
    """The largest distance from a straight line through all sizes, as a share of what the line says there.

    Least squares of the relative distances; what a run costs once (phrases are compiled, pages filled) is the line's
    own height.
    """
    x, y = np.asarray(sizes, float), np.asarray(seconds, float)
    design = np.column_stack([1 / y, x / y])
    once, each = np.linalg.lstsq(design, np.ones(len(y)), rcond=None)[0]
    line = once + each * x
    worst = float(np.max(np.abs(y - line) / line))
    sizes_told = ", ".join(f"{size:.0f}: {took:.1f} s" for size, took in zip(x, y, strict=True))
    told = f"{once:.1f} s once and {1000 * each:.2f} ms a contact; {sizes_told}"
    return BenchFigure(round(worst, 4), "share", len(sizes), target="< 0.10", peer=told)
