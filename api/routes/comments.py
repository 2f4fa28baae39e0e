"""What customers write and say in their own words: themes, and whether they're pleased."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.actor import ActorHere
from api.charts_comments import sentiment_bars
from api.charts_intervals import IntervalRow, interval_plot
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import in_zone, number
from qm.analysis.voc.group_figures import share_figure
from qm.domain.comment import ThemeReport
from qm.domain.figures import Figure
from qm.domain.people import Right
from qm.domain.text import Language
from qm.services.comments import CommentView
from qm.services.theme_export import themes_csv

router = APIRouter(tags=["comments"], responses=DOCUMENTED, dependencies=[needs(Right.CONTACT_READ, whole=True)])
Source = Annotated[
    Literal["comments", "turns"], Query(description="comments of surveys, or customers' turns in conversations")
]


@router.get("/comments", include_in_schema=False)
def comments_page(request: Request, services: ServicesHere, actor: ActorHere, source: Source = "comments") -> Response:
    """Themes with their plots, words, groups and examples."""
    services.audit.look("quotes.viewed", "list", source, actor)
    view = services.comments.view(source)
    report, language = view.report, language_of(request)
    return render(
        request, "comments.html", view=view, report=report, source=source,
        shown=lambda figure: _shown(figure, language),
        made_at=in_zone(report.made_at, services.plan.window.zone) if report else None,
        share_plot=_shares(report, language),
        share_of=share_figure, bars=sentiment_bars(report.themes) if report else None,
    )  # fmt: skip


@router.get("/api/v1/comments", summary="Themes of comments")
def comments(services: ServicesHere, actor: ActorHere, source: Source = "comments") -> CommentView:
    """The report that `qm comments` computed last, with the titles of the criteria that it names."""
    services.audit.look("quotes.viewed", "list", source, actor)
    return services.comments.view(source)


@router.get("/api/v1/comments.csv", summary="Themes of comments as CSV", response_class=PlainTextResponse)
def comments_csv(services: ServicesHere, actor: ActorHere, source: Source = "comments") -> Response:
    """A line a theme, then one for each process, team and month; empty where nothing was computed yet."""
    services.audit.look("quotes.viewed", "list", source, actor)
    report = services.comments.view(source).report
    headers = {"Content-Disposition": f'attachment; filename="{source}.csv"'}
    return PlainTextResponse(themes_csv(report) if report else "", media_type="text/csv", headers=headers)


def _shares(report: ThemeReport | None, language: Language) -> object:
    if report is None:
        return None
    rows = [
        IntervalRow(theme.name, theme.share.in_hundredths(), _shown(theme.share, language)) for theme in report.themes
    ]
    return interval_plot(rows, lambda tick: f"{number(tick, language)} %", low=0.0, zero=None)


def _shown(figure: Figure, language: Language) -> str:
    """A share in words: value and interval in per cent; its n alone where it has no value.

    >>> _shown(Figure(0.25, 0.1, 0.5, 12), Language.ITALIAN)
    '25 % (10–50)'
    """
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"n = {figure.n}"
    value, lo, hi = (number(100 * part, language) for part in (figure.value, figure.lo, figure.hi))
    return f"{value} % ({lo}–{hi})"
