"""What the end of a run costs on a large site, though nothing of it is new: each step by the clock."""

from time import perf_counter
from typing import Any

from benchmarks.apart import measured_apart
from benchmarks.figures import BenchFigure
from benchmarks.stopwatch import peak_mib
from pipelines.run_end import end_steps
from pipelines.wiring import Wiring
from qm.config import Settings


def run_end(settings: Settings, contacts: int) -> dict[str, BenchFigure]:
    """Seconds of all steps, and the memory of a process that does nothing else."""
    spent, mib = measured_apart(_work, settings)
    told = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
    return {
        "run_end": BenchFigure(round(sum(spent.values()), 1), "s", contacts, peer=told),
        "run_end_memory": BenchFigure(round(mib, 1), "MiB", contacts),
    }


def _work(settings: Settings, results: Any) -> None:
    wiring = Wiring(settings)
    spent = {}
    for name, step in end_steps(wiring).items():
        began = perf_counter()
        step()
        spent[name] = perf_counter() - began
    wiring.database.close()
    results.send((spent, peak_mib()))
