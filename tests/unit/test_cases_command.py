"""The commands about cases: what they print and keep, how they end; and that imports open cases."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.errors import ConflictError, InputError, NotFoundError
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

SURVEYS = """response_id,contact_id,answered_at,nps,satisfaction,comment
R-1,C-1,2026-11-20T12:00:00+01:00,1,2,"=HYPERLINK(""x"")"
R-2,C-2,2026-11-20T13:00:00+01:00,9,10,bene
R-3,C-404,2026-11-20T13:00:00+01:00,0,0,chi?
"""


@pytest.fixture
def qm(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))  # a small pack: the real ones take a second to load
    monkeypatch.setenv("QM_LANGUAGE", "it")
    database = Database(read_settings().database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        for place, contact_id in enumerate(["C-1", "C-2"]):
            unit.contacts.save(builders.contact(contact_id, customer_id="=K-1"), "/day", place, "f")
    database.close()

    def run(*words, code=0):
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def import_surveys(qm, tmp_path, text=SURVEYS):
    file = tmp_path / "surveys.csv"
    file.write_text(text, encoding="utf-8")
    qm("survey", "import", str(file))


@pytest.fixture
def case_id(qm, tmp_path):
    import_surveys(qm, tmp_path)
    (row,) = json.loads(qm("cases", "list", "--json"))["items"]
    return row["id"]


def test_an_import_opens_cases_once(qm, tmp_path, case_id):
    import_surveys(qm, tmp_path)
    queue = json.loads(qm("cases", "list", "--json"))
    assert [row["id"] for row in queue["items"]] == [case_id]
    assert queue["detractors_without_contact"] == 1
    assert qm("cases", "open") == "0 casi aperti, 0 aggiornati; 1 scontenti senza contatto\n"
    assert json.loads(qm("cases", "open", "--json")) == {"changed": 0, "opened": 0, "without_contact": 1}


def test_a_late_contact_and_a_corrected_survey(qm, tmp_path, case_id):
    import_surveys(qm, tmp_path, SURVEYS.replace(",1,2,", ",9,9,"))
    assert "non risulta più insoddisfatto" in qm("cases", "show", case_id)
    database = Database(read_settings().database_url)
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact("C-404"), "/day", 9, "f")
    database.close()
    import_surveys(qm, tmp_path)
    assert len(json.loads(qm("cases", "list", "--json"))["items"]) == 2
    shown = json.loads(qm("cases", "show", case_id, "--json"))
    assert [change["kind"] for change in shown["case"]["history"]] == ["opened", "survey", "survey"]


def test_a_case_is_worked_on_and_closed(qm, case_id):
    assert "Assegnato a Ada" in qm("cases", "assign", case_id, "--who", "Marta", "--to", "Ada")
    assert "Tentativo senza risposta (telefono" in qm("cases", "attempt", case_id, "--who", "Ada", "--not-reached")
    qm("cases", "attempt", case_id, "--who", "Ada", "--reached", "--channel", "chat", "--at", "2026-11-20T18:30")
    assert "Fattura o addebito (prodotto)" in qm("cases", "cause", case_id, "billing", "--who", "Ada")
    qm("cases", "remedy", case_id, "apology", "--who", "Ada", "--note", "detto al telefono")
    qm("cases", "appointment", case_id, "--at", "2100-01-01T10:00", "--who", "Ada")
    assert "Chiuso: recuperato" in qm("cases", "close", case_id, "--who", "Ada", "--outcome", "recovered")
    qm("cases", "answer", case_id, "satisfied", "--score", "8", "--who", "Ada")
    shown = qm("cases", "show", case_id)
    assert "20/11/2026 18:30" in shown, "a time without offset is the site's"
    assert "«detto al telefono»" in shown
    assert "Nessun caso" in qm("cases", "list")
    assert case_id in qm("cases", "list", "--state", "closed")
    assert "Riaperto" in qm("cases", "reopen", case_id, "--who", "Ada", "--note", "ha richiamato")


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        (["close", "CASE", "--who", "Ada"], InputError, "case.no_outcome"),
        (["close", "CASE", "--who", "Ada", "--outcome", "recoverd"], NotFoundError, "case.unknown_outcome"),
        (["cause", "CASE", "biling", "--who", "Ada"], NotFoundError, "case.unknown_cause"),
        (["assign", "CASE", "--who", " ", "--to", "Ada"], InputError, "case.no_name"),
        (["attempt", "CASE", "--who", "Ada", "--reached", "--at", "2100-01-01"], InputError, "case.future"),
        (["attempt", "CASE", "--who", "Ada", "--reached", "--at", "2020-01-01"], InputError, "case.before_case"),
        (["attempt", "CASE", "--who", "Ada", "--reached", "--at", "ieri"], InputError, "case.bad_time"),
        (["attempt", "CASE", "--who", "Ada", "--reached", "--note", "x" * 100_000], InputError, "case.long_note"),
        (["appointment", "CASE", "--who", "Ada", "--at", ""], InputError, "case.no_time"),
        (["show", "D-404"], NotFoundError, "case.unknown"),
        (["list", "--state", "lost"], InputError, "case.bad_filter"),
        (["report", "--since", "2026-11-20", "--until", "2026-11-19"], InputError, "case.bad_dates"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(qm, case_id, words, kind, code):
    before = qm("cases", "show", case_id, "--json")
    with pytest.raises(kind) as caught:
        qm("cases", *[case_id if word == "CASE" else word for word in words])
    assert caught.value.code == code
    history = json.loads(before)["case"]["history"]
    assert json.loads(qm("cases", "show", case_id, "--json"))["case"]["history"] == history


def test_closing_twice_is_refused(qm, case_id):
    qm("cases", "close", case_id, "--who", "Ada", "--outcome", "no_detractor")
    with pytest.raises(ConflictError, match=r"case\.closed"):
        qm("cases", "close", case_id, "--who", "Ada", "--outcome", "no_detractor")


def test_list_says_how_late_a_case_is_and_filters(qm, case_id):
    shown = qm("cases", "list")
    assert case_id in shown
    assert "1 aperti" in shown
    (row,) = json.loads(qm("cases", "list", "--json"))["items"]
    assert (row["queue_day"], row["severity"], row["next_step"]) == ("2026-11-23", "high", "attempt")
    assert (row["hours_left"] < 0) == row["is_overdue"]
    for words in (["--severity", "low"], ["--assignee", "Ada"], ["--team", "Sud"], ["--day", "2026-11-20"]):
        assert json.loads(qm("cases", "list", *words, "--json"))["items"] == []
    for words in (["--severity", "high"], ["--assignee", "-"], ["--team", "Nord"], ["--day", "2026-11-23"]):
        assert len(json.loads(qm("cases", "list", *words, "--json"))["items"]) == 1


def test_report_and_export(qm, case_id):
    report = json.loads(qm("cases", "report", "--since", "2026-11-16", "--json"))
    assert (report["opened"], report["without_cause"]) == (1, 1)
    assert "dal 16/11/2026 al 23/11/2026" in qm("cases", "report", "--since", "2026-11-16")
    assert json.loads(qm("cases", "report", "--since", "2026-11-01", "--until", "2026-11-08", "--json"))["opened"] == 0
    (row,) = csv.DictReader(io.StringIO(qm("cases", "export")))
    assert (row["case_id"], row["customer_id"], row["scores"]) == (case_id, "'=K-1", "nps 1, satisfaction 2")
