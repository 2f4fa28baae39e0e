"""The commands about surveys: what they print, keep and refuse."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.domain.contact import Kind
from qm.domain.survey import SurveyResponse
from qm.errors import InputError, SettingsError
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

START = datetime(2026, 11, 19, 20, tzinfo=UTC)
PLAN = "sampling: {first_month: 2026-11, shares: [0.5], strata: [process], quiet_days: 10}\n"


@pytest.fixture
def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path / 'var' / 'quality.db'}")
    made.upgrade()
    with made.unit_of_work() as unit:
        for number in range(20):
            contact = builders.contact(
                f"C-{number:02}", customer_id=f"K-{number}", started_at=START + timedelta(minutes=number),
                process=f"p{number % 2}", kind=Kind.TEST if number == 0 else Kind.CUSTOMER,
            )  # fmt: skip
            unit.contacts.save(contact, "/d", number, "")
    yield made
    made.close()


@pytest.fixture
def qm(tmp_path, monkeypatch, database):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_VOC", str(tmp_path / "plan.yaml"))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, code=0):
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_a_draw_is_kept_and_replays(qm, database):
    first = json.loads(qm("survey", "draw", "--day", "2026-11-20", "--json"))
    assert (first["universe"], first["new"], first["share"], first["left_out"]) == (20, 20, 0.5, {"not_a_customer": 1})
    assert len(first["invitations"]) == 10
    again = json.loads(qm("survey", "draw", "--day", "2026-11-20", "--json"))
    assert (again["new"], again["invitations"]) == (0, first["invitations"])
    rows = list(csv.DictReader(io.StringIO(qm("survey", "draw", "--day", "2026-11-20", "--csv"))))
    assert [row["contact_id"] for row in rows] == [row["contact_id"] for row in first["invitations"]]
    assert "10 contatti da intervistare su 20" in qm("survey", "draw", "--day", "2026-11-20")
    with database.reading() as unit:
        kept = unit.draws.of_day("2026-11-20")
    assert sum(row.is_drawn for row in kept) == 10
    assert len(kept) == 20


def test_who_was_asked_is_left_in_peace_also_where_only_a_survey_says_so(qm, database):
    drawn = {
        row["customer_id"] for row in json.loads(qm("survey", "draw", "--day", "2026-11-20", "--json"))["invitations"]
    }
    with database.unit_of_work() as unit:
        for number in range(20):
            contact = builders.contact(
                f"D-{number:02}", customer_id=f"K-{number}", started_at=START + timedelta(days=2), process="p0"
            )
            unit.contacts.save(contact, "/d", number, "")
        free = next(f"K-{number}" for number in range(1, 20) if f"K-{number}" not in drawn)
        unit.surveys.save([SurveyResponse("R-1", customer_id=free, invited_at=START - timedelta(days=3), nps=9)])
    later = json.loads(qm("survey", "draw", "--day", "2026-11-22", "--json"))
    assert later["left_out"] == {"asked_recently": 11}
    asked = {row["customer_id"] for row in later["invitations"]}
    assert len(asked) == 5
    assert not asked & (drawn | {free})


def test_a_day_before_the_plan_and_a_day_that_is_none_are_refused(qm):
    with pytest.raises(InputError, match="before the plan's first month") as caught:
        qm("survey", "draw", "--day", "2026-10-31")
    assert caught.value.code == "survey.not_begun"
    with pytest.raises(InputError, match="isn't a day"):
        qm("survey", "draw", "--day", "ieri")
    with pytest.raises(InputError, match="lies outside 1970 to 2199"):
        qm("survey", "draw", "--day", "9999-12-31")
    with pytest.raises(InputError, match="exclude each other"):
        qm("survey", "report", "--json", "--csv")
    with pytest.raises(InputError, match="did you mean 'agent'"):
        qm("survey", "report", "--by", "agnet")


def test_an_import_tells_new_replaced_and_known_and_a_report_follows(qm, tmp_path):
    file = tmp_path / "s.csv"
    lines = [f"R-{n},C-{n:02},2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,sms,{n % 11}" for n in range(20)]
    file.write_text("\n".join(["response_id,contact_id,invited_at,answered_at,medium,nps", *lines, "R-x,C-01,,,,9/10"]))
    assert "20 risposte (20 nuove, 0 sostituite, 0 già note); 20 su 20" in qm("survey", "import", str(file), code=1)
    file.write_text(file.read_text().replace("R-x,C-01,,,,9/10", "").replace("sms,3", "sms,10"))
    assert "20 risposte (0 nuove, 2 sostituite, 18 già note); 20 su 20" in qm("survey", "import", str(file))
    report = json.loads(qm("survey", "report", "--by", "process", "--json"))
    assert (report["contacts"], report["total"]["answered"], report["beside"]) == (19, 19, 1)
    assert [group["id"] for group in report["groups"]] == ["p0", "p1"]
    text = qm("survey", "report", "--by", "process")
    assert "non distinguibile dagli altri" in text
    assert "promotori" in text
    assert qm("survey", "report", "--by", "team", "--csv").startswith("part,id,name,invited")
    assert "Nessuna risposta" in qm("survey", "report", "--until", "2026-01-01")


def test_the_plan_in_force_is_shown_and_a_faulty_one_told_whole(qm, tmp_path):
    assert "quiet_days 10" in qm("voc", "plan")
    assert json.loads(qm("voc", "plan", "--json"))["sampling"]["shares"] == [0.5]
    (tmp_path / "plan.yaml").write_text("dya: {}\nsampling: {shares: [7]}\n")
    with pytest.raises(SettingsError, match=r"did you mean 'day'(.|\n)*shares must be"):
        qm("voc", "plan")
