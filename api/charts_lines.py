"""Geometry of time lines: a line with its 95 % band, a target, and marks for what happened when.

Drawn by the server like the plots of `api.charts_intervals`; the template `time_line.html` turns them into SVG. A table
says the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from api.charts_intervals import nice_ticks
from qm.domain.figures import Figure

WIDTH = 860.0
LEFT, RIGHT = 52.0, WIDTH - 14.0
PLOT_HEIGHT = 190.0
MARK_ROW = 15.0
CHAR_WIDTH = 6.4
"""Of the charts' text, on average, in pixels."""
FOOT = 24.0
DATES = 7
"""Dates along the axis, at most."""


@dataclass(frozen=True)
class LinePoint:
    """A moment and its figure; `shown`: the figure in words."""

    on: date
    figure: Figure
    shown: str


@dataclass(frozen=True)
class LineMark:
    """Something that happened."""

    on: date
    label: str


@dataclass(frozen=True)
class Dot:
    """Where a point stands, with its interval."""

    x: float
    y: float
    lo: float
    hi: float
    shown: str


@dataclass(frozen=True)
class DrawnMark:
    """A mark: its line's place, and where its words stand (`is_left`: they end there)."""

    x: float
    y: float
    label: str
    is_left: bool


@dataclass(frozen=True)
class TimeLine:
    """A whole plot, in pixels.

    Attributes:
        bands, lines: points of each unbroken stretch; a period without a value breaks line and band.
        dots: every point that has a value.
        others: points of a second kind, drawn as dots only.
        ticks, dates: place and words of the marks of the axes.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    bands: tuple[str, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    others: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str], ...]
    target: float | None
    marks: tuple[DrawnMark, ...]


def time_line(
    points: Sequence[LinePoint], number: Callable[[float], str], when: Callable[[date], str], *,
    low: float, high: float, target: float | None = None, marks: Sequence[LineMark] = (),
    others: Sequence[LinePoint] = (),
) -> TimeLine | None:  # fmt: skip
    """The plot; `None` where no point has a value.

    Args:
        number: words of a mark of the upright axis.
        when: words of a date.
        low, high: ends of the scale; the axis shows the part of it that is used.
        others: a second kind of points.
    """
    told = [point for point in (*points, *others) if point.figure.value is not None]
    if not told:
        return None
    dates = [*(point.on for point in points), *(point.on for point in others), *(mark.on for mark in marks)]
    days = [on.toordinal() for on in dates]
    first, last = min(days), max(days)
    bottom_value, top_value = _ends([point.figure for point in told], low, high, target)

    def across(on: date) -> float:
        share = (on.toordinal() - first) / (last - first) if last > first else 0.5
        return round(LEFT + 8 + share * (RIGHT - LEFT - 16), 1)

    drawn = _marks(marks, across)
    top = 10.0 + max((mark.y for mark in drawn), default=0.0)
    bottom = top + PLOT_HEIGHT

    def up(value: float) -> float:
        return round(bottom - (value - bottom_value) / (top_value - bottom_value) * PLOT_HEIGHT, 1)

    runs = [
        [_dot(point, across, up) for point in run]
        for has_value, run in groupby(points, key=lambda point: point.figure.value is not None) if has_value
    ]  # fmt: skip
    return TimeLine(
        WIDTH, bottom + FOOT, LEFT, RIGHT, top, bottom,
        tuple(_band(run) for run in runs if len(run) > 1),
        tuple(" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1),
        tuple(dot for run in runs for dot in run),
        tuple(_dot(point, across, up) for point in others if point.figure.value is not None),
        tuple((up(tick), number(tick)) for tick in nice_ticks(bottom_value, top_value)),
        tuple((across(point.on), when(point.on)) for point in _spread(points)),
        up(target) if target is not None else None, drawn,
    )  # fmt: skip


def _ends(figures: Sequence[Figure], low: float, high: float, target: float | None) -> tuple[float, float]:
    values = [each for figure in figures for each in (figure.lo, figure.value, figure.hi) if each is not None]
    values += [target] if target is not None else []
    room = max(0.06 * (max(values) - min(values)), 0.02 * (high - low))
    return max(low, min(values) - room), min(high, max(values) + room)


def _dot(point: LinePoint, across: Callable[[date], float], up: Callable[[float], float]) -> Dot:
    figure = point.figure
    assert figure.value is not None  # only points with a value come here
    assert figure.lo is not None
    assert figure.hi is not None
    return Dot(across(point.on), up(figure.value), up(figure.lo), up(figure.hi), point.shown)


def _band(run: Sequence[Dot]) -> str:
    return " ".join([*(f"{dot.x},{dot.hi}" for dot in run), *(f"{dot.x},{dot.lo}" for dot in reversed(run))])


def _spread(points: Sequence[LinePoint]) -> Sequence[LinePoint]:
    """Every so many-th point, so that dates don't run into one another."""
    step = -(-len(points) // DATES) or 1
    return points[::step]


def _marks(marks: Sequence[LineMark], across: Callable[[date], float]) -> tuple[DrawnMark, ...]:
    """Marks with their words above the plot, on as many rows as it takes for them not to overlap."""
    ends: list[float] = []
    drawn = []
    for mark in sorted(marks, key=lambda each: each.on):
        x, width = across(mark.on), CHAR_WIDTH * len(mark.label)
        is_left = x + 4 + width > RIGHT
        begin = x - 4 - width if is_left else x + 4
        row = next((at for at, end in enumerate(ends) if end <= begin), len(ends))
        ends[row : row + 1] = [begin + width + 8]
        drawn.append(DrawnMark(x, 12.0 + MARK_ROW * row, mark.label, is_left))
    return tuple(drawn)
