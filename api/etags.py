"""Entity tags of JSON answers: a program that has one already is told so instead of being sent it again (RFC 9110).

The handler has run by then: rights were checked, and a look is noted in the audit trail all the same. What is saved is
the way to the program, and its reading. Answers stay `no-store`: they hold what was said in contacts, and a browser's
cache on a shared machine is no place for that; a program keeps tag and answer by itself.
"""

from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/api/v1/"
JSON = "application/json"
OK, NOT_MODIFIED = 200, 304


class EntityTags:
    """Round the routes. Pure ASGI; only JSON is held back until it's whole, so that files still stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if not is_read or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        asked, begun, body = Headers(scope=scope).get("if-none-match", ""), [], bytearray()

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == OK and Headers(raw=message["headers"]).get("content-type") == JSON:
                    begun.append(message)
                    return
            elif begun and message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                start, content = _answer(begun[0], bytes(body), asked)
                await send(start)
                await send({"type": "http.response.body", "body": content})
                return
            await send(message)

        await self._app(scope, receive, send_tagged)


def _answer(start: Message, body: bytes, asked: str) -> tuple[Message, bytes]:
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = MutableHeaders(scope=start)
    headers["ETag"] = tag
    if not is_known(tag, asked):
        return start, body
    for name in ("content-length", "content-type"):
        del headers[name]
    return {**start, "status": NOT_MODIFIED}, b""


def is_known(tag: str, asked: str) -> bool:
    """Whether `If-None-Match` names the tag; compared weakly, as the standard wants it for reading.

    >>> [is_known('"a"', asked) for asked in ('"a"', 'W/"a"', '"b", "a"', '*', '"b"', '')]
    [True, True, True, True, False, False]
    """
    named = {part.strip().removeprefix("W/") for part in asked.split(",")}
    return tag in named or "*" in named
