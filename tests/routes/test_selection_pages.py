"""Pages about selection and estimates: they show what their JSON twins say, or why there is nothing."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from benchmarks.voc_made import fill_made, made_quarter
from qm.domain.people import Role
from qm.domain.voc_plan import VocPlan
from qm.services.estimates import EstimateRequest, EstimateService
from qm.services.selection import SelectionService
from qm.storage.database import Database

NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def pages(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("quarter"))
    database = Database(settings.database_url)
    fill_made(database, *made_quarter(np.random.default_rng(4), 3000, 10))
    SelectionService(database.unit_of_work, database.reading, VocPlan(), 5).compute(None, None, NOW)
    EstimateService(database.unit_of_work, database.reading, VocPlan(), 5).compute(EstimateRequest(), NOW)
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.mark.parametrize("path", ["/selection", "/estimates"])
def test_without_a_report_the_page_says_how_to_get_one(empty_client, path):
    page = empty_client.get(path)
    assert page.status_code == 200
    assert "qm estimate" in page.text or "qm survey bias" in page.text
    assert empty_client.get(f"/api/v1{path}").json()["report"] is None
    assert empty_client.get(f"/api/v1{path}.csv").text == ""


@pytest.mark.parametrize("by", ["process", "team", "agent", "hour", "medium", "channel"])
def test_selection_shows_what_its_twin_says(pages, by):
    report = pages.get("/api/v1/selection").json()["report"]
    page = pages.get(f"/selection?lang=it&by={by}&groups=agent").text
    nps = next(one for one in report["headlines"] if one["id"] == "nps")
    assert f"−{abs(nps['weighted']['value']):.1f}".replace(".", ",") in page
    table = next(table for table in report["rates"] if table["dimension"] == by)
    for group in table["groups"]:
        assert f'<td class="num">{group["answered"]}</td>' in page
    assert "Non è una prova contro nessuno" in page
    assert "style=" not in page


def test_selection_as_csv_has_every_figure(pages):
    rows = list(csv.DictReader(io.StringIO(pages.get("/api/v1/selection.csv").text)))
    assert len(rows) == len(pages.get("/api/v1/selection").json()["report"]["headlines"])
    assert {row["dimension"] for row in rows} == {"all", "process", "team", "agent"}


@pytest.mark.parametrize(
    ("language", "words"), [("it", "clienti soddisfatti su 100"), ("en", "satisfied customers of 100")]
)
def test_estimates_show_the_day_its_line_and_its_groups(pages, language, words):
    twin = pages.get("/api/v1/estimates").json()
    page = pages.get(f"/estimates?lang={language}&by=agent").text
    assert twin["days"] == [twin["report"]["day"]] == ["2026-03-01"]
    assert words in page
    assert f"<strong>{100 * twin['report']['today']['estimate']['value']:.0f}</strong>" in page
    agents = next(table for table in twin["report"]["groups"] if table["dimension"] == "agent")["groups"]
    assert all(f'<th scope="row">{group["name"]}</th>' in page for group in agents)
    assert 'class="band"' in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["/selection", "/estimates"])
def test_pages_say_the_threshold_and_the_time_of_the_site(pages, path):
    page = pages.get(f"{path}?lang=it").text
    assert "soddisfatti = da 7 in su" in page
    assert "alle 08:30" in page
    assert "UTC" not in page
    assert "con il piano di prima" not in page
    assert ", n " in page


@pytest.mark.parametrize(("path", "command"), [("/selection", "qm survey bias"), ("/estimates", "qm estimate --day")])
def test_pages_say_when_the_plan_has_another_threshold_by_now(pages, path, command):
    services = pages.app.state.services
    scales = tuple(replace(s, satisfied_at_least=8) if s.id == "satisfaction" else s for s in VocPlan().scales)
    pages.app.state.services = replace(services, plan=VocPlan(scales=scales))
    try:
        page = pages.get(f"{path}?lang=it").text
    finally:
        pages.app.state.services = services
    assert "soddisfatti = da 7 in su" in page
    assert "Calcolato con il piano di prima" in page
    assert command in page


def test_estimates_as_csv_have_every_day_and_group(pages):
    report = pages.get("/api/v1/estimates").json()["report"]
    days = list(csv.DictReader(io.StringIO(pages.get("/api/v1/estimates.csv").text)))
    assert [row["day"] for row in days] == [day["day"] for day in report["days"]]
    groups = list(csv.DictReader(io.StringIO(pages.get("/api/v1/estimates/groups.csv").text)))
    assert len(groups) == sum(len(table["groups"]) for table in report["groups"])


def test_an_unknown_day_and_dimension_are_refused(pages):
    assert pages.get("/api/v1/estimates?day=1999-01-01").json()["error"]["code"] == "estimate.unknown_day"
    assert pages.get("/estimates?day=1999-01-01", headers={"accept": "text/html"}).status_code == 404
    assert pages.get("/selection?by=mood").status_code == 422
