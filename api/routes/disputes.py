"""Disputes for arbitrators: the list, one of them, how often answers are overturned."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api import dispute_pages, review_page
from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED, status_of
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.disputes import DecisionsIn
from api.schemas.errors import ErrorEnvelope
from api.wiring import Services
from qm.domain.people import Right
from qm.errors import InputError, NotFoundError
from qm.services.dispute_views import DisputePage, DisputeView, OverturnFigures

router = APIRouter(tags=["disputes"], responses=DOCUMENTED, dependencies=[needs(Right.DISPUTE_DECIDE)])
WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    409: {"model": ErrorEnvelope, "description": "Somebody else decided or changed it since"},
}
State = Annotated[str, Query(description="`open`, `decided`, `withdrawn`, `expired` or `all`; empty: open ones")]


@router.get("/disputes", include_in_schema=False)
def disputes_page(
    request: Request, services: ServicesHere, state: State = "", cursor: Cursor = "", size: Size = 50
) -> Response:
    """What is to be decided, overdue ones first."""
    page = services.disputes.page(state, cursor, size)
    return render(request, "disputes.html", page=page, state=state, **dispute_pages.helpers(language_of(request)))


@router.get("/api/v1/disputes", summary="Disputes by when they're due")
def disputes(services: ServicesHere, state: State = "", cursor: Cursor = "", size: Size = 50) -> DisputePage:
    """Overdue ones first. Ask again with `next_cursor` until it's empty."""
    return services.disputes.page(state, cursor, size)


@router.get("/disputes/figures", include_in_schema=False)
def figures_page(request: Request, services: ServicesHere) -> Response:
    """How often contested answers were overturned."""
    return render(request, "dispute_figures.html", found=services.overturns.figures())


@router.get("/api/v1/disputes/figures", summary="How often contested answers are overturned")
def figures(services: ServicesHere) -> OverturnFigures:
    """By form, criterion and who had answered, with n and a 95 % interval."""
    return services.overturns.figures()


@router.get("/api/v1/disputes/figures.csv", summary="The same as CSV", response_class=PlainTextResponse)
def figures_table(request: Request, services: ServicesHere) -> Response:
    """One line a form, criterion and who had answered."""
    text = services.overturns.csv(language_of(request))
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8")


@router.get("/disputes/{dispute_id}", include_in_schema=False)
def dispute_page(request: Request, services: ServicesHere, dispute_id: str, actor: ActorHere) -> Response:
    """One dispute with the recording, the evidence and the history."""
    return _page(request, services, dispute_id, actor)


@router.get("/api/v1/disputes/{dispute_id}", summary="One dispute whole")
def dispute(services: ServicesHere, dispute_id: str, actor: ActorHere) -> DisputeView:
    """What is contested and why, the rulings, and the whole history."""
    return _look_at(services, dispute_id, actor)


@router.post("/disputes/{dispute_id}/decided", include_in_schema=False, dependencies=FORM_WRITE)
def decide_form(
    request: Request, services: ServicesHere, dispute_id: str, actor: ActorHere, fields: FormFields
) -> Response:
    """Decide, from the page; what can't be kept is told there, with what was filled in."""
    try:
        form, seen = services.disputes.get(dispute_id).form, dispute_pages.version_in(fields)
        services.disputes.decide(dispute_id, dispute_pages.decisions_in(form, fields), actor, seen)
    except NotFoundError:
        raise
    except InputError as error:
        return _page(request, services, dispute_id, actor, status=status_of(error), fault=error, fields=fields)
    return RedirectResponse(f"/disputes/{dispute_id}", status_code=303)


@router.post("/api/v1/disputes/{dispute_id}/decided", summary="Decide a dispute", responses=WRITES,
             dependencies=[*CALL_WRITE])  # fmt: skip
def decide(services: ServicesHere, dispute_id: str, actor: ActorHere, given: DecisionsIn) -> DisputeView:
    """Every contested criterion at once: upheld, or the answer that counts from now on, and why."""
    services.disputes.decide(dispute_id, given.decisions(), actor, given.version)
    return _look_at(services, dispute_id, actor)


def _look_at(services: Services, dispute_id: str, actor: str) -> DisputeView:
    view = services.disputes.get(dispute_id)
    services.audit.look("dispute.viewed", "contact", view.dispute.contact_id, actor)
    return view


def _page(
    request: Request, services: Services, dispute_id: str, actor: str, status: int = 200,
    fault: InputError | None = None, fields: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    told = _look_at(services, dispute_id, actor)
    contact = services.contacts.get(told.dispute.contact_id)
    view = review_page.only(contact, told.dispute.form_id)
    helpers = dispute_pages.helpers(language_of(request))
    return render(request, "dispute.html", status, told=told, d=told.dispute, view=view, fault=fault,
                  fields=fields or {}, now=services.disputes.now(), actor=actor, **helpers)  # fmt: skip
