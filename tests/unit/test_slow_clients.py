"""Connections that keep the server waiting are ended; those that only think between two pages aren't."""

import contextlib
import http.client
import select
import socket
import threading

import pytest
import uvicorn

from qm.operations.serve import listen
from qm.operations.slow_clients import PatientProtocol

PATIENCE_S = 0.5
LARGE = 1 << 26
"""Bytes of an answer that fit into no buffer on the way."""


class Hasty(PatientProtocol):
    request_s = PATIENCE_S
    answer_s = PATIENCE_S
    ended = threading.Event()

    def connection_lost(self, exc):
        super().connection_lost(exc)
        self.ended.set()


async def application(scope, receive, send):
    """Answers with the length of what was sent, or with very much."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = b"x" * LARGE if scope["path"] == "/large" else str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port():
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, http=Hasty, log_config=None, lifespan="off"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    running.join(30)
    listening.close()


@pytest.fixture
def connection(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as made:
        yield made


def is_ended(connection, *, drip=b"", within_s=20.0):
    """Whether the server ends it; `drip` is sent again and again meanwhile."""
    for _ in range(int(within_s / 0.05)):
        readable, _writable, _odd = select.select([connection], [], [], 0.05)
        if readable:
            try:
                return connection.recv(1024) == b""
            except ConnectionError:
                return True
        if drip:
            try:
                connection.sendall(drip)
            except OSError:
                return True
    return False


@pytest.mark.parametrize("begun", [
    b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nabc",
])  # fmt: skip
@pytest.mark.parametrize("drip", [b"", b"a"])
def test_a_request_that_never_ends_loses_its_connection(connection, begun, drip):
    connection.sendall(begun)
    assert is_ended(connection, drip=drip if begun else b"")


def test_whoever_takes_no_answer_loses_the_connection(port):
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(30)
        slow.connect(("127.0.0.1", port))
        Hasty.ended.clear()
        slow.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        assert Hasty.ended.wait(30), "it's ended though nothing was read"
        taken = 0
        with contextlib.suppress(ConnectionError):
            while part := slow.recv(1 << 20):
                taken += len(part)
    assert taken < LARGE


def test_who_thinks_between_two_pages_keeps_the_connection(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    client.request("POST", "/", b"abc")
    assert client.getresponse().read() == b"3"
    first = client.sock
    select.select([first], [], [], 3 * PATIENCE_S)  # nothing comes: only the time passes
    client.request("POST", "/", b"abcd")
    assert client.getresponse().read() == b"4"
    assert client.sock is first
    client.request("GET", "/large")
    assert len(client.getresponse().read()) == LARGE
    client.close()
