"""Geometry of the bars that show how old open cases are, and how many of them are overdue."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm.domain.case_report import AgeGroup

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 560.0, 110.0, 150.0
ROW_HEIGHT, BAR_HEIGHT = 30.0, 16.0
HEAD = 4.0


@dataclass(frozen=True)
class AgeBar:
    """One bar: the overdue part from the left, then the rest."""

    label: str
    top: float
    middle: float
    overdue_width: float
    width: float
    n: int
    overdue: int


@dataclass(frozen=True)
class AgeBars:
    """The whole plot, in pixels."""

    width: float
    height: float
    left: float
    bar_height: float
    bars: tuple[AgeBar, ...]


def age_bars(ages: Sequence[AgeGroup]) -> AgeBars | None:
    """A bar an age, as long as its number of cases; `None` where no case is open."""
    most = max((group.overdue.n for group in ages), default=0)
    if not most:
        return None
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    bars = []
    for place, group in enumerate(ages):
        top = HEAD + place * ROW_HEIGHT
        late, every = (round(room * count / most, 1) for count in (group.overdue.hits, group.overdue.n))
        middle = top + BAR_HEIGHT / 2
        bars.append(AgeBar(_label(group), top, middle, late, every, group.overdue.n, group.overdue.hits))
    return AgeBars(WIDTH, HEAD + len(ages) * ROW_HEIGHT, LABEL_WIDTH, BAR_HEIGHT, tuple(bars))


def _label(group: AgeGroup) -> str:
    return f"{group.low_h:g}–{group.high_h:g} h" if group.high_h is not None else f"≥ {group.low_h:g} h"
