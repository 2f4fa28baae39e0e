"""Geometry of the dot-and-interval plots. The server draws them, so they print and need no script."""

from dataclasses import dataclass

from qm.domain.figures import Figure

WIDTH = 160
PAD = 6
"""Room at both ends, so that a dot on the end of the scale isn't cut."""


@dataclass(frozen=True)
class Plot:
    """Where dot and interval stand, in pixels from the left."""

    width: int
    left: float
    right: float
    dot: float
    lo: float
    hi: float


def plot(figure: Figure, low: float, high: float) -> Plot | None:
    """Positions of a figure on the scale `low`..`high`; `None` where it has no value."""
    if figure.value is None or figure.lo is None or figure.hi is None:
        return None
    lo, hi, dot = (_place(value, low, high) for value in (figure.lo, figure.hi, figure.value))
    return Plot(WIDTH, PAD, WIDTH - PAD, dot, lo, hi)


def ticks(low: float, high: float) -> tuple[float, ...]:
    """Positions of the quarter marks of the scale."""
    return tuple(_place(low + part * (high - low) / 4, low, high) for part in range(5))


def _place(value: float, low: float, high: float) -> float:
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return round(PAD + share * (WIDTH - 2 * PAD), 1)
