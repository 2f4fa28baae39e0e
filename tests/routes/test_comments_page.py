"""The page about comments and its twins: empty, full, other source, other language, and nothing that runs."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from models.fakes_encoder import HashingEncoder
from qm.domain.people import Role
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.text import Language
from qm.rules.loader import load_packs
from qm.services.comments import CommentService, ThemeRequest
from qm.storage.database import Database

HTML = {"accept": "text/html"}
NASTY = "<b onclick=alert(1)>&lt;script&gt;alert('x')&lt;/script&gt;"
NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("comments"))
    sample.fill(settings)
    database = Database(settings.database_url)
    with database.unit_of_work() as unit:
        responses, links = [], []
        for at in range(24):
            text = f"attesa al telefono troppo lunga {NASTY}" if at % 2 else "operatrice gentile e paziente"
            answered = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=at)
            responses.append(SurveyResponse(f"V{at:02d}", answered_at=answered, nps=1 if at % 2 else 10, comment=text))
            links.append(SurveyLink(f"V{at:02d}", "C-1" if at == 1 else "", LinkMethod.CONTACT_ID, 1.0))
        unit.surveys.save(responses)
        unit.surveys.replace_links([link for link in unit.surveys.links() if link.contact_id != "C-1"] + links)
    forms = {pack.form.id: pack.form for pack in load_packs(settings.rules)[:1]}
    service = CommentService(
        database.unit_of_work, forms, 5, has_sentiment=True, language=Language.ITALIAN, encoder=HashingEncoder()
    )
    service.compute(ThemeRequest(), NOW)
    database.close()
    return settings


@pytest.fixture(scope="module")
def filled(settings, sample):
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.mark.parametrize(
    ("language", "heading"), [("it", "Che cosa scrivono i clienti"), ("en", "What customers write")]
)
def test_page_tells_themes_with_intervals(filled, language, heading):
    page = filled.get(f"/comments?lang={language}", headers=HTML)
    assert page.status_code == 200
    assert heading in page.text
    assert re.search(r"48 % \(30–6[67]\)", page.text)
    assert page.text.count('<details class="theme"') == 2
    assert 'class="chart intervals"' in page.text
    assert 'class="chart bars"' in page.text
    assert '<a href="/contacts/C-1">C-1</a>' in page.text


def test_what_customers_wrote_never_runs(filled):
    text = filled.get("/comments", headers=HTML).text
    assert "<script>alert" not in text
    assert "onclick" not in text
    assert " style=" not in text


def test_twin_and_csv_say_the_same(filled):
    report = filled.get("/api/v1/comments").json()["report"]
    assert (report["n"], [theme["n"] for theme in report["themes"]]) == (25, [12, 12])
    answer = filled.get("/api/v1/comments.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="comments.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["n"] for row in rows if row["by"] == "all"] == ["12", "12"]
    page = filled.get("/comments", headers=HTML).text
    ids = re.findall(r'<details class="theme" id="theme-([^"]+)"', page)
    assert ids == [theme["id"] for theme in report["themes"]]


@pytest.mark.parametrize("source", ["comments", "turns"])
def test_nothing_computed_names_the_command(empty_client, source):
    page = empty_client.get(f"/comments?source={source}&lang=it", headers=HTML)
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    assert "qm comments" in page.text
    assert empty_client.get(f"/api/v1/comments?source={source}").json()["report"] is None
    assert empty_client.get(f"/api/v1/comments.csv?source={source}").text == ""


def test_an_unknown_source_is_refused(filled):
    assert filled.get("/api/v1/comments?source=voices").status_code == 422
