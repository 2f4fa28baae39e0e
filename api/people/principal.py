"""Who asks: a browser by its session's cookie, a program by its token. Every route names the right that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request

from api.hosts import is_secure
from api.site import SiteServicesHere
from qm.domain.people import Principal, Right
from qm.domain.sign_in import Session
from qm.errors import OriginError, RightError, SignInError
from qm.services.sign_in import SignedIn

PLAIN_COOKIE, SECURE_COOKIE = "qm_session", "__Host-qm_session"
"""A browser keeps the second one only over TLS, for this very host and all of it."""
BEARER = "bearer "


@dataclass(frozen=True)
class Asking:
    """Somebody who is signed in.

    Attributes:
        session: `None` for a program: it has no forms that another site could send.
    """

    principal: Principal
    session: Session | None = None

    @property
    def csrf(self) -> str:
        """What forms of this session carry."""
        return self.session.csrf if self.session else ""


def cookie_name(request: Request) -> str:
    """The cookie of the session, by how the page came here."""
    return SECURE_COOKIE if is_secure(request) else PLAIN_COOKIE


def given_key(request: Request) -> str:
    """The token or the session's key that a request carries, whatever it opens; empty: none."""
    given = request.headers.get("authorization", "")
    if given.lower().startswith(BEARER):
        return given[len(BEARER) :].strip()
    return request.cookies.get(cookie_name(request), "")


def _asking(request: Request, services: SiteServicesHere) -> Asking:
    """Who asks.

    Raises:
        SignInError: nobody whom we know (`sign_in.needed`).
    """
    key, limiter = given_key(request), request.app.state.limiter
    if request.headers.get("authorization", "").lower().startswith(BEARER):
        principal = services.sign_in.bearer(key)
        if principal is None:
            limiter.forget(key)
            raise SignInError("sign_in.token", "this token opens nothing any more", "ask for a new one")
        limiter.learn(key, f"tokens:{principal.person.id}")  # all of somebody's together, however many they make
        return _noted(request, Asking(principal))
    signed_in = services.sign_in.who(key)
    if signed_in is None:
        limiter.forget(key)
        raise SignInError("sign_in.needed", "nobody is signed in", "sign in first; a program sends a token")
    limiter.learn(key, f"person:{signed_in.principal.person.id}")
    return _noted(request, Asking(signed_in.principal, signed_in.session))


def _noted(request: Request, asking: Asking) -> Asking:
    """The same; what is rendered later, an error's page too, shows whose page it is."""
    request.state.asking = asking
    return asking


AskingHere = Annotated[Asking, Depends(_asking)]
"""A parameter of a handler: who asks."""


def _signed_in(asking: AskingHere) -> SignedIn:
    """Who asks, by a browser.

    Raises:
        RightError: a token, which manages no account.
    """
    if asking.session is None:
        raise RightError("account.token", "a token manages no account and makes no token", "sign in with a browser")
    return SignedIn(asking.principal, asking.session)


SignedInHere = Annotated[SignedIn, Depends(_signed_in)]
"""A parameter of a handler for one's own account."""


def check_csrf(asking: Asking, fields: Mapping[str, str]) -> None:
    """Refuse a form that wasn't made for this session.

    Raises:
        OriginError: it carries another session's sign, or none.
    """
    if asking.session is not None and not compare_digest(fields.get("csrf", "").encode(), asking.csrf.encode()):
        raise OriginError("request.csrf", "this form is of another session", "open the page anew, then try again")


class Needs:
    """A dependency that lets through who has a right; the test of all routes reads which.

    Args:
        right: what the route does.
        whole: over the contacts of the whole site, so that whoever sees only a part may not.
    """

    def __init__(self, right: Right, *, whole: bool = False) -> None:
        self.right, self.whole = right, whole

    async def __call__(self, asking: AskingHere) -> None:
        """Refuse who may not.

        Raises:
            RightError: `right.missing`, or `right.whole_site`.
        """
        if not asking.principal.may(self.right):
            message = f"'{asking.principal.person.login}' may not do this ({self.right.value})"
            raise RightError("right.missing", message, "an administrator hands out rights")
        if self.whole and not asking.principal.scope.is_whole:
            message = "this is about the whole site, and you see a part of it"
            raise RightError("right.whole_site", message, "ask somebody who sees all of it")


def needs(right: Right, *, whole: bool = False) -> Any:
    """`APIRouter(dependencies=[needs(Right.CONTACT_READ)])`."""
    return Depends(Needs(right, whole=whole))


def sign_in_address(request: Request) -> str:
    """The page to sign in on, and back to where somebody was going; never to another site."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?to={quote(path if request.method == 'GET' else '/', safe='')}"


def safe_target(to: str) -> str:
    r"""Where to go after signing in: a path of this site, or the first page.

    >>> [safe_target(to) for to in ("/contacts?x=1", "//evil.example", "https://evil.example", "/\\evil", "")]
    ['/contacts?x=1', '/', '/', '/', '/']
    """
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and not any(ord(sign) < 32 for sign in to)
    return to if is_ours else "/"
