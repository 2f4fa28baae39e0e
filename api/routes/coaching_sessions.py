"""Coaching sessions: the supervisor's list, planning one, steps with it; JSON twins."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api.actor import ActorHere
from api.coaching_pages import Refused, new_page, session_page
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.coaching_sessions import (
    ClipList,
    NewSession,
    SessionStepIn,
    agreed_of,
    also_of,
    day_of,
    step_of,
    version_of,
)
from qm.domain.people import Right
from qm.errors import InputError, NotFoundError
from qm.services.coaching_session_csv import sessions_csv
from qm.services.coaching_sessions import SessionPage, SessionView

router = APIRouter(tags=["coaching"], responses=DOCUMENTED, dependencies=[needs(Right.COACHING_READ)])
WRITE = needs(Right.COACHING_WRITE)
State = Annotated[str, Query(description="`planned`, `held`, `done`, `cancelled` or `overdue`; empty: all")]
Supervisor = Annotated[str, Query(description="login of who made it; empty: anybody")]
ADDRESS = "/api/v1/coaching/sessions"


@router.get("/coaching/sessions", include_in_schema=False)
def page(
    request: Request, services: ServicesHere, state: State = "", supervisor: Supervisor = "", cursor: Cursor = "",
    size: Size = 50,
) -> Response:  # fmt: skip
    """Open sessions by date, then the others."""
    found = services.coaching_sessions.page(state, supervisor, cursor, size)
    return render(request, "coaching_sessions.html", page=found, state=state, supervisor=supervisor, own=False)


@router.get("/coaching/sessions/new", include_in_schema=False, dependencies=[WRITE])
def new(request: Request, services: ServicesHere, actor: ActorHere, item: str = "") -> Response:
    """The form of a new session, about an item of the list."""
    return new_page(request, services, actor, item)


@router.post("/coaching/sessions", include_in_schema=False, dependencies=[WRITE, *FORM_WRITE])
def make(request: Request, services: ServicesHere, actor: ActorHere, fields: FormFields) -> Response:
    """Plan it; what can't be kept is told there, with what was typed."""
    item = fields.get("item", "")
    try:
        made = services.coaching_sessions.make(item, actor, agreed_of(fields), also_of(fields))
    except NotFoundError:
        raise
    except InputError as error:
        return new_page(request, services, actor, item, Refused(error, fields))
    return RedirectResponse(f"/coaching/sessions/{made.id}", status_code=303)


@router.post("/coaching/aside/{item_id}", include_in_schema=False, dependencies=[WRITE, *FORM_WRITE])
def put_aside(services: ServicesHere, actor: ActorHere, item_id: str, fields: FormFields) -> Response:
    """Don't show an item for a while."""
    services.coaching_sessions.put_aside(item_id, actor, fields.get("reason", ""), day_of(fields.get("until", "")))
    return RedirectResponse("/coaching", status_code=303)


@router.get("/coaching/sessions/{session_id}", include_in_schema=False)
def one_page(request: Request, services: ServicesHere, actor: ActorHere, session_id: str) -> Response:
    """Clips, what was agreed, comments, and what changed since."""
    return session_page(request, services, actor, session_id, own=False)


@router.post("/coaching/sessions/{session_id}/{step}", include_in_schema=False, dependencies=[WRITE, *FORM_WRITE])
def step_page(
    request: Request, services: ServicesHere, actor: ActorHere, session_id: str, step: str, fields: FormFields
) -> Response:
    """Take a step with it; what can't be kept is told there, with what was typed."""
    try:
        services.coaching_sessions.take(session_id, step_of(step), actor, fields.get("text", ""), version_of(fields))
    except NotFoundError:
        raise
    except InputError as error:
        return session_page(request, services, actor, session_id, own=False, refused=Refused(error, fields, step))
    return RedirectResponse(f"/coaching/sessions/{session_id}", status_code=303)


@router.get(ADDRESS, summary="Coaching sessions")
def sessions(
    services: ServicesHere, actor: ActorHere, state: State = "", supervisor: Supervisor = "", cursor: Cursor = "",
    size: Size = 50,
) -> SessionPage:  # fmt: skip
    """Open ones by date, then the others, the newest first. Ask again with `next_cursor` until it's empty."""
    services.audit.look("quotes.viewed", "list", "coaching", actor)
    return services.coaching_sessions.page(state, supervisor, cursor, size)


@router.get(ADDRESS + ".csv", summary="Coaching sessions as CSV", response_class=PlainTextResponse)
def sessions_table(
    services: ServicesHere, actor: ActorHere, state: State = "", supervisor: Supervisor = ""
) -> Response:  # fmt: skip
    """A line a session, with what was agreed, its outcome, and the shares before and after."""
    services.audit.look("coaching.exported", "list", "coaching", actor)
    text = sessions_csv(services.coaching_sessions.page(state, supervisor).items)
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8")


@router.post(ADDRESS, summary="Plan a coaching session", status_code=201, dependencies=[WRITE, *CALL_WRITE])
def make_json(services: ServicesHere, actor: ActorHere, filled: NewSession) -> SessionView:
    """From an item of the coaching list; 409 where one about the same criterion is open with the agent."""
    made = services.coaching_sessions.make(filled.item, actor, filled.agreed(), filled.also)
    return services.coaching_sessions.get(made.id)


@router.get("/api/v1/coaching/clips/{item_id}", summary="What may be listened to about an item", dependencies=[WRITE])
def offered(services: ServicesHere, actor: ActorHere, item_id: str) -> ClipList:
    """The item's own clip, then those of the agent's other contacts that missed the same, the newest first."""
    clips = services.coaching_sessions.offered(item_id)
    for clip in clips:
        services.audit.look("quotes.viewed", "contact", clip.contact_id, actor)
    return ClipList(items=clips)


@router.get(ADDRESS + "/{session_id}", summary="One coaching session")
def one(services: ServicesHere, actor: ActorHere, session_id: str) -> SessionView:
    """Clips, what was agreed, comments, and what changed since it was held."""
    services.audit.look("coaching.viewed", "coaching", session_id, actor)
    return services.coaching_sessions.get(session_id)


@router.post(ADDRESS + "/{session_id}/{step}", summary="Take a step with a session", dependencies=[WRITE, *CALL_WRITE])
def step_json(
    services: ServicesHere, actor: ActorHere, session_id: str, step: str, filled: SessionStepIn
) -> SessionView:  # fmt: skip
    """`step`: held, commented, done or cancelled. 409 where somebody changed it since `version`."""
    services.coaching_sessions.take(session_id, step_of(step), actor, filled.text, filled.version)
    return services.coaching_sessions.get(session_id)
