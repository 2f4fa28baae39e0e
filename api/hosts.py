"""Which host names are answered: ours. A name of a stranger that is pointed at this machine later gains nothing."""

from fastapi import Request
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from qm.config import Settings
from qm.operations.listening import is_secure as is_secure_site
from qm.operations.listening import public_host

FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by orchestrators and Prometheus under whatever address they know; nothing personal is in them."""


def allowed_hosts(settings: Settings) -> list[str]:
    """The names of this site: this machine's own, where it listens, and what people type."""
    names = {"127.0.0.1", "localhost", settings.host.lower(), public_host(settings)} - {""}
    return sorted(f"[{name}]" if ":" in name else name for name in names)  # IPv6, as browsers write it


def is_secure(request: Request) -> bool:
    """Whether the browser came by TLS, be it that of a proxy: cookies are kept for such connections only."""
    return request.url.scheme == "https" or is_secure_site(request.app.state.settings)


class KnownHosts:
    """Refuses other hosts, but for what machines ask."""

    def __init__(self, app: ASGIApp, allowed_hosts: list[str]) -> None:
        self._app = app
        self._checked = TrustedHostMiddleware(app, allowed_hosts=allowed_hosts, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_open = scope["type"] == "http" and scope["path"] in FOR_MACHINES
        await (self._app if is_open else self._checked)(scope, receive, send)
