"""`python -m qm.operations.probe api|worker`: does the process in this container answer? For `HEALTHCHECK`."""

import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from qm.config import Settings, read_settings
from qm.operations.listening import own_host

TIMEOUT_S = 4.0


def port_of(part: str, settings: Settings) -> int:
    """Where a part listens; 0 where it doesn't.

    Raises:
        KeyError: no such part.
    """
    return {"api": settings.port, "worker": settings.metrics_port}[part]


def is_alive(port: int, host: str = "127.0.0.1", *, has_tls: bool = False) -> bool:
    """True where `/healthz` answers there."""
    connection = _connection(host, port) if has_tls else HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """0 where it answers, or has no port to be asked at; 1 where not."""
    part, settings = arguments[0] if arguments else "api", read_settings()
    port, has_tls = port_of(part, settings), part == "api" and bool(settings.tls_cert)
    return 0 if port == 0 or is_alive(port, own_host(settings), has_tls=has_tls) else 1


def _connection(host: str, port: int) -> HTTPSConnection:
    """The certificate is for the name that people type: to this very host, and for a yes or no, any will do."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=TIMEOUT_S, context=trusting)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
