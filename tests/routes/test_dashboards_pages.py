"""Dashboards: pages and twins, the scope of whoever asks, milestones, bad input."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role, Scope

PAGES = ("", "/criteria", "/trend", "/data")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_and_its_twin(client, page, language):
    shown = client.get(f"/dashboards{page}?lang={language}&days=90&step=week")
    assert shown.status_code == 200, shown.text
    assert client.get(f"/api/v1/dashboards{page}").json()["frame"]["period"]


@pytest.mark.parametrize("page", PAGES)
def test_a_site_without_contacts(empty_client, page):
    assert "qm run" in empty_client.get(f"/dashboards{page}?lang=en").text
    assert empty_client.get(f"/api/v1/dashboards{page}").json()["frame"]["period"] is None


def test_the_figures_are_those_of_the_overview(client):
    day = client.get("/api/v1/overview").json()
    card = client.get("/api/v1/dashboards?days=400").json()
    contacts = {row["id"]: row["contacts"] for row in card["agents"]}
    assert contacts == {row["id"]: row["contacts"] for row in day["agents"]}
    form = card["frame"]["form_id"]
    scores = {row["id"]: row["score"] for row in card["agents"]}
    for row in day["agents"]:
        (figure,) = (figure for form_id, figure in row["scores"] if form_id == form)
        assert scores[row["id"]]["n"] == figure["n"]
        assert scores[row["id"]]["value"] == pytest.approx(figure["value"], abs=1e-3)


def test_a_supervisor_sees_the_own_team(client, sample):
    everyone = client.get("/api/v1/dashboards?days=400").json()
    sample.sign_in(client, Role.SUPERVISOR, Scope(teams=frozenset({"Casa"})), login="boss")
    mine = client.get("/api/v1/dashboards?days=400").json()
    assert [row["id"] for row in mine["teams"]] == ["Casa"]
    assert len(mine["agents"]) < len(everyone["agents"])
    hidden = {row["id"] for row in everyone["agents"]} - {row["id"] for row in mine["agents"]}
    for agent in hidden:
        assert client.get(f"/api/v1/dashboards/agents/{agent}").status_code == 404
    for csv in ("dashboards.csv", "dashboards/criteria.csv", "dashboards/trend.csv"):
        assert "Partner" not in client.get(f"/api/v1/{csv}?days=400").text


def test_an_agents_page(client):
    agent = client.get("/api/v1/dashboards?days=400").json()["agents"][0]
    page = client.get(f"/dashboards/agents/{agent['id']}?lang=it")
    assert agent["name"] in page.text
    assert client.get(f"/api/v1/dashboards/agents/{agent['id']}").json()["agent"]["name"] == agent["name"]
    assert client.get("/dashboards/agents/nobody").status_code == 404


@pytest.mark.parametrize(("query", "code"), [
    ("until=yesterday", "figures.day"), ("since=2026-11-23&until=2026-11-01", "figures.period"),
    ("form=nonsense", "figures.form"), ("since=0001-01-01", "figures.period"),
])  # fmt: skip
def test_nonsense_is_told(client, query, code):
    answer = client.get(f"/api/v1/dashboards?{query}")
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["code"] == code


def test_no_such_measure(client):
    assert client.get("/api/v1/dashboards/trend?measure=mood").json()["error"]["code"] == "figures.measure"
    assert client.get("/api/v1/dashboards?until=0001-01-01").status_code == 200
    assert client.get("/api/v1/dashboards/trend?measure=criterion:nothing").json()["points"] == []


def test_a_milestone_comes_and_goes(client):
    newest = client.get("/api/v1/dashboards").json()["frame"]["period"]["until"]
    sign = {"csrf": client.headers["x-csrf-token"]}
    made = {"day": newest, "title_it": "Nuovo <copione>", "title_en": ""}
    assert client.post("/dashboards/milestones", data=made | sign, follow_redirects=False).status_code == 303
    page = client.get("/dashboards/trend?lang=en").text
    assert "Nuovo &lt;copione&gt;" in page
    (milestone,) = client.get("/api/v1/dashboards/trend").json()["milestones"]
    for _ in range(2):
        gone = client.post("/dashboards/milestones/drop", data={"milestone": milestone["id"]} | sign)
        assert gone.status_code == 200
    assert client.get("/api/v1/dashboards/trend").json()["milestones"] == []


@pytest.mark.parametrize("fields", [
    {"day": "", "title_it": "x"}, {"day": "2026-11-23", "title_it": " "}, {"day": "2026-11-23", "title_it": "x" * 61},
])  # fmt: skip
def test_a_milestone_without_day_or_title_is_refused(client, fields):
    sign = {"csrf": client.headers["x-csrf-token"]}
    assert client.post("/dashboards/milestones", data=fields | sign).status_code in (400, 422)


def test_milestones_of_the_sites_plan_stand_in_the_trend_and_no_page_takes_them_away(sample, tmp_path):
    plan = tmp_path / "voc.yaml"
    plan.write_text(f"milestones: [{{on: 2026-11-20, title: {{it: {'Formazione ' * 8}, en: Training}}}}]")
    settings = sample.settings_of(tmp_path, QM_VOC=str(plan))
    sample.fill(settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        who = sample.sign_in(client, Role.ANALYST)
        sign = {"csrf": client.headers["x-csrf-token"]}
        added = {"day": "2026-11-19", "title_it": "Copione", "title_en": ""}
        assert client.post("/dashboards/milestones", data={**sign, **added}).status_code == 200
        too_long = {**added, "title_it": "x" * 61}
        assert client.post("/dashboards/milestones", data={**sign, **too_long}).status_code == 400
        told = client.get("/api/v1/dashboards/trend").json()["milestones"]
        assert [one["title"]["en"] for one in told] == ["Copione", "Training"]
        assert client.get("/dashboards/trend").text.count('name="milestone"') == 1
        with client.app.state.services.database.reading() as unit:
            assert who.login in {e.actor for e in unit.audit.after(0, 1000) if e.action == "milestone.added"}


def test_the_newest_day_is_that_of_what_somebody_may_see(client, sample):
    sample.sign_in(client, Role.SUPERVISOR, Scope(teams=frozenset({"no such team"})))
    assert client.get("/api/v1/dashboards").json()["frame"]["period"] is None
