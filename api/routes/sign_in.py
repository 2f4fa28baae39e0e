"""Signing in and out, and setting a password by a link."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.envelopes import status_of
from api.pages import render
from api.people.place import place_of
from api.people.principal import AskingHere, check_csrf, safe_target
from api.people.session_cookie import let_in, let_out
from api.same_origin import FormFields, SameOrigin
from api.site import SiteServicesHere
from qm.errors import InputError, QmError, SignInError

router = APIRouter(include_in_schema=False)
To = Annotated[str, Query(description="where to go afterwards: a path of this site")]
Link = Annotated[str, Query(description="key of a one-time link")]


def sign_in_form(request: Request, to: str, login: str = "", fault: QmError | None = None) -> Response:
    """The page to sign in on, with what went wrong.

    Args:
        to: where to go afterwards; a path of this site.
    """
    has_provider = request.app.state.services.provider is not None
    status = status_of(fault) if fault else 200
    return render(request, "sign_in.html", status, to=to, login=login, fault=fault, has_provider=has_provider)


@router.get("/sign-in")
def sign_in_page(request: Request, to: To = "/") -> Response:
    """The form."""
    return sign_in_form(request, safe_target(to))


@router.post("/sign-in", dependencies=[SameOrigin])
def sign_in(request: Request, services: SiteServicesHere, fields: FormFields) -> Response:
    """Open a session under a new key, whatever key came with the request."""
    login, to = fields.get("login", ""), safe_target(fields.get("to", "/"))
    password, code = fields.get("password", ""), fields.get("code", "")
    try:
        opened = services.sign_in.sign_in(login, password, code, place_of(request))
    except SignInError as error:
        return sign_in_form(request, to, login[:200], error)
    return let_in(request, services, opened, to)


@router.post("/sign-out", dependencies=[SameOrigin])
def sign_out(request: Request, services: SiteServicesHere, asking: AskingHere, fields: FormFields) -> Response:
    """End the session."""
    check_csrf(asking, fields)
    return let_out(request, services)


@router.get("/password")
def password_page(request: Request, link: Link = "") -> Response:
    """The form for a new password; whether the link still does is told when it's used."""
    return render(request, "password.html", link=link, fault=None)


@router.post("/password", dependencies=[SameOrigin])
def set_password(request: Request, services: SiteServicesHere, fields: FormFields) -> Response:
    """Set it; then sign in with it."""
    link, first, second = (fields.get(name, "") for name in ("link", "password", "again"))
    try:
        if first != second:
            raise InputError("password.differs", "the two aren't the same", "type it twice")
        services.sign_in.set_password(link, first)
    except InputError as error:
        return render(request, "password.html", status_of(error), link=link, fault=error)
    return RedirectResponse("/sign-in", status_code=303)
