"""The hosts of `qm bench hosts` are what they claim: names and networks of their own, cut and killed for real."""

import socket
import sys
import threading

import pytest

from benchmarks.network_hosts import NetworkHosts, why_not

REASON = why_not()
pytestmark = pytest.mark.skipif(bool(REASON), reason=f"no hosts can be made here: {REASON}")
TALK = """
import socket, sys
there = socket.create_connection((sys.argv[1], int(sys.argv[2])))
there.sendall(socket.gethostname().encode() + b"\\n")
there.recv(1)
"""


@pytest.fixture
def hosts():
    with NetworkHosts() as made:
        yield made


@pytest.fixture
def door():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def caller(hosts, name, door, log):
    port = hosts.forward(door.getsockname()[1])
    process = hosts.start(name, [sys.executable, "-c", TALK, hosts.bridge, str(port)], {}, log)
    connection, _address = door.accept()
    connection.settimeout(30)
    return process, connection


def test_a_host_has_a_name_and_reaches_what_is_offered(hosts, door, tmp_path):
    process, connection = caller(hosts, "a", door, tmp_path / "log")
    with connection:
        assert connection.recv(100) == b"host-a\n"
        connection.sendall(b".")
    assert process.wait(30) == 0


def test_killed_all_its_processes_end_and_its_connections_break(hosts, door, tmp_path):
    process, connection = caller(hosts, "b", door, tmp_path / "log")
    with connection:
        assert connection.recv(100) == b"host-b\n"
        assert hosts.kill("b") == 1
        assert connection.recv(100) == b""
    assert process.wait(30) != 0


def test_cut_off_nothing_arrives_and_nothing_breaks(hosts, door, tmp_path):
    process, connection = caller(hosts, "a", door, tmp_path / "log")
    with connection:
        assert connection.recv(100) == b"host-a\n"
        hosts.cut("a")
        connection.sendall(b".")
        assert process.poll() is None, "it waits for a byte that doesn't come"
        hosts.mend("a")
        assert process.wait(30) == 0, "sent again once the cable is back"


def test_nothing_is_left_behind():
    before = threading.active_count()
    with NetworkHosts(("a",)) as hosts:
        name = hosts.address("a")
    with NetworkHosts(("a",)) as again:
        assert again.address("a") == name
    assert threading.active_count() == before
