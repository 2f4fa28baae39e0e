"""What was scored by a form that has changed since, or is gone, breaks no page and no list."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role
from qm.services.coaching_picker import CoachingPicker
from qm.storage.database import Database

PAGES = (
    "/", "/contacts", "/contacts?failed=true", "/contacts/C-1", "/print/C-1", "/api/v1/contacts/C-1", "/coaching",
    "/api/v1/coaching", "/review/C-1", "/review/C-1?form=servizio-clienti", "/dashboards", "/dashboards/criteria",
    "/dashboards/trend", "/dashboards/data", "/dashboards/agents/A01", "/search?q=registrata", "/api/v1/overview",
    "/api/v1/export/contacts.csv", "/api/v1/contacts/C-1/vcon", "/mine", "/mine/contacts/C-1",
    "/api/v1/mine/contacts/C-1", "/api/v1/disputes?state=all", "/api/v1/cases", "/voc",
)  # fmt: skip
REFUSED = {"/review/C-1", "/review/C-1?form=servizio-clienti", "/print/C-1"}
"""Of what can't be shown without its form this is said; it's no failure."""


def gone(evaluation):
    return replace(evaluation, id="ev-0000000000000001", form_id="scheda-vecchia")


def renamed(evaluation):
    """A criterion had another name, and a section too."""
    first, *rest = evaluation.answers
    section, *others = evaluation.score.sections
    score = replace(evaluation.score, sections=(replace(section, section_id="vecchia"), *others))
    missed = next(each for each in rest if each.answer.value == "not_met")
    older = (replace(first, criterion_id="sc-vecchio"), replace(missed, criterion_id="sc-mancato"), *rest)
    return replace(evaluation, id="ev-0000000000000001", answers=older, score=score)


@pytest.fixture(params=[gone, renamed])
def changed(request, sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    sample.fill(settings)
    database = Database(settings.database_url)
    with database.unit_of_work() as unit:
        unit.evaluations.replace("C-1", [request.param(each) for each in unit.evaluations.of_contact("C-1")])
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.AGENT])
def test_every_page_opens(changed, sample, role):
    sample.sign_in(changed, role, agent_id="A01" if role is Role.AGENT else "")
    found = {path: changed.get(path, headers={"accept": "text/html"}).status_code for path in PAGES}
    assert {path: status for path, status in found.items() if status not in {200, 403, 404, 409}} == {}
    assert {path for path, status in found.items() if status in {404, 409}} <= REFUSED
    assert 200 in found.values()


def test_a_review_waits_until_the_contact_is_scored_anew(changed, sample):
    sample.sign_in(changed, Role.ANALYST)
    told = changed.get("/api/v1/reviews/C-1", params={"form": "servizio-clienti"})
    assert told.json()["error"]["code"] in {"review.form_changed", "review.no_evaluation"}
    if told.status_code == 409:
        page = changed.get("/review/C-1?lang=it", headers={"accept": "text/html"})
        assert (page.status_code, "La scheda è cambiata" in page.text) == (409, True)


def test_the_page_says_that_the_form_has_changed(changed, sample):
    sample.sign_in(changed, Role.ANALYST)
    page, told = changed.get("/contacts/C-1?lang=en").text, changed.get("/api/v1/contacts/C-1").json()["evaluations"]
    assert [each["is_partial"] for each in told] in ([], [True])
    assert ("has changed since" in page) == bool(told)


def test_the_list_is_made_anew(changed):
    services = changed.app.state.services
    database = services.database
    picker = CoachingPicker(database.unit_of_work, database.reading, services.contacts._forms, 3)
    assert {item.criterion_id for item in picker.refresh()}.isdisjoint({"sc-vecchio", "sc-mancato"})
