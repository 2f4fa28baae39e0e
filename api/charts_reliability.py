"""Geometry of the reliability plot: the curve from score to probability with its band, and what came in each bin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.charts_intervals import nice_ticks
from qm.domain.satisfaction_map import ReliabilityBin, SatisfactionMap

WIDTH, HEIGHT = 860.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 840.0, 16.0, 350.0
LEGEND = 40.0


@dataclass(frozen=True)
class DrawnBin:
    """A bin's dot and interval, in pixels."""

    x: float
    dot: float
    lo: float
    hi: float
    said: float
    bin: ReliabilityBin


@dataclass(frozen=True)
class ReliabilityPlot:
    """The whole plot; `line` and `band` are point lists, empty where there's no map.

    Attributes:
        across: place and words of the marks of the score.
        up: likewise of the share.
    """

    line: str
    band: str
    bins: tuple[DrawnBin, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = RIGHT
    top: float = TOP
    bottom: float = BOTTOM


def reliability_plot(
    found: SatisfactionMap, score_words: Callable[[float], str], share_words: Callable[[float], str]
) -> ReliabilityPlot | None:
    """The plot of a map, of its bins alone where it was refused, or `None` where there are none.

    Args:
        score_words: how a score is written.
        share_words: how a share, 0 to 1, is written.
    """
    if not found.bins:
        return None
    low, high = found.bins[0].lo, found.bins[-1].hi
    room = 0.03 * (high - low) or 1.0

    def x_of(score: float) -> float:
        return round(LEFT + (score - low + room) / (high - low + 2 * room) * (RIGHT - LEFT), 1)

    points = [(x_of(point.score), point.chance) for point in found.curve]
    upper = [(x, chance.hi or 0.0) for x, chance in points]
    lower = [(x, chance.lo or 0.0) for x, chance in reversed(points)]
    return ReliabilityPlot(
        _path([(x, chance.value or 0.0) for x, chance in points]), _path([*upper, *lower]),
        tuple(_drawn(one, x_of((one.lo + one.hi) / 2)) for one in found.bins),
        tuple((x_of(tick), score_words(tick)) for tick in nice_ticks(low, high)),
        tuple((y_of(share), share_words(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)),
    )  # fmt: skip


def y_of(share: float) -> float:
    """Height of a share, 0 to 1."""
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _drawn(one: ReliabilityBin, x: float) -> DrawnBin:
    came = one.came
    return DrawnBin(x, y_of(came.value or 0.0), y_of(came.lo or 0.0), y_of(came.hi or 0.0), y_of(one.said), one)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y_of(share)}" for x, share in points)
