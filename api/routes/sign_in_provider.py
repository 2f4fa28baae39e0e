"""Signing in by the house's identity provider (OpenID Connect)."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.people import oidc_cookie
from api.people.principal import safe_target
from api.people.session_cookie import let_in
from api.routes.sign_in import sign_in_form
from api.site import SiteServicesHere
from api.wiring import Services
from qm.errors import InputError, NotFoundError, QmError
from qm.operations.identity_provider import IdentityProvider

router = APIRouter(include_in_schema=False)
BACK = "/sign-in/oidc/callback"
To = Annotated[str, Query(description="where to go afterwards: a path of this site")]


@router.get("/sign-in/oidc")
def go(request: Request, services: SiteServicesHere, to: To = "/") -> Response:
    """Send the browser to the provider."""
    provider, target = _provider(services), safe_target(to)
    try:
        address, begun = provider.begin(_back(request))
    except QmError as error:
        return sign_in_form(request, target, fault=error)
    response = RedirectResponse(address, status_code=303)
    oidc_cookie.keep(request, response, begun, target, provider.secret, datetime.now(UTC))
    return response


@router.get(BACK)
def come_back(request: Request, services: SiteServicesHere) -> Response:
    """Open a session for who the provider says it is, if they are known here."""
    provider = _provider(services)
    kept = oidc_cookie.read(request, provider.secret, datetime.now(UTC))
    try:
        if kept is None:
            raise InputError("oidc.state", "this answer belongs to another try", "sign in once more")
        login = provider.finish(request.query_params, kept[0], _back(request))
        response = let_in(request, services, services.sign_in.let_in(login), safe_target(kept[1]))
    except QmError as error:
        response = sign_in_form(request, safe_target(kept[1]) if kept else "/", fault=error)
    oidc_cookie.drop(request, response)
    return response


def _provider(services: Services) -> IdentityProvider:
    if services.provider is None:
        raise NotFoundError("oidc.none", "no identity provider is set here", "sign in with a password")
    return services.provider


def _back(request: Request) -> str:
    """Our own address as the provider knows it. Hosts that aren't ours were refused before (see `api.hosts`)."""
    site = request.app.state.settings.public_url or f"{request.url.scheme}://{request.headers['host']}"
    return f"{site}{BACK}"
