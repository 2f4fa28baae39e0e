"""What customers answer: taken in from a survey tool, and told with intervals and targets."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.forms import CALL_WRITE
from api.people.principal import needs
from api.same_origin import json_body
from api.schemas.errors import ErrorEnvelope
from api.schemas.surveys import BODY, ImportResult
from api.voc_plots import scale_plots, shown
from qm.domain.people import Right
from qm.domain.survey_report import SurveyReport
from qm.errors import InputError
from qm.services.survey_csv import report_csv
from qm.services.survey_reports import BY, ReportWish

router = APIRouter(tags=["surveys"], responses=DOCUMENTED)
FIGURES = [needs(Right.FIGURES_READ, whole=True)]
REFUSED: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    400: {"model": ErrorEnvelope, "description": "Too long, not JSON, or no list of objects"},
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page"},
}
LONGEST = 16 << 20
"""Bytes of a list: some ten thousand responses with comments."""
MOST_ITEMS = 10_000


def _wish(
    *,
    since: Annotated[str, Query(description="first day of contacts; empty: from the first one")] = "",
    until: Annotated[str, Query(description="last day of contacts; empty: to the last one")] = "",
    by: Annotated[str, Query(description="process, team, agent, channel or week")] = "process",
    process: Annotated[str, Query(description="only contacts of this process")] = "",
    team: Annotated[str, Query(description="only contacts of this team")] = "",
    step: Annotated[str, Query(description="of the time line: day, week or month; empty: what fits")] = "",
) -> ReportWish:
    return ReportWish(_day(since), _day(until), by, process, team, step)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("survey.bad_day", f"'{text[:40]}' isn't a day", "write 2026-11-20") from None


WishHere = Annotated[ReportWish, Depends(_wish)]


@router.get("/voc", include_in_schema=False, dependencies=FIGURES)
def surveys_page(request: Request, services: ServicesHere, wish: WishHere) -> Response:
    """NPS, satisfaction and every other scale: over time with milestones, and by group with targets."""
    report, language = services.survey_reports.report(wish), language_of(request)
    return render(
        request, "voc.html", report=report, wish=wish, divisions=BY, plots=scale_plots(report, language),
        shown=lambda figure, digits=0, factor=1.0: shown(figure, digits, language, factor),
    )  # fmt: skip


@router.get("/api/v1/voc", summary="Survey report", dependencies=FIGURES)
def surveys(services: ServicesHere, wish: WishHere) -> SurveyReport:
    """Counts and every scale with intervals and targets, by group and over time."""
    return services.survey_reports.report(wish)


@router.get(
    "/api/v1/voc.csv",
    summary="Survey report as CSV",
    response_class=PlainTextResponse,
    dependencies=FIGURES,
)
def surveys_csv(services: ServicesHere, wish: WishHere) -> Response:
    """A line a group, or period, and scale."""
    headers = {"Content-Disposition": 'attachment; filename="surveys.csv"'}
    return PlainTextResponse(report_csv(services.survey_reports.report(wish)), media_type="text/csv", headers=headers)


async def _sent(request: Request) -> list[dict[str, Any]]:
    items = await json_body(request, LONGEST)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InputError("survey.not_a_list", "the body must be a list of objects, one a response", "see /docs")
    if len(items) > MOST_ITEMS:
        message = f"{len(items)} responses at once, at most {MOST_ITEMS} are taken"
        raise InputError("survey.not_a_list", message, "send them in several lists")
    return items


@router.post(
    "/api/v1/surveys", summary="Take in survey responses", openapi_extra=BODY, responses=REFUSED,
    dependencies=[needs(Right.SURVEY_WRITE, whole=True), *CALL_WRITE],
)  # fmt: skip
def take_in(services: ServicesHere, items: Annotated[list[dict[str, Any]], Depends(_sent)]) -> ImportResult:
    """Keep and link responses, open cases, remake the coaching list. The same list again changes nothing."""
    return ImportResult.of(services.survey_intake.take_in(items, datetime.now(UTC)))
