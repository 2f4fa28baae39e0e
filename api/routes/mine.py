"""An agent's own pages: their contacts, one of them, own answers first, taking note, contesting."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from api import dispute_pages
from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED, status_of
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.disputes import AssessmentIn, ClaimIn, MineRead, RemarkIn, WithdrawIn
from api.schemas.errors import ErrorEnvelope
from api.schemas.lists import Peaks
from api.wiring import Services
from qm.domain.people import Right
from qm.errors import ConflictError, InputError, NotFoundError
from qm.services.own_contacts import OwnContact

router = APIRouter(tags=["own contacts"], responses=DOCUMENTED, dependencies=[needs(Right.OWN_READ)])
WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    409: {"model": ErrorEnvelope, "description": "Too late, done before, or changed in another window since"},
}
CONTEST = needs(Right.DISPUTE_OPEN)


@router.get("/mine", include_in_schema=False)
def mine_page(request: Request, services: ServicesHere, cursor: Cursor = "", size: Size = 50) -> Response:
    """One's own contacts and figures."""
    page, figures = services.own.page(cursor, size), services.own.figures()
    return render(request, "mine.html", page=page, figures=figures, min_n=request.app.state.settings.min_n)


@router.get("/api/v1/mine", summary="One's own contacts and figures")
def mine(services: ServicesHere, cursor: Cursor = "", size: Size = 50) -> MineRead:
    """The latest first. Scores stand only on contacts whose result was opened. Ask again with `next_cursor`."""
    return MineRead(contacts=services.own.page(cursor, size), figures=services.own.figures())


@router.get(
    "/mine/contacts/{contact_id:path}/audio", summary="One's own recording", response_class=StreamingResponse,
)  # fmt: skip
def audio(request: Request, services: ServicesHere, contact_id: str, actor: ActorHere) -> Response:
    """The recording of a contact of one's own."""
    sha256 = services.own.recording(contact_id)
    host = request.client.host if request.client else ""
    play = (actor, contact_id, host, request.headers.get("user-agent", ""))
    services.listening.note_once(play, lambda: services.audit.look("recording.played", "contact", contact_id, actor))
    return services.playback.respond(sha256, request.headers)


@router.get("/mine/contacts/{contact_id:path}/peaks", summary="Loudness of one's own recording over time")
def peaks(services: ServicesHere, contact_id: str) -> Peaks:
    """One list of values a channel."""
    return services.playback.peaks(services.own.recording(contact_id))


@router.get("/mine/contacts/{contact_id:path}", include_in_schema=False)
def contact_page(request: Request, services: ServicesHere, contact_id: str, actor: ActorHere) -> Response:
    """One of one's own contacts: the result, or first the form for own answers."""
    return _page(request, _look_at(services, contact_id, actor))


@router.get("/api/v1/mine/contacts/{contact_id:path}", summary="One of one's own contacts")
def contact(services: ServicesHere, contact_id: str, actor: ActorHere) -> OwnContact:
    """Transcript, results with evidence, dispute. Without own answers `is_hidden` may be true: then no result."""
    return _look_at(services, contact_id, actor)


@router.post("/mine/shown/{contact_id:path}", include_in_schema=False, dependencies=FORM_WRITE)
def show_form(services: ServicesHere, contact_id: str, actor: ActorHere) -> Response:
    """Show the result without own answers first, from the page."""
    services.own.get(contact_id, actor, skip=True)
    return RedirectResponse(dispute_pages.own_address(contact_id), status_code=303)


@router.post("/mine/acknowledged/{contact_id:path}", include_in_schema=False, dependencies=FORM_WRITE)
def acknowledge_form(
    request: Request, services: ServicesHere, contact_id: str, actor: ActorHere, fields: FormFields
) -> Response:
    """Take note, from the page."""
    return _do(request, services, contact_id, actor, fields,
               lambda: services.own.acknowledge(contact_id, fields.get("remark", ""), actor))  # fmt: skip


@router.post("/mine/assessed/{contact_id:path}", include_in_schema=False, dependencies=FORM_WRITE)
def assess_form(
    request: Request, services: ServicesHere, contact_id: str, actor: ActorHere, fields: FormFields
) -> Response:
    """Hand own answers in, from the page."""

    def act() -> object:
        form = services.own.form(fields.get("form", ""))
        services.own.assess(contact_id, form.id, dispute_pages.assessed(form, fields), actor)
        return services.own.get(contact_id, actor, skip=True)  # who has answered one form has thought about the contact

    return _do(request, services, contact_id, actor, fields, act)


@router.post("/mine/disputed/{contact_id:path}", include_in_schema=False, dependencies=[CONTEST, *FORM_WRITE])
def dispute_form(
    request: Request, services: ServicesHere, contact_id: str, actor: ActorHere, fields: FormFields
) -> Response:
    """Contest a criterion, from the page."""
    return _do(request, services, contact_id, actor, fields,
               lambda: services.disputes.open(contact_id, dispute_pages.claim_in(fields), actor))  # fmt: skip


@router.post("/mine/withdrawn/{contact_id:path}", include_in_schema=False, dependencies=[CONTEST, *FORM_WRITE])
def withdraw_form(
    request: Request, services: ServicesHere, contact_id: str, actor: ActorHere, fields: FormFields
) -> Response:
    """Take a dispute back, from the page."""
    form_id, seen = fields.get("form", ""), dispute_pages.version_in(fields)
    return _do(request, services, contact_id, actor, fields,
               lambda: services.disputes.withdraw(contact_id, form_id, actor, seen))  # fmt: skip


@router.post("/api/v1/mine/shown/{contact_id:path}", summary="Show the result without own answers first",
             responses=WRITES, dependencies=[*CALL_WRITE])  # fmt: skip
def show(services: ServicesHere, contact_id: str, actor: ActorHere) -> OwnContact:
    """Where the site leaves that open; else it stays hidden."""
    return _look_at(services, contact_id, actor, skip=True)


@router.post("/api/v1/mine/acknowledged/{contact_id:path}", summary="Take note of a result", responses=WRITES,
             dependencies=[*CALL_WRITE])  # fmt: skip
def acknowledge(services: ServicesHere, contact_id: str, actor: ActorHere, given: RemarkIn) -> OwnContact:
    """Once, after the result was opened."""
    services.own.acknowledge(contact_id, given.remark, actor)
    return _look_at(services, contact_id, actor, skip=True)


@router.post("/api/v1/mine/assessed/{contact_id:path}", summary="Hand own answers in", responses=WRITES,
             dependencies=[*CALL_WRITE])  # fmt: skip
def assess(services: ServicesHere, contact_id: str, actor: ActorHere, given: AssessmentIn) -> OwnContact:
    """Before the result is opened; once a form."""
    services.own.assess(contact_id, given.form, given.answers(), actor)
    return _look_at(services, contact_id, actor)


@router.post("/api/v1/mine/disputed/{contact_id:path}", summary="Contest a criterion", responses=WRITES,
             dependencies=[CONTEST, *CALL_WRITE])  # fmt: skip
def dispute(services: ServicesHere, contact_id: str, actor: ActorHere, given: ClaimIn) -> OwnContact:
    """Within the window, with a reason. A dispute that is open on the form takes the criterion up."""
    services.disputes.open(contact_id, given.claim(), actor)
    return _look_at(services, contact_id, actor, skip=True)


@router.post("/api/v1/mine/withdrawn/{contact_id:path}", summary="Take a dispute back", responses=WRITES,
             dependencies=[CONTEST, *CALL_WRITE])  # fmt: skip
def withdraw(services: ServicesHere, contact_id: str, actor: ActorHere, given: WithdrawIn) -> OwnContact:
    """While it's open."""
    services.disputes.withdraw(contact_id, given.form, actor, given.version)
    return _look_at(services, contact_id, actor, skip=True)


def _look_at(services: Services, contact_id: str, actor: str, *, skip: bool = False) -> OwnContact:
    own = services.own.get(contact_id, actor, skip=skip)
    services.audit.look("transcript.viewed" if own.view.transcript else "contact.viewed", "contact", contact_id, actor)
    return own


def _do(
    request: Request, services: Services, contact_id: str, actor: str, fields: dict[str, str], act: Any
) -> Response:
    """Do what the page asks; what can't be done is told there, with what was filled in."""
    try:
        act()
    except NotFoundError:
        raise
    except (ConflictError, InputError) as error:
        own = _look_at(services, contact_id, actor)
        return _page(request, own, status=status_of(error), fault=error, fields=fields)
    return RedirectResponse(dispute_pages.own_address(contact_id), status_code=303)


def _page(
    request: Request, own: OwnContact, status: int = 200, fault: InputError | None = None,
    fields: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    helpers = dispute_pages.helpers(language_of(request))
    return render(request, "mine_contact.html", status, own=own, view=own.view, fault=fault, fields=fields or {},
                  **helpers)  # fmt: skip
