"""An evaluation laid out for paper."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import ServicesHere
from api.pages import render
from api.people.principal import AskingHere, needs
from api.printed import first_of, printed_sections
from api.review_page import applicable
from qm.domain.people import Right
from qm.errors import NotFoundError

router = APIRouter(tags=["contacts"], dependencies=[needs(Right.CONTACT_READ)])
FormId = Annotated[str, Query(alias="form", description="id of the form; empty: the first that is about the contact")]


@router.get("/print/{contact_id:path}", include_in_schema=False)
def page(request: Request, services: ServicesHere, contact_id: str, asking: AskingHere, form: FormId = "") -> Response:
    """One form on one contact: answers, what they rest on, what a person changed, and where to sign."""
    who = asking.principal
    view = services.contacts.get(contact_id, who.person.login)
    chosen = next((e for e in applicable(view, form) if form in ("", e.score.form_id)), None)
    if chosen is None:
        message = f"contact '{contact_id}' wasn't scored on '{form[:60]}'"
        raise NotFoundError("review.no_evaluation", message, "the contact's page names its forms")
    reviews = services.reviews.finished(contact_id, who.person.login) if who.may(Right.REVIEW_READ) else ()
    review = first_of(reviews, chosen.score.form_id)
    services.audit.look("quotes.viewed", "contact", contact_id, who.person.login)
    parts, now = printed_sections(chosen, review), datetime.now(view.contact.started_at.tzinfo)
    return render(request, "printed.html", view=view, e=chosen, review=review, parts=parts, now=now)
