"""Reviews: the page on which a person goes through the machine's answers, its drafts, and handing in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api import review_page
from api.actor import ActorHere
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import render
from api.people.forms import CALL_WRITE
from api.people.principal import needs
from api.same_origin import read_body
from api.schemas.errors import ErrorEnvelope
from api.schemas.reviews import ReviewRead, ReviewSheet, ReviewStanding
from api.wiring import Services
from qm.domain.people import Right

router = APIRouter(tags=["reviews"], responses=DOCUMENTED, dependencies=[needs(Right.CONTACT_READ)])
LONGEST_SHEET = 2 << 20
"""Bytes: two hundred notes of two thousand letters, and all reasons."""
BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": ReviewSheet.model_json_schema()}}}
}
WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    400: {"model": ErrorEnvelope, "description": "Something that can't be kept, or an answer without its reason"},
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page, or without the session's sign"},
    409: {"model": ErrorEnvelope, "description": "Another window of the same person saved since, or it was handed in"},
}
FormId = Annotated[str, Query(alias="form", description="id of the form")]
ADDRESS = "/api/v1/reviews/{contact_id:path}"


async def _sheet(request: Request) -> ReviewSheet:
    body = await read_body(request, LONGEST_SHEET)
    try:
        return ReviewSheet.model_validate_json(body)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_input=False)]
        raise RequestValidationError(faults) from None


SheetHere = Annotated[ReviewSheet, Depends(_sheet)]
WRITE = [*CALL_WRITE, needs(Right.REVIEW_WRITE)]


@router.get("/review/{contact_id:path}", include_in_schema=False, dependencies=[needs(Right.REVIEW_WRITE)])
def page(request: Request, services: ServicesHere, contact_id: str, login: ActorHere, form: FormId = "") -> Response:
    """Player and transcript, and beside them a form with the machine's answers and one's own."""
    view = services.contacts.get(contact_id, login)
    services.audit.look("transcript.viewed" if view.transcript else "contact.viewed", "contact", contact_id, login)
    chosen = form or review_page.first_form(view)
    if not chosen or view.quarantine:
        return render(request, "review_nothing.html", view=view)
    review = services.reviews.view(contact_id, chosen, login)
    standing = ReviewStanding.of(review, services.reviews.preview(review))
    rows, coming = review_page.rows_of(view, review), services.assignments.next_for(login, (contact_id, chosen))
    return render(
        request, "review.html", view=review_page.only(view, chosen), review=review, standing=standing, rows=rows,
        parts=review_page.parts_of(rows), forms=review_page.applicable(view, chosen), chosen=chosen,
        notes=review_page.notes_of(review), coming=coming,
    )  # fmt: skip


@router.get(ADDRESS, summary="A review", dependencies=[needs(Right.REVIEW_READ)])
def review(services: ServicesHere, contact_id: str, form: FormId, actor: ActorHere) -> ReviewRead:
    """The machine's answers on a form, one's own so far, and what others handed in."""
    view = services.reviews.view(contact_id, form, actor)
    services.audit.look("quotes.viewed", "contact", contact_id, actor)
    return ReviewRead.whole(view, services.reviews.preview(view))


@router.get(
    "/api/v1/review-standing/{contact_id:path}", summary="How a review stands", dependencies=[needs(Right.REVIEW_READ)]
)
def standing(services: ServicesHere, contact_id: str, form: FormId, actor: ActorHere) -> ReviewStanding:
    """Its version and score, and who else is at it: what the page asks every half minute."""
    return _standing(services, contact_id, form, actor)


@router.put(ADDRESS, summary="Save a draft", dependencies=WRITE, responses=WRITES, openapi_extra=BODY)
def save(services: ServicesHere, contact_id: str, form: FormId, actor: ActorHere, sheet: SheetHere) -> ReviewStanding:
    """Keep everything that is filled in. What was handed in becomes a draft again."""
    services.reviews.save(contact_id, form, actor, sheet.filled())
    return _standing(services, contact_id, form, actor)


@router.post(
    "/api/v1/reviews/done/{contact_id:path}", summary="Hand a review in", dependencies=WRITE, responses=WRITES,
    openapi_extra=BODY,
)  # fmt: skip
def finish(services: ServicesHere, contact_id: str, form: FormId, actor: ActorHere, sheet: SheetHere) -> ReviewStanding:
    """Save and hand in: from now on others see it. An answer that differs from the machine's needs its reason."""
    services.reviews.finish(contact_id, form, actor, sheet.filled())
    return _standing(services, contact_id, form, actor)


@router.delete(ADDRESS, summary="Throw a draft away", dependencies=WRITE, responses=WRITES, status_code=204)
def drop(services: ServicesHere, contact_id: str, form: FormId, actor: ActorHere) -> None:
    """One's own draft that was never handed in."""
    services.reviews.drop(contact_id, form, actor)


def _standing(services: Services, contact_id: str, form: str, actor: str) -> ReviewStanding:
    view = services.reviews.view(contact_id, form, actor)
    return ReviewStanding.of(view, services.reviews.preview(view))
