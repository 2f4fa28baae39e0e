"""Signing in by an identity provider: a real one, as a process of its own on loopback."""

import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc import jwk, jwt

from api.app import create_app
from qm.domain.people import Person, PersonState, Role, Scope
from qm.errors import EngineError, SettingsError, SignInError
from qm.operations.identity_provider import Begun, IdentityProvider
from qm.storage.database import Database

SECRET = "a secret of both"
HTML = {"accept": "text/html", "accept-language": "it"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def issuer():
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    command += [part for user in USERS for part in ("--user-claims", user)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address, until = f"http://127.0.0.1:{port}", monotonic() + 60
    try:
        while True:
            try:
                httpx2.get(f"{address}/.well-known/openid-configuration").raise_for_status()
                break
            except httpx2.HTTPError:
                assert process.poll() is None
                assert monotonic() < until
                sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)


USERS = (
    '{"sub": "s-1", "preferred_username": "Anna", "role": "admin", "email": "anna@example.it"}',
    '{"sub": "s-2", "preferred_username": "carla"}',
    '{"sub": "s-3", "email": "anna", "email_verified": false}',
    '{"sub": "s-4", "email": "anna"}',
    '{"sub": "s-5", "preferred_username": "\uff41nna"}',
)


def settings_for(sample, folder, issuer):
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    return replace(
        sample.settings_of(folder), oidc_issuer=issuer, oidc_client="qm", oidc_secret_file=str(secret),
        oidc_claim="preferred_username",
    )  # fmt: skip


@contextmanager
def opened(settings):
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        unit.people.add(Person("p-1", "anna", "Anna Rossi", Role.SUPERVISOR, Scope(teams=frozenset({"A"}))))
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@pytest.fixture
def site(sample, tmp_path, issuer):
    with opened(settings_for(sample, tmp_path, issuer)) as client:
        yield client


def sent_to(site, to="/contacts"):
    told = site.get("/sign-in/oidc", params={"to": to}, headers=HTML)
    assert told.status_code == 303
    return told.headers["location"]


def consent(address, sub="s-1"):
    """What a browser does at the provider; returns the address that it's sent back to."""
    told = httpx2.post(address, data={"sub": sub}, follow_redirects=False)
    assert told.status_code == 302
    return told.headers["location"]


def come_back(site, address):
    return site.get(address.removeprefix("http://127.0.0.1"), headers=HTML)


def test_in_by_the_provider_with_the_rights_that_stand_here(site):
    assert "Entra con l&#39;account aziendale" in site.get("/sign-in", headers=HTML).text
    told = come_back(site, consent(sent_to(site)))
    assert (told.status_code, told.headers["location"]) == (303, "/contacts")
    cookies = told.headers.get_list("set-cookie")
    assert any("qm_session=" in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
    assert any(re.match('qm_oidc=""; .*Max-Age=0', cookie) for cookie in cookies)
    who = site.app.state.services.sign_in.who(site.cookies["qm_session"]).principal
    assert (who.person.login, who.person.role, who.scope) == ("anna", Role.SUPERVISOR, Scope(teams=frozenset({"A"})))
    assert who.person.state is PersonState.ACTIVE


def test_what_the_provider_is_asked(site):
    address = urlsplit(sent_to(site))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["redirect_uri"] == "http://127.0.0.1/sign-in/oidc/callback"
    assert (asked["client_id"], asked["response_type"], asked["scope"]) == ("qm", "code", "openid profile email")
    assert min(len(asked["state"]), len(asked["nonce"])) >= 43
    assert asked["state"] != asked["nonce"]


def test_who_isnt_known_here_is_told_in_the_words_of_a_wrong_password(site):
    told = come_back(site, consent(sent_to(site), "s-2"))
    assert (told.status_code, "non corrispondono" in told.text) == (401, True)
    assert "qm_session" not in site.cookies


def test_never_to_another_site(site):
    assert come_back(site, consent(sent_to(site, "//evil.example"))).headers["location"] == "/"


def test_another_browsers_answer_is_refused(site):
    address = consent(sent_to(site))
    stranger = TestClient(site.app, base_url="http://127.0.0.1", follow_redirects=False)
    for client in (stranger, site):  # without the cookie; and then with one of a later try
        if client is site:
            sent_to(site)
        told = come_back(client, address)
        assert (told.status_code, "di un&#39;altra finestra" in told.text) == (400, True)
        assert 'action="/sign-in"' in told.text
        assert "qm_session" not in client.cookies


def test_an_answer_does_once(site):
    address = consent(sent_to(site))
    assert come_back(site, address).status_code == 303
    assert come_back(site, address).status_code == 400


@pytest.mark.parametrize(
    "change", [lambda text: "x" + text, lambda text: text[:-1] + "x", lambda _text: "x", lambda _text: "."]
)
def test_a_cookie_that_isnt_ours_is_refused(site, change):
    address = consent(sent_to(site))
    site.cookies.set("qm_oidc", change(site.cookies["qm_oidc"]), domain="127.0.0.1")
    assert come_back(site, address).status_code == 400


def test_a_code_that_the_provider_doesnt_know_or_a_refusal(site):
    for extra in ("code=invented", "error=access_denied", "error=%3Cscript%3E", ""):
        state = parse_qs(urlsplit(sent_to(site)).query)["state"][0]
        told = come_back(site, f"/sign-in/oidc/callback?state={state}&{extra}")
        assert (told.status_code, "non ha confermato chi sei" in told.text) == (401, True), extra


def test_a_token_that_answers_another_question_is_refused(site, issuer, sample, tmp_path):
    provider = IdentityProvider(settings_for(sample, tmp_path, issuer), monotonic)
    back = "http://127.0.0.1/sign-in/oidc/callback"
    for wrong in ({"nonce": "x"}, {}):
        address, begun = provider.begin(back)
        answer = {name: values[0] for name, values in parse_qs(urlsplit(consent(address)).query).items()}
        if wrong:
            with pytest.raises(SignInError, match=r"oidc\.refused"):
                provider.finish(answer, replace(begun, **wrong), back)
        else:
            assert provider.finish(answer, begun, back) == "Anna"


@pytest.mark.parametrize(("subject", "claim"), [("s-3", "email"), ("s-4", "email"), ("s-5", "preferred_username")])
def test_what_nobody_confirmed_or_only_looks_alike_names_nobody(sample, tmp_path, issuer, subject, claim):
    with opened(replace(settings_for(sample, tmp_path, issuer), oidc_claim=claim)) as site:
        told = come_back(site, consent(sent_to(site), subject))
        assert (told.status_code, "non ha confermato chi sei" in told.text) == (401, True)


def test_a_provider_that_doesnt_answer_is_told_and_not_asked_again_at_once(sample, tmp_path):
    with opened(settings_for(sample, tmp_path, f"http://127.0.0.1:{free_port()}")) as site:
        for _time in range(2):
            told = site.get("/sign-in/oidc", headers=HTML)
            assert (told.status_code, "ora non risponde" in told.text) == (503, True)
            assert 'name="password"' in told.text
        provider = site.app.state.services.provider
        with pytest.raises(EngineError, match="failed a few seconds ago"):
            provider.begin("http://127.0.0.1/x")


def test_a_provider_that_calls_itself_otherwise_is_refused(sample, tmp_path, issuer):
    provider = IdentityProvider(settings_for(sample, tmp_path, issuer.replace("127.0.0.1", "localhost")), monotonic)
    provider._issuer = issuer + "/other"
    with pytest.raises(EngineError, match=r"oidc\.unreachable"):
        provider.begin("http://127.0.0.1/x")


KEY = jwk.RSAKey.generate_key(2048)


@pytest.mark.parametrize(
    "forged",
    [
        lambda claims: jwt.encode({"alg": "RS256"}, claims, KEY),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, jwk.OctKey.import_key(SECRET)),
        lambda _claims: "",
        lambda _claims: "a.b.c",
        lambda _claims: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzLTEifQ.",
    ],
    ids=["another key", "the shared secret", "none", "not one", "unsigned"],
)
def test_a_token_that_somebody_else_signed_is_refused(sample, tmp_path, issuer, forged):
    provider = IdentityProvider(settings_for(sample, tmp_path, issuer), monotonic)
    claims = {"iss": issuer, "aud": "qm", "sub": "s-1", "nonce": "n", "preferred_username": "anna",
              "iat": 1, "exp": 9_999_999_999}  # fmt: skip
    with pytest.raises(SignInError, match=r"oidc\.refused"):
        provider._checked({"id_token": forged(claims)}, Begun("s", "n", "v"))


@pytest.mark.parametrize(
    "change",
    [{"iss": "https://other"}, {"aud": "other"}, {"nonce": "m"}, {"exp": 1}, {"nonce": None}, {"azp": "other"}],
)
def test_each_claim_is_checked(sample, tmp_path, issuer, change):
    provider = IdentityProvider(settings_for(sample, tmp_path, issuer), monotonic)
    provider._keys = (monotonic(), {"keys": [KEY.as_dict(private=False)]})
    right = {"iss": issuer, "aud": "qm", "sub": "s-1", "nonce": "n", "preferred_username": "anna",
             "iat": 1, "exp": 9_999_999_999}  # fmt: skip
    token = jwt.encode({"alg": "RS256"}, right, KEY)
    assert provider._checked({"id_token": token}, Begun("s", "n", "v"))["preferred_username"] == "anna"
    claims = {name: value for name, value in (right | change).items() if value is not None}
    with pytest.raises(SignInError, match=r"oidc\.refused"):
        provider._checked({"id_token": jwt.encode({"alg": "RS256"}, claims, KEY)}, Begun("s", "n", "v"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"oidc_issuer": "http://login.example.it"}, "oidc.plain_http"), ({"oidc_client": ""}, "oidc.no_client"),
        ({"oidc_secret_file": ""}, "oidc.no_secret"), ({"oidc_secret_file": "/nowhere"}, "oidc.no_secret"),
        ({"oidc_secret_file": "/dev/null"}, "oidc.no_secret"),
    ],
)  # fmt: skip
def test_settings_that_wont_do_are_told_at_start(sample, tmp_path, change, code):
    settings = replace(settings_for(sample, tmp_path, "https://login.example.it"), **change)
    with pytest.raises(SettingsError, match=code):
        create_app(settings)


def test_without_a_provider_there_is_no_button_and_no_way(empty_client):
    assert "/sign-in/oidc" not in empty_client.get("/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/oidc/callback?state=x&code=y"):
        assert empty_client.get(path).json()["error"]["code"] == "oidc.none"
