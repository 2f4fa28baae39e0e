"""Geometry of interval plots (forest plots): a row a label, a dot with its 95 % interval, marks at zero and target.

The server draws them, as those of `api.plots`; the template `intervals.html` turns them into SVG. Every such plot has a
table beside it that says the same.
"""

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qm.domain.figures import Figure

LABEL_WIDTH = 330.0
PLOT_WIDTH = 330.0
VALUE_WIDTH = 200.0
WIDTH = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH
HEAD = 24.0
LINE_HEIGHT = 15.0
ROW_PAD = 11.0
LABEL_CHARS = 46
"""About as many fit into the width of the labels."""
LABEL_LINES = 2
ARROW = 5.0
_TICKS = 7


@dataclass(frozen=True)
class IntervalRow:
    """One row to draw.

    Attributes:
        shown: the figure in words, at the right (`+4,2 (1,8…6,6)`).
        is_quiet: drawn grey: nothing follows from it.
    """

    label: str
    figure: Figure
    shown: str
    is_quiet: bool = False


@dataclass(frozen=True)
class DrawnRow:
    """Where a row stands, in pixels. `dot`, `lo` and `hi` are `None` where the figure has no value.

    Attributes:
        is_cut_lo, is_cut_hi: the interval goes on beyond the plot; an arrow says so.
    """

    lines: tuple[tuple[float, str], ...]
    label: str
    middle: float
    shown: str
    is_quiet: bool
    dot: float | None = None
    lo: float | None = None
    hi: float | None = None
    is_cut_lo: bool = False
    is_cut_hi: bool = False

    def arrow(self, *, is_high: bool) -> str:
        """Points of the little triangle at a cut end."""
        end, back = (self.hi or 0.0, -ARROW) if is_high else (self.lo or 0.0, ARROW)
        return (
            f"{end:.1f},{self.middle:.1f} {end + back:.1f},{self.middle - 4:.1f} {end + back:.1f},{self.middle + 4:.1f}"
        )


@dataclass(frozen=True)
class Intervals:
    """A whole plot.

    Attributes:
        ticks: place and words of each mark of the axis.
        zero, target: places of those lines; `None` where outside the plot or not asked for.
    """

    width: float
    height: float
    left: float
    right: float
    bottom: float
    value_left: float
    rows: tuple[DrawnRow, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None
    target: float | None


def interval_plot(
    rows: Sequence[IntervalRow], number: Callable[[float], str], *,
    low: float | None = None, high: float | None = None, zero: float | None = 0.0, target: float | None = None,
) -> Intervals | None:  # fmt: skip
    """The plot of these rows from top to bottom; `None` where no row has a value.

    Args:
        number: words of a mark of the axis.
        low, high: ends of the axis; taken from the figures where not given.
        zero: value at which a dashed line stands.
        target: value at which the target's line stands.
    """
    told = [row.figure for row in rows if row.figure.value is not None]
    if not told:
        return None
    low, high = _ends(told, low, high, [mark for mark in (zero, target) if mark is not None])
    left, right = LABEL_WIDTH, LABEL_WIDTH + PLOT_WIDTH

    def place(value: float) -> float:
        return round(left + (min(max(value, low), high) - low) / (high - low) * (right - left), 1)

    drawn, top = [], HEAD
    for row in rows:
        one = _drawn(row, top, place, low, high)
        drawn.append(one)
        top += _height(row.label)
    return Intervals(
        WIDTH, top + 6, left, right, top, right + 14, tuple(drawn),
        tuple((place(tick), number(tick)) for tick in nice_ticks(low, high)),
        place(zero) if zero is not None and low <= zero <= high else None,
        place(target) if target is not None and low <= target <= high else None,
    )  # fmt: skip


def nice_ticks(low: float, high: float, count: int = _TICKS) -> tuple[float, ...]:
    """Round numbers (1, 2 or 5 times a power of ten apart) within `low`..`high`, about `count` of them.

    >>> nice_ticks(-7.0, 12.0)
    (-5.0, 0.0, 5.0, 10.0)
    """
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(number * step, 10) + 0.0 for number in range(first, last + 1))


def _ends(told: Sequence[Figure], low: float | None, high: float | None, marks: Sequence[float]) -> tuple[float, float]:
    values = [value for figure in told for value in (figure.lo, figure.value, figure.hi) if value is not None]
    # One interval as wide as a barn would press all others to a line: it's cut, with an arrow.
    reach = 4 * max(sorted(abs(figure.value or 0.0) + _half(figure) for figure in told)[(len(told) * 3) // 4], 1e-9)
    kept = [min(max(value, -reach), reach) for value in values] if low is None and high is None else values
    bottom, top = min(*kept, *marks, kept[0]), max(*kept, *marks, kept[0])
    room = 0.04 * (top - bottom) or 1.0
    return (bottom - room if low is None else low), (top + room if high is None else high)


def _half(figure: Figure) -> float:
    return ((figure.hi or 0.0) - (figure.lo or 0.0)) / 2


def _height(label: str) -> float:
    return LINE_HEIGHT * len(_lines(label)) + ROW_PAD


def _lines(label: str) -> list[str]:
    return textwrap.wrap(label, LABEL_CHARS, max_lines=LABEL_LINES, placeholder="…") or [""]


def _drawn(row: IntervalRow, top: float, place: Callable[[float], float], low: float, high: float) -> DrawnRow:
    lines = _lines(row.label)
    middle = round(top + _height(row.label) / 2, 1)
    first = middle - LINE_HEIGHT * (len(lines) - 1) / 2 + 4
    placed = tuple((round(first + LINE_HEIGHT * number, 1), line) for number, line in enumerate(lines))
    figure = row.figure
    if figure.value is None or figure.lo is None or figure.hi is None:
        return DrawnRow(placed, row.label, middle, row.shown, is_quiet=True)
    return DrawnRow(
        placed, row.label, middle, row.shown, row.is_quiet, place(figure.value), place(figure.lo), place(figure.hi),
        figure.lo < low, figure.hi > high,
    )  # fmt: skip
