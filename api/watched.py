"""Counts, times and traces requests: by method, route template and status. Addresses hold ids, so none is noted."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qm.operations.logs import log
from qm.operations.metrics import observe
from qm.operations.traces import span

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""A method or a route that isn't ours: what strangers invent must not become a label."""
FAILED = 500


class WatchedRequests:
    """Round the whole application. Pure ASGI, so files still stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), FAILED
        method = scope["method"] if scope["method"] in METHODS else OTHER

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with span("request", method=method) as tell:
            try:
                await self._app(scope, receive, send_noted)
            finally:
                route, seconds = _route(scope), perf_counter() - began
                tell({"route": route, "status": status})
                observe("request_seconds", seconds, method=method, route=route, status=str(status))
                log.debug("request.served", method=method, route=route, status=status, seconds=seconds)


def _route(scope: Scope) -> str:
    """The template of the route that served it, `/contacts/{contact_id}`."""
    route = scope.get("route")
    return str(getattr(route, "path", OTHER)) if route is not None else OTHER
