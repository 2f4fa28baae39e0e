"""The session's cookie: put into the browser, and taken out again."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.hosts import is_secure
from api.people.principal import cookie_name
from api.wiring import Services
from qm.services.sign_in import Opened


def let_in(request: Request, services: Services, opened: Opened, to: str) -> Response:
    """Go on under the new session's key; whatever key came with the request opens nothing any more."""
    services.sign_in.sign_out(request.cookies.get(cookie_name(request), ""))
    response = RedirectResponse(to, status_code=303)
    name, secure = cookie_name(request), is_secure(request)
    response.set_cookie(name, opened.key, httponly=True, samesite="lax", secure=secure, path="/")
    return response


def let_out(request: Request, services: Services) -> Response:
    """End the session."""
    services.sign_in.sign_out(request.cookies.get(cookie_name(request), ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(cookie_name(request), path="/", secure=is_secure(request), httponly=True)
    return response
