"""`qm drivers` and `qm forms derive`: what they print, keep and write, and what they refuse."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.errors import InputError, NotFoundError
from qm.rules.loader import load_packs
from tests.unit.made_survey_base import CRITICAL, write_base, write_rules


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drivers")
    return write_base(folder / "var"), write_rules(folder)


@pytest.fixture
def qm(made, monkeypatch):
    data, rules = made
    monkeypatch.setenv("QM_DATA", str(data))
    monkeypatch.setenv("QM_RULES", str(rules))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, code=0):
        result = CliRunner().invoke(app, [*words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_sentences_tell_points_interval_and_n(qm):
    text = qm("drivers")
    assert "Un trasferimento: la probabilità di un cliente soddisfatto scende di" in text
    assert "n = 4.000" in text
    assert "Non provano una causa" in text


def test_json_has_effects_titles_and_reasons(qm):
    report = json.loads(qm("drivers", "--json", "--scale", "nps"))
    effects = {effect["key"]: effect for effect in report["drivers"]["effects"]}
    assert report["form_id"] == "made"
    assert effects["c:made/k00"]["verdict"] == "matters"
    assert effects["c:made/k00"]["points"]["lo"] > 0
    assert set(effects) <= set(report["titles"])
    assert "resolved" in {one["key"] for one in report["drivers"]["left_out"]}


def test_csv_has_a_line_a_predictor(qm):
    rows = list(csv.DictReader(io.StringIO(qm("drivers", "--csv"))))
    transfer = next(row for row in rows if row["key"] == "transfer")
    assert float(transfer["points_hi"]) < 0
    assert any(row["key"] == "transfer_or_hold" for row in rows)
    assert any(row["verdict"] == "not_delivered" and not row["points"] for row in rows)


def test_days_without_answers_are_a_statement_not_a_number(qm):
    text = qm("drivers", "--since", "2020-01-01", "--until", "2020-02-01")
    assert "Nessun contatto con una risposta su questa scala" in text


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (["--scale", "happiness"], InputError, "drivers.no_scale"),
        (["--form", "none"], NotFoundError, "form.unknown"),
        (["--json", "--csv"], InputError, "drivers.two_forms"),
        (["--since", "2026-02-01", "--until", "2026-02-01"], InputError, "drivers.period"),
    ],
)
def test_wrong_words_are_refused(qm, words, error, code):
    with pytest.raises(error) as caught:
        qm("drivers", *words)
    assert caught.value.code == code


def test_a_scale_that_nobody_answered_is_refused_in_words(qm):
    assert "Nessun contatto con una risposta su questa scala" in qm("drivers", "--scale", "ces")


def test_a_draft_is_derived_and_taken_in(qm, tmp_path):
    draft, guide = tmp_path / "draft.yaml", tmp_path / "guide.md"
    text = qm("forms", "derive", "made", "--out", str(draft), "--guide", str(guide))
    assert "Bozza scritta" in text
    assert "scheda proposta" in text
    qm("forms", "import", str(draft), "--into", str(tmp_path / "packs"))
    (pack,) = load_packs(tmp_path / "packs", drafts=True)
    assert (pack.form.version, pack.form.draft) == ("1.3.0", True)
    first = pack.form.criterion("k00")
    assert (first.points, first.driver) == (10, "satisfaction")
    kept = pack.form.criterion(CRITICAL)
    assert (kept.points, kept.automatic_fail) == (1, True)
    assert "critica: resta comunque" in guide.read_text(encoding="utf-8")


def test_the_proposal_names_what_it_drops_and_judges_both_forms(qm):
    derived = json.loads(qm("forms", "derive", "made", "--margin", "6", "--json"))
    fates = {one["id"]: one["fate"] for one in derived["criteria"]}
    assert fates["k00"] == "driver"
    assert fates[CRITICAL] == "critical"
    assert set(fates.values()) <= {"driver", "critical", "idle", "trial"}
    dropped = [one for one in derived["criteria"] if one["fate"] == "idle"]
    assert dropped
    assert all((one["points"], one["after"]) == (0, 0) and one["effect"]["points"]["n"] for one in dropped)
    validity = derived["validity"]
    assert validity["difference"]["lo"] > 0  # one question of six moves customers: the old form drowns it
    assert validity["old"]["value"] < validity["new"]["value"]


def test_thin_data_derive_nothing(qm, tmp_path):
    out = tmp_path / "draft.yaml"
    text = qm("forms", "derive", "made", "--since", "2026-11-20", "--until", "2026-11-21", "--out", str(out), code=2)
    assert "Meno di" in text or "Dati insufficienti" in text
    assert not out.exists()
