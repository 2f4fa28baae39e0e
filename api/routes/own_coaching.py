"""An agent's own coaching sessions: what was agreed, its clips, comments, and marking it done."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from api.actor import ActorHere
from api.coaching_pages import Refused, session_page
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import render
from api.people.forms import FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.coaching_sessions import step_of, version_of
from qm.domain.people import Right
from qm.errors import InputError, NotFoundError
from qm.services.coaching_sessions import SessionPage, SessionView

router = APIRouter(tags=["own"], responses=DOCUMENTED, dependencies=[needs(Right.OWN_READ)])


@router.get("/mine/coaching", include_in_schema=False)
def page(request: Request, services: ServicesHere, cursor: Cursor = "", size: Size = 50) -> Response:
    """One's own sessions."""
    found = services.coaching_sessions.page(cursor=cursor, size=size)
    return render(request, "coaching_sessions.html", page=found, state="", supervisor="", own=True)


@router.get("/api/v1/mine/coaching", summary="One's own coaching sessions")
def sessions(services: ServicesHere, actor: ActorHere, cursor: Cursor = "", size: Size = 50) -> SessionPage:
    """Open ones by date, then the others, the newest first. Ask again with `next_cursor` until it's empty."""
    services.audit.look("quotes.viewed", "list", "coaching", actor)
    return services.coaching_sessions.page(cursor=cursor, size=size)


@router.get("/mine/coaching/{session_id}", include_in_schema=False)
def one(request: Request, services: ServicesHere, actor: ActorHere, session_id: str) -> Response:
    """What was agreed, with the clips."""
    return session_page(request, services, actor, session_id, own=True)


@router.get("/api/v1/mine/coaching/{session_id}", summary="One of one's own coaching sessions")
def one_json(services: ServicesHere, actor: ActorHere, session_id: str) -> SessionView:
    """Clips, what was agreed, comments, and what changed since it was held."""
    services.audit.look("coaching.viewed", "coaching", session_id, actor)
    return services.coaching_sessions.get(session_id)


@router.get(
    "/mine/coaching/{session_id}/clips/{place}/audio", summary="A session's recording",
    response_class=StreamingResponse,
)  # fmt: skip
def audio(request: Request, services: ServicesHere, actor: ActorHere, session_id: str, place: int) -> Response:
    """The recording of a contact that one's own session plays: of one's own contacts only these."""
    clip = services.coaching_sessions.clip_of(session_id, place)
    sha256 = services.contacts.recording(clip.contact_id)
    play = (actor, session_id, clip.contact_id, request.headers.get("user-agent", ""))
    services.listening.note_once(
        play, lambda: services.audit.look("recording.played", "contact", clip.contact_id, actor)
    )  # fmt: skip
    return services.playback.respond(sha256, request.headers)


@router.post("/mine/coaching/{session_id}/{step}", include_in_schema=False, dependencies=[*FORM_WRITE])
def take(
    request: Request, services: ServicesHere, actor: ActorHere, session_id: str, step: str, fields: FormFields
) -> Response:
    """Comment, or mark what was agreed as done; what can't be kept is told there, with what was typed."""
    text, seen = fields.get("text", ""), version_of(fields)
    try:
        services.coaching_sessions.take(session_id, step_of(step), actor, text, seen, is_agent=True)
    except NotFoundError:
        raise
    except InputError as error:
        return session_page(request, services, actor, session_id, own=True, refused=Refused(error, fields, step))
    return RedirectResponse(f"/mine/coaching/{session_id}", status_code=303)
