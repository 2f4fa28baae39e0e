"""What dashboards draw: agents' intervals, trends, shades of the heat map."""

from collections.abc import Sequence
from datetime import date

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.charts_lines import LineMark, LinePoint, TimeLine, time_line
from api.presentation import MONTHS, number
from api.texts import say
from qm.analysis.compare_agents import Stands
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.services.dashboard_views import ScoreRow, Trend

SHADES = 5
"""Steps of the heat map, each with a colour and a mark of its own."""
MOST_DRAWN = 40
"""Agents of one page, in plot and table; the JSON twin and the CSV have them all."""


def agents_plot(rows: Sequence[ScoreRow], language: Language) -> Intervals | None:
    """Mean scores with intervals; grey: not told apart from the others."""
    drawn = [
        IntervalRow(row.name, row.score, figure_words(row.score, language),
                    is_quiet=row.stands not in (Stands.ABOVE, Stands.BELOW))
        for row in rows if row.score.value is not None
    ][:MOST_DRAWN]  # fmt: skip
    return interval_plot(drawn, lambda tick: number(tick, language), zero=None)


def trend_line(view: Trend, language: Language) -> TimeLine | None:
    """The measure with its band; milestones as marks."""
    points = [
        LinePoint(point.day, point.figure, f"{point.day}: {figure_words(point.figure, language)}")
        for point in view.points
    ]
    days = {point.day for point in view.points}
    first, last = (min(days), max(days)) if days else (date.min, date.max)
    marks = [LineMark(each.day, each.title.said_in(language)) for each in view.milestones if first <= each.day <= last]

    def when(on: date) -> str:
        return f"{on.day} {MONTHS[language][on.month - 1]}"

    return time_line(points, lambda tick: number(tick, language), when, low=view.low, high=view.high, marks=marks)


def shade(figure: Figure) -> int:
    """The step of a share in hundredths, 0 (bad) to 4.

    >>> shade(Figure(100.0, 90.0, 100.0, 20)), shade(Figure(0.0, 0.0, 1.0, 20)), shade(Figure(85.0, 80.0, 90.0, 20))
    (4, 0, 3)
    """
    value = figure.value or 0.0
    return sum(value >= edge for edge in (50, 70, 80, 90))


def figure_words(figure: Figure, language: Language) -> str:
    """A figure with its interval and n; its n alone where it has no value."""
    if figure.value is None or figure.lo is None or figure.hi is None:
        return say("estimates.small", language, n=figure.n)
    value, lo, hi = (number(part, language) for part in (figure.value, figure.lo, figure.hi))
    return f"{value} ({lo}…{hi}), n {figure.n}"
