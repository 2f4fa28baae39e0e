"""One's own account: who I am, my password, one-time codes, sessions, and tokens for programs."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.envelopes import status_of
from api.pages import render
from api.people.forms import FORM_WRITE
from api.people.principal import SignedInHere
from api.same_origin import FormFields
from api.site import SiteServicesHere
from api.wiring import Services
from qm.domain.people import RIGHTS
from qm.errors import InputError
from qm.operations.one_time_codes import key_address, picture
from qm.services.sign_in import SignedIn

router = APIRouter(include_in_schema=False)
RIGHT_FIELD = "right:"
DAYS = (30, 90, 180, 365)


@router.get("/account")
def account_page(request: Request, services: SiteServicesHere, me: SignedInHere, done: str = "") -> Response:
    """How it stands; `done` tells what was just changed."""
    return _page(request, services, me, done=done if done in {"password", "code", "code_off", "sessions"} else "")


@router.post("/account/password", dependencies=[*FORM_WRITE])
def change_password(request: Request, services: SiteServicesHere, me: SignedInHere, fields: FormFields) -> Response:
    """Change it; all other sessions end."""
    old, new, again = (fields.get(name, "") for name in ("old", "password", "again"))
    try:
        if new != again:
            raise InputError("password.differs", "the two aren't the same", "type it twice")
        services.sign_in.change_password(me, old, new)
    except InputError as error:
        return _page(request, services, me, fault=error, part="password")
    return _done("password")


@router.post("/account/code/new", dependencies=[*FORM_WRITE])
def offer_code(request: Request, services: SiteServicesHere, me: SignedInHere, fields: FormFields) -> Response:
    """Show a key for an authenticator app."""
    try:
        key = services.account.offer_code(me, fields.get("password", ""))
    except InputError as error:
        return _page(request, services, me, fault=error, part="code")
    return _page(request, services, me, key=key)


@router.post("/account/code", dependencies=[*FORM_WRITE])
def confirm_code(request: Request, services: SiteServicesHere, me: SignedInHere, fields: FormFields) -> Response:
    """Ask for codes from now on."""
    try:
        services.account.confirm_code(me, fields.get("code", ""))
    except InputError as error:
        return _page(request, services, me, fault=error, part="code", key=services.account.offered(me))
    return _done("code")


@router.post("/account/code/off", dependencies=[*FORM_WRITE])
def drop_code(request: Request, services: SiteServicesHere, me: SignedInHere, fields: FormFields) -> Response:
    """Ask for codes no more."""
    try:
        services.account.drop_code(me, fields.get("password", ""))
    except InputError as error:
        return _page(request, services, me, fault=error, part="code")
    return _done("code_off")


@router.post("/account/sessions/end", dependencies=[*FORM_WRITE])
def end_others(services: SiteServicesHere, me: SignedInHere) -> Response:
    """End all sessions but this one."""
    services.account.end_others(me)
    return _done("sessions")


@router.post("/account/tokens", dependencies=[*FORM_WRITE])
def make_token(request: Request, services: SiteServicesHere, me: SignedInHere, fields: FormFields) -> Response:
    """Make a token, and show it this once."""
    rights = [name.removeprefix(RIGHT_FIELD) for name in fields if name.startswith(RIGHT_FIELD)]
    days = fields.get("days", "")
    try:
        lasts = int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0
        secret, token = services.account.make_token(me, fields.get("name", ""), rights, lasts)
    except InputError as error:
        return _page(request, services, me, fault=error, part="tokens")
    return _page(request, services, me, secret=secret, made=token)


@router.post("/account/tokens/{token_id}/drop", dependencies=[*FORM_WRITE])
def drop_token(request: Request, services: SiteServicesHere, me: SignedInHere, token_id: str) -> Response:
    """Take one back."""
    try:
        services.account.drop_token(me, token_id)
    except InputError as error:
        return _page(request, services, me, fault=error, part="tokens")
    return RedirectResponse("/account#tokens", status_code=303)


def _page(request: Request, services: Services, me: SignedIn, *, key: str = "", **more: Any) -> Response:
    """The page.

    Args:
        key: for one-time codes, to be shown.
        more: what is told beside how the account stands: `fault` and the `part` where it is, `done`, a new token.
    """
    person = me.principal.person
    told = {"fault": None, "part": "", "done": "", "secret": "", "made": None} | more
    image = picture(key_address(key, person.login)) if key else ""
    status = status_of(told["fault"]) if told["fault"] else 200
    return render(
        request, "account.html", status, account=services.account.show(me), session=me.session, key=key, image=image,
        rights=sorted(RIGHTS[person.role]), right_field=RIGHT_FIELD, days=DAYS, now=services.sign_in.now(), **told,
    )  # fmt: skip


def _done(what: str) -> Response:
    return RedirectResponse(f"/account?done={what}", status_code=303)
