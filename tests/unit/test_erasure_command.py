"""The commands that erase: what they print, what they refuse, and how they end."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.errors import HeldError, InputError, NotFoundError, StorageError
from qm.storage.database import Database
from tests.unit.erasure_site import Site, said

PLAN = "rules:\n  - id: all\n    keep: {audio: 0}\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{folder / 'quality.db'}"
    database = Database(url)
    database.upgrade()
    Site(database, folder, url).fill()
    database.close()
    return folder


@pytest.fixture
def folder(filled, tmp_path):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def qm(folder, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(folder))
    monkeypatch.setenv("QM_LANGUAGE", "en")
    monkeypatch.setenv("QM_ACTOR", "Ada")
    monkeypatch.chdir(folder)

    def run(*words, code=0):
        result = CliRunner().invoke(app, [*words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_erase_asks_for_what_it_needs(qm):
    with pytest.raises(InputError, match=r"erasure\.no_subject"):
        qm("erase", "--reason", "x", "--yes")
    with pytest.raises(InputError, match=r"erasure\.no_subject"):
        qm("erase", "--contact", "C-1", "--customer", "K-100", "--yes")
    with pytest.raises(InputError, match=r"erasure\.no_reason"):
        qm("erase", "--contact", "C-1", "--yes")
    with pytest.raises(InputError, match="--dry-run"):
        qm("erase", "--contact", "C-1", "--reason", "x")
    with pytest.raises(NotFoundError, match=r"customer\.unknown"):
        qm("erase", "--customer", "K-404", "--reason", "x", "--yes")


def test_a_dry_run_changes_nothing_and_names_what_remains(qm):
    told = qm("erase", "--customer", "K-100", "--dry-run")
    assert "2 contacts" in told
    assert "/in/day: the day folder isn't the product's" in told
    assert json.loads(qm("erase", "--customer", "K-100", "--dry-run", "--json"))["counts"]["objects"] == 2
    assert qm("retention", "certificates") == "No erasures.\n"


def test_an_erasure_ends_with_its_certificate(qm, folder):
    out = folder / "certificate.json"
    told = qm("erase", "--customer", "K-100", "--reason", "request 7", "--yes", "--out", str(out))
    certificate = json.loads(out.read_text())
    assert certificate["by"] == "Ada"
    assert certificate["why"] == "request 7"
    assert certificate["state"] == "done"
    assert certificate["objects_sha256"][0] in told
    assert "nothing found in: " in told
    assert "STILL" not in told
    assert "K-100" not in told
    assert said("C-1") not in told
    assert qm("retention", "certificate", certificate["id"]) == told
    assert json.loads(qm("retention", "certificate", certificate["id"], "--json")) == certificate
    assert f"{certificate['id']}  a customer  Ada: request 7" in qm("retention", "certificates")
    assert json.loads(qm("erase", "--customer", "K-100", "--check", "--json"))["clean"] is True
    assert qm("erase", "--again") == "Nothing came back.\n"
    with pytest.raises(NotFoundError, match=r"erasure\.unknown"):
        qm("retention", "certificate", "E-404")


def test_a_check_that_finds_something_ends_with_1(qm):
    found = json.loads(qm("erase", "--contact", "C-1", "--check", "--json", code=1))
    assert found["checked"]["contacts.id"] == 1
    assert found["checked"]["objects"] == 1
    assert "STILL FOUND: contacts.id, 1" in qm("erase", "--contact", "C-1", "--check", code=1)


def test_a_certificate_that_cant_be_written_isnt_lost(qm, folder):
    with pytest.raises(StorageError, match="all was erased"):
        qm("erase", "--contact", "C-1", "--reason", "x", "--yes", "--out", str(folder / "no" / "where.json"))
    assert "a contact  Ada: x" in qm("retention", "certificates")


def test_holds(qm):
    assert qm("hold", "list") == "No legal holds.\n"
    hold = json.loads(qm("hold", "set", "--contact", "C-1", "--reason", "court 12", "--json"))["id"]
    assert f"{hold}  a contact C-1  Ada" in qm("hold", "list")
    with pytest.raises(HeldError, match=hold):
        qm("erase", "--customer", "K-100", "--reason", "x", "--yes")
    assert f"Legal hold {hold}: Ada" in qm("erase", "--customer", "K-100", "--dry-run")
    assert qm("hold", "release", hold) == f"{hold}: legal hold released\n"
    assert "released on" in qm("hold", "list")
    assert json.loads(qm("hold", "list", "--json"))["holds"][0]["released_by"] == "Ada"
    with pytest.raises(InputError, match=r"hold\.incomplete"):
        qm("hold", "set", "--contact", "C-1", "--reason", " ")


def test_retention(qm, folder, monkeypatch):
    assert qm("retention", "show") == "No plan (QM_RETENTION): nothing is due by itself.\n"
    (folder / "plan.yaml").write_text(PLAN)
    monkeypatch.setenv("QM_RETENTION", str(folder / "plan.yaml"))
    assert qm("retention", "show") == "1. all (every contact)\n   audio: 0 days\n"
    assert qm("retention", "due") == "all: 6 contacts, due: 6 audio\n" == qm("retention", "apply", "--dry-run")
    assert json.loads(qm("retention", "due", "--json"))["rules"][0]["due"] == {"audio": 6}
    certificate = json.loads(qm("retention", "apply", "--json"))
    assert certificate["counts"]["objects"] == 6
    assert certificate["kind"] == "retention"
    assert qm("retention", "apply") == "Nothing is due.\n"
    assert json.loads(qm("retention", "apply", "--json")) == {"certificate": None}
    monkeypatch.setenv("QM_LANGUAGE", "it")
    assert "scadenze del piano di conservazione" in qm("retention", "certificate", certificate["id"])
