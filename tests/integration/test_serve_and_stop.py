"""The pages as a process of their own: they come up, say so, and end on a signal with nothing cut off."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.parse

import pytest

from pipelines.wiring import Wiring
from qm.config import REPOSITORY, read_settings
from qm.operations.probe import main as probe


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    """`python -m api` on a port; its log is standard error."""
    started = []

    def start(port, command=("api",), **given):
        settings = {"QM_DATA": str(tmp_path), "QM_PORT": str(port), "QM_LOG": "json", "QM_LOG_LEVEL": "debug"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("QM_")}
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=REPOSITORY, env=clean | settings | given, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def get(port, path, context=None):
    if context:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_who_goes_away_in_the_middle_of_a_question_is_no_error(serve):
    port = free_port()
    process = serve(port)
    while json.loads(process.stderr.readline())["event"] != "api.started":
        pass
    form = b"content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nlogin="
    for address in (b"/sign-in", b"/api/v1/surveys"):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as gone:
            gone.sendall(b"POST " + address + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n" + form)
            gone.shutdown(socket.SHUT_WR)
            while gone.recv(4096):
                pass
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    events = [json.loads(line) for line in err.splitlines()]
    assert [event for event in events if event["level"] in ("error", "critical")] == []
    assert "Traceback" not in err


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


def line_with(process, text):
    """The first line of standard error that holds a text."""
    for line in iter(process.stderr.readline, ""):
        if text in line:
            return line.strip()
    raise AssertionError(f"it ended without '{text}'")


SERVE = ("pipelines.cli", "serve")


def test_the_first_start_leads_from_a_link_to_a_signed_in_administrator(serve, tmp_path):
    port = free_port()
    voided = line_with(serve(free_port(), SERVE, QM_LOG="text"), "/password?link=")
    process = serve(port, SERVE, QM_LOG="text")
    link = line_with(process, "/password?link=")
    assert link.startswith(f"http://127.0.0.1:{port}/password?link=")
    line_with(process, "api.started")
    password = "quattro mele sul davanzale"
    for key, status in ((voided, 401), (link, 303), (link, 401)):
        fields = {"link": key.partition("link=")[2], "password": password, "again": password}
        assert post(port, "/password", fields)[0] == status
    status, cookie = post(port, "/sign-in", {"login": "admin", "password": password, "to": "/audit"})
    assert status == 303
    assert cookie.startswith("qm_session=")
    process.send_signal(signal.SIGTERM)
    key = link.partition("link=")[2]
    assert key not in process.communicate(timeout=60)[1]
    again = serve(free_port(), SERVE, QM_LOG="text")
    told = []
    while "api.started" not in "".join(told[-1:]):
        told.append(again.stderr.readline())
        assert told[-1]
    assert "link=" not in "".join(told)


def post(port, path, fields):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urllib.parse.urlencode(fields), head)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("set-cookie", "")
    finally:
        connection.close()


def test_a_log_for_machines_names_the_command_and_holds_no_link(serve, tmp_path):
    wiring = Wiring(read_settings({"QM_DATA": str(tmp_path)}, tmp_path))
    wiring.database.upgrade()
    process = serve(free_port())
    line = json.loads(line_with(process, "admin.no_password"))
    assert line["hint"] == "qm people invite admin"
    process.send_signal(signal.SIGTERM)
    assert "link=" not in process.communicate(timeout=60)[1]
    assert [row.person.login for row in wiring.people.every()] == ["admin"]
    wiring.database.close()


def test_tls_from_1_2_on_and_nothing_in_the_clear(serve, tmp_path, monkeypatch):
    cert, key, port = tmp_path / "cert.pem", tmp_path / "key.pem", free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    process = serve(port, QM_TLS_CERT=str(cert), QM_TLS_KEY=str(key), QM_HOST="0.0.0.0")
    line = json.loads(line_with(process, "api.started"))
    assert line["address"] == f"https://0.0.0.0:{port}/"
    trusting = ssl.create_default_context(cafile=cert)
    assert get(port, "/healthz", trusting)[0] == 200
    old = ssl.create_default_context(cafile=cert)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    for refused in (lambda: get(port, "/healthz", old), lambda: get(port, "/healthz")):
        with pytest.raises((OSError, http.client.HTTPException)):
            refused()
    for name, value in {"PORT": port, "TLS_CERT": cert, "TLS_KEY": key}.items():
        monkeypatch.setenv(f"QM_{name}", str(value))
    assert probe(["api"]) == 0


@pytest.mark.parametrize("command", [("api",), SERVE])
def test_beyond_this_machine_it_wants_tls_or_a_word(serve, command):
    process = serve(free_port(), command, QM_HOST="0.0.0.0")
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.startswith("error: serve.plain_http: QM_HOST=0.0.0.0")
    assert len(err.splitlines()) == 1


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
