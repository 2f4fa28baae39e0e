"""Serve an application until a signal comes, then end without cutting anybody off."""

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import qm
from qm.config import Settings
from qm.errors import SettingsError
from qm.operations.listening import check_listening, tls_context
from qm.operations.logs import log
from qm.operations.start import start_logs
from qm.operations.traces import close_traces, configure_traces

GRACE_S = 20
"""Seconds that requests may still take after the signal; an orchestrator kills after 30."""
BACKLOG = 2048
KEEP_ALIVE_S = 75
"""Seconds that an idle connection stays open: what people take between two pages. After uvicorn's own 5, a request
may come just as its connection is closed."""


def serve(app: Any, settings: Settings, port: int, first: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or Ctrl-C: no new request is taken then, those being answered are.

    Args:
        app: an ASGI application, or `module:function` of what makes one.
        first: called once the address is ours, and before anybody is answered.

    Raises:
        SettingsError: the address can't be had, it's reached by others without TLS, or the certificate won't do.
        QmError: a setting, a rule pack or the plan has a fault.
    """
    import uvicorn

    from qm.operations.slow_clients import PatientProtocol

    start_logs(settings)
    configure_traces(settings.traces, "quality-equation-api", qm.__version__)
    tls = tls_context(settings)
    check_listening(settings)
    listening = listen(settings.host, port)
    config = uvicorn.Config(
        app, factory=isinstance(app, str), log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S, http=PatientProtocol,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )  # fmt: skip
    # The server ends by giving the signal to whoever had it before: that would be the end before the traces are sent.
    # A signal that comes before it listens to signals ends it as soon as it's up.
    server = uvicorn.Server(config)
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(server, "should_exit", True))
    try:
        first()
        log.info(
            "api.started", address=f"{'https' if tls else 'http'}://{settings.host}:{port}/", version=qm.__version__
        )
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # Ctrl-C, given on in the same way; the requests were answered
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
        close_traces()
    log.info("api.stopped")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket of this address, whose connections send small parts at once.

    Raises:
        SettingsError: the address can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        message = f"can't listen on {host}:{port}: {os.strerror(error.errno or 0)}"
        raise SettingsError("serve.address", message, "is it running already? else set QM_HOST and QM_PORT") from error
    # asyncio does so only for sockets that name their protocol, and these don't: without it, the second part of every
    # small answer waits some 40 ms for the other side's acknowledgement of the first. Connections inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
