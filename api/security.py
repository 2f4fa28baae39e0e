"""Response headers that keep pages to themselves: content policy, no sniffing, no caching of personal data."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: under that, browsers send a form's `Origin` as `null`, and `api.same_origin` couldn't tell it.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ONLY_SECURE = {"Strict-Transport-Security": "max-age=31536000"}
"""A year without plain HTTP for a browser that was here once; other names of the domain are none of our business."""
STATIC_PREFIX = "/static/"


def content_policy(nonce: str) -> str:
    """The Content-Security-Policy of one response.

    The nonce is for the style element that wavesurfer.js writes into its shadow root; `data:` images are the icons
    inside Swagger UI's style sheet. Nothing inline runs and nothing comes from another host.
    """
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Adds the headers to every response and a nonce to `request.state`. Pure ASGI, so files still stream.

    Args:
        only_secure: people reach the site by TLS.
    """

    def __init__(self, app: ASGIApp, *, only_secure: bool = False) -> None:
        self._app, self._headers = app, FIXED_HEADERS | (ONLY_SECURE if only_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        is_static = scope["path"].startswith(STATIC_PREFIX)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers["Content-Security-Policy"] = content_policy(nonce)
                headers["Cache-Control"] = "no-cache" if is_static else "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
