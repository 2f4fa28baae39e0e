"""`qm calibrate raters`, `map` and `plan`: from stored sessions and surveys to reports, and what they refuse."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.domain.calibration import MACHINE, CalibrationSession, DrawnContact, Purpose, Sheet, SheetAnswer, Why
from qm.domain.contact import Agent, Kind
from qm.domain.evaluation import Answer
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.errors import InputError, NotFoundError
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

CRITERIA = ("r-hello", "r-quick")
SEVERITY = {"anna": 0.35, "bruno": 0.1, MACHINE: 0.2}
CONTACTS = [f"C-{number:03}" for number in range(80)]


def fill(unit):
    draw = np.random.default_rng(3)
    for number, contact_id in enumerate(CONTACTS):
        kind = Kind.TEST if number < 5 else Kind.CUSTOMER
        agent = Agent(f"A{number % 12:02}", "Anna Bianchi", "Nord")
        unit.contacts.save(builders.contact(contact_id, agent=agent, kind=kind), "day", number, "f")
        score = float(draw.integers(40, 101))
        evaluation = builders.evaluation(contact_id, [], form_id="demo")
        evaluation = replace(evaluation, score=replace(evaluation.score, value=score, lo=score, hi=score))
        unit.evaluations.replace(contact_id, [evaluation])
        satisfied = 9 if draw.random() < score / 110 else 3
        unit.surveys.save([SurveyResponse(f"R{number}", satisfaction=satisfied)])
    unit.surveys.replace_links([SurveyLink(f"R{n}", c, LinkMethod.CONTACT_ID, 1.0) for n, c in enumerate(CONTACTS)])


def session(unit, name, month, closed=True):
    opened = datetime(2026, month, 1, tzinfo=UTC)
    drawn = tuple(DrawnContact(contact_id, Why.RANDOM, 0.5) for contact_id in CONTACTS[:40])
    due = opened + timedelta(days=9) if closed else datetime(2199, 1, 1, tzinfo=UTC)
    unit.calibration.save(CalibrationSession(
        name, name, Purpose.RANDOM, "demo", "1", CRITERIA, drawn, ("anna", "bruno"), "", opened, due, 1,
        due if closed else None,
    ))  # fmt: skip
    draw = np.random.default_rng(month)
    for contact_id in CONTACTS[:40]:
        for rater, severity in SEVERITY.items():
            answers = tuple(
                SheetAnswer(one, Answer.NOT_MET if draw.random() < severity else Answer.MET) for one in CRITERIA
            )
            unit.calibration.save_sheet(Sheet(name, rater, contact_id, opened, answers))


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    rules = write_pack(folder)
    for name in ("full", "empty"):
        settings = read_settings({"QM_DATA": str(folder / name)}, folder)
        database = Database(settings.database_url)
        database.upgrade()
        if name == "full":
            with database.unit_of_work() as unit:
                fill(unit)
                session(unit, "K001", 3)
                session(unit, "K002", 4, closed=False)
        database.close()
    return folder, rules


@pytest.fixture
def qm(places, monkeypatch):
    folder, rules = places
    monkeypatch.setenv("QM_RULES", str(rules))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, data="full"):
        monkeypatch.setenv("QM_DATA", str(folder / data))
        result = CliRunner().invoke(app, ["calibrate", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_raters_as_json_are_of_closed_sessions_only(qm):
    report = json.loads(qm("raters", "--json"))[0]
    assert report["sessions"] == ["K001"]
    effects = {one["id"]: one["effect"]["value"] for one in report["study"]["raters"]}
    assert effects["anna"] > effects["machine"] > effects["bruno"]
    assert report["spread"]["contacts"] == 40
    assert report["spread"]["raters"] == 2  # the machine is no analyst


def test_raters_as_tables_speak_italian(qm):
    shown = qm("raters")
    assert "Severità dei valutatori" in shown
    assert "macchina" in shown
    assert "0,5" in shown or "0,4" in shown or "0,6" in shown


def test_the_map_leaves_test_contacts_out(qm):
    found = json.loads(qm("map", "--json"))[0]["map"]
    assert found["satisfied"]["n"] == 75
    assert found["agents"] == 12
    assert "clienti soddisfatti su 75" in qm("map")


def test_a_scale_without_answers_is_refused(qm):
    assert json.loads(qm("map", "--scale", "nps", "--json"))[0]["map"]["why"] == "no_answers"


def test_the_plan_takes_what_is_wanted(qm):
    loose = json.loads(qm("plan", "--half-width", "10", "--json"))["demo"]
    tight = json.loads(qm("plan", "--half-width", "2", "--json"))["demo"]
    assert loose["rows"][0]["contacts"] < tight["rows"][0]["contacts"]
    assert loose["rows"][0]["raters"] == 0
    assert "Quanti contatti servono" in qm("plan")


@pytest.mark.parametrize("command", ["raters", "map", "plan"])
def test_an_empty_database_says_so(qm, command):
    shown = qm(command, data="empty")
    words = {"raters": "Nessuna sessione", "map": "Nessun sondaggio", "plan": "non si sa"}
    assert words[command] in shown


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("raters", "--form", "none"), NotFoundError, "form.unknown"),
        (("map", "--scale", "none"), NotFoundError, "study.unknown_scale"),
        (("plan", "--half-width", "0"), InputError, "study.bad_target"),
        (("plan", "--phi", "1"), InputError, "study.bad_target"),
    ],
)
def test_what_cant_be_asked_is_refused(qm, words, error, code):
    with pytest.raises(error) as caught:
        qm(*words)
    assert caught.value.code == code
