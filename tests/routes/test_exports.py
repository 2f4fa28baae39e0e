"""Contacts as a table: one row each, within the scope, without formulas, CSV and Parquet alike."""

import csv
import io
from datetime import timedelta

import pytest

from qm.domain.people import Right, Role, Scope

CSV = "/api/v1/export/contacts.csv"


def table(client, query=""):
    response = client.get(CSV + query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def test_one_row_a_contact_with_scores_answers_and_survey(client):
    rows = {row["contact_id"]: row for row in table(client)}
    listed = client.get("/api/v1/contacts?size=200").json()["items"]
    assert set(rows) == {row["id"] for row in listed}
    one = rows["C-1"]
    assert one["started_at"] == "2026-11-20T08:12:00Z"
    assert (one["agent_id"], one["state"], one["grade"]) == ("A01", "done", "C")
    assert any(name.startswith("score:") and value for name, value in one.items())
    words = {value for name, value in one.items() if name.startswith("answer:")}
    assert words <= {"met", "not_met", "not_applicable", "cannot_tell", ""}
    assert "met" in words
    assert one["measure:agent_talk_share"] == "0.75"
    assert "survey_comment" not in one


def test_days_and_forms_narrow_it(client):
    assert table(client, "?since=2026-11-20&until=2026-11-20")
    assert not table(client, "?until=2026-11-01")
    names = table(client, "?form=servizio-clienti")[0]
    assert {name.partition("/")[0] for name in names if name.startswith(("answer:", "score:"))} == {
        "answer:servizio-clienti", "score:servizio-clienti"
    }  # fmt: skip
    assert "survey_comment" in table(client, "?comments=true")[0]


@pytest.mark.parametrize(
    ("query", "status"),
    [("?since=2026-11-21&until=2026-11-20", 400), ("?since=0001-01-01", 400), ("?until=9999-12-31", 400),
     ("?form=none", 404), ("?since=x", 422)],
)  # fmt: skip
def test_nonsense_is_refused(client, query, status):
    assert client.get(CSV + query).status_code == status


def test_only_what_one_may_see(client, sample):
    sample.sign_in(client, Role.ANALYST, Scope(teams=frozenset({"Partner"})))
    assert {row["team"] for row in table(client)} == {"Partner"}


def test_it_is_noted_and_runs_no_formula(client, auditor, app):
    database = app.state.services.database
    with database.unit_of_work() as unit:
        from sqlalchemy import update

        from qm.storage import tables

        where = tables.contact_facts.c.contact_id == "C-1"
        unit.connection.execute(update(tables.contact_facts).where(where).values(queue="=HYPERLINK(1)"))
    try:
        (one,) = [row for row in table(client) if row["contact_id"] == "C-1"]
        assert one["queue"] == "'=HYPERLINK(1)"
    finally:
        with database.unit_of_work() as unit:
            unit.connection.execute(update(tables.contact_facts).where(where).values(queue="fatturazione"))
    assert auditor.get("/api/v1/audit?action=contacts.exported").json()["items"]


def test_parquet_holds_the_same(client):
    parquet = pytest.importorskip("pyarrow.parquet")
    response = client.get("/api/v1/export/contacts.parquet")
    assert response.status_code == 200
    read = parquet.read_table(io.BytesIO(response.content)).to_pylist()
    rows = table(client)
    assert [row["contact_id"] for row in read] == [row["contact_id"] for row in rows]
    assert list(read[0]) == list(rows[0])
    assert [row["started_at"].isoformat().replace("+00:00", "Z") for row in read] == [r["started_at"] for r in rows]


def test_without_pyarrow_it_says_what_to_install(client, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    response = client.get("/api/v1/export/contacts.parquet")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "export.no_parquet")


def test_words_of_customers_need_the_right_to_read_contacts(client, sample):
    services = client.app.state.services
    owner = sample.sign_in(client, Role.ANALYST)
    with_right = frozenset({Right.EXPORT_TAKE})
    secret, _token = services.sign_in.make_token(owner, "test", with_right, owner.sees, timedelta(days=1), "test")
    client.cookies.clear()
    head = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/export/contacts.csv", headers=head).status_code == 200
    refused = client.get("/api/v1/export/contacts.csv?comments=true", headers=head)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "right.missing")
