"""The command about comments: what it prints, keeps, and how it ends."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from models.fakes_encoder import HashingEncoder
from pipelines import wiring
from pipelines.cli import app
from pipelines.commands.context import CommandContext
from pipelines.reports.theme_tables import Stopwatch
from qm.config import read_settings
from qm.domain.survey import SurveyResponse
from qm.errors import InputError
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

COMMENTS = ["attesa al telefono troppo lunga"] * 7 + ["operatore gentile"] * 6 + ["=formula"]


@pytest.fixture
def qm(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))
    monkeypatch.setenv("QM_LANGUAGE", "it")
    monkeypatch.setattr(wiring, "make_encoder", lambda _settings, _progress: HashingEncoder())
    database = Database(read_settings().database_url)
    database.upgrade()
    with database.unit_of_work() as unit:
        unit.surveys.save(
            [
                SurveyResponse(f"R{at:02d}", answered_at=builders.NINE, nps=2 if at < 7 else 10, comment=comment)
                for at, comment in enumerate(COMMENTS)
            ]
        )
    database.close()

    def run(*words, code=0):
        result = CliRunner().invoke(app, ["comments", *words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_the_table_has_themes_intervals_and_what_cannot_be_said(qm):
    told = qm()
    assert "commenti dei sondaggi: 14 letti per significato" in told
    assert "attesa al telefono" in told
    assert "50,0 % (26,8–73,2)" in told
    assert "Senza tema: 1 su 14" in told
    assert "d'accordo 13 su 13" in told
    assert "Nessun commento è collegato a un contatto" in told


def test_json_is_the_report_that_is_kept(qm):
    report = json.loads(qm("--json"))
    assert [theme["n"] for theme in report["themes"]] == [7, 6]
    database = Database(read_settings().database_url)
    with database.reading() as unit:
        assert json.loads(unit.documents.get("themes", "comments")) == report
    database.close()


def test_csv_and_the_limits(qm):
    rows = list(csv.DictReader(io.StringIO(qm("--csv"))))
    assert [(row["by"], row["n"], row["of"]) for row in rows] == [
        ("all", "7", "14"), ("month", "7", "14"), ("all", "6", "14"), ("month", "6", "14"),
    ]  # fmt: skip
    assert len({row["theme"] for row in csv.DictReader(io.StringIO(qm("--csv", "--themes", "1")))}) == 1


def test_a_time_without_comments_says_so(qm):
    assert "Nessun commento con parole" in qm("--since", "2027-01-01")
    assert "Nessun commento con parole" in qm("--until", "2026-11-20")
    assert "14 letti" in qm("--since", "2026-11-20", "--until", "2026-11-21")


def test_turns_and_words_alone(qm):
    assert "parole dei clienti nelle conversazioni: 0 letti" in qm("--turns")
    assert "14 letti per parole in comune" in qm("--by-words")


def test_sentiment_off_says_so(qm, monkeypatch):
    monkeypatch.setenv("QM_SENTIMENT", "no")
    told = qm()
    assert "spenta (QM_SENTIMENT=no)" in told
    assert "d'accordo" not in told


def test_wrong_use(qm):
    with pytest.raises(InputError, match="exclude"):
        qm("--json", "--csv")
    with pytest.raises(InputError, match="isn't before"):
        qm("--since", "2026-11-21", "--until", "2026-11-21")
    qm("--since", "ieri", code=2)
    qm("--themes", "0", code=2)


def test_a_context_makes_the_service_once(qm):
    context = CommandContext.open()
    assert context.wiring.comments is context.wiring.comments


def test_the_stopwatch_leaves_out_the_first_lot():
    moments, shown = iter([0.0, 30.0, 31.0, 32.0, 40.0]), []
    watch = Stopwatch(lambda: next(moments), lambda done, every: shown.append((done, every)))
    watch.tell(256, 600)
    assert watch.rate is None
    watch.tell(512, 600)
    watch.tell(600, 600)
    watch.stop()
    assert (watch.rate, watch.rest_s, shown[-1]) == (172.0, 8.0, (600, 600))
