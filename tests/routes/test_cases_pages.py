"""Pages and JSON of detractor cases, and who may write."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from api.app import create_app
from api.texts_cases import WORDS
from qm.config import REPOSITORY
from qm.domain.people import Role
from qm.domain.voc_plan import VocPlan
from qm.ports.audit import AuditFilter
from qm.services.cases import CaseService
from qm.storage import tables
from qm.storage.database import Database

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def settings(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("cases"))
    sample.fill(settings)
    return settings


@pytest.fixture(scope="module")
def own_app(settings):
    return create_app(settings)


@pytest.fixture
def client(sample, settings, own_app):
    """The sample day with its one case as it was opened; what a test did to it is undone."""
    database = Database(settings.database_url)
    with database.unit_of_work() as unit:
        unit.cases._connection.execute(delete(tables.cases))
    CaseService(database.unit_of_work, database.reading, VocPlan(), lambda: datetime.now(UTC), 5).open_all()
    database.close()
    with TestClient(own_app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST, login="ada", name="Ada")
        yield client


@pytest.fixture
def case_id(client):
    (row,) = client.get("/api/v1/cases").json()["items"]
    return row["id"]


def send(client, case_id, step, headers=HTML, **fields):
    filled = {"version": "1"} | fields
    return client.post(f"/cases/{case_id}/{step}", data=filled, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("language", ["it", "en"])
def test_pages_and_twins(client, case_id, language):
    for page, twin in (
        ("/cases", "/api/v1/cases"), ("/cases/report", "/api/v1/cases/report"),
        (f"/cases/{case_id}", f"/api/v1/cases/{case_id}"),
    ):  # fmt: skip
        response = client.get(f"{page}?lang={language}", headers=HTML)
        assert response.status_code == 200
        assert f'<html lang="{language}">' in response.text
        assert f'href="{twin}' in response.text
        assert not re.search(r"<[^>]+\s(style|on\w+)=", response.text)
        assert isinstance(client.get(twin).json(), dict)


def test_what_the_customer_said_never_runs(client, sample, case_id):
    client.post(f"/api/v1/cases/{case_id}/assign", json={"version": 1, "to": sample.NASTY})
    for page in ("/cases", f"/cases/{case_id}", "/cases/report"):
        text = client.get(page, headers=HTML).text
        assert sample.NASTY not in text
        assert "alert('x')" not in text
    assert "&lt;script&gt;" in client.get(f"/cases/{case_id}", headers=HTML).text


@pytest.mark.parametrize("language", ["it", "en"])
def test_empty_states(empty_client, language):
    for page in ("/cases", "/cases/report"):
        response = empty_client.get(f"{page}?lang={language}", headers=HTML)
        assert response.status_code == 200
        assert 'class="empty"' in response.text


def test_a_step_from_the_page_goes_back_to_the_case_and_names_who_is_signed_in(client, case_id):
    response = send(client, case_id, "attempt", reached="yes", channel="phone", note="parlato\r\ncon lui")
    assert (response.status_code, response.headers["location"]) == (303, f"/cases/{case_id}")
    shown = client.get(f"/cases/{case_id}", headers=HTML).text
    assert "<strong>Ada</strong>" in shown
    assert "parlato\ncon lui" in shown
    (row,) = client.get("/api/v1/cases").json()["items"]
    assert (row["attempts"], row["is_reached"]) == (1, True)


def test_a_refused_step_keeps_what_was_filled_in(client, case_id):
    response = send(client, case_id, "close", outcome="recovered", note="tutto a posto")
    assert response.status_code == 400
    assert WORDS["cases.error.case.not_reached"].en in response.text
    assert "tutto a posto" in response.text
    assert '<option value="recovered" selected>' in response.text


def test_whatever_shows_a_case_whole_is_noted(client, case_id):
    def looks():
        with client.app.state.services.database.reading() as unit:
            found = unit.audit.latest(AuditFilter(subject=case_id, action="case.viewed"), None, 100)
        return len(found)

    before = looks()
    send(client, case_id, "close", outcome="recovered")  # refused, and shown with what was filled in
    assert looks() == before + 1
    step = {"version": 1, "to": "Bea"}
    assert client.post(f"/api/v1/cases/{case_id}/assign", json=step).status_code == 200
    assert looks() == before + 2


def test_two_people_dont_overwrite_each_other(client, case_id):
    assert send(client, case_id, "assign", to="Ada").status_code == 303
    late = send(client, case_id, "assign", to="Bea")
    assert late.status_code == 409
    assert WORDS["cases.error.case.changed"].en in late.text
    assert client.get("/api/v1/cases").json()["items"][0]["assignee"] == "Ada"
    late = client.post(f"/api/v1/cases/{case_id}/assign", json={"version": 1, "to": "Bea"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "case.changed")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),  # a program
        ({"origin": "http://127.0.0.1"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1"}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1.evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1"}, 403),
    ],
)
def test_only_our_own_pages_write(client, case_id, headers, status):
    response = send(client, case_id, "assign", HTML | headers, to="Ada")
    assert response.status_code == status
    moved = client.get("/api/v1/cases").json()["items"][0]["assignee"]
    assert moved == ("Ada" if status == 303 else "")
    if status == 403:
        url = f"/api/v1/cases/{case_id}/assign"
        same = client.post(url, json={"version": 1, "to": "x"}, headers=headers)
        assert (same.status_code, same.json()["error"]["code"]) == (403, "request.other_origin")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"to=Ada", "text/plain", "request.not_a_form"),
        (b'{"to": "Ada"}', "application/json", "request.not_a_form"),
        (b"to=" + b"x" * (1 << 20), "application/x-www-form-urlencoded", "request.too_long"),
        (b"to=%ff&version=1", "application/x-www-form-urlencoded", "request.not_a_form"),
        (b"&".join(b"a=1" for _ in range(101)), "application/x-www-form-urlencoded", "request.not_a_form"),
        (b"to=Ada", "application/x-www-form-urlencoded", "case.no_version"),
        (b"to=Ada&version=x", "application/x-www-form-urlencoded", "case.no_version"),
        (b"", "application/x-www-form-urlencoded", "case.no_version"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(client, case_id, content, kind, code):
    response = client.post(f"/cases/{case_id}/assign", content=content, headers={"content-type": kind, **HTML})
    assert response.status_code == (413 if code == "request.too_long" else 400)
    assert code in response.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"version": 1}, 400, "case.no_name"),
        ({"who": "Bea", "version": 1, "to": "Ada"}, 422, "request.invalid"),
        ({"to": "Ada"}, 422, "request.invalid"),
        ({"version": 10**30, "to": "Ada"}, 422, "request.invalid"),
        ({"version": 1, "too": "Ada"}, 422, "request.invalid"),
        ({"version": 1, "to": "Ada", "at": "ieri"}, 422, "request.invalid"),
    ],
)
def test_bad_json_is_refused(client, case_id, body, status, code):
    response = client.post(f"/api/v1/cases/{case_id}/assign", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/v1/cases/D-404", 404, "case.unknown"), ("/api/v1/cases?state=lost", 400, "case.bad_filter"),
     ("/api/v1/cases?day=x", 400, "case.bad_filter"), ("/api/v1/cases?cursor=x", 404, "page.bad_cursor"),
     ("/api/v1/cases/report?since=x", 422, "request.invalid"),
     ("/api/v1/cases/report?since=2026-11-20&until=2026-11-20", 400, "case.bad_dates"),
     ("/api/v1/cases/report?since=9999-12-31", 400, "case.bad_dates")],
)  # fmt: skip
def test_bad_addresses(client, path, status, code):
    response = client.get(path)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_unknown_step_and_case(client, case_id):
    response = client.post(f"/api/v1/cases/{case_id}/frobnicate", json={"version": 1})
    assert response.json()["error"]["code"] == "case.unknown_step"
    assert send(client, "D-404", "assign", to="Ada").status_code == 404


def test_tables_as_csv(client, case_id):
    (row,) = csv.DictReader(io.StringIO(client.get("/api/v1/cases.csv").text))
    assert row["case_id"] == case_id
    table = client.get("/api/v1/cases/report.csv?since=2026-11-16")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert {"part", "name", "hits", "n", "share", "lo", "hi"} == set(next(csv.DictReader(io.StringIO(table.text))))


def test_every_error_that_the_page_may_show_is_worded():
    named = set()
    for path in ("qm/analysis/voc/change_case.py", "qm/services/case_steps.py", "api/case_pages.py"):
        named |= set(re.findall(r'"(case\.[a-z_]+)"', (REPOSITORY / path).read_text(encoding="utf-8")))
    assert named - {"case.unknown_step"} == {
        key.removeprefix("cases.error.") for key in WORDS if key.startswith("cases.error.")
    } - {"case.changed"}
