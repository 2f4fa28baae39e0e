"""Errors leave in one envelope; pages keep to themselves and never run what somebody said."""

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.envelopes import status_of
from qm import errors

HTML = {"accept": "text/html"}
PAGES = ["/", "/contacts", "/contacts/C-1", "/contacts/C-2", "/contacts/C-5", "/coaching", "/quarantine", "/docs"]


def error_of(response):
    assert set(response.json()) == {"error"}
    assert set(response.json()["error"]) == {"code", "message", "hint"}
    return response.json()["error"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/contacts/none", 404, "contact.unknown"),
        ("/api/v1/contacts?cursor=none", 404, "page.bad_cursor"),
        ("/api/v1/contacts?state=lost", 422, "request.invalid"),
        ("/api/v1/contacts?size=0", 422, "request.invalid"),
        ("/api/v1/contacts?failed=perhaps", 422, "request.invalid"),
        ("/api/v1/coaching?supervisor=nobody", 404, "supervisor.unknown"),
        ("/api/v1/nothing", 404, "http.not_found"),
        ("/static/none.css", 404, "http.not_found"),
    ],
)
def test_envelope(client, path, status, code):
    response = client.get(path)
    assert response.status_code == status
    assert error_of(response)["code"] == code


@pytest.mark.parametrize(
    ("path", "status"),
    [("/contacts/none", 404), ("/contacts?cursor=none", 404), ("/nothing", 404), ("/contacts?size=x", 422)],
)
def test_browser_gets_a_page(client, path, status):
    response = client.get(path, headers=HTML)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>" in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/contacts", "/api/v1/contacts/C-1", "/coaching"])
def test_get_only(client, method, path):
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert error_of(response)["code"] == "http.method_not_allowed"


def test_no_database_is_503(sample, tmp_path):
    app = create_app(sample.settings_of(tmp_path))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["parts"]["database"].startswith("database.")
        assert client.get("/healthz").status_code == 200  # the process lives; a restart would mend nothing
        client.cookies.set("qm_session", "x")
        assert client.get("/", headers=HTML).status_code == 503


def test_unforeseen_errors_tell_nothing(app, client, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(app.state.services.days, "day", fail)
    response = client.get("/api/v1/overview")
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal.unexpected"
    assert "secret" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_error_class_has_a_status():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.QmError)]
    for kind in set(kinds) - {errors.QmError, errors.RulePackError}:
        assert status_of(kind("x.y", "z")) in {400, 401, 403, 404, 409, 413, 500, 503}
    assert status_of(errors.QmError("x", "y")) == 500


@pytest.mark.parametrize("page", PAGES)
def test_what_people_said_never_runs(client, sample, page):
    text = client.get(page, headers=HTML).text
    assert sample.NASTY not in text
    assert "<script>" not in text
    assert "alert('x')" not in text


@pytest.mark.parametrize("page", PAGES)
def test_policy_headers(client, page):
    response = client.get(page, headers=HTML)
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"] == "no-store"
    assert not re.search(r"<[^>]+\s(style|on\w+)=", response.text), (
        "inline styles and handlers are refused by the policy"
    )
    assert "<style" not in response.text
    for source in re.findall(r'(?:src|href)="([^"]+)"', response.text):
        assert source.startswith(("/", "#", "?")), "nothing comes from another host"


def test_nonce_is_fresh(client):
    nonces = {re.search(r"nonce-([\w-]+)", client.get("/").headers["content-security-policy"])[1] for _ in range(3)}
    assert len(nonces) == 3
    response = client.get("/contacts/C-1", headers=HTML)
    nonce = re.search(r"nonce-([\w-]+)", response.headers["content-security-policy"])[1]
    assert f'data-nonce="{nonce}"' in response.text


@pytest.mark.parametrize("path", ["/", "/api/v1/contacts", "/contacts/C-1/audio"])
def test_json_and_audio_are_not_stored(client, path):
    assert client.get(path).headers["cache-control"] == "no-store"
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8642", 200), ("localhost", 200), ("evil.example", 400), ("127.0.0.1.evil.example", 400)],
)
def test_unknown_hosts_are_refused(client, host, status):
    response = client.get("/", headers={"host": host})
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"


def test_api_loads_no_engine():
    import subprocess
    import sys

    unwanted = ("torch", "faster_whisper", "models", "pipelines")
    code = f"import sys, api.app; print(*[name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
