"""What a browser carries to the identity provider and back: a short, signed cookie, so that any process may go on."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime, timedelta
from hmac import compare_digest, digest

from fastapi import Request, Response

from api.hosts import is_secure
from qm.operations.identity_provider import Begun

PLAIN_COOKIE, SECURE_COOKIE = "qm_oidc", "__Host-qm_oidc"
LASTS = timedelta(minutes=10)
PURPOSE = b"quality equation, cookie of signing in by a provider"


def keep(request: Request, response: Response, begun: Begun, to: str, secret: str, now: datetime) -> None:
    """Give it to the browser.

    Args:
        to: where somebody was going; a path of this site.
        secret: that we share with the provider: all of our processes know it.
    """
    told = {**asdict(begun), "to": to, "until": (now + LASTS).timestamp()}
    content = urlsafe_b64encode(json.dumps(told).encode()).decode()
    response.set_cookie(
        _name(request), f"{content}.{_sign(content, secret)}", max_age=int(LASTS.total_seconds()), httponly=True,
        samesite="lax", secure=is_secure(request), path="/",
    )  # fmt: skip


def read(request: Request, secret: str, now: datetime) -> tuple[Begun, str] | None:
    """What was given, and where somebody was going; `None` where it isn't ours, or its time is over."""
    content, _dot, sign = request.cookies.get(_name(request), "").partition(".")
    if not compare_digest(_sign(content, secret).encode(), sign.encode()):
        return None
    told = json.loads(urlsafe_b64decode(content))
    if told["until"] <= now.timestamp():
        return None
    return Begun(told["state"], told["nonce"], told["verifier"]), told["to"]


def drop(request: Request, response: Response) -> None:
    """Take it away: it does once."""
    response.delete_cookie(_name(request), path="/", secure=is_secure(request), httponly=True)


def _name(request: Request) -> str:
    return SECURE_COOKIE if is_secure(request) else PLAIN_COOKIE


def _sign(content: str, secret: str) -> str:
    return digest(digest(secret.encode(), PURPOSE, "sha256"), content.encode(), "sha256").hex()
