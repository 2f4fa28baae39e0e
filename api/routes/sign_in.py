"""Signing in and out, and setting a password by a link."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.envelopes import status_of
from api.pages import render
from api.people.principal import AskingHere, check_csrf, cookie_name, safe_target
from api.same_origin import FormFields, SameOrigin
from api.site import SiteServicesHere
from qm.errors import InputError, SignInError

router = APIRouter(include_in_schema=False)
To = Annotated[str, Query(description="where to go afterwards: a path of this site")]
Link = Annotated[str, Query(description="key of a one-time link")]


@router.get("/sign-in")
def sign_in_page(request: Request, to: To = "/") -> Response:
    """The form."""
    return render(request, "sign_in.html", to=safe_target(to), login="", fault=None)


@router.post("/sign-in", dependencies=[SameOrigin])
def sign_in(request: Request, services: SiteServicesHere, fields: FormFields) -> Response:
    """Open a session under a new key, whatever key came with the request."""
    login, to = fields.get("login", ""), safe_target(fields.get("to", "/"))
    place = request.client.host if request.client else ""
    try:
        opened = services.sign_in.sign_in(login, fields.get("password", ""), fields.get("code", ""), place)
    except SignInError as error:
        return render(request, "sign_in.html", status_of(error), to=to, login=login[:200], fault=error)
    services.sign_in.sign_out(request.cookies.get(cookie_name(request), ""))
    response = RedirectResponse(to, status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), opened.key, httponly=True, samesite="lax", secure=secure, path="/")
    return response


@router.post("/sign-out", dependencies=[SameOrigin])
def sign_out(request: Request, services: SiteServicesHere, asking: AskingHere, fields: FormFields) -> Response:
    """End the session."""
    check_csrf(asking, fields)
    services.sign_in.sign_out(request.cookies.get(cookie_name(request), ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(cookie_name(request), path="/")
    return response


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
