"""Signing in through the pages."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Person, Role
from qm.storage.database import Database

PASSWORD = "quattro mele sul davanzale"
HERE = {"origin": "http://127.0.0.1", "accept-language": "it"}


@pytest.fixture
def site(sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        unit.people.add(Person("p-1", "anna", "Anna <b>Rossi</b>", Role.SUPERVISOR))
    database.close()
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        link = app.state.services.sign_in.invite("p-1", "test")
        client.post("/password", data={"link": link, "password": PASSWORD, "again": PASSWORD}, headers=HERE)
        yield client


def enter(client, **more):
    return client.post("/sign-in", data={"login": "anna", "password": PASSWORD} | more, headers=HERE)


def test_in_and_to_where_one_was_going(site):
    told = enter(site, to="/contacts?state=done")
    assert (told.status_code, told.headers["location"]) == (303, "/contacts?state=done")
    cookie = told.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert PASSWORD not in str(told.headers)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_never_to_another_site(site, to):
    assert enter(site, to=to).headers["location"] == "/"
    assert 'name="to" value="/"' in site.get("/sign-in", params={"to": to}).text


def test_a_wrong_password_is_told_on_the_page_with_the_login_kept(site):
    told = enter(site, password="no")
    assert told.status_code == 401
    assert "non corrispondono" in told.text
    assert 'value="anna"' in told.text
    assert "set-cookie" not in told.headers


def test_a_key_that_was_planted_before_is_not_taken_on(site):
    site.cookies.set("qm_session", "planted", domain="127.0.0.1")
    told = enter(site)
    assert "planted" not in told.headers["set-cookie"]


def test_another_site_cant_sign_anybody_in(site):
    told = site.post(
        "/sign-in", data={"login": "anna", "password": PASSWORD}, headers={"origin": "http://evil.example"}
    )
    assert told.status_code == 403


def test_out_needs_the_sign_of_this_session(site):
    enter(site)
    assert site.post("/sign-out", data={"csrf": "x"}, headers=HERE).status_code == 403
    key = site.cookies["qm_session"]
    csrf = site.app.state.services.sign_in.who(key).session.csrf
    assert site.post("/sign-out", data={"csrf": csrf}, headers=HERE).headers["location"] == "/sign-in"
    assert site.app.state.services.sign_in.who(key) is None


def test_faults_of_a_new_password_are_told_in_words(site):
    link = site.app.state.services.sign_in.invite("p-1", "test")
    for password, again, words in (("breve", "breve", "troppo corta"), (PASSWORD, "x", "diverse")):
        told = site.post("/password", data={"link": link, "password": password, "again": again}, headers=HERE)
        assert (told.status_code, words in told.text) == (400, True)
    gone = site.post("/password", data={"link": "x", "password": PASSWORD, "again": PASSWORD}, headers=HERE)
    assert (gone.status_code, "scaduto" in gone.text) == (401, True)
