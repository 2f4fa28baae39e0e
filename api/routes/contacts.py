"""Contacts: the list, one of them whole, and its audio."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.audio import media_type, peaks_of
from api.dependencies import Cursor, FilterHere, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import render
from api.schemas.lists import Peaks
from qm.services.views import ContactPage, ContactView

router = APIRouter(tags=["contacts"], responses=DOCUMENTED)


@router.get("/contacts", include_in_schema=False)
def contacts_page(
    request: Request, services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 50
) -> Response:
    """The list with its filters; to htmx only the rows that come next."""
    page = services.contacts.page(wanted, cursor, size)
    if request.headers.get("hx-request") == "true":
        return render(request, "contact_rows.html", page=page)
    return render(request, "contacts.html", page=page, wanted=wanted, choices=services.contacts.choices())


@router.get("/api/v1/contacts", summary="List contacts")
def contacts(services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 50) -> ContactPage:
    """Contacts in order of start, narrowed by the filters. Ask again with `next_cursor` until it's empty."""
    return services.contacts.page(wanted, cursor, size)


# The routes below a contact come first: an id may hold a slash, so the contact itself takes the whole rest.
@router.get("/contacts/{contact_id:path}/audio", summary="The recording", response_class=FileResponse)
def audio(services: ServicesHere, contact_id: str) -> FileResponse:
    """The recording as it came. Byte ranges are served, so that a player can seek."""
    path = services.contacts.audio_path(contact_id)
    return FileResponse(path, media_type=media_type(path))


@router.get("/contacts/{contact_id:path}/peaks", summary="Loudness over time")
def peaks(services: ServicesHere, contact_id: str) -> Peaks:
    """One list of values a channel; 404 where the recording can't be decoded."""
    return peaks_of(services.contacts.audio_path(contact_id))


@router.get("/contacts/{contact_id:path}", include_in_schema=False)
def contact_page(request: Request, services: ServicesHere, contact_id: str) -> Response:
    """One contact: player, transcript, forms, surveys."""
    return render(request, "contact.html", view=services.contacts.get(contact_id))


@router.get("/api/v1/contacts/{contact_id:path}", summary="One contact whole")
def contact(services: ServicesHere, contact_id: str) -> ContactView:
    """Contact data, transcript, signals, evaluations with evidence, surveys, and the quarantine entry if any."""
    return services.contacts.get(contact_id)
