"""A worker's own small web server: metrics, and whether it's alive and ready. The pages have routes for that."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from qm.errors import SettingsError
from qm.operations.metrics import METRICS, Gauges, render

Ready = Callable[[], dict[str, str]]
"""Each part and `ok`, or the code of what is wrong with it."""
JSON = "application/json"


class MetricsServer:
    """Answers `/metrics`, `/healthz` and `/readyz` in a thread of its own.

    Args:
        port: 0 takes a free one (see `port`).

    Raises:
        SettingsError: the port can't be had.
    """

    def __init__(self, host: str, port: int, gauges: Gauges | None, ready: Ready) -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(gauges, ready))
        except OSError as error:
            message = f"can't listen on {host}:{port}: {error.strerror}"
            raise SettingsError("metrics.port", message, "set QM_METRICS_PORT to a free port, or to 0") from error
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(gauges: Gauges | None, ready: Ready) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, kind = _answer(self.path.partition("?")[0], gauges, ready)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nobody needs a line for each look at the metrics."""

    return Handler


def _answer(path: str, gauges: Gauges | None, ready: Ready) -> tuple[int, bytes, str]:
    if path == "/metrics":
        return 200, *render(METRICS, gauges)
    if path == "/healthz":
        return 200, json.dumps({"status": "ok"}).encode(), JSON
    if path == "/readyz":
        parts = ready()
        fine = all(state == "ok" for state in parts.values())
        document = {"status": "ready" if fine else "not ready", "parts": parts}
        return 200 if fine else 503, json.dumps(document).encode(), JSON
    return 404, b"{}", JSON
