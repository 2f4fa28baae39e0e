"""Geometry of one figure told four ways: as answered and weighted (dot and interval), and at worst (a bar, no dot)."""

from collections.abc import Callable
from dataclasses import dataclass

from api.charts_intervals import nice_ticks
from qm.domain.figures import Figure
from qm.domain.selection import Bounds, Headline

LEFT, RIGHT, WIDTH = 210.0, 640.0, 860.0
HEAD, ROW = 24.0, 28.0


@dataclass(frozen=True)
class Way:
    """One row; `dot` is `None` for bounds, `lo` as well where there's nothing to draw."""

    key: str
    middle: float
    shown: str
    dot: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class Ways:
    """A whole plot, in pixels."""

    width: float
    height: float
    bottom: float
    label_right: float
    value_left: float
    ways: tuple[Way, ...]
    ticks: tuple[tuple[float, str], ...]


def ways_plot(headline: Headline, factor: float, number: Callable[[float], str], untold: Callable[[int], str]) -> Ways:
    """The plot over the whole scale of the figure.

    Args:
        factor: of the shown numbers (100 for shares).
        number: words of a number.
        untold: words for a figure without a value, given its n.
    """
    low, high = headline.low * factor, headline.high * factor

    def place(value: float) -> float:
        return round(LEFT + (min(max(value * factor, low), high) - low) / (high - low) * (RIGHT - LEFT), 1)

    def told(key: str, row: int, what: Figure | Bounds | None) -> Way:
        middle = HEAD + ROW * row + ROW / 2
        value = what.value if isinstance(what, Figure) else None
        if what is None or what.lo is None or what.hi is None:
            return Way(key, middle, untold(what.n if what else 0), None, None, None)
        span = f"{number(what.lo * factor)}…{number(what.hi * factor)}"
        shown = span if value is None else f"{number(value * factor)} ({span}), n {what.n}"
        return Way(key, middle, shown, None if value is None else place(value), place(what.lo), place(what.hi))

    parts = {
        "raw": headline.raw, "weighted": headline.weighted, "among_invited": headline.among_invited,
        "among_all": headline.among_all,
    }  # fmt: skip
    rows = [(key, what) for key, what in parts.items() if what is not None]
    ways = tuple(told(key, row, what) for row, (key, what) in enumerate(rows))
    bottom = HEAD + ROW * len(rows)
    ticks = tuple((place(tick / factor), _whole(tick)) for tick in nice_ticks(low, high))
    return Ways(WIDTH, bottom + 8, bottom, LEFT - 12, RIGHT + 14, ways, ticks)


def _whole(tick: float) -> str:
    """A mark of a scale, whose marks are whole numbers, with a true minus."""
    return f"{tick:.0f}".replace("-", "−")
