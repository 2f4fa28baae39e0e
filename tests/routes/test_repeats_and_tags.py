"""A write that is sent twice is done once; an answer that somebody has already isn't sent again."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role, Scope
from qm.services.people import PersonChange

FORM = "?form=servizio-clienti"
REVIEW = f"/api/v1/reviews/C-1{FORM}"
SHEET = {"seen": 0, "comment": "una volta"}


@pytest.fixture(scope="module")
def _site(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("site"))
    sample.fill(settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def fresh(_site, sample):
    """A site of its own, without what the test before wrote."""
    with _site.app.state.services.database.unit_of_work() as unit:
        for table in ("kept_answers", "reviews"):
            unit.connection.exec_driver_sql(f"DELETE FROM {table}")
    sample.sign_in(_site, Role.ANALYST)
    return _site


def put(client, key, sheet=SHEET, address=REVIEW, **headers):
    return client.put(address, json=sheet, headers={"Idempotency-Key": key, **headers})


def test_the_same_again_is_answered_the_same_and_done_once(fresh):
    first, second = put(fresh, "a"), put(fresh, "a")
    assert first.status_code == second.status_code == 200
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert fresh.get(REVIEW).json()["version"] == 1
    assert put(fresh, "b").json()["error"]["code"] == "review.changed"


def test_an_answer_without_a_body_is_given_again_too(fresh):
    put(fresh, "a")
    ask = {"url": REVIEW, "headers": {"Idempotency-Key": "drop"}}
    assert [fresh.delete(**ask).status_code for _ in range(2)] == [204, 204]
    assert fresh.delete(REVIEW).status_code == 404


@pytest.mark.parametrize("change", ["body", "address", "method"])
def test_the_key_of_another_request_is_refused(fresh, change):
    put(fresh, "a")
    if change == "method":
        told = fresh.delete(REVIEW, headers={"Idempotency-Key": "a"})
    else:
        sheet = SHEET | {"comment": "altro"} if change == "body" else SHEET
        told = put(fresh, "a", sheet, REVIEW + ("&x=1" if change == "address" else ""))
    assert (told.status_code, told.json()["error"]["code"]) == (422, "idempotency.other_request")
    assert fresh.get(REVIEW).json()["comment"] == "una volta"


def test_what_failed_may_be_sent_again_under_its_key(fresh):
    assert put(fresh, "a", SHEET | {"seen": 7}).status_code == 409
    assert put(fresh, "a").status_code == 200


def test_somebody_else_s_key_is_another_one(fresh, sample):
    put(fresh, "a")
    sample.sign_in(fresh, Role.ANALYST, login="other")
    told = put(fresh, "a")
    assert told.status_code == 200
    assert "idempotency-replayed" not in told.headers


def test_who_has_other_rights_since_is_given_nothing_of_before(fresh, sample):
    sample.sign_in(fresh, Role.ANALYST, Scope(teams=frozenset({"Casa"})), login="narrowed")
    assert put(fresh, "a").status_code == 200
    fresh.app.state.services.people.change("narrowed", PersonChange(teams=frozenset({"Partner"})))
    assert put(fresh, "a").json()["error"]["code"] == "idempotency.other_request"
    assert put(fresh, "b").status_code == 404


def test_nobody_is_told_anything(fresh):
    put(fresh, "a")
    fresh.cookies.clear()
    told = put(fresh, "a")
    assert (told.status_code, told.json()["error"]["code"]) == (401, "sign_in.needed")


def test_at_once_it_is_done_once(fresh):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: put(fresh, "a"), range(4)))
    codes = {answer.status_code for answer in answers}
    assert codes <= {200, 409}
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 409} <= {"idempotency.at_work"}
    assert fresh.get(REVIEW).json()["version"] == 1


def test_one_that_died_at_work_may_be_sent_again_later(fresh, monkeypatch):
    services = fresh.app.state.services
    put(fresh, "a")
    with services.database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("UPDATE kept_answers SET status = 0")
    assert put(fresh, "a").json()["error"]["code"] == "idempotency.at_work"
    with services.database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("UPDATE kept_answers SET begun_s = begun_s - 301")
    assert put(fresh, "a").json()["error"]["code"] == "review.changed"  # it's done anew, and sees what was done


def test_after_a_day_a_key_is_forgotten(fresh):
    put(fresh, "a")
    with fresh.app.state.services.database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("UPDATE kept_answers SET begun_s = begun_s - 86401")
    put(fresh, "b", SHEET | {"seen": 1})
    with fresh.app.state.services.database.reading() as unit:
        assert unit.connection.exec_driver_sql("SELECT count(*) FROM kept_answers").scalar() == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_is_none_is_refused(fresh, key):
    told = put(fresh, key)
    assert (told.status_code, told.json()["error"]["code"]) == (400, "idempotency.bad_key")


def test_secrets_are_kept_by_nobody(fresh):
    wish = {"name": "x", "rights": ["contact.read"], "days": 1}
    told = fresh.post("/api/v1/tokens", json=wish, headers={"Idempotency-Key": "a"})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "idempotency.secret")
    assert fresh.post("/api/v1/tokens", json=wish).status_code == 201
    with fresh.app.state.services.database.reading() as unit:
        assert unit.connection.exec_driver_sql("SELECT count(*) FROM kept_answers").scalar() == 0


def test_an_oversize_body_is_refused_with_a_key_too(fresh):
    told = fresh.put(REVIEW, content=b"x" * ((16 << 20) + 1), headers={"Idempotency-Key": "a"})
    assert (told.status_code, told.json()["error"]["code"]) == (413, "request.too_long")


@pytest.mark.parametrize("address", ["/api/v1/contacts", "/api/v1/contacts/C-1", "/api/v1/coaching"])
def test_who_has_the_answer_is_told_so(client, address):
    first = client.get(address)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "no-store"
    assert client.get(address, headers={"If-None-Match": '"x"'}).content == first.content


def test_a_look_is_noted_though_nothing_is_sent(fresh):
    address = "/api/v1/contacts/C-1"
    tag = fresh.get(address).headers["etag"]
    with fresh.app.state.services.database.reading() as unit:
        before = unit.audit.head().seq
    assert fresh.get(address, headers={"If-None-Match": tag}).status_code == 304
    with fresh.app.state.services.database.reading() as unit:
        assert unit.audit.head().seq == before + 1


def test_what_changed_has_another_tag(fresh):
    before = fresh.get(REVIEW).headers["etag"]
    put(fresh, "a")
    assert fresh.get(REVIEW, headers={"If-None-Match": before}).status_code == 200


def test_refusals_pages_and_files_have_no_tag(client):
    for address in ("/api/v1/contacts/none", "/contacts", "/api/v1/cases.csv"):
        assert "etag" not in client.get(address).headers


def test_a_webhook_from_page_and_program(fresh, sample):
    sample.sign_in(fresh, Role.ADMIN)
    csrf = {"csrf": fresh.headers["x-csrf-token"]}
    html = {"accept": "text/html"}
    page = fresh.post("/hooks", data={"url": "https://example.org/in", "event:review.done": "1", **csrf}, headers=html)
    assert page.status_code == 200
    assert "whsec_" in page.text
    assert "whsec_" not in fresh.get("/hooks", headers=html).text
    (row,) = fresh.get("/api/v1/hooks").json()["items"]
    made = fresh.post("/api/v1/hooks", json={"url": "https://example.org/b", "events": ["contact.done"]})
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    hook = f"/api/v1/hooks/{row['id']}"
    told = fresh.post(f"{hook}/test")
    assert (told.status_code, told.json()["event"]) == (202, "hook.tested")
    (sent,) = fresh.get(f"{hook}/deliveries").json()["items"]
    assert sent["state"] == "waiting"
    assert fresh.post(f"{hook}/deliveries/{sent['id']}/resend").status_code == 202
    other = f"/api/v1/hooks/{made.json()['id']}/deliveries/{sent['id']}/resend"
    assert fresh.post(other).json()["error"]["code"] == "hook.no_delivery"
    assert fresh.post(f"{hook}/pause").json()["state"] == "paused"
    assert fresh.post(f"{hook}/test").json()["error"]["code"] == "hook.paused"
    assert fresh.post(f"{hook}/resume").json()["state"] == "active"
    for step in ("pause", "resume", "test", "drop"):
        moved = fresh.post(f"/hooks/{row['id']}/{step}", data=csrf, headers=html, follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (303, f"/hooks?done={step}")
    assert "whsec_" not in json.dumps(fresh.get("/api/v1/audit").json())
    for refused in ("http://10.0.0.1/", "file:///etc/passwd"):
        page = fresh.post("/hooks", data={"url": refused, "event:review.done": "1", **csrf}, headers=html)
        assert page.status_code == 400
