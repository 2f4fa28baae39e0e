"""Which host names are answered: ours. A name of a stranger that is pointed at this machine later gains nothing."""

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by orchestrators and Prometheus under whatever address they know; nothing personal is in them."""


class KnownHosts:
    """Refuses other hosts, but for what machines ask."""

    def __init__(self, app: ASGIApp, allowed_hosts: list[str]) -> None:
        self._app = app
        self._checked = TrustedHostMiddleware(app, allowed_hosts=allowed_hosts, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_open = scope["type"] == "http" and scope["path"] in FOR_MACHINES
        await (self._app if is_open else self._checked)(scope, receive, send)
