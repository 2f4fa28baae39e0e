"""What machines ask the pages' process: alive, ready, metrics; and that nothing personal is told."""

import dataclasses
import re

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

import qm
from api.app import create_app
from qm.domain.run import Run, RunKind
from qm.domain.work import Wanted
from qm.errors import PassingError
from qm.storage.database import Database


def samples(client):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_ready_says_what_was_looked_at(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready", "version": qm.__version__, "parts": {"database": "ok", "objects": "ok"}, "hints": {}
    }  # fmt: skip


def test_not_ready_names_the_code_and_what_to_do_but_no_place(sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["parts"] == {"database": "database.no_schema", "objects": "ok"}
        assert "qm db upgrade" in response.json()["hints"]["database"]
        assert str(tmp_path) not in response.text
        assert client.get("/healthz").json() == {"status": "ok", "version": qm.__version__}
        assert samples(client)["qm_database_up", ()] == 0


class Away:
    def check(self):
        raise PassingError("objects.unreachable", "http://secret-host:1 is away", "start it")


def test_an_object_store_that_is_away_is_not_ready(app, client):
    watch = app.state.watch
    app.state.watch = dataclasses.replace(watch, objects=Away())
    try:
        response = client.get("/readyz")
    finally:
        app.state.watch = watch
    assert (response.status_code, response.json()["parts"]["objects"]) == (503, "objects.unreachable")
    assert "secret-host" not in response.text


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/", 400)])
def test_machines_may_ask_under_any_name_people_may_not(client, path, status):
    assert client.get(path, headers={"host": "10.1.2.3:8642"}).status_code == status


def test_requests_are_counted_by_template_and_strangers_under_other(client):
    client.get("/api/v1/contacts/C-1")
    client.get("/contacts/no-such-contact", headers={"accept": "text/html"})
    client.get("/wp-login.php")
    client.request("BREW", "/")
    labels = [dict(key) for name, key in samples(client) if name == "qm_request_seconds_count"]
    routes = {(each["method"], each["route"]) for each in labels}
    assert ("GET", "/contacts/{contact_id}") in {
        (m, re.sub(r"\{contact_id[^}]*\}", "{contact_id}", r)) for m, r in routes
    }
    assert ("GET", "other") in routes
    assert {method for method, _route in routes} <= {
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "other",
    }
    assert not any("C-1" in route or "wp-login" in route for _method, route in routes)


def test_the_sites_counts_are_those_of_the_database(sample, tmp_path):
    from datetime import UTC, datetime, timedelta

    settings = sample.settings_of(tmp_path)
    sample.fill(settings)
    database = Database(settings.database_url)
    began = datetime.now(UTC) - timedelta(hours=2)
    with database.unit_of_work() as unit:
        known = [contact.id for contact in unit.contacts.every()][:3]
        unit.tasks.begin(Run("r1", "day", began, None, ""), RunKind.DAY, 0)
        unit.tasks.add("r1", [Wanted(contact_id, at) for at, contact_id in enumerate(known)])
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        found = samples(client)
    database.close()
    assert found["qm_queue_tasks", (("state", "waiting"),)] == 3
    assert found["qm_queue_tasks", (("state", "leased"),)] == 0
    assert 7190 < found["qm_queue_oldest_seconds", ()] < 7400
    assert found["qm_database_up", ()] == 1
    assert ("qm_workers", (("state", "busy"),)) not in found


def test_metrics_hold_nothing_personal(client, sample, day_settings):
    for path in ("/", "/contacts", "/coaching"):
        client.get(path, headers={"accept": "text/html"})
    text = client.get("/metrics").text
    database = Database(day_settings.database_url)
    with database.reading() as unit:
        contacts = list(unit.contacts.every())
    database.close()
    for contact in contacts:
        for word in (contact.id, contact.agent.id, contact.agent.name, contact.customer_id):
            assert not word or f'"{word}"' not in text
