"""`qm bench score` on a handful of transcripts: what is made, what is counted, and how it runs without spaCy."""

import json
import shutil
import sys

import pytest
from typer.testing import CliRunner

from benchmarks import score
from benchmarks.score_sets import made_items, made_pack
from pipelines.cli import app
from qm.config import REPOSITORY
from qm.domain.transcript import Role
from qm.rules.loader import load_packs

COUNT, PACK = 4, "servizio-clienti"


@pytest.fixture(scope="module")
def packs():
    return load_packs(REPOSITORY / "scoring_rules")


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """The command on tiny sizes and one pack, on a machine that has no spaCy."""
    shutil.copytree(REPOSITORY / "scoring_rules" / PACK, tmp_path / "rules" / PACK)
    monkeypatch.setenv("QM_RULES", str(tmp_path / "rules"))
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.setenv("QM_DATA", str(tmp_path))
    monkeypatch.setattr(score, "LENGTHS", (4, 8))
    monkeypatch.setattr(score, "TURNS", 8)
    monkeypatch.setattr(score, "GROWTH_ITEMS", 2)

    def run(*words):
        result = CliRunner().invoke(app, ["bench", "score", "--count", str(COUNT), "--rounds", "1", *words])
        assert result.exit_code == 0, result.output
        return result

    return run


def test_without_spacy_all_but_the_ratio_is_told(bench):
    result = bench("--json")
    assert "spaCy isn't installed" in result.stderr
    figures = json.loads(result.stdout)["figures"]
    rules = figures["criteria"]["value"]
    assert 0 < rules < score.CRITERIA
    assert figures["score/speed"]["value"] > figures["evaluate/speed"]["value"] * 0.5 > 0
    assert figures["score/speed"]["n"] == COUNT
    assert figures["score/speed"]["target"] == ">= 200"
    assert figures["applied"]["n"] == COUNT * rules
    assert 0 < figures["applied"]["value"] <= 1
    assert not [name for name in figures if "spacy" in name or name == "score/ratio"]
    assert {"length/4", "length/8", "length/exponent", "phrases/2", "phrases/exponent"} <= set(figures)


def test_as_lines_it_names_figure_unit_and_target(bench):
    lines = bench("--no-peer").stdout.splitlines()
    assert any(line.startswith("score/speed") and "transcripts/s" in line and "200" in line for line in lines)


def test_equal_seeds_make_equal_calls_and_others_dont():
    first, again, other = (made_items(REPOSITORY, 3, 6, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [item.transcript.language for item in made_items(REPOSITORY, 4, 6, 1)] == ["it", "it", "it", "en"]
    assert [turn.role for turn in first[0].transcript.turns] == [Role.AGENT, Role.CUSTOMER] * 3


def test_the_made_form_has_rules_that_ask_for_no_other_answer(packs):
    pack = made_pack(packs, score.CRITERIA)
    assert len(pack.form.criteria) == len(pack.rules) == score.CRITERIA
    assert not any(pack.asked[criterion.id] for criterion in pack.form.criteria)
    assert len(made_pack(packs, 10_000).rules) < 10_000


def test_growth_is_an_exponent():
    assert score._exponent({1.0: 3.0, 2.0: 6.0, 4.0: 12.0}) == pytest.approx(1.0)
    assert score._exponent({1.0: 3.0, 4.0: 6.0, 16.0: 12.0}) == pytest.approx(0.5)
