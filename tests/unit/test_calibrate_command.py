"""`qm calibrate`: what is printed, what a sheet holds, and how faults are told."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.domain.evaluation import Answer
from qm.errors import InputError, NotFoundError
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

DUE = "2199-01-01T18:00+01:00"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrate")
    rules = write_pack(folder)
    settings = read_settings({"QM_DATA": str(folder / "var")}, folder)
    database = Database(settings.database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        for number in range(30):
            contact_id = f"=C-{number:02}"  # a spreadsheet would run it as a formula
            unit.contacts.save(builders.contact(contact_id), "day", number, "f")
            answers = [builders.answer(one, Answer.MET) for one in ("r-hello", "r-quick")]
            unit.evaluations.replace(contact_id, [builders.evaluation(contact_id, answers, form_id="demo")])
    database.close()
    return folder, rules


@pytest.fixture
def qm(place, monkeypatch):
    folder, rules = place
    monkeypatch.setenv("QM_RULES", str(rules))
    monkeypatch.setenv("QM_DATA", str(folder / "var"))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, code=0):
        result = CliRunner().invoke(app, ["calibrate", *words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


def opened(qm, *more):
    words = ("open", "--form", "demo", "--rater", "anna", "--rater", "bruno", "--due", DUE, "--size", "2", *more)
    return json.loads(qm(*words, "--json").stdout)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def written(file, rows):
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(file)


def test_a_session_from_opening_to_report(qm, tmp_path):
    session = opened(qm, "--title", "Novembre")
    assert "Novembre" in qm("list").stdout
    file = tmp_path / "anna.csv"
    qm("sheet", session["id"], "--rater", "anna", "--out", str(file))
    rows = rows_of(file.read_text(encoding="utf-8-sig"))
    assert [row["answer"] for row in rows] == [""] * len(rows)
    assert len(rows) == 2 * len(session["criteria"])
    assert all(row["contact_id"].startswith("'=C-") for row in rows)
    for row in rows:
        row["answer"] = "sì"
    done = qm("submit", session["id"], written(file, rows), "--rater", "anna")
    assert done.stdout == f"anna: {len(rows)} risposte su {len(rows)}\n"
    assert {row["answer"] for row in rows_of(qm("sheet", session["id"], "--rater", "anna").stdout)} == {"met"}
    with pytest.raises(InputError, match="blind until") as caught:
        qm("report", session["id"])
    assert caught.value.code == "calibration.blind"
    text = qm("close", session["id"]).stdout
    assert "troppo pochi contatti per dirlo" in text
    report = json.loads(qm("report", session["id"], "--json").stdout)
    assert report["agreements"][1]["measured"][0]["reason"] == "too_few"
    assert report["agreements"][1]["measured"][0]["figure"]["value"] is None


def test_every_fault_of_a_sheet_is_told_with_its_line(qm, tmp_path):
    session = opened(qm)
    rows = rows_of(qm("sheet", session["id"], "--rater", "bruno").stdout)[:2]
    wrong = [
        rows[0] | {"answer": "perhaps"},
        rows[0] | {"answer": "no", "contact_id": "C-99"},
        rows[0] | {"answer": "no", "criterion_id": "r-none"},
        rows[0] | {"answer": "no"},
        rows[0] | {"answer": "met"},
        rows[1] | {"answer": "na", "note": "x" * 2001},
        rows[1] | {"answer": ""},
    ]
    done = qm("submit", session["id"], written(tmp_path / "b.csv", wrong), "--rater", "bruno", code=1)
    lines = done.stderr.splitlines()
    told = [":2: ", ":3: ", ":4: ", ":6: ", ":7: "]
    assert len(lines) == len(told)
    assert all(number in line and "calibration.bad_row" in line for number, line in zip(told, lines, strict=True))
    assert "bruno: 1 risposte su" in done.stdout


def test_labels_stand_in_for_a_session(qm, tmp_path):
    labels = [
        {"contact_id": f"=C-{n:02}", "criterion_id": "r-quick", "answer": "met" if n > 6 else "no", "analyst": "anna"}
        for n in range(20)
    ]
    file = written(tmp_path / "labels.csv", labels)
    report = json.loads(qm("report", "--from-labels", file, "--form", "demo", "--json").stdout)
    whole, one = report["agreements"]
    assert (whole["contacts"], one["criterion_id"], one["measured"][0]["figure"]["value"]) == (20, "r-quick", 0.65)
    assert len(report["disagreements"]) == 7
    assert "etichette" in qm("report", "--from-labels", file, "--form", "demo").stdout
    with pytest.raises(InputError) as caught:
        qm("report")
    assert caught.value.code == "calibration.two_sources"


def test_a_bare_day_is_meant_to_its_end_where_the_site_is(qm):
    assert opened(qm, "--due", "2199-01-01")["due_at"].startswith("2199-01-01T23:59")


def test_wrong_use_is_refused_with_a_code(qm, tmp_path):
    with pytest.raises(InputError) as caught:
        qm("open", "--form", "demo", "--rater", "anna", "--due", "2199-01-01T09:00")
    assert caught.value.code == "calibration.bad_moment"
    with pytest.raises(NotFoundError) as caught:
        qm("sheet", "K999", "--rater", "anna")
    assert caught.value.code == "calibration.unknown"
    with pytest.raises(NotFoundError) as caught:
        qm("sheet", opened(qm)["id"], "--rater", "zoe")
    assert caught.value.code == "calibration.unknown_rater"
    with pytest.raises(InputError) as caught:
        qm("sheet", opened(qm)["id"], "--rater", "anna", "--out", str(tmp_path / "no" / "x.csv"))
    assert caught.value.code == "file.unwritable"
