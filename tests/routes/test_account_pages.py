"""One's own account through its page and its JSON twin."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Person, Role, Scope
from qm.domain.sign_in import SessionRules
from qm.storage.database import Database

PASSWORD, OTHER = "quattro mele sul davanzale", "tre pere dentro il cassetto"
HERE = {"origin": "http://127.0.0.1", "accept-language": "it"}


class Browser:
    """One browser of Anna's."""

    def __init__(self, client):
        self.client = client

    def enter(self, **more):
        return self.client.post("/sign-in", data={"login": "anna", "password": PASSWORD} | more, headers=HERE)

    def get(self, path="/account"):
        return self.client.get(path, headers={"accept-language": "it", "accept": "text/html"})

    @property
    def csrf(self):
        return re.search(r'name="csrf" value="([^"]+)"', self.get().text)[1]

    def send(self, path, **fields):
        return self.client.post(path, data={"csrf": self.csrf} | fields, headers=HERE)


@pytest.fixture
def site(sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        unit.people.add(Person("p-1", "anna", "Anna <b>Rossi</b>", Role.SUPERVISOR, Scope(teams=frozenset({"Rete"}))))
    database.close()
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False):
        sign_in = app.state.services.sign_in
        sign_in.set_password(sign_in.invite("p-1", "test"), PASSWORD)
        yield app


@pytest.fixture
def browser(site):
    anna = Browser(TestClient(site, base_url="http://127.0.0.1", follow_redirects=False))
    assert anna.enter().status_code == 303
    return anna


@pytest.fixture
def other(site):
    anna = Browser(TestClient(site, base_url="http://127.0.0.1", follow_redirects=False))
    anna.enter()
    return anna


def test_who_i_am(browser):
    page = browser.get().text
    assert "Anna &lt;b&gt;Rossi&lt;/b&gt;" in page
    assert "supervisore" in page
    assert "team: Rete" in page
    assert "/account" in browser.client.get("/account?lang=en").text


def test_nobody_in_particular_is_sent_to_sign_in(site):
    client = TestClient(site, base_url="http://127.0.0.1", follow_redirects=False)
    told = client.get("/account", headers={"accept": "text/html"})
    assert (told.status_code, told.headers["location"]) == (303, "/sign-in?to=%2Faccount")
    assert client.get("/api/v1/tokens").status_code == 401


def test_behind_tls_the_cookie_is_kept_for_it_and_this_host_alone(sample, tmp_path):
    settings = replace(sample.settings_of(tmp_path), public_url="https://127.0.0.1", session_min=5, session_h=2)
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        unit.people.add(Person("p-1", "anna", "Anna", Role.AUDITOR))
    database.close()
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:  # as from a proxy
        sign_in = app.state.services.sign_in
        sign_in.set_password(sign_in.invite("p-1", "test"), PASSWORD)
        told = client.post("/sign-in", data={"login": "anna", "password": PASSWORD}, headers=HERE)
        cookie = told.headers["set-cookie"]
        assert re.fullmatch(r"__Host-qm_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie)
        assert sign_in.rules == SessionRules(timedelta(minutes=5), timedelta(hours=2))


FORMS = [
    "/account/password", "/account/code/new", "/account/code", "/account/code/off", "/account/sessions/end",
    "/account/tokens", "/account/tokens/tk-1/drop",
]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_every_form_needs_the_sign_of_this_session_and_this_site(browser, other, path):
    for fields in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": other.csrf}):
        told = browser.client.post(path, data=fields or {"x": "y"}, headers=HERE)
        assert (told.status_code, told.json()["error"]["code"]) == (403, "request.csrf")
    told = browser.client.post(path, data={"csrf": browser.csrf}, headers={"origin": "http://evil.example"})
    assert (told.status_code, told.json()["error"]["code"]) == (403, "request.other_origin")


def test_a_new_password_ends_the_other_sessions(browser, other):
    wrong = browser.send("/account/password", old=OTHER, password=OTHER, again=OTHER)
    assert (wrong.status_code, "non è la tua password attuale" in wrong.text) == (401, True)
    short = browser.send("/account/password", old=PASSWORD, password="breve", again="breve")
    assert (short.status_code, "troppo corta" in short.text) == (400, True)
    differs = browser.send("/account/password", old=PASSWORD, password=OTHER, again=PASSWORD)
    assert (differs.status_code, "diverse" in differs.text) == (400, True)
    assert other.get().status_code == 200
    done = browser.send("/account/password", old=PASSWORD, password=OTHER, again=OTHER)
    assert done.headers["location"] == "/account?done=password"
    assert "password è cambiata" in browser.get("/account?done=password").text
    assert other.get().status_code == 303
    assert other.enter().status_code == 401
    assert other.enter(password=OTHER).status_code == 303


def test_codes_are_turned_on_with_picture_and_key_and_asked_for_after(browser, other):
    page = browser.send("/account/code/new", password=PASSWORD).text
    key = re.search(r'class="code secret">([A-Z2-7]{32})<', page)[1]
    assert re.search(r'<img class="qr" src="data:image/svg\+xml[^"]+" alt="[^"]+">', page)
    wrong = browser.send("/account/code", code="000000")
    assert (wrong.status_code, key in wrong.text) == (401, True)
    now = datetime.now(UTC)
    code = pyotp.TOTP(key).at(now)
    assert browser.send("/account/code", code=code).headers["location"] == "/account?done=code"
    assert key not in browser.get().text
    assert other.get().status_code == 303
    assert [other.enter(code=typed).status_code for typed in ("", code)] == [401, 401]
    later = pyotp.TOTP(key).at(now + timedelta(seconds=30))
    assert [other.enter(code=later).status_code for _twice in range(2)] == [303, 401]
    assert browser.send("/account/code/off", password=PASSWORD).headers["location"] == "/account?done=code_off"
    assert other.enter().status_code == 303


def test_the_other_sessions_are_ended(browser, other):
    assert "Chiudi le altre" in browser.get().text
    assert browser.send("/account/sessions/end").status_code == 303
    assert other.get().status_code == 303
    assert "Chiudi le altre" not in browser.get().text


def test_a_key_from_before_signing_in_is_not_the_one_after_and_ends(browser, site):
    before = browser.client.cookies["qm_session"]
    browser.enter()
    assert browser.client.cookies["qm_session"] != before
    assert site.state.services.sign_in.who(before) is None


def test_a_token_is_shown_once_does_what_was_chosen_and_is_taken_back(browser, site):
    page = browser.send("/account/tokens", name="<i>rapporto</i>", days="30", **{"right:contact.read": "on"}).text
    secret = re.search(r"qmt_[\w-]{43}", page)[0]
    assert "&lt;i&gt;rapporto&lt;/i&gt;" in page
    assert secret not in browser.get().text
    program = TestClient(site, base_url="http://127.0.0.1", headers={"authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/contacts").status_code == 200
    assert program.get("/api/v1/coaching").json()["error"]["code"] == "right.missing"
    token_id = browser.client.get("/api/v1/tokens").json()["items"][0]["id"]
    assert browser.send(f"/account/tokens/{token_id}/drop").status_code == 303
    assert program.get("/api/v1/contacts").status_code == 401
    assert browser.send(f"/account/tokens/{token_id}/drop").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "x", "days": "30"}, "almeno una cosa"),
        ({"name": "x", "days": "30", "right:people.manage": "on"}, "più di te"),
        ({"name": "x", "days": "366", "right:contact.read": "on"}, "da un giorno a un anno"),
        ({"name": "x", "days": "²", "right:contact.read": "on"}, "da un giorno a un anno"),
        ({"name": " ", "days": "30", "right:contact.read": "on"}, "a che cosa serve"),
    ],
)
def test_tokens_that_arent_made_are_told_in_words(browser, fields, words):
    told = browser.send("/account/tokens", **fields)
    assert told.status_code in {400, 403}
    assert words in told.text
    assert browser.client.get("/api/v1/tokens").json() == {"items": []}


def test_the_json_twin_makes_lists_and_takes_back(browser):
    client, sign = browser.client, {"x-csrf-token": browser.csrf}
    wish = {"name": "rapporto", "rights": ["contact.read"], "days": 30}
    assert client.post("/api/v1/tokens", json=wish).json()["error"]["code"] == "request.csrf"
    made = client.post("/api/v1/tokens", json=wish, headers=sign)
    assert made.status_code == 201
    rows = client.get("/api/v1/tokens").json()["items"]
    assert rows == [{name: value for name, value in made.json().items() if name != "token"}]
    assert rows[0]["last4"] == made.json()["token"][-4:]
    for wrong, status in (
        ({"days": 366}, 422),
        ({"rights": ["audit.read"]}, 403),
        ({"name": " "}, 400),
        ({"x": 1}, 422),
    ):
        assert client.post("/api/v1/tokens", json=wish | wrong, headers=sign).status_code == status
    path = f"/api/v1/tokens/{rows[0]['id']}"
    assert client.delete(path).status_code == 403
    assert client.delete(path, headers=sign).status_code == 204
    assert client.delete(path, headers=sign).status_code == 404


def test_a_token_manages_no_account_and_makes_no_token(browser, site):
    wish = {"name": "x", "rights": ["contact.read"], "days": 30}
    made = browser.client.post("/api/v1/tokens", json=wish, headers={"x-csrf-token": browser.csrf}).json()
    program = TestClient(site, base_url="http://127.0.0.1", headers={"authorization": f"Bearer {made['token']}"})
    asked = [
        program.get("/account"), program.get("/api/v1/tokens"), program.post("/api/v1/tokens", json=wish),
        program.delete(f"/api/v1/tokens/{made['id']}"),
        program.post("/account/code/new", data={"password": PASSWORD}),
    ]  # fmt: skip
    assert [(told.status_code, told.json()["error"]["code"]) for told in asked] == [(403, "account.token")] * 5


def test_who_signs_in_elsewhere_has_no_password_here(site, sample):
    client = TestClient(site, base_url="http://127.0.0.1", headers={"accept-language": "it"})
    sample.sign_in(client, Role.AGENT, agent_id="A01")
    page = client.get("/account").text
    assert "qui non hai una password" in page
    assert "operatori: A01" in page
    assert "/account/code/new" not in page
