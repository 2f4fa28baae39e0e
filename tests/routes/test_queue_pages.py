"""Pages and JSON of work queues: one's own work, drawing, what an administrator doesn't see, what is refused."""

import html

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role, Scope
from qm.storage import tables

DAY = "2026-11-20"
FORM = "servizio-clienti"
BODY = {"name": "Settimana 47", "form_id": FORM, "since": DAY, "until": DAY, "size": 2, "analysts": {"ada": 9}}
NASTY = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def own_app(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("queues"))
    sample.fill(settings)
    return create_app(settings)


@pytest.fixture
def site(own_app, sample):
    """Three contacts that can be drawn, no queue, no review, the analyst ada signed in."""
    with own_app.state.services.database.unit_of_work() as unit:
        for table in (tables.assignments, tables.work_queues, tables.reviews):
            unit.connection.execute(table.delete())
    with TestClient(own_app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST, login="bea")
        sample.sign_in(client, Role.ANALYST, login="ada")
        yield client


def drawn(site, **more):
    told = site.post("/api/v1/queues", json=BODY | more)
    assert told.status_code == 201, told.text
    return told.json()


def fields_of(site, **more):
    given = {"name": "Settimana 47", "form": FORM, "since": DAY, "until": DAY, "size": "2", "method": "random",
             "by": "agent", "allocation": "proportional", "due_days": "7", "quota.ada": "9"}  # fmt: skip
    return given | more | {"csrf": site.headers["x-csrf-token"]}


def test_my_work_shows_the_next_contact_and_begins_it(site):
    assert "You have no contacts to review" in site.get("/queue").text
    drawn(site)
    work = site.get("/api/v1/queue").json()
    assert (work["open"], work["overdue"], len(work["items"])) == (2, 0, 2)
    first = work["items"][0]
    page = site.get("/queue").text
    assert f'href="/review/{first["contact_id"].replace("/", "%2F").replace(" ", "%20").replace("è", "%C3%A8")}' in page
    assert "Begin" in page
    led = site.get("/queue/next", follow_redirects=False)
    assert (led.status_code, led.headers["location"].partition("?")[2]) == (303, f"form={FORM}")
    assert site.get(led.headers["location"]).status_code == 200
    assert not {"wants_second", "step"} & first.keys()


def test_handing_in_leads_on(site):
    drawn(site)
    one, two = (item["contact_id"] for item in site.get("/api/v1/queue").json()["items"])
    page = site.get(f"/review/{one}?form={FORM}").text
    assert 'href="/queue/next"' in page
    told = site.post(f"/api/v1/reviews/done/{one}?form={FORM}", json={"seen": 0})
    assert told.json()["state"] == "done"
    assert [item["contact_id"] for item in site.get("/api/v1/queue").json()["items"]] == [two]
    assert 'href="/queue/next"' not in site.get(f"/review/{two}?form={FORM}").text, "nothing comes after it"


def test_drawing_from_the_page(site):
    assert "New queue" in site.get("/queues/new").text
    shown = site.post("/queues/new", data=fields_of(site)).text
    assert "contacts that can be drawn" in shown
    assert "1 in quarantine, 1 test or mystery contacts" in shown
    led = site.post("/queues", data=fields_of(site), follow_redirects=False)
    assert led.status_code == 303
    page = site.get(led.headers["location"])
    assert page.status_code == 200
    assert "0 of 2 reviewed" in page.text
    assert "Settimana 47" in site.get("/queues").text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"size": "900", "quota.ada": "900"}, "queue.too_many"),
        ({"size": "many"}, "queue.bad_field"),
        ({"since": "yesterday"}, "queue.bad_field"),
        ({"method": NASTY}, "queue.bad_field"),
        ({"name": ""}, "queue.bad_plan"),
        ({"form": NASTY}, "queue.bad_plan"),
        ({"quota.ada": ""}, "queue.quotas"),
        ({"quota.nobody": "4"}, "queue.analyst"),
        ({"agent_min": "1"}, "queue.agent_bounds"),
        ({"since": "2020-01-01", "until": "2020-01-01"}, "queue.nothing"),
    ],
)
@pytest.mark.parametrize("path", ["/queues/new", "/queues"])
def test_what_cant_be_drawn_is_told_with_what_was_filled_in(site, path, change, told):
    answer = site.post(path, data=fields_of(site, **{"name": NASTY} | change))
    assert answer.status_code == 400
    assert told in answer.text
    assert NASTY not in answer.text
    assert "name" in change or html.escape(NASTY, quote=False)[:10] in answer.text
    assert site.get("/api/v1/queues").json()["items"] == []


@pytest.mark.parametrize(
    "change",
    [{"size": -1}, {"size": "x"}, {"analysts": {"ada": -1}}, {"second_share": 2}, {"method": "luck"}, {"more": 1},
     {"since": "x"}, {"seed": 1 << 60}, {"name": None}],
)  # fmt: skip
def test_nonsense_is_refused_as_json(site, change):
    told = site.post("/api/v1/queues", json=BODY | change)
    assert told.status_code in (400, 422)
    assert told.json()["error"]["code"]


def test_an_administrator_sees_progress_and_no_contact(site, sample):
    queue = drawn(site)
    ids = [item["contact_id"] for item in site.get("/api/v1/queue").json()["items"]]
    sample.sign_in(site, Role.ADMIN, login="root")
    page = site.get(f"/queues/{queue['id']}")
    assert page.status_code == 200
    assert "Your role sees progress, not contacts." in page.text
    told = page.text + site.get(f"/api/v1/queues/{queue['id']}").text + site.get("/api/v1/queues").text
    assert not any(f">{each}<" in told or f'"{each}"' in told for each in ids)
    for path in ("assignments", "assignments.csv"):
        assert site.get(f"/api/v1/queues/{queue['id']}/{path}").status_code == 403
    assert site.get("/queue").status_code == 403
    assert site.post(f"/api/v1/queues/{queue['id']}/hand-over", json={"from": "ada", "to": "bea"}).json() == {
        "changed": 2, "stayed": 0,
    }  # fmt: skip


def test_who_sees_another_part_finds_no_queue(site, sample):
    queue = drawn(site)
    sample.sign_in(site, Role.ANALYST, Scope(teams=frozenset({"Partner"})), login="nora")
    assert site.get("/api/v1/queues").json()["items"] == []
    for method, path in (
        ("GET", ""), ("GET", "/assignments"), ("GET", "/assignments.csv"), ("POST", "/withdraw"),
    ):  # fmt: skip
        told = site.request(method, f"/api/v1/queues/{queue['id']}{path}")
        assert (told.status_code, told.json()["error"]["code"]) == (404, "queue.unknown")
    assert site.get(f"/queues/{queue['id']}").status_code == 404


def test_changes_by_page_and_json(site):
    queue = drawn(site, size=3)
    address = f"/api/v1/queues/{queue['id']}"
    one, two, three = (item["contact_id"] for item in site.get(address + "/assignments").json()["items"])
    assert site.post(address + "/change", json={"contact_id": one, "to": "bea"}).json()["changed"] == 1
    assert site.post(address + "/change", json={"contact_id": two, "due": "2099-01-01"}).json()["changed"] == 1
    assert site.post(address + "/change", json={"contact_id": two}).status_code == 400
    assert site.post(address + "/change", json={"contact_id": "none", "to": "bea"}).status_code == 404
    form = {"step": "first", "contact": three, "do": "withdraw", "csrf": site.headers["x-csrf-token"]}
    led = site.post(f"/queues/{queue['id']}/change", data=form, follow_redirects=False)
    assert led.status_code == 303
    again = site.post(f"/queues/{queue['id']}/change", data=form)
    assert (again.status_code, "queue.not_open" in again.text) == (409, True)
    late = form | {"do": "postpone", "contact": two, "due": DAY}
    assert "That day is over." in site.post(f"/queues/{queue['id']}/change", data=late).text
    rows = {item["contact_id"]: item for item in site.get(address + "/assignments").json()["items"]}
    assert (rows[one]["analyst"], rows[two]["due"], rows[three]["state"]) == ("bea", "2099-01-01", "withdrawn")
    moved = {"from": "ada", "to": "bea", "csrf": site.headers["x-csrf-token"]}
    assert "1 contacts changed hands" in site.post(f"/queues/{queue['id']}/hand-over", data=moved).text
    csrf = {"csrf": site.headers["x-csrf-token"]}
    assert site.post(f"/queues/{queue['id']}/withdraw", data=csrf, follow_redirects=False).status_code == 303
    assert site.get(address).json()["line"]["progress"]["open"] == 0


def test_the_table_runs_nothing_and_a_name_runs_nothing(site):
    queue = drawn(site, name="=1+1" + NASTY)
    told = site.get(f"/api/v1/queues/{queue['id']}/assignments.csv")
    assert told.headers["content-type"].startswith("text/csv")
    assert NASTY not in site.get("/queues").text + site.get(f"/queues/{queue['id']}").text + site.get("/queue").text


def test_writes_need_the_sign(site):
    queue = drawn(site)
    site.headers["x-csrf-token"] = "of another session"
    for path, body in (("", BODY), ("/preview", BODY), (f"/{queue['id']}/withdraw", None)):
        told = site.post(f"/api/v1/queues{path}", json=body)
        assert (told.status_code, told.json()["error"]["code"]) == (403, "request.csrf")


def test_the_second_evaluator_doesnt_read_the_first_anywhere(site, sample):
    drawn(site, size=1, second_share=1.0, analysts={"ada": 9, "bea": 9})
    told = {login: len(signed(site, sample, login).get("/api/v1/queue").json()["items"]) for login in ("ada", "bea")}
    first, second = ("ada", "bea") if told["ada"] else ("bea", "ada")
    signed(site, sample, first)
    contact_id = site.get("/api/v1/queue").json()["items"][0]["contact_id"]
    done = {"seen": 0, "comment": "HEARD-IT"}
    site.post(f"/api/v1/reviews/done/{contact_id}?form={FORM}", json=done)
    signed(site, sample, second)
    pages = (f"/contacts/{contact_id}", f"/api/v1/contacts/{contact_id}", f"/api/v1/reviews/{contact_id}?form={FORM}",
             f"/review/{contact_id}?form={FORM}", "/queue")  # fmt: skip
    assert [page for page in pages if "HEARD-IT" in site.get(page).text] == []
    assert site.get("/api/v1/queue").json()["open"] == 1
    site.post(f"/api/v1/reviews/done/{contact_id}?form={FORM}", json={"seen": 0})
    assert "HEARD-IT" in site.get(f"/contacts/{contact_id}").text


def signed(site, sample, login):
    sample.sign_in(site, Role.ANALYST, login=login)
    return site
