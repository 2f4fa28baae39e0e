"""Detractor cases: the queue, one case with what can be done about it, the weekly report."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api import case_pages
from api.actor import ActorHere, PersonHere
from api.case_pages import filled_step, report_csv
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED, status_of
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.cases import CaseStep
from api.schemas.errors import ErrorEnvelope
from api.wiring import Services
from qm.domain.case_report import CaseReport
from qm.domain.people import Right
from qm.errors import InputError
from qm.services.case_export import cases_csv
from qm.services.case_views import CaseFilter, CaseQueue, CaseView

WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page"},
    409: {"model": ErrorEnvelope, "description": "Somebody else changed the case, or it's closed"},
}
router = APIRouter(tags=["cases"], responses=DOCUMENTED, dependencies=[needs(Right.CASE_READ)])
Day = Annotated[date | None, Query(description="first day of the report; a week where the other isn't given")]
Until = Annotated[date | None, Query(description="the day after the last one")]


def _case_filter(
    *,
    state: Annotated[str, Query(description="`open`, `assigned`, `closed` or `all`; empty: what isn't closed")] = "",
    severity: Annotated[str, Query(description="`low`, `medium` or `high`")] = "",
    team: Annotated[str, Query(description="team of the contact's agent")] = "",
    process: Annotated[str, Query(description="process of the contact")] = "",
    assignee: Annotated[str, Query(description="who has it; `-`: nobody")] = "",
    overdue: Annotated[bool, Query(description="only what is overdue")] = False,
    day: Annotated[str, Query(description="only the queue of that working day and what is left of earlier ones")] = "",
) -> CaseFilter:
    try:
        return CaseFilter(state, severity, team, process, assignee, overdue, date.fromisoformat(day) if day else None)
    except ValueError:
        message = f"day: '{day[:60]}' isn't a day"
        raise InputError("case.bad_filter", message, "write it like 2026-11-23") from None


FilterHere = Annotated[CaseFilter, Depends(_case_filter)]


@router.get("/cases", include_in_schema=False)
def cases_page(
    request: Request, services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 100
) -> Response:
    """The queue."""
    queue = services.cases.queue(wanted, cursor, size)
    words = case_pages.words(language_of(request), services.cases.plan)
    return render(request, "cases.html", queue=queue, wanted=wanted, **words)


@router.get("/cases/report", include_in_schema=False)
def report_page(request: Request, services: ServicesHere, since: str = "", until: str = "") -> Response:
    """The weekly report."""
    report = services.cases.report(_day("since", since), _day("until", until))
    language, plan = language_of(request), services.cases.plan
    plots = case_pages.report_plots(report, language)
    return render(request, "case_report.html", report=report, **plots, **case_pages.words(language, plan))


@router.get("/cases/{case_id}", include_in_schema=False)
def case_page(request: Request, services: ServicesHere, case_id: str, actor: ActorHere) -> Response:
    """One case and what can be done about it."""
    view = services.cases.get(case_id)
    services.audit.look("case.viewed", "case", case_id, actor)
    return _case_page(request, view, services, {})


@router.post("/cases/{case_id}/{step}", include_in_schema=False, dependencies=[needs(Right.CASE_WORK), *FORM_WRITE])
def take_step(
    request: Request, services: ServicesHere, case_id: str, step: str, fields: FormFields, person: PersonHere
) -> Response:
    """Take a step from the page; what can't be taken is told there, with what was filled in."""
    try:
        services.cases.take(case_id, step, filled_step(step, fields, person))
    except InputError as error:
        view = services.cases.get(case_id)
        services.audit.look("case.viewed", "case", case_id, person.login)
        return _case_page(request, view, services, fields, status=status_of(error), fault=error)
    return RedirectResponse(case_pages.address_of(case_id), status_code=303)


@router.get("/api/v1/cases", summary="Detractor cases by urgency")
def cases(services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 100) -> CaseQueue:
    """The most urgent first, with the working hours left. Ask again with `next_cursor` until it's empty."""
    return services.cases.queue(wanted, cursor, size)


@router.get("/api/v1/cases.csv", summary="Every case as CSV", response_class=PlainTextResponse)
def cases_table(services: ServicesHere, actor: ActorHere) -> Response:
    """One line a case, with times, cause, remedy, outcome and what the customer said afterwards."""
    services.audit.look("case.exported", "list", "cases", actor)
    text = cases_csv(services.cases.export(), services.cases.plan.calendar.zone)
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8")


@router.get("/api/v1/cases/report", summary="Weekly report about cases")
def report(services: ServicesHere, since: Day = None, until: Until = None) -> CaseReport:
    """Reached, recovered, causes and clock of the cases opened in that time, and the age of all that are open."""
    return services.cases.report(since, until)


@router.get("/api/v1/cases/report.csv", summary="The weekly report as CSV", response_class=PlainTextResponse)
def report_table(services: ServicesHere, since: Day = None, until: Until = None) -> Response:
    """Every count of the report with its n, share and interval."""
    return PlainTextResponse(report_csv(services.cases.report(since, until)), media_type="text/csv; charset=utf-8")


@router.get("/api/v1/cases/{case_id}", summary="One case whole")
def case(services: ServicesHere, case_id: str, actor: ActorHere) -> CaseView:
    """What the customer said, the contact, what may be offered, and the whole history."""
    view = services.cases.get(case_id)
    services.audit.look("case.viewed", "case", case_id, actor)
    return view


@router.post("/api/v1/cases/{case_id}/{step}", summary="Take a step with a case", responses=WRITES,
             dependencies=[needs(Right.CASE_WORK), *CALL_WRITE])  # fmt: skip
def post_step(services: ServicesHere, case_id: str, step: str, filled: CaseStep, person: PersonHere) -> CaseView:
    """`step`: assign, attempt, cause, remedy, appointment, close, reopen or answer.

    Refused (409) where somebody else changed the case since `version`.
    """
    services.cases.take(case_id, step, filled.step(person))
    services.audit.look("case.viewed", "case", case_id, person.login)
    return services.cases.get(case_id)


def _case_page(
    request: Request, view: CaseView, services: Services, fields: dict[str, str], status: int = 200,
    fault: InputError | None = None,
) -> Response:  # fmt: skip
    words = case_pages.words(language_of(request), services.cases.plan)
    fields = dict.fromkeys(case_pages.FIELDS, "") | fields
    return render(request, "case.html", status, view=view, fields=fields, fault=fault, **words)


def _day(name: str, text: str) -> date | None:
    """A day from a form, where an empty field means none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = f"{name}: '{text[:60]}' isn't a day"
        raise InputError("case.bad_dates", message, "write it like 2026-11-23") from None
