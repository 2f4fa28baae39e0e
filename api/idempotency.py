"""`Idempotency-Key` on writes of programs: a request that is sent again since its answer got lost is done once.

Kept are answers of writes that were done, for a day; one that failed changed nothing, so its key is free again. Answers
that hold a secret aren't kept: there the header is refused. Browsers' sessions and tokens are told apart, and who was
given other rights since is told that it's another request.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import envelopes
from api.people.principal import BEARER, given_key
from api.schemas.errors import ErrorBody
from qm.domain.people import Principal
from qm.errors import InputError, QmError, TooLongError
from qm.ports.kept_answers import KeptAnswer

HEADER, REPLAYED = "idempotency-key", "Idempotency-Replayed"
PREFIX = "/api/v1/"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SECRET = frozenset({"/api/v1/tokens", "/api/v1/hooks"})
"""POST there answers with a secret that is told once."""
LONGEST_KEY = 200
LONGEST_BODY = 16 << 20
"""Bytes; the longest that any route takes."""
LONGEST_ANSWER = 1 << 20
"""Bytes; a longer answer isn't kept, and its request is done again."""
GIVEN_AGAIN = ("content-type", "location", "content-disposition")


class IdempotencyKeys:
    """Round the routes. Pure ASGI; requests without the header pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_write = scope["type"] == "http" and scope["method"] in WRITES and scope["path"].startswith(PREFIX)
        key = Headers(scope=scope).get(HEADER, "") if is_write else ""
        if not key:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await self._once(request, key, send)
        except QmError as error:
            status = 422 if error.code == "idempotency.other_request" else envelopes.status_of(error)
            body = ErrorBody(code=error.code, message=error.message, hint=error.hint)
            await envelopes.respond(request, status, body)(scope, receive, send)

    async def _once(self, request: Request, key: str, send: Send) -> None:
        _check(request, key)
        principal = await run_in_threadpool(_principal, request)
        body = await _whole(request)
        if principal is None:  # the route says so in its own words
            await self._app(request.scope, _again(body), send)
            return
        repeats = request.app.state.services.repeats
        key_sha256 = _hash(principal.person.id, principal.via.value, key)
        request_sha256 = _request_hash(request, principal, body)
        found = await run_in_threadpool(repeats.begin, key_sha256, request_sha256)
        if isinstance(found, KeptAnswer):
            headers = {**json.loads(found.headers), REPLAYED: "true"}
            await Response(found.body, found.status, headers)(request.scope, request.receive, send)
            return
        heard = _Heard(send)
        try:
            await self._app(request.scope, _again(body), heard)
        finally:
            await run_in_threadpool(repeats.end, key_sha256, found, heard.kept(found, request_sha256))


class _Heard:
    """Hands an answer on, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send, self._status, self._headers, self._body = send, 0, Headers(), bytearray()
        self._is_whole = False

    async def __call__(self, message: Message) -> None:
        """Hand it on."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], Headers(raw=message["headers"])
        elif message["type"] == "http.response.body" and len(self._body) <= LONGEST_ANSWER:
            self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body")
        await self._send(message)

    def kept(self, begun_s: float, request_sha256: str) -> KeptAnswer | None:
        """What is kept of it; `None` where the request failed, or the answer is too long or no text."""
        if not (self._is_whole and 200 <= self._status < 300 and len(self._body) <= LONGEST_ANSWER):
            return None
        headers = {name: self._headers[name] for name in GIVEN_AGAIN if name in self._headers}
        try:
            text = self._body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return KeptAnswer(request_sha256, begun_s, self._status, json.dumps(headers), text)


def _check(request: Request, key: str) -> None:
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        message = f"an Idempotency-Key has at most {LONGEST_KEY} plain characters"
        raise InputError("idempotency.bad_key", message, "a random UUID serves")
    if request.method == "POST" and request.url.path.rstrip("/") in SECRET:
        message = "what this answers with is told once, so it isn't kept"
        raise InputError("idempotency.secret", message, "send it without an Idempotency-Key")


async def _whole(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise TooLongError("request.too_long", f"the request is longer than {LONGEST_BODY} bytes", "in parts")
    return bytes(body)


def _again(body: bytes) -> Receive:
    """Hands the body on as if it came now."""
    messages: list[Mapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return dict(messages.pop()) if messages else {"type": "http.disconnect"}

    return receive


def _principal(request: Request) -> Principal | None:
    sign_in, key = request.app.state.services.sign_in, given_key(request)
    if request.headers.get("authorization", "").lower().startswith(BEARER):
        return sign_in.bearer(key)  # type: ignore[no-any-return]
    signed_in = sign_in.who(key)
    return signed_in.principal if signed_in else None


def _request_hash(request: Request, principal: Principal, body: bytes) -> str:
    scope = principal.scope
    sees = [sorted(part) for part in (scope.teams, scope.sites, scope.vendors, scope.agents)]
    # As they came: what a URL is made of anew ends at a `#` in an id.
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    asked = json.dumps([request.method, path, query, sorted(principal.rights), sees])
    return _hash(asked, hashlib.sha256(body).hexdigest())


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
