"""The page of surveys with its twins, and the way in for a survey tool."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.charts_lines import LineMark, LinePoint, time_line
from qm.domain.contact import Agent
from qm.domain.figures import Figure
from qm.domain.people import Role
from qm.storage.database import Database
from tests.unit.form_files import write_pack

PLAN = """
scales:
  - {id: cortesia, title: {it: Cortesia, en: Courtesy}, low: 1, high: 10, satisfied_at_least: 8}
targets: [{scale: nps, value: 90}, {scale: satisfaction, of: satisfied, value: 0.2}]
milestones: [{on: 2026-11-10, title: {it: Formazione pilota, en: Pilot training}}]
"""
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def response(number, **more):
    at = START + timedelta(days=number % 18, hours=3)
    values = {
        "response_id": f"R-{number}", "contact_id": f"C-{number}", "answered_at": at.isoformat(), "medium": "sms",
        "nps": number % 11, "satisfaction": number % 11, "cortesia": 1 + number % 10,
    }  # fmt: skip
    return {**values, **more}


@pytest.fixture
def site(sample, tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    settings = sample.settings_of(tmp_path, QM_VOC=str(tmp_path / "plan.yaml"), QM_RULES=str(write_pack(tmp_path)))
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        for number in range(40):
            contact = sample.make_contact(
                f"C-{number}", started_at=START + timedelta(days=number % 18), customer_id=f"K-{number}",
                agent=Agent(f"A-{number % 3}", f"<b>Ada {number % 3}</b>", "Casa"),
            )  # fmt: skip
            unit.contacts.save(contact, "/d", number, "")
    database.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.fixture
def tool(site, sample):
    """A survey tool: it hands answers in with its token."""
    token = sample.bearer(site, Role.SERVICE)

    def send(headers=None, **body):
        return site.post("/api/v1/surveys", headers=token | (headers or {}), **body)

    return send


@pytest.fixture
def filled(site, tool):
    found = tool(json=[response(number) for number in range(40)])
    assert found.status_code == 200, found.text
    assert found.json() == {"new": 40, "replaced": 0, "unchanged": 0, "faults": [], "linked": 40, "responses": 40}
    return site


def test_the_page_tells_scales_targets_and_milestones_in_both_languages(filled):
    page = filled.get("/voc?by=agent&lang=it").text
    for words in ("Raccomandazione (NPS)", "Cortesia", "Formazione pilota", "non raggiunto", "&lt;b&gt;Ada 0", "2 nov"):
        assert words in page, words
    assert "<b>Ada" not in page
    assert page.count('class="chart') == 6
    english = filled.get("/voc?by=team&lang=en").text
    assert "Pilot training" in english
    assert "not reached" in english
    assert " style=" not in page + english


def test_json_and_csv_are_twins_of_the_page(filled):
    report = filled.get("/api/v1/voc?by=agent&since=2026-11-02&until=2026-11-15").json()
    assert (report["total"]["answered"], report["min_n"], report["step"]) == (32, 5, "day")
    assert [group["id"] for group in report["groups"]] == ["A-0", "A-1", "A-2"]
    assert report["total"]["scales"][0]["state"] == "missed"
    rows = list(csv.DictReader(io.StringIO(filled.get("/api/v1/voc.csv?by=agent").text)))
    assert {row["part"] for row in rows} == {"total", "agent", "week"}
    assert {row["scale"] for row in rows} == {"nps", "satisfaction", "cortesia"}
    only = filled.get("/api/v1/voc?process=nessuno").json()
    assert (only["total"]["invited"], only["scales"], only["line"]) == (0, [], [])


def test_the_same_list_again_changes_nothing_and_a_changed_one_replaces(filled, tool):
    again = tool(json=[response(1), response(2, nps=10)]).json()
    assert (again["new"], again["replaced"], again["unchanged"]) == (0, 1, 1)


def test_faulty_items_are_named_by_their_place_and_the_rest_is_taken_in(site, tool):
    items = [response(1), response(2, nps=11), response(1), response(3, nsp=4), response(4, contact_id="C-none")]
    found = tool(json=items).json()
    assert (found["new"], found["linked"]) == (2, 1)
    assert [(fault["item"], fault["code"]) for fault in found["faults"]] == [
        (2, "survey.bad_scale"), (3, "survey.duplicate_id"), (4, "survey.bad_row"),
    ]  # fmt: skip
    assert site.get("/api/v1/voc").json()["unlinked"] == 1


def test_a_contact_has_one_answer(tool):
    found = tool(json=[response(1), response(1, response_id="R-again", nps=0)]).json()
    assert (found["new"], found["linked"]) == (2, 1)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{}", {}, 400, "survey.not_a_list"),
        (b"[1]", {}, 400, "survey.not_a_list"),
        (b"[" + b"{}," * 10_000 + b"{}]", {}, 400, "survey.not_a_list"),
        (b"nps=9", {}, 400, "request.not_json"),
        (b"[" * 100_000, {}, 400, "request.not_json"),
        (b"[" + b" " * (17 << 20) + b"]", {}, 413, "request.too_long"),
        (b"[]", {"Sec-Fetch-Site": "cross-site"}, 403, "request.other_origin"),
        (b"[]", {"Origin": "https://evil.example"}, 403, "request.other_origin"),
        (b"[]", {"Origin": "http://[evil"}, 403, "request.other_origin"),
    ],
)
def test_what_is_no_list_of_responses_is_refused(tool, body, headers, status, code):
    found = tool(headers, content=body)
    assert (found.status_code, found.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("by=agnet", "survey.unknown_group"), ("step=year", "survey.unknown_group"), ("since=ieri", "survey.bad_day"),
        ("since=2026-11-02&until=2026-11-01", "survey.no_period"), ("since=0001-01-01", "survey.bad_day"),
        ("until=9999-12-31", "survey.bad_day"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_told(site, query, code):
    for path in ("/api/v1/voc", "/api/v1/voc.csv"):
        assert site.get(f"{path}?{query}").json()["error"]["code"] == code


def test_without_answers_the_page_says_what_to_do(empty_client):
    page = empty_client.get("/voc?lang=it").text
    assert "Nessuna risposta in questo periodo" in page
    assert "qm survey import" in page


def test_a_time_line_breaks_where_nothing_is_known_and_keeps_marks_apart():
    known, unknown = Figure(5.0, 4.0, 6.0, 20), Figure(None, None, None, 2)
    points = [LinePoint(date(2026, 1, day), unknown if day == 3 else known, str(day)) for day in range(1, 7)]
    marks = [
        LineMark(date(2026, 1, 2), "a" * 30),
        LineMark(date(2026, 1, 2), "b"),
        LineMark(date(2026, 1, 6), "c" * 40),
    ]
    plot = time_line(points, str, str, low=0.0, high=10.0, target=9.0, marks=marks)
    assert (len(plot.lines), len(plot.bands), len(plot.dots)) == (2, 2, 5)
    assert all(plot.top <= dot.hi <= dot.y <= dot.lo <= plot.bottom for dot in plot.dots)
    assert len({mark.y for mark in plot.marks if mark.x == plot.marks[0].x}) == 2
    assert plot.marks[-1].is_left
    assert plot.top <= plot.target <= plot.bottom
    assert time_line([LinePoint(date(2026, 1, 1), unknown, "")], str, str, low=0.0, high=10.0) is None
    (alone,) = time_line([LinePoint(date(2026, 1, 1), known, "")], str, str, low=0.0, high=10.0).dots
    assert plot.left < alone.x < plot.right
