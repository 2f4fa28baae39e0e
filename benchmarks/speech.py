"""Bench of the recording checks, the phantom guard and memory: one document from several parts."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import run

from benchmarks import channels, phantoms, swapped
from benchmarks.asr_sets import shared_data
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from pipelines.commands.context import CommandContext, emit_json
from qm.errors import InputError

DAY = Path("examples/day")
HOURS = (0.5, 2)
"""Lengths of the recordings whose memory and time are measured."""
MIB = 1 << 20


def main(context: CommandContext, *, parts: Sequence[str], seed: int, as_json: bool) -> None:
    """Run the parts and print."""
    known: Mapping[str, Callable[[], dict[str, BenchFigure]]] = {
        "channels": lambda: channels.main_figures(seed, (DAY / "recordings", shared_data())),
        "swapped": lambda: swapped.main_figures(context.wiring.engine, seed, DAY, shared_data()),
        "phantoms": lambda: phantoms.main_figures(context.wiring.engine, seed),
        "memory": lambda: memory_figures(context.settings.data),
    }
    if unknown := [part for part in parts if part not in known]:
        raise InputError("bench.unknown_set", f"no part '{unknown[0]}'", f"known: {', '.join(known)}")
    figures = {name: figure for part in parts for name, figure in known[part]().items()}
    if as_json:
        emit_json(Bench("speech", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def memory_figures(data: Path) -> dict[str, BenchFigure]:
    """Peak memory and seconds of whole recognition of long two-channel recordings, each in a process of its own."""
    figures = {}
    for hours in HOURS:
        command = [sys.executable, "-m", "benchmarks.long_recording", str(hours), str(data)]
        done = run(command, capture_output=True, text=True, check=True)
        peak, wall, words = done.stdout.split()
        figures[f"peak_memory_{hours:g}h"] = BenchFigure(round(int(peak) / MIB), "MiB", 1, target="<= 1500")
        figures[f"seconds_{hours:g}h"] = BenchFigure(round(float(wall), 1), "s", 1, peer=f"{words} words")
    return figures
