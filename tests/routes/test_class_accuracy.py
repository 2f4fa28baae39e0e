"""Contacts without critical errors on the front page: by class, with what is still open, and the twin."""

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.evaluation import Answer, ClassScore
from qm.domain.people import Role
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

HTML = {"accept": "text/html,application/xhtml+xml"}
STATES = ((2, 0, 0),) * 7 + ((2, 1, 0), (1, 0, 1))


@pytest.fixture
def client(sample, tmp_path):
    settings = sample.settings_of(tmp_path, QM_RULES=str(write_pack(tmp_path)))
    database = Database(settings.database_url)
    database.upgrade()
    note = replace(builders.answer("p-notes", Answer.CANNOT_TELL, evidence=()), reason="people_only")
    with database.unit_of_work() as unit:
        for place, (n, errors, open_) in enumerate(STATES):
            contact_id = f"C-{place}"
            unit.contacts.save(builders.contact(contact_id), "/day", place, "f")
            made = builders.evaluation(contact_id, (builders.answer("r-quick"), note), form_id="demo")
            classes = (ClassScore("compliance", 1.0, 2.0, n, errors, open_),)
            unit.evaluations.replace(contact_id, [replace(made, score=replace(made.score, classes=classes))])
            unit.work.finish(contact_id)
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.mark.parametrize(
    ("language", "heading", "column", "open_", "people"),
    [
        (
            "it",
            "senza errori critici",
            "critico per la conformità",
            "1 da decidere: 78…89",
            "solo a mano",
        ),
        (
            "en",
            "critical errors",
            "compliance-critical",
            "1 to be decided: 78…89",
            "answers only people give",
        ),
    ],
)
def test_the_front_page_tells_classes_with_open_contacts(client, language, heading, column, open_, people):
    page = client.get(f"/?lang={language}", headers=HTML).text
    card = page[page.index('id="classes"') :]
    assert heading in card
    assert column in card
    assert "customer-critical" not in card
    assert "critico per il cliente" not in card
    assert card.count(open_) == 4  # the day, the form, the team and the agent have the same contacts
    assert re.search(r"<strong>88</strong> <span class=\"soft\">53…98 · n 8</span>", card)
    assert re.search(rf"{people}</dt><dd>9</dd>", page)


def test_the_twin_has_the_same_figures(client):
    figures = client.get("/api/v1/overview").json()
    compliance = figures["classes"][2]
    assert (compliance["name"], compliance["open"], compliance["accuracy"]["n"]) == ("compliance", 1, 8)
    assert compliance["accuracy"]["value"] == 87.5
    assert (round(compliance["lowest"], 1), round(compliance["highest"], 1)) == (77.8, 88.9)
    assert figures["teams"][0]["classes"] == figures["agents"][0]["classes"] == figures["classes"]
    assert (figures["people_only"], figures["noted_only"], figures["answers"], figures["cannot_tell"]) == (9, 9, 9, 0)


def test_a_day_without_critical_criteria_has_no_such_card(empty_client):
    assert 'id="classes"' not in empty_client.get("/", headers=HTML).text
