"""The commands about forms: what they print, what they write, and how they end."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.errors import NotFoundError
from tests.unit.form_files import FORM, write_pack


@pytest.fixture
def qm(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words, code=0):
        result = CliRunner().invoke(app, ["forms", *words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_list_tells_version_status_and_use(qm):
    assert qm("list") == "demo 1.0.0: Prova (pubblicata, 7 criteri, uso non noto)\n"
    (form,) = json.loads(qm("list", "--json"))["forms"]
    assert (form["form"], form["status"], form["criteria"], form["people_only"], form["evaluations"]) == (
        "demo", "published", 7, 2, None,
    )  # fmt: skip


def test_show_tells_what_each_criterion_weighs(qm):
    lines = qm("show", "demo").splitlines()
    assert lines[0] == "Prova (demo 1.0.0; pesi per sezione; soglia 70)"
    told = {line.strip() for line in lines}
    assert "25.0 % Titolo (r-quick: sì o no, critico per il cliente, leva effort)" in told
    assert "0.0 % Appunti (p-notes: testo, senza punteggio, solo a mano, sotto condizione)" in told
    weights = json.loads(qm("show", "demo", "--json"))["weights"]
    assert abs(sum(weights.values()) - 1) < 1e-9


def test_an_unknown_form_names_those_that_are_known(qm):
    with pytest.raises(NotFoundError, match="known: demo"):
        qm("show", "dmeo")
    with pytest.raises(NotFoundError, match="known: demo"):
        qm("lint", "dmeo")


@pytest.mark.parametrize("kind", ["yaml", "json", "csv"])
def test_export_and_import_bring_the_form_elsewhere(qm, tmp_path, kind):
    file, there = tmp_path / f"form.{kind}", tmp_path / "there"
    assert qm("export", "demo", "--as", kind, "--out", str(file)) == ""
    assert file.read_text(encoding="utf-8") == qm("export", "demo", "--as", kind)
    assert "demo 1.0.0: importata come bozza" in qm("import", str(file), "--into", str(there))
    assert "status: draft" in (there / "demo" / "pack.yaml").read_text()


def test_a_faulty_file_is_refused_with_its_lines(qm, tmp_path):
    file = tmp_path / "form.yaml"
    file.write_text(qm("export", "demo").replace("points: 2", "pionts: 2"))
    qm("import", str(file), "--into", str(tmp_path / "there"), code=2)
    assert not (tmp_path / "there").exists()


def test_publish_locks_a_draft(qm, tmp_path):
    write_pack(tmp_path, form=FORM.replace("version: 1.0.0", "version: 1.0.0\nstatus: draft"))
    assert qm("publish", "demo") == "demo 1.0.0: pubblicata e bloccata\n"
    assert json.loads((tmp_path / "packs" / "lock.json").read_text())["demo"]["version"] == "1.0.0"
    assert "pubblicata" in qm("list")


def test_lint_warns_and_fails_only_when_asked(qm):
    assert "packs/demo: rules.few_cases: rule 'r-quick' has 0 cases" in qm("lint")
    assert "rules.few_cases" in qm("lint", "demo", "--strict", code=2)
