"""Who answers surveys, what that does to the figures, and whose asked contacts differ."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.charts_selection import ways_plot
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import in_zone, number
from api.schemas.selection import SelectionTwin
from qm.domain.figures import Figure
from qm.domain.people import Right
from qm.domain.selection import Headline, ResponseTable, SelectionReport
from qm.domain.text import Language
from qm.services.selection_csv import headlines_csv
from qm.wording_features import feature_name
from qm.wording_selection import bounds_text, headline_title, mark_text, selection_word, shown_scale

router = APIRouter(tags=["selection"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ, whole=True)])
By = Annotated[
    Literal["process", "team", "agent", "hour", "medium", "channel"], Query(description="what rates are told by")
]  # fmt: skip
Groups = Annotated[Literal["process", "team", "agent"], Query(description="what the figures are told by")]
HIDDEN_BALANCE = 0.05
"""Standardised difference up to which nobody needs to look at a column."""


@router.get("/selection", include_in_schema=False)
def selection_page(
    request: Request, services: ServicesHere, by: By = "process", groups: Groups = "process"
) -> Response:
    """The report that was computed last."""
    report, language = services.selection.read(), language_of(request)
    if report is None:
        return render(request, "selection.html", report=None)
    rates = next(table for table in report.rates if table.dimension == by)
    return render(
        request, "selection.html", report=report, by=by, groups=groups, rates=rates,
        made_at=in_zone(report.computed_at, services.plan.window.zone), headline=_headline(language),
        title=lambda name: headline_title(name, services.plan, language), rates_plot=_rates_plot(rates, language),
        balance=[row for row in report.balance if abs(row.before) >= HIDDEN_BALANCE],
        ways=lambda one: _ways(one, language), feature=lambda name: feature_name(name, language),
        marks=[mark_text(mark, services.plan, language) for mark in report.marks],
        is_stale=not all(mark.holds_in(services.plan) for mark in report.marks),
        told_agents=sum(check.p is not None for check in report.gaming.agents),
    )  # fmt: skip


@router.get("/api/v1/selection", summary="Who answers, and what that does to the figures")
def selection(services: ServicesHere) -> SelectionTwin:
    """The report that `qm survey bias` computed last; `null` where it hasn't run yet."""
    return SelectionTwin(report=services.selection.read())


@router.get(
    "/api/v1/selection.csv", summary="Figures raw, weighted and bounded as CSV", response_class=PlainTextResponse
)
def selection_csv(services: ServicesHere) -> Response:
    """A line for each figure of each group; empty where nothing was computed yet."""
    report: SelectionReport | None = services.selection.read()
    headers = {"Content-Disposition": 'attachment; filename="selection.csv"'}
    return PlainTextResponse(headlines_csv(report) if report else "", media_type="text/csv", headers=headers)


def _headline(language: Language) -> Callable[[Headline, str], str]:
    """What a cell of the table says: a figure with its interval and n, or bounds."""

    def cell(one: Headline, way: str) -> str:
        factor, digits = shown_scale(one)

        def shown(value: float) -> str:
            return number(value, language, digits)

        if way.startswith("among"):
            return bounds_text(getattr(one, way), factor, shown)
        figure: Figure = getattr(one, way)
        if figure.value is None or figure.lo is None or figure.hi is None:
            return selection_word("untold", language, n=figure.n)
        return f"{shown(figure.value * factor)} ({shown(figure.lo * factor)}…{shown(figure.hi * factor)})"

    return cell


def _ways(one: Headline, language: Language) -> object:
    factor, _digits = shown_scale(one)
    digits = 1 if (one.high - one.low) * factor <= 20 else 0
    return ways_plot(
        one, factor, lambda value: number(value, language, digits), lambda n: selection_word("untold", language, n=n)
    )


def _rates_plot(table: ResponseTable, language: Language) -> Intervals | None:
    rows = [
        IntervalRow(group.name or "–", group.rate.in_hundredths(), _rate(group.rate, language))
        for group in table.groups
    ]
    return interval_plot(rows, lambda tick: f"{number(tick, language)} %", low=0.0, zero=None)


def _rate(figure: Figure, language: Language) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return selection_word("untold", language, n=figure.n)
    value, lo, hi = (number(100 * part, language) for part in (figure.value, figure.lo, figure.hi))
    return f"{value} % ({lo}…{hi}), n {figure.n}"
