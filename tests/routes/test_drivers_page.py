"""The page of drivers and its twins: nothing computed, something computed, something refused."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.config import read_settings
from qm.domain.people import Role
from qm.services.derive_form import DeriveService
from qm.services.drivers import DriverRequest, DriverService
from qm.storage.database import Database
from qm.voc_file import read_plan
from tests.unit.made_survey_base import write_base, write_rules

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made_client(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drivers-page")
    values = {"QM_DATA": str(write_base(folder / "var", 2500, 2000)), "QM_RULES": str(write_rules(folder))}
    settings = read_settings({**values, "QM_LANGUAGE": "it"}, folder)
    app = create_app(settings)
    services = app.state.services
    database = Database(settings.database_url)
    service = DriverService(database.unit_of_work, services.drivers._forms, read_plan(settings.voc))
    service.compute(
        DriverRequest("nps", since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2020, 2, 1, tzinfo=UTC)), NOW
    )
    service.compute(DriverRequest(), NOW.replace(hour=9))
    derive = DeriveService(database.unit_of_work, services.drivers._forms, read_plan(settings.voc))
    derive.propose(DriverRequest(form_id="made"), {}, NOW)
    database.close()
    with TestClient(app, base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


def test_nothing_computed_says_how_to(empty_client):
    page = empty_client.get("/drivers")
    assert page.status_code == 200
    assert "qm drivers" in page.text
    assert empty_client.get("/api/v1/drivers").json() == {"report": None, "known": []}
    assert empty_client.get("/api/v1/drivers.csv").text == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", ["Che cosa conta per i clienti", "scende di", "Domande che per ora non predicono nulla", "2.000"]),
     ("en", ["What matters to customers", "falls by", "Questions that predict nothing so far", "2,000"])],
)  # fmt: skip
def test_the_page_tells_in_both_languages(made_client, language, words):
    page = made_client.get(f"/drivers?lang={language}&report=satisfaction:made")
    assert page.status_code == 200
    for word in words:
        assert word in page.text
    assert page.text.count('class="chart intervals"') == 2
    assert "style=" not in page.text


def test_every_plotted_effect_stands_in_the_table(made_client):
    page = made_client.get("/drivers?lang=en&report=satisfaction:made").text
    report = made_client.get("/api/v1/drivers?report=satisfaction:made").json()["report"]
    for effect in report["drivers"]["effects"]:
        title = report["titles"][effect["key"]]["en"]
        assert page.count(title) >= 2


def test_the_newest_comes_first_and_others_can_be_chosen(made_client):
    view = made_client.get("/api/v1/drivers").json()
    assert view["report"]["scale"] == "satisfaction"
    assert [one[0] for one in view["known"]] == ["satisfaction:made", "nps:"]


def test_what_can_t_be_said_is_said(made_client):
    page = made_client.get("/drivers?lang=en&report=nps:").text
    assert "Nothing can be said" in page
    assert "No contact has an answer on this scale" in page
    assert '<svg class="chart' not in page


def test_an_unknown_report_is_an_empty_page(made_client):
    assert made_client.get("/api/v1/drivers?report=x:y").json()["report"] is None
    assert made_client.get("/drivers?report=%3Cscript%3E").status_code == 200


def test_csv_is_a_download(made_client):
    answer = made_client.get("/api/v1/drivers.csv?report=satisfaction:made")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("key,kind,title,points")


def test_no_proposal_says_how_to(empty_client):
    assert "qm forms derive" in empty_client.get("/drivers/form").text
    assert empty_client.get("/api/v1/drivers/form").json() == {"proposal": None, "known": []}
    assert empty_client.get("/api/v1/drivers/form.csv").text == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", ["È una bozza per le persone", "critica: resta comunque", "scheda proposta"]),
     ("en", ["It is a draft for people", "critical: stays in any case", "proposed form"])],
)  # fmt: skip
def test_the_proposal_stands_on_a_page(made_client, language, words):
    page = made_client.get(f"/drivers/form?lang={language}").text
    for word in words:
        assert word in page
    assert page.count('class="chart intervals"') == 1
    proposal = made_client.get("/api/v1/drivers/form").json()["proposal"]
    for one in proposal["criteria"]:
        assert one["title"][language] in page
    csv = made_client.get("/api/v1/drivers/form.csv").text
    assert len(csv.splitlines()) == 1 + len(proposal["criteria"])
