"""Webhooks: which addresses are told of what happens here, and how each telling went."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED, status_of
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.presentation import in_zone
from api.same_origin import FormFields
from api.schemas.errors import ErrorEnvelope
from api.schemas.hooks import DeliveryList, DeliveryRow, HookList, HookRow, HookWish, NewHook
from api.wiring import Services
from qm.domain.hook import CHOSEN, EVENTS, HookState
from qm.domain.people import Right
from qm.errors import InputError

EVENT_FIELD = "event:"
router = APIRouter(tags=["webhooks"], responses=DOCUMENTED, dependencies=[needs(Right.HOOK_MANAGE, whole=True)])
WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    400: {"model": ErrorEnvelope, "description": "An address that can't be had, or an event that nothing is told of"},
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page, or without the right"},
    409: {"model": ErrorEnvelope, "description": "It's paused, or somebody else changed it"},
}
HookId = Annotated[str, Path(description="id of a webhook", examples=["h-0f3a"])]
DeliveryId = Annotated[str, Path(description="id of a delivery", examples=["msg_0f3a"])]
ADDRESS = "/api/v1/hooks"


@router.get("/hooks", include_in_schema=False)
def hooks_page(request: Request, services: ServicesHere, cursor: Cursor = "", done: str = "") -> Response:
    """All webhooks, a form for a new one, and the latest deliveries."""
    return _page(request, services, cursor=cursor, done=done if done in DONE else "")


@router.post("/hooks", include_in_schema=False, dependencies=[*FORM_WRITE])
def add_by_form(request: Request, services: ServicesHere, actor: ActorHere, fields: FormFields) -> Response:
    """Add one; its secret is shown this once."""
    events = [name.removeprefix(EVENT_FIELD) for name in fields if name.startswith(EVENT_FIELD)]
    try:
        hook, secret = services.hooks.add(fields.get("url", ""), events, actor)
    except InputError as error:
        return _page(request, services, fault=error, typed=fields.get("url", "")[:500], chosen=events)
    return _page(request, services, made=hook, secret=secret)


@router.post("/hooks/{hook_id}/{step}", include_in_schema=False, dependencies=[*FORM_WRITE])
def step_by_form(
    request: Request, services: ServicesHere, actor: ActorHere, hook_id: str, step: str, fields: FormFields
) -> Response:
    """Pause, go on, test, send once more, remove."""
    try:
        _step(services, hook_id, step, actor, fields.get("delivery", ""))
    except InputError as error:
        return _page(request, services, fault=error)
    return RedirectResponse(f"/hooks?done={step}", status_code=303)


@router.get(ADDRESS, summary="Webhooks")
def hooks(services: ServicesHere) -> HookList:
    """All of them, the oldest first, without their secrets."""
    return HookList(items=[HookRow.of(hook) for hook in services.hooks.page(size=1).hooks])


@router.post(ADDRESS, status_code=201, summary="Add a webhook", dependencies=[*CALL_WRITE], responses=WRITES)
def add(services: ServicesHere, actor: ActorHere, wish: HookWish) -> NewHook:
    """Tell an address of events from now on. The secret is told this once; an `Idempotency-Key` is refused."""
    hook, secret = services.hooks.add(wish.url, wish.events, actor)
    return NewHook(**dict(HookRow.of(hook)), secret=secret)


@router.delete(
    f"{ADDRESS}/{{hook_id}}", status_code=204, summary="Remove a webhook", dependencies=[*CALL_WRITE], responses=WRITES
)
def drop(services: ServicesHere, actor: ActorHere, hook_id: HookId) -> None:
    """What wasn't sent yet isn't sent any more."""
    services.hooks.drop(hook_id, actor)


@router.post(f"{ADDRESS}/{{hook_id}}/pause", summary="Pause a webhook", dependencies=[*CALL_WRITE], responses=WRITES)
def pause(services: ServicesHere, actor: ActorHere, hook_id: HookId) -> HookRow:
    """Events of the pause aren't told later; what waited before goes on waiting."""
    return HookRow.of(services.hooks.move(hook_id, HookState.PAUSED, actor))


@router.post(f"{ADDRESS}/{{hook_id}}/resume", summary="Let it go on", dependencies=[*CALL_WRITE], responses=WRITES)
def resume(services: ServicesHere, actor: ActorHere, hook_id: HookId) -> HookRow:
    """Events are told again from now on."""
    return HookRow.of(services.hooks.move(hook_id, HookState.ACTIVE, actor))


@router.post(
    f"{ADDRESS}/{{hook_id}}/test", status_code=202, summary="Send a test", dependencies=[*CALL_WRITE], responses=WRITES
)
def test(services: ServicesHere, actor: ActorHere, hook_id: HookId) -> DeliveryRow:
    """An event `hook.tested`; sent like any other."""
    return DeliveryRow.of(services.hooks.test(hook_id, actor))


@router.get(f"{ADDRESS}/{{hook_id}}/deliveries", summary="Deliveries of a webhook")
def deliveries(services: ServicesHere, hook_id: HookId, cursor: Cursor = "", size: Size = 50) -> DeliveryList:
    """What was to be told in the last 30 days, and how it went, the latest first."""
    return DeliveryList.of(services.hooks.page(hook_id, cursor, size))


@router.post(
    f"{ADDRESS}/{{hook_id}}/deliveries/{{delivery_id}}/resend", status_code=202, summary="Send once more",
    dependencies=[*CALL_WRITE], responses=WRITES,
)  # fmt: skip
def resend(services: ServicesHere, actor: ActorHere, hook_id: HookId, delivery_id: DeliveryId) -> DeliveryRow:
    """Under the id that it had, as if it had never been tried."""
    return DeliveryRow.of(services.hooks.resend(hook_id, delivery_id, actor))


DONE = frozenset({"pause", "resume", "test", "resend", "drop"})


def _step(services: Services, hook_id: str, step: str, actor: str, delivery_id: str) -> None:
    if step in ("pause", "resume"):
        services.hooks.move(hook_id, HookState.PAUSED if step == "pause" else HookState.ACTIVE, actor)
    elif step == "test":
        services.hooks.test(hook_id, actor)
    elif step == "resend":
        services.hooks.resend(hook_id, delivery_id, actor)
    elif step == "drop":
        services.hooks.drop(hook_id, actor)
    else:
        raise InputError("hook.unknown_step", f"'{step[:60]}' can't be done with a webhook", "use the page's buttons")


def _page(request: Request, services: Services, *, cursor: str = "", **more: Any) -> Response:
    told = {"fault": None, "done": "", "secret": "", "made": None, "typed": "", "chosen": ()} | more
    status = status_of(told["fault"]) if told["fault"] else 200
    page, language, zone = services.hooks.page(cursor=cursor), language_of(request), services.plan.window.zone
    return render(
        request, "hooks.html", status, page=page, rows=DeliveryList.of(page).items, events=CHOSEN,
        event_field=EVENT_FIELD, event_word=lambda name: EVENTS[name].said_in(language) if name in EVENTS else name,
        url_of={hook.id: hook.url for hook in page.hooks}, local=lambda at: in_zone(at.isoformat(), zone), **told,
    )  # fmt: skip
