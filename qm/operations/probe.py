"""`python -m qm.operations.probe api|worker`: does the process in this container answer? For `HEALTHCHECK`."""

import sys
from http.client import HTTPConnection, HTTPException

from qm.config import Settings, read_settings

TIMEOUT_S = 4.0
OWN_HOST = "127.0.0.1"


def port_of(part: str, settings: Settings) -> int:
    """Where a part listens; 0 where it doesn't.

    Raises:
        KeyError: no such part.
    """
    return {"api": settings.port, "worker": settings.metrics_port}[part]


def is_alive(port: int) -> bool:
    """True where `/healthz` answers on this host."""
    connection = HTTPConnection(OWN_HOST, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """0 where it answers, or has no port to be asked at; 1 where not."""
    port = port_of(arguments[0] if arguments else "api", read_settings())
    return 0 if port == 0 or is_alive(port) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
