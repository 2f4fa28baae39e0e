"""`qm survey bias` and `qm estimate` on a made quarter: what they print, keep and refuse."""

import json
import shutil
from datetime import UTC, datetime

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.voc_made import fill_made, made_quarter
from pipelines.cli import app
from qm.documents import dump, load
from qm.domain.estimate import EstimateReport
from qm.domain.satisfied_mark import SatisfiedMark
from qm.domain.selection import SelectionReport
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError, NotFoundError, StorageError
from qm.services.estimates import EstimateRequest, EstimateService
from qm.storage.database import Database


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quarter")
    contacts, surveys = made_quarter(np.random.default_rng(4), 3000, 10)
    database = Database(f"sqlite:///{folder}/quality.db")
    fill_made(database, contacts, surveys)
    database.close()
    return folder


@pytest.fixture
def qm(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "var")
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, code=0):
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path))
    Database(f"sqlite:///{tmp_path}/quality.db").upgrade()
    return lambda *words: CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_bias_tells_every_figure_three_ways_and_whom_to_look_at(qm):
    report = load(SelectionReport, qm("survey", "bias", "--json"))
    assert report.statements == ()
    assert {one.id for one in report.headlines} == {"nps", "mean:satisfaction", "share:satisfaction"}
    nps = next(one for one in report.headlines if one.id == "nps")
    assert nps.among_all.lo < nps.weighted.value < nps.raw.value < nps.among_all.hi
    assert [check.agent_id for check in report.gaming.agents if check.differs] == ["A003"]
    text = qm("survey", "bias")
    assert "Non è una prova contro nessuno" in text
    assert "Agent 3 (A003)" in text
    lines = qm("survey", "bias", "--csv").splitlines()
    assert lines[0].startswith("figure,dimension,group,name,n,raw,")
    assert len(lines) == 1 + len(report.headlines)


def test_bias_is_the_same_when_run_again(qm):
    first, second = (json.loads(qm("survey", "bias", "--json")) for _time in range(2))
    del first["computed_at"], second["computed_at"]
    assert first == second


def test_a_period_without_contacts_says_so(qm):
    report = load(SelectionReport, qm("survey", "bias", "--since", "2020-01-01", "--until", "2020-02-01", "--json"))
    assert report.statements == ("no_contacts",)
    assert report.headlines == ()
    assert "non ci sono contatti" in qm("survey", "bias", "--since", "2020-01-01", "--until", "2020-02-01")


def test_wrong_use_is_told(qm):
    with pytest.raises(InputError, match="isn't before"):
        qm("survey", "bias", "--since", "2026-02-01", "--until", "2026-01-01")
    with pytest.raises(InputError, match="exclude each other"):
        qm("survey", "bias", "--json", "--csv")
    with pytest.raises(InputError, match="no scale 'joy' in the plan"):
        qm("estimate", "--scale", "joy")
    with pytest.raises(InputError, match="lies outside 1970 to 2199"):
        qm("estimate", "--day", "0001-01-01")
    with pytest.raises(InputError, match="is after"):
        qm("estimate", "--day", "2026-01-10", "--since", "2026-02-01")
    with pytest.raises(StorageError, match="no-such-folder"):
        qm("estimate", "--contacts", "no-such-folder/x.csv")


def test_estimate_tells_the_last_day_its_past_and_its_groups(qm, tmp_path):
    file = tmp_path / "contacts.csv"
    report = load(EstimateReport, qm("estimate", "--json", "--contacts", str(file)))
    assert report.day == "2026-03-01"
    assert report.today.estimate.lo < report.today.estimate.value < report.today.estimate.hi
    assert report.test.days > 30
    assert [table.dimension for table in report.groups] == ["all", "process", "team", "agent"]
    (whole,) = report.groups[0].groups
    assert whole.estimate.n == report.contacts == 3000
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "contact_id,probability,lo,hi"
    assert len(lines) == 1 + 3000 - report.answers.n
    text = qm("estimate")
    assert "clienti soddisfatti, stima" in text
    assert f"{100 * whole.estimate.value:.1f}".replace(".", ",") in text


def test_reports_keep_and_say_from_which_answer_on_a_customer_is_satisfied(qm):
    assert load(EstimateReport, qm("estimate", "--json")).mark == SatisfiedMark("satisfaction", 7)
    assert load(SelectionReport, qm("survey", "bias", "--json")).marks == (SatisfiedMark("satisfaction", 7),)
    assert "soddisfatti = da 7 in su" in qm("estimate")
    assert "soddisfatti = da 7 in su" in qm("survey", "bias")


def test_a_day_that_is_not_over_or_too_small_is_not_the_default_and_has_no_value(qm, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/var/quality.db")
    service = EstimateService(database.unit_of_work, database.reading, VocPlan(), 5)
    in_the_day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert service.compute(EstimateRequest(), in_the_day)[0].day == "2026-02-28"
    strict = EstimateService(database.unit_of_work, database.reading, VocPlan(), 1000)
    small = strict.compute(EstimateRequest(), datetime(2026, 3, 5, tzinfo=UTC))[0]
    assert (small.day, small.today.reason, small.today.estimate.value) == ("2026-03-01", "few_contacts", None)
    assert small.today.estimate.n == small.today.contacts > 0
    before_all = datetime(2025, 1, 1, tzinfo=UTC)
    assert service.compute(EstimateRequest(), before_all)[0].day == "2026-03-01"
    database.close()


def test_an_early_day_is_refused_and_kept_apart(qm):
    report = load(EstimateReport, qm("estimate", "--day", "2026-01-03", "--json"))
    assert report.today.reason == "thin"
    assert report.today.estimate.value is None
    assert "sarebbe un'invenzione" in qm("estimate", "--day", "2026-01-03")


def test_without_contacts_or_answers_nothing_is_made_up(empty):
    with pytest.raises(NotFoundError, match="there are no contacts"):
        empty("estimate")
    report = load(SelectionReport, empty("survey", "bias", "--json").stdout)
    assert report.statements == ("no_contacts",)


def test_reports_survive_being_kept(qm):
    text = qm("survey", "bias", "--json").strip()
    assert dump(load(SelectionReport, text)) == text
