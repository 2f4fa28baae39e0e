"""What pages and their JSON say of contacts that were erased, and of those whose words are gone."""

import secrets
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.erasure import ErasureKind
from qm.domain.people import Role
from qm.domain.retention import DataKind, RetentionPlan, RetentionRule
from qm.services.erasure import ErasureService, ErasureTools
from qm.services.retention import RetentionService
from qm.storage.database import Database
from qm.storage.erasure_file import ErasureFile
from qm.storage.objects import make_objects


@pytest.fixture
def site(sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    sample.fill(settings)
    database = Database(settings.database_url)
    units = database.unit_of_work, database.reading
    tools = ErasureTools(
        make_objects(settings), (), ErasureFile(tmp_path), lambda: datetime(2027, 1, 1, tzinfo=UTC), secrets.token_hex,
        lambda: True, "Ada",
    )  # fmt: skip
    erasure = ErasureService(*units, tools)
    keep = dict.fromkeys((DataKind.AUDIO, DataKind.TRANSCRIPT, DataKind.EVIDENCE), 0)
    retention = RetentionService(*units, RetentionPlan((RetentionRule("all", keep=keep),)), erasure, tools)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST)
        yield client, erasure, retention
    database.close()


def test_an_erased_contact_is_in_no_list_and_says_so(site):
    client, erasure, _retention = site
    before = client.get("/api/v1/contacts").json()
    assert erasure.erase(ErasureKind.CONTACT, "C-1", "request 7").is_clean
    answer = client.get("/api/v1/contacts/C-1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "contact.erased")
    assert client.get("/contacts/C-1").status_code == 404
    after = client.get("/api/v1/contacts").json()
    ids = [row["id"] for row in after["items"]]
    assert len(ids) == len(before["items"]) - 1
    assert not [each for each in ids if each.startswith("erased-")]
    for page in ("/", "/contacts", "/coaching", "/cases"):
        assert client.get(page).status_code == 200, page


def test_a_contact_whose_words_are_gone_still_shows_its_results(site):
    client, _erasure, retention = site
    assert retention.apply().is_clean
    page = client.get("/contacts/C-1")
    assert page.status_code == 200
    assert "La chiamata è registrata" not in page.text
    shown = client.get("/api/v1/contacts/C-1").json()
    assert shown["transcript"] is None
    assert shown["evaluations"]
