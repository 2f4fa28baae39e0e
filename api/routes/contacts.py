"""Contacts: the list, one of them whole, and its audio."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.actor import ActorHere
from api.dependencies import Cursor, FilterHere, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import AskingHere, needs
from api.review_page import finished_reviews
from api.schemas.lists import Peaks
from api.talk_blocks import block_of
from api.wiring import Services
from qm.domain.people import Right
from qm.services.views import ContactPage, ContactView

router = APIRouter(tags=["contacts"], responses=DOCUMENTED, dependencies=[needs(Right.CONTACT_READ)])


@router.get("/contacts", include_in_schema=False)
def contacts_page(
    request: Request, services: ServicesHere, wanted: FilterHere, actor: ActorHere, cursor: Cursor = "",
    size: Size = 50,
) -> Response:  # fmt: skip
    """The list with its filters; to htmx only the rows that come next."""
    page = services.contacts.page(wanted, cursor, size, actor)
    if request.headers.get("hx-request") == "true":
        return render(request, "contact_rows.html", page=page)
    return render(request, "contacts.html", page=page, wanted=wanted, choices=services.contacts.choices())


@router.get("/api/v1/contacts", summary="List contacts")
def contacts(
    services: ServicesHere, wanted: FilterHere, actor: ActorHere, cursor: Cursor = "", size: Size = 50
) -> ContactPage:
    """Contacts in order of start, narrowed by the filters. Ask again with `next_cursor` until it's empty."""
    return services.contacts.page(wanted, cursor, size, actor)


# The routes below a contact come first: an id may hold a slash, so the contact itself takes the whole rest.
@router.get(
    "/contacts/{contact_id:path}/audio",
    summary="The recording",
    response_class=StreamingResponse,
    dependencies=[needs(Right.CONTACT_LISTEN)],
)
def audio(request: Request, services: ServicesHere, contact_id: str, actor: ActorHere) -> Response:
    """The recording as it came. Byte ranges are served, so that a player can seek."""
    sha256 = services.contacts.recording(contact_id)
    play = _whose(request, actor, "audio", contact_id)
    services.listening.note_once(play, lambda: services.audit.look("recording.played", "contact", contact_id, actor))
    return services.playback.respond(sha256, request.headers)


@router.get(
    "/contacts/{contact_id:path}/peaks", summary="Loudness over time", dependencies=[needs(Right.CONTACT_LISTEN)]
)
def peaks(services: ServicesHere, contact_id: str) -> Peaks:
    """One list of values a channel; 404 where the recording can't be decoded."""
    return services.playback.peaks(services.contacts.recording(contact_id))


@router.get("/contacts/{contact_id:path}/turns", include_in_schema=False)
def turns(
    request: Request, services: ServicesHere, contact_id: str, actor: ActorHere, first: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """A block of a long conversation, for the page that leaves it out."""
    view = services.contacts.get(contact_id)
    look = _whose(request, actor, "turns", contact_id)
    services.listening.note_once(look, lambda: services.audit.look("transcript.viewed", "contact", contact_id, actor))
    return render(request, "turns.html", view=view, turns=block_of(view, language_of(request), first))


@router.get("/contacts/{contact_id:path}", include_in_schema=False)
def contact_page(request: Request, services: ServicesHere, contact_id: str, asking: AskingHere) -> Response:
    """One contact: player, transcript, forms, what people handed in about it, surveys."""
    who = asking.principal
    view = _look_at(services, contact_id, who.person.login)
    done = services.reviews.finished(contact_id, who.person.login) if who.may(Right.REVIEW_READ) else ()
    return render(request, "contact.html", view=view, finished=finished_reviews(view, done))


@router.get("/api/v1/contacts/{contact_id:path}", summary="One contact whole")
def contact(services: ServicesHere, contact_id: str, actor: ActorHere) -> ContactView:
    """Contact data, transcript, signals, evaluations with evidence, surveys, and the quarantine entry if any."""
    return _look_at(services, contact_id, actor)


def _look_at(services: Services, contact_id: str, actor: str) -> ContactView:
    """One contact, shown only once it's noted that it's looked at."""
    view = services.contacts.get(contact_id, actor)
    services.audit.look("transcript.viewed" if view.transcript else "contact.viewed", "contact", contact_id, actor)
    return view


def _whose(request: Request, *what: str) -> tuple[str, ...]:
    """Tells one page's many requests for the same from those of another reader or browser."""
    return (*what, request.client.host if request.client else "", request.headers.get("user-agent", ""))
