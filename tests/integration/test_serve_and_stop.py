"""The pages as a process of their own: they come up, say so, and end on a signal with nothing cut off."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from qm.config import REPOSITORY
from qm.operations.probe import main as probe


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    """`python -m api` on a port; its log is standard error."""
    started = []

    def start(port):
        settings = {"QM_DATA": str(tmp_path), "QM_PORT": str(port), "QM_LOG": "json", "QM_LOG_LEVEL": "debug"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("QM_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "api"], cwd=REPOSITORY, env=clean | settings, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_up_probed_and_stopped_with_every_line_in_the_log(serve, monkeypatch):
    port = free_port()
    process = serve(port)
    first = json.loads(process.stderr.readline())
    while first["event"] != "api.started":
        first = json.loads(process.stderr.readline())
    assert first["address"] == f"http://127.0.0.1:{port}/"
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["parts"]["database"]) == (503, "database.no_schema")
    monkeypatch.setenv("QM_PORT", str(port))
    assert probe(["api"]) == 0
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == ""
    events = [json.loads(line) for line in err.splitlines()]
    assert events[-1]["event"] == "api.stopped"
    served = {event["route"]: event["status"] for event in events if event["event"] == "request.served"}
    assert served == {"/readyz": 503, "/healthz": 200}
    assert probe(["api"]) == 1


def test_a_port_that_is_taken_is_told_in_one_line(serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = serve(taken.getsockname()[1])
        _out, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.startswith("error: serve.address:")
    assert len(err.splitlines()) == 1


def test_a_part_without_a_port_has_nothing_to_be_asked(monkeypatch):
    monkeypatch.setenv("QM_METRICS_PORT", "0")
    assert probe(["worker"]) == 0
