"""What the page of surveys draws: each scale over time and by group, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.charts_lines import LineMark, LinePoint, TimeLine, time_line
from api.presentation import MONTHS, NOTHING, number
from qm.domain.figures import Figure
from qm.domain.survey_report import ReportGroup, ReportScale, ScaleFigures, Standing, SurveyReport
from qm.domain.text import Language

MOST_GROUPS = 60
"""More rows than that no plot makes clear; the table has them all."""


@dataclass(frozen=True)
class ScalePlots:
    """The plots of one scale; `None` where nothing can be drawn."""

    scale: ReportScale
    place: int
    line: TimeLine | None
    groups: Intervals | None
    target: float | None


def scale_plots(report: SurveyReport, language: Language) -> tuple[ScalePlots, ...]:
    """A time line and a plot of the groups for each scale on which anybody answered."""
    return tuple(
        ScalePlots(scale, place, _line(report, place, scale, language), _groups(report, place, scale, language),
                   report.total.scales[place].target)
        for place, scale in enumerate(report.scales)
    )  # fmt: skip


def shown(figure: Figure, digits: int, language: Language, factor: float = 1.0) -> str:
    """A figure in words, `7,3 (6,9…7,7), n 120`; without a value just its n."""
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"n {figure.n}"
    value, lo, hi = (number(factor * each, language, digits) for each in (figure.value, figure.lo, figure.hi))
    return f"{value} ({lo}…{hi}), n {figure.n}"


def short_day(on: date, language: Language) -> str:
    """A date without its year."""
    return f"{on.day} {MONTHS[language][on.month - 1]}"


def _line(report: SurveyReport, place: int, scale: ReportScale, language: Language) -> TimeLine | None:
    points = [
        LinePoint(
            point.begins_on, point.scales[place].figure,
            f"{short_day(point.begins_on, language)}: {shown(point.scales[place].figure, scale.digits, language)}",
        )
        for point in report.line
    ]  # fmt: skip
    marks = [LineMark(mark.on, mark.title.said_in(language)) for mark in report.milestones]
    return time_line(
        points, _words(scale, language), lambda on: short_day(on, language), low=scale.low, high=scale.high,
        target=report.total.scales[place].target, marks=marks,
    )  # fmt: skip


def _groups(report: SurveyReport, place: int, scale: ReportScale, language: Language) -> Intervals | None:
    rows = [_row(group, group.scales[place], scale, language) for group in report.groups[:MOST_GROUPS]]
    if not rows:
        return None
    figure = report.total.scales[place].figure
    told = [row.figure for row in rows if row.figure.value is not None]
    low, high = _ends([*told, figure], scale, report.total.scales[place].target)
    return interval_plot(
        rows, _words(scale, language), low=low, high=high, zero=figure.value, target=report.total.scales[place].target
    )


def _row(group: ReportGroup, figures: ScaleFigures, scale: ReportScale, language: Language) -> IntervalRow:
    is_quiet = figures.standing in (None, Standing.NOT_DISTINGUISHABLE, Standing.TOO_FEW)
    return IntervalRow(group.name or NOTHING, figures.figure, shown(figures.figure, scale.digits, language), is_quiet)


def _ends(figures: Sequence[Figure], scale: ReportScale, target: float | None) -> tuple[float, float]:
    values = [each for figure in figures for each in (figure.lo, figure.hi) if each is not None]
    values += [target] if target is not None else []
    if not values:
        return scale.low, scale.high
    room = max(0.05 * (max(values) - min(values)), 0.02 * (scale.high - scale.low))
    return max(scale.low, min(values) - room), min(scale.high, max(values) + room)


def _words(scale: ReportScale, language: Language) -> Callable[[float], str]:
    digits = 0 if scale.high - scale.low > 50 else 1
    return lambda tick: number(tick, language, digits)
