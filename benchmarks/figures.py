"""The document that every bench prints."""

import os
import platform
from dataclasses import dataclass

from qm import __version__


@dataclass(frozen=True)
class BenchFigure:
    """One measured number.

    Attributes:
        n: observations behind it.
        lo: 95 % interval, where there is one.
        target: what the issue asks for, in words (`>= 0.95`).
        peer: what stood beside it in the same run.
    """

    value: float
    unit: str
    n: int
    lo: float | None = None
    hi: float | None = None
    target: str = ""
    peer: str = ""


@dataclass(frozen=True)
class Bench:
    """A bench and the machine that it ran on."""

    bench: str
    machine: dict[str, str]
    figures: dict[str, BenchFigure]


def figure_line(label: str, figure: BenchFigure) -> str:
    """One figure as a line for people: value, interval, unit, and what it stands on."""
    interval = f" [{figure.lo:.4g}, {figure.hi:.4g}]" if figure.lo is not None and figure.hi is not None else ""
    target = f"target {figure.target}" if figure.target else ""
    notes = "; ".join(note for note in (f"n={figure.n}", target, figure.peer) if note)
    return f"{label:<48} {figure.value:.4g}{interval} {figure.unit} ({notes})"


def machine() -> dict[str, str]:
    """What the numbers hold for."""
    return {
        "cores": str(os.cpu_count()),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "product": __version__,
    }
