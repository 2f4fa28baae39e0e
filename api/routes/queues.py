"""Work queues: one's own work, and for those who hand it out drawing, progress and changes."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api import queue_pages
from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED, status_of
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import AskingHere, needs
from api.same_origin import FormFields
from api.schemas.errors import ErrorEnvelope
from api.schemas.queues import (
    AssignmentChange,
    AssignmentList,
    DrawnQueue,
    HandOver,
    Moved,
    QueueIn,
    WorkList,
)
from api.wiring import Services
from qm.domain.people import Right
from qm.domain.work_queue import EvaluationStep
from qm.errors import InputError
from qm.services.queue_views import DrawPreview, QueueList, QueueView

router = APIRouter(tags=["work queues"], responses=DOCUMENTED)
WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    400: {"model": ErrorEnvelope, "description": "Something that can't be drawn or changed so; the hint says why"},
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page, or without the session's sign"},
    409: {"model": ErrorEnvelope, "description": "It isn't open any more"},
}
WORK, ASSIGN = [needs(Right.REVIEW_WRITE)], [needs(Right.REVIEW_ASSIGN)]
CONTACTS = [needs(Right.REVIEW_ASSIGN), needs(Right.CONTACT_READ)]
"""Who hands out work and may know which contacts it is about; an administrator sees how far it is, and no contact."""
BY_FORM, BY_CALL = [*ASSIGN, *FORM_WRITE], [*ASSIGN, *CALL_WRITE]
ONE = "/api/v1/queues/{queue_id}"


@router.get("/queue", include_in_schema=False, dependencies=WORK)
def my_work(
    request: Request, services: ServicesHere, login: ActorHere, cursor: Cursor = "", size: Size = 50
) -> Response:
    """One's own work, the next contact first."""
    work = services.assignments.mine(login, cursor, size)
    titles = services.work_queues.forms
    return render(request, "queue.html", work=work, titles=titles, **queue_pages.words(language_of(request)))


@router.get("/queue/next", include_in_schema=False, dependencies=WORK)
def next_contact(services: ServicesHere, login: ActorHere) -> Response:
    """To the review of the next contact; where nothing is left, to one's own work."""
    line = services.assignments.next_for(login)
    return RedirectResponse(queue_pages.review_of(line) if line else "/queue", status_code=303)


@router.get("/api/v1/queue", summary="One's own work", dependencies=WORK)
def work(services: ServicesHere, login: ActorHere, cursor: Cursor = "", size: Size = 50) -> WorkList:
    """What is to be reviewed by whoever asks: with a *cannot tell* first, then by day, then as drawn."""
    return WorkList.of(services.assignments.mine(login, cursor, size))


@router.get("/queues", include_in_schema=False, dependencies=ASSIGN)
def queues_page(request: Request, services: ServicesHere, cursor: Cursor = "", size: Size = 20) -> Response:
    """Queues and how far they are."""
    return render(request, "queues.html", page=services.work_queues.queues(cursor, size))


@router.get("/queues/new", include_in_schema=False, dependencies=ASSIGN)
def new_queue(request: Request, services: ServicesHere) -> Response:
    """The form of a draw."""
    return _form(request, services, queue_pages.first_fields(services.work_queues, language_of(request)))


@router.post("/queues/new", include_in_schema=False, dependencies=BY_FORM)
def preview_queue(request: Request, services: ServicesHere, fields: FormFields) -> Response:
    """The same form with what it would draw."""
    try:
        preview = services.work_queues.preview(queue_pages.filled_plan(fields))
    except InputError as error:
        return _form(request, services, fields, fault=error)
    return _form(request, services, fields, preview=preview)


@router.post("/queues", include_in_schema=False, dependencies=BY_FORM)
def draw_queue(request: Request, services: ServicesHere, fields: FormFields, login: ActorHere) -> Response:
    """Draw, and hand out."""
    try:
        queue = services.work_queues.draw(queue_pages.filled_plan(fields), login)
    except InputError as error:
        return _form(request, services, fields, fault=error)
    return RedirectResponse(queue_pages.address_of(queue.id), status_code=303)


@router.get("/queues/{queue_id}", include_in_schema=False, dependencies=ASSIGN)
def queue_page(
    request: Request, services: ServicesHere, asking: AskingHere, queue_id: str, cursor: Cursor = "", size: Size = 50
) -> Response:  # fmt: skip
    """One queue; its contacts for those who may see contacts."""
    return _queue(request, services, asking, queue_id, cursor=cursor, size=size)


@router.post("/queues/{queue_id}/change", include_in_schema=False, dependencies=[*CONTACTS, *FORM_WRITE])
def change_page(
    request: Request, services: ServicesHere, asking: AskingHere, queue_id: str, fields: FormFields
) -> Response:  # fmt: skip
    """Give one contact to somebody else, later, or to nobody."""
    step, contact_id, actor = queue_pages.step_of(fields), fields.get("contact", ""), asking.principal.person.login
    try:
        if fields.get("do") == "withdraw":
            services.assignments.withdraw(queue_id, step, contact_id, actor)
        elif fields.get("do") == "postpone":
            services.assignments.postpone(queue_id, step, contact_id, queue_pages.day_of(fields), actor)
        else:
            services.assignments.reassign(queue_id, step, contact_id, fields.get("to", ""), actor)
    except InputError as error:
        return _queue(request, services, asking, queue_id, fault=error)
    return RedirectResponse(queue_pages.address_of(queue_id), status_code=303)


@router.post("/queues/{queue_id}/hand-over", include_in_schema=False, dependencies=BY_FORM)
def hand_over_page(
    request: Request, services: ServicesHere, asking: AskingHere, queue_id: str, fields: FormFields
) -> Response:  # fmt: skip
    """Give all open work of somebody to somebody else."""
    actor = asking.principal.person.login
    try:
        moved = services.assignments.hand_over(queue_id, fields.get("from", ""), fields.get("to", ""), actor)
    except InputError as error:
        return _queue(request, services, asking, queue_id, fault=error)
    return _queue(request, services, asking, queue_id, moved=Moved(changed=moved[0], stayed=moved[1]))


@router.post("/queues/{queue_id}/withdraw", include_in_schema=False, dependencies=BY_FORM)
def withdraw_page(services: ServicesHere, queue_id: str, _fields: FormFields, login: ActorHere) -> Response:
    """Take back what is open."""
    services.assignments.withdraw_queue(queue_id, login)
    return RedirectResponse(queue_pages.address_of(queue_id), status_code=303)


@router.get("/api/v1/queues", summary="Work queues", dependencies=ASSIGN)
def queues(services: ServicesHere, cursor: Cursor = "", size: Size = 20) -> QueueList:
    """The latest first, with progress by analyst."""
    return services.work_queues.queues(cursor, size)


@router.post("/api/v1/queues/preview", summary="What a draw would give", dependencies=BY_CALL, responses=WRITES)
def preview(services: ServicesHere, wanted: QueueIn) -> DrawPreview:
    """How many contacts can be drawn, how many of each group are expected, and what each analyst gets."""
    return services.work_queues.preview(wanted.plan())


@router.post("/api/v1/queues", summary="Draw a work queue", dependencies=BY_CALL, responses=WRITES, status_code=201)
def draw(services: ServicesHere, wanted: QueueIn, login: ActorHere) -> DrawnQueue:
    """Draw, and hand the contacts out."""
    return DrawnQueue.of(services.work_queues.draw(wanted.plan(), login))


@router.get(ONE, summary="One work queue", dependencies=ASSIGN)
def queue(services: ServicesHere, queue_id: str) -> QueueView:
    """Plan, progress, agreement of first and second evaluators, estimates. It names no contact."""
    return services.work_queues.get(queue_id)


@router.get(ONE + "/assignments", summary="Contacts of a work queue", dependencies=CONTACTS)
def assignments(services: ServicesHere, queue_id: str, cursor: Cursor = "", size: Size = 100) -> AssignmentList:
    """In the order of work, with the probability that each was drawn with."""
    return AssignmentList.of(services.work_queues.assignments(queue_id, cursor, size))


@router.get(
    ONE + "/assignments.csv", summary="The same as CSV", dependencies=CONTACTS, response_class=PlainTextResponse
)
def assignments_table(services: ServicesHere, queue_id: str, login: ActorHere) -> Response:
    """All of them, with probabilities and weights."""
    return PlainTextResponse(services.work_queues.table(queue_id, login), media_type="text/csv; charset=utf-8")


@router.post(
    ONE + "/change", summary="Change an assignment", dependencies=[*CONTACTS, *CALL_WRITE], responses=WRITES
)  # fmt: skip
def change(services: ServicesHere, queue_id: str, wanted: AssignmentChange, login: ActorHere) -> Moved:
    """Give an open contact to somebody else (`to`), later (`due`), or to nobody (`withdraw`)."""
    if sum((bool(wanted.to), wanted.due is not None, wanted.withdraw)) != 1:
        raise InputError("queue.bad_field", "to, due, withdraw: none or several are given", "exactly one of them")
    where: tuple[str, EvaluationStep, str] = (queue_id, wanted.step, wanted.contact_id)
    if wanted.due is not None:
        services.assignments.postpone(*where, wanted.due, login)
    elif wanted.withdraw:
        services.assignments.withdraw(*where, login)
    else:
        services.assignments.reassign(*where, wanted.to, login)
    return Moved(changed=1)


@router.post(ONE + "/hand-over", summary="Hand work over", dependencies=BY_CALL, responses=WRITES)
def hand_over(services: ServicesHere, queue_id: str, wanted: HandOver, login: ActorHere) -> Moved:
    """All open work of somebody in a queue, but what the other one reviews or has reviewed."""
    moved, stayed = services.assignments.hand_over(queue_id, wanted.login, wanted.to, login)
    return Moved(changed=moved, stayed=stayed)


@router.post(ONE + "/withdraw", summary="Withdraw a work queue", dependencies=BY_CALL, responses=WRITES)
def withdraw(services: ServicesHere, queue_id: str, login: ActorHere) -> Moved:
    """Nobody is asked any more for what is open; what is done stays."""
    return Moved(changed=services.assignments.withdraw_queue(queue_id, login))


def _form(
    request: Request, services: Services, fields: dict[str, str], preview: DrawPreview | None = None,
    fault: InputError | None = None,
) -> Response:  # fmt: skip
    service = services.work_queues
    return render(
        request, "queue_new.html", status_of(fault) if fault else 200, preview=preview, fault=fault,
        fields=dict.fromkeys(queue_pages.FIELDS, "") | fields, titles=service.forms,
        analysts=service.analysts()[: queue_pages.MOST_FIELDS], choices=services.contacts.choices(),
        quota=queue_pages.QUOTA, **queue_pages.words(language_of(request)),
    )  # fmt: skip


def _queue(
    request: Request, services: Services, asking: AskingHere, queue_id: str, cursor: str = "", size: int = 50,
    fault: InputError | None = None, moved: Moved | None = None,
) -> Response:  # fmt: skip
    service = services.work_queues
    view = service.get(queue_id)
    may_see = asking.principal.may(Right.CONTACT_READ)
    page = service.assignments(queue_id, cursor, size) if may_see else None
    return render(
        request, "queue_one.html", status_of(fault) if fault else 200, view=view, page=page, fault=fault, moved=moved,
        analysts=service.analysts(), today=service.today, **queue_pages.words(language_of(request)),
    )  # fmt: skip
