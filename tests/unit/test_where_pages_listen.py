"""Where the pages listen, and what that takes: nothing beyond this machine without TLS, unless it's wanted."""

import socket
import ssl
import subprocess

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.hosts import allowed_hosts
from api.security import FIXED_HEADERS
from qm.config import read_settings
from qm.errors import SettingsError
from qm.operations.first_start import tell_first_admin
from qm.operations.listening import check_listening, password_link, site_address, tls_context
from qm.operations.serve import listen, serve
from tests.unit.form_files import write_pack


@pytest.fixture
def settings(tmp_path):
    def make(**given):
        named = {f"QM_{name.upper()}": str(value) for name, value in given.items()}
        return read_settings({"QM_DATA": str(tmp_path)} | named, tmp_path)

    return make


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A certificate and its key, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
         "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost", "LocalHost"])
def test_this_machine_needs_no_tls(settings, host):
    check_listening(settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "qm.example.it", ""])
def test_beyond_it_something_must_be_said(settings, host, pair):
    with pytest.raises(SettingsError) as told:
        check_listening(settings(host=host))
    assert told.value.code == "serve.plain_http"
    assert "QM_PLAIN_HTTP=yes" in told.value.hint
    check_listening(settings(host=host, plain_http="yes"))
    check_listening(settings(host=host, tls_cert=pair[0]))


def test_a_certificate_and_its_key_in_one_file_or_two(settings, pair, tmp_path):
    cert, key = pair
    both = tmp_path / "both.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    for context in (tls_context(settings(tls_cert=cert, tls_key=key)), tls_context(settings(tls_cert=both))):
        assert context is not None
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert tls_context(settings()) is None


def test_files_that_wont_do_are_told_before_anything_listens(settings, pair, tmp_path):
    cert, key = pair
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    locked = tmp_path / "locked.pem"
    command = ["openssl", "ec", "-in", key, "-aes256", "-passout", "pass:secret", "-out", locked]
    subprocess.run(command, check=True, capture_output=True)
    for given in (
        {"tls_cert": "/nowhere/cert.pem"},
        {"tls_cert": cert},  # the key isn't in it
        {"tls_cert": tmp_path / "empty.pem"},
        {"tls_cert": cert, "tls_key": cert},
        {"tls_cert": cert, "tls_key": locked},
        {"tls_key": key},
    ):
        with pytest.raises(SettingsError) as told:
            serve(None, settings(host="0.0.0.0", port=1, **given), 1)
        assert told.value.code == "settings.tls"
        assert "QM_TLS_" in told.value.message


def test_the_address_that_people_type(settings, pair):
    assert site_address(settings()) == "http://127.0.0.1:8642"
    assert site_address(settings(host="0.0.0.0"), 9000) == "http://127.0.0.1:9000"
    assert site_address(settings(host="qm.lan", tls_cert=pair[0])) == "https://qm.lan:8642"
    public = settings(public_url="https://qm.example.it/")
    assert password_link(public, "K") == "https://qm.example.it/password?link=K"
    assert "[::1]" in allowed_hosts(settings(host="::1"))
    assert allowed_hosts(public) == ["127.0.0.1", "localhost", "qm.example.it"]
    assert allowed_hosts(settings(public_url="https://QM.Example.IT:8443")) == [
        "127.0.0.1",
        "localhost",
        "qm.example.it",
    ]


@pytest.mark.parametrize(
    ("given", "wanted"), [({}, None), ({"public_url": "https://qm.example.it"}, "max-age=31536000"),
                          ({"public_url": "http://qm.example.it"}, None)],
)  # fmt: skip
def test_browsers_are_told_to_come_by_tls_where_there_is_some(settings, tmp_path, given, wanted):
    app = create_app(settings(rules=write_pack(tmp_path), **given))
    host = "qm.example.it" if given else "127.0.0.1"
    with TestClient(app, base_url=f"http://{host}") as client:
        headers = client.get("/sign-in").headers
    assert headers.get("strict-transport-security") == wanted
    assert {name: headers[name] for name in FIXED_HEADERS} == FIXED_HEADERS
    with TestClient(app, base_url="http://evil.example") as client:
        assert client.get("/sign-in").status_code == 400


class Nobody:
    def __init__(self, waits):
        self.waits, self.links = waits, 0

    def tidy(self):
        return 0

    def first_admin(self):
        return self.waits

    def first_link(self):
        self.links += 1
        return f"KEY{self.links}"


def test_the_first_administrators_link_is_for_people(settings, capsys):
    tell_first_admin(Nobody(waits=True), settings(language="it"), 9000)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "http://127.0.0.1:9000/password?link=KEY1" in shown.err
    assert "qm people invite admin" in shown.err
    assert "non ha ancora una password" in shown.err
    tell_first_admin(Nobody(waits=False), settings(), 9000)
    assert capsys.readouterr().err == ""


def test_a_log_for_machines_never_holds_a_link(settings, capsys):
    people = Nobody(waits=True)
    tell_first_admin(people, settings(log="json"), 9000)
    shown = capsys.readouterr()
    assert "KEY" not in shown.out + shown.err
    assert people.links == 0


def test_small_answers_dont_wait_for_an_acknowledgement():
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
