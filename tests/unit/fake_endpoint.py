"""An OpenAI-compatible server on loopback that behaves, misbehaves, or obeys whatever it reads. For tests only."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = {"id": "tiny", "created": 1, "meta": {"n_params": 268098176}}


def completion(content, ended="stop"):
    """The body of an ordinary completion."""
    return json.dumps({"choices": [{"message": {"content": content}, "finish_reason": ended}]}).encode()


class FakeEndpoint:
    """`behave(document)` gives `(status, headers, body)`; every request's path and document are kept."""

    def __init__(self, behave):
        self.behave = behave
        self.models = (200, {}, json.dumps({"data": [MODEL]}).encode())
        self.seen = []
        self.headers = []
        self.stopping = threading.Event()
        self.url = ""

    @property
    def completions(self):
        """Documents of the completions asked for, the probe of `warm_up` aside."""
        return [document for path, document in self.seen if path.endswith("/chat/completions")][1:]


@contextmanager
def serving(behave):
    """A running endpoint."""
    fake = FakeEndpoint(behave)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.handle_one(None)

        def do_POST(self):
            self.handle_one(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def handle_one(self, document):
            fake.seen.append((self.path, document))
            fake.headers.append(dict(self.headers))
            status, headers, body = fake.models if document is None else fake.behave(document)
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        def log_message(self, *_args):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        fake.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Drip:
    """A body that never ends: a byte at a time until the test is over."""

    def __init__(self, stopping, pace_s=0.02):
        self.stopping = stopping
        self.pace_s = pace_s

    def __len__(self):
        return 1_000_000

    def __iter__(self):
        while not self.stopping.wait(self.pace_s):
            yield b" "
