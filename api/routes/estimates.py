"""Satisfaction of customers whom nobody asked: day by day, group by group."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.charts_lines import LineMark, LinePoint, TimeLine, time_line
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import MONTHS, in_zone, number
from api.schemas.selection import EstimateTwin
from api.texts import say
from qm.domain.estimate import DayEstimate, EstimateReport
from qm.domain.figures import Figure
from qm.domain.people import Right
from qm.domain.text import Language
from qm.services.estimate_csv import days_csv, groups_csv
from qm.wording_features import feature_name
from qm.wording_selection import mark_text

router = APIRouter(tags=["estimates"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ, whole=True)])
Day = Annotated[str, Query(description="day of a saved estimate; empty: the latest", examples=["2026-11-23"])]
By = Annotated[Literal["process", "team", "agent"], Query(description="what groups are")]


@router.get("/estimates", include_in_schema=False)
def estimates_page(request: Request, services: ServicesHere, day: Day = "", by: By = "team") -> Response:
    """The report of a day."""
    report, language = services.estimates.read(day), language_of(request)
    if report is None:
        return render(request, "estimates.html", report=None)
    rows = {table.dimension: table.groups for table in report.groups}
    points = _points_of(language)
    scale = {one.id: one.title for one in services.plan.scales}.get(report.scale)
    return render(
        request, "estimates.html", report=report, days=services.estimates.days(), by=by, points=points,
        made_at=in_zone(report.computed_at, services.plan.window.zone), on=date.fromisoformat,
        line=_line(report, language),
        groups=rows.get(by, ()), whole=next(iter(rows.get("all", ())), None),
        groups_plot=_groups_plot(report, by, language),
        feature=lambda name: feature_name(name, language), scale=scale,
        mark=mark_text(report.mark, services.plan, language) if report.mark else "",
        is_stale=report.mark is not None and not report.mark.holds_in(services.plan),
        left_out=", ".join(dict.fromkeys(feature_name(name, language) for name in report.left_out)),
    )  # fmt: skip


@router.get("/api/v1/estimates", summary="Estimated satisfaction of a day")
def estimates(services: ServicesHere, day: Day = "") -> EstimateTwin:
    """The report that `qm estimate` computed; `null` where it hasn't run yet."""
    return EstimateTwin(report=services.estimates.read(day), days=services.estimates.days())


@router.get("/api/v1/estimates.csv", summary="Daily estimates as CSV", response_class=PlainTextResponse)
def estimates_csv(services: ServicesHere, day: Day = "") -> Response:
    """A line for each day; empty where nothing was computed yet."""
    report = services.estimates.read(day)
    return _csv(days_csv(report) if report else "", "estimates.csv")


@router.get("/api/v1/estimates/groups.csv", summary="Estimates by group as CSV", response_class=PlainTextResponse)
def groups_as_csv(services: ServicesHere, day: Day = "") -> Response:
    """A line for each process, team and agent; empty where nothing was computed yet."""
    report = services.estimates.read(day)
    return _csv(groups_csv(report) if report else "", "estimated-groups.csv")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type="text/csv", headers=headers)


def _points_of(language: Language) -> Callable[[Figure], str]:
    """A share as points of 100 with its interval; its n alone where it has no value."""

    def shown(figure: Figure) -> str:
        if figure.value is None or figure.lo is None or figure.hi is None:
            return say("estimates.small", language, n=figure.n)
        value, lo, hi = (number(100 * part, language) for part in (figure.value, figure.lo, figure.hi))
        return f"{value} ({lo}…{hi})"

    return shown


def _line(report: EstimateReport, language: Language) -> TimeLine | None:
    """Estimates as a line with its band, observed shares as points, the alarm's begin as a mark."""
    points = _points_of(language)
    estimates = [
        LinePoint(date.fromisoformat(day.day), day.estimate.in_hundredths(), f"{day.day}: {points(day.estimate)}")
        for day in report.days
    ]
    observed = [point for day in report.days if (point := _observed(day, language))]
    drift = report.test.drift
    marks = [LineMark(date.fromisoformat(drift.since), say("estimates.mark", language))] if drift.since else []

    def when(on: date) -> str:
        return f"{on.day} {MONTHS[language][on.month - 1]}"

    return time_line(
        estimates, lambda tick: number(tick, language), when, low=0.0, high=100.0, marks=marks, others=observed
    )  # fmt: skip


def _observed(day: DayEstimate, language: Language) -> LinePoint | None:
    count = day.observed
    if count is None or count.rate is None:
        return None
    share = 100 * count.rate
    shown = say("estimates.observed_of", language, day=day.day, share=number(share, language), n=count.n)
    return LinePoint(date.fromisoformat(day.day), Figure(share, share, share, count.n), shown)


def _groups_plot(report: EstimateReport, by: str, language: Language) -> Intervals | None:
    points = _points_of(language)
    groups = next((table.groups for table in report.groups if table.dimension == by), ())

    def shown(figure: Figure) -> str:
        return points(figure) if figure.value is None else f"{points(figure)}, n {figure.n}"

    rows = [IntervalRow(group.name or "–", group.estimate.in_hundredths(), shown(group.estimate)) for group in groups]
    return interval_plot(rows, lambda tick: number(tick, language), low=0.0, high=100.0, zero=None)
