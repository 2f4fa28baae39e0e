"""Calibration pages: what is shown while a session is blind, what once it's closed, and answers given on the page."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.calibration import Purpose
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.people import Role
from qm.domain.scales import CriterionType
from qm.domain.voc_plan import VocPlan
from qm.rules.loader import load_packs
from qm.services.calibration import CalibrationService, GivenAnswer, Wanted
from qm.storage.database import Database

HTML = {"accept": "text/html,application/xhtml+xml"}
FORM = "servizio-clienti"
NASTY = "<script>alert('x')</script>"
SESSIONS = "/api/v1/calibration/sessions"


def fill(sample, settings, contacts=24):
    """A closed session `K001` on made contacts and an open one, `K002`, of two contacts that are in the sample day."""
    sample.fill(settings)
    database = Database(settings.database_url)
    forms = {pack.form.id: pack.form for pack in load_packs(settings.rules)}
    form = forms[FORM]
    asked = [c.id for c in form.criteria if c.is_scored and c.type is CriterionType.YES_NO]
    dice = random.Random(5)
    truth = {}
    with database.unit_of_work() as unit:
        for number in range(contacts):
            contact = sample.make_contact(f"M-{number:03}", started_at=datetime(2026, 10, 1, 9, tzinfo=UTC))
            unit.contacts.save(contact, "/made", number, "f")
            given = {c: Answer.MET if dice.random() < 0.8 else Answer.NOT_MET for c in asked}
            truth[contact.id] = given
            heard = {c: Answer.CANNOT_TELL if dice.random() < 0.05 else mistaken(given[c], dice) for c in asked}
            answers = {c: CriterionAnswer(c, heard.get(c, Answer.NOT_APPLICABLE), "found") for c in
                       (criterion.id for criterion in form.criteria)}  # fmt: skip
            unit.evaluations.replace(contact.id, [sample.make_evaluation(contact.id, form, answers)])
    now = datetime.now(UTC)
    service = CalibrationService(database.unit_of_work, database.reading, forms, VocPlan(), lambda: now, 5)
    wanted = Wanted(FORM, Purpose.RANDOM, contacts, ("anna", f"bruno {NASTY}"), now + timedelta(days=2), "carla",
                    f"Ottobre {NASTY}", until=datetime(2026, 11, 1, tzinfo=UTC))  # fmt: skip
    session = service.open(wanted)
    for rater in session.people:
        answers = [
            GivenAnswer(c, q, answer if rater == "carla" else mistaken(answer, dice), NASTY if q == asked[0] else "")
            for c, given in truth.items()
            for q, answer in given.items()
        ]
        service.submit(session.id, rater, answers)
    service.close(session.id)
    service.open(Wanted(FORM, Purpose.RANDOM, 2, ("anna", "bruno"), now + timedelta(days=2)))
    database.close()


def mistaken(answer, dice):
    if dice.random() > 0.1:
        return answer
    return Answer.NOT_MET if answer is Answer.MET else Answer.MET


@pytest.fixture(scope="module")
def client(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("calibration"))
    fill(sample, settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST, login="anna")
        yield client


@pytest.fixture
def bruno(client, sample):
    """The other rater of the open session, in a browser of his own."""
    other = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    sample.sign_in(other, Role.ANALYST, login="bruno")
    return other


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    ("page", "twin"),
    [
        ("/calibration", SESSIONS),
        ("/calibration/sessions/K001", f"{SESSIONS}/K001"),
        ("/calibration/sessions/K002", f"{SESSIONS}/K002"),
        ("/calibration/sessions/K002/score", f"{SESSIONS}/K002/sheet"),
    ],
)
def test_page_and_twin_answer(client, page, twin, language):
    response = client.get(f"{page}{'&' if '?' in page else '?'}lang={language}", headers=HTML)
    assert response.status_code == 200
    assert f'href="{twin}' in response.text
    assert NASTY not in response.text
    assert client.get(twin).status_code == 200


def test_an_empty_database_says_how_to_begin(empty_client):
    page = empty_client.get("/calibration", headers=HTML).text
    assert 'class="empty"' in page
    assert "qm calibrate open" in page


def test_a_closed_session_shows_plot_table_and_differences(client):
    page = client.get("/calibration/sessions/K001?pair=analysts&coefficient=percent&lang=it", headers=HTML).text
    assert '<svg class="chart intervals"' in page
    assert re.search(r"\d+ % \(\d+…\d+\)", page)
    assert '<a href="/contacts/M-0' in page
    report = client.get(f"{SESSIONS}/K001").json()["report"]
    assert report["key"] == "expert"
    shown = {(one["pair"], one["criterion_id"]) for one in report["agreements"]}
    assert ("machine_key", "") in shown
    whole = next(one for one in report["agreements"] if one["pair"] == "analysts" and not one["criterion_id"])
    assert whole["measured"][0]["figure"]["n"] == 24


def test_a_blind_session_tells_progress_and_nothing_else(client):
    page = client.get("/calibration/sessions/K002", headers=HTML).text
    assert "<svg" not in page.split("</header>")[1]
    assert client.get(f"{SESSIONS}/K002").json()["report"] is None
    refused = client.get(f"{SESSIONS}/K002/agreement.csv")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "calibration.blind")


def test_the_table_can_be_downloaded(client):
    lines = client.get(f"{SESSIONS}/K001/agreement.csv").text.splitlines()
    assert lines[0].startswith("criterion_id,title,pair,contacts,met,met_n,coefficient,value,lo,hi,n,reason")
    assert any(",machine_key," in line and ",ac1," in line for line in lines)


def test_answers_given_on_the_page_are_kept_and_lead_to_the_next_contact(client, bruno):
    items = client.get(f"{SESSIONS}/K002/sheet").json()["items"]
    first = items[0]["contact_id"]
    own = [item["criterion_id"] for item in items if item["contact_id"] == first]
    fields = {"contact": first, **{f"answer:{one}": "met" for one in own}, f"note:{own[0]}": "ok"}
    address = "/calibration/sessions/K002/score"
    headers = HTML | {"origin": "http://127.0.0.1"}
    sent = client.post(address, data=fields, headers=headers, follow_redirects=False)
    assert sent.status_code == 303
    following = client.get(sent.headers["location"], headers=HTML)
    assert following.status_code == 200
    assert f'name="contact" value="{first}"' not in following.text
    kept = client.get(f"{SESSIONS}/K002/sheet").json()["items"]
    assert {(item["answer"], item["note"]) for item in kept if item["criterion_id"] == own[0]} >= {("met", "ok")}
    assert {item["answer"] for item in bruno.get(f"{SESSIONS}/K002/sheet").json()["items"]} == {None}
    other = client.post(address, data=fields, headers=HTML | {"origin": "http://evil.example"})
    assert other.status_code == 403
    wrong = client.post(address, data=fields | {f"answer:{own[0]}": "perhaps"}, headers=headers)
    assert "calibration.bad_answer" in wrong.text


def test_the_blind_page_shows_no_machine_answer(bruno):
    page = bruno.get("/calibration/sessions/K002/score?lang=en", headers=HTML).text
    assert "checked" not in page
    assert "La chiamata è registrata" in page or "I was billed twice" in page
    assert "nearest" not in page, "evidence of the machine"
    assert "<mark" not in page


def test_answers_are_handed_in_as_json(client, bruno):
    items = bruno.get(f"{SESSIONS}/K002/sheet").json()["items"]
    one = {"contact_id": items[0]["contact_id"], "criterion_id": items[0]["criterion_id"], "answer": "not_met"}
    done = bruno.post(f"{SESSIONS}/K002/answers", json={"answers": [one]})
    assert done.status_code == 200
    assert done.json()["progress"][1]["answered"]["hits"] == 1
    assert bruno.post(f"{SESSIONS}/K002/answers", json={"rater": "anna", "answers": [one]}).status_code == 422
    foreign = bruno.post(f"{SESSIONS}/K002/answers", json={"answers": [one | {"contact_id": "M-000"}]})
    assert foreign.json()["error"]["code"] == "calibration.not_asked"
    closed = client.post(f"{SESSIONS}/K001/answers", json={"answers": []})
    assert closed.json()["error"]["code"] == "calibration.closed"


def test_a_rater_sees_and_fills_in_the_own_sheet_alone(client, sample):
    other = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    sample.sign_in(other, Role.ANALYST, login="dora")
    for told in (other.get(f"{SESSIONS}/K002/sheet"), other.post(f"{SESSIONS}/K002/answers", json={"answers": []})):
        assert (told.status_code, told.json()["error"]["code"]) == (404, "calibration.unknown_rater")
    assert "/K002/score" not in other.get("/calibration/sessions/K002", headers=HTML).text
    assert client.get("/calibration/sessions/K002", headers=HTML).text.count("/K002/score") == 1


def test_older_sessions_name_raters_by_name(client, sample):
    sample.sign_in(client, Role.ANALYST, login="anna.rossi", name="bruno")
    try:
        assert client.get(f"{SESSIONS}/K002/sheet").status_code == 200
    finally:
        sample.sign_in(client, Role.ANALYST, login="anna")


def test_an_unknown_session_is_not_found(client):
    assert client.get(f"{SESSIONS}/K999").json()["error"]["code"] == "calibration.unknown"
    assert client.get("/calibration/sessions/K999", headers=HTML).status_code == 404
