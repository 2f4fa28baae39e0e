"""`qm db`: what a new user sees, in both languages, and one JSON document where that is asked for."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.errors import ConflictError, InputError
from qm.storage.database import Database
from tests.unit import builders


@pytest.fixture
def qm(tmp_path, monkeypatch):
    """Run a command in an empty folder; its result."""
    monkeypatch.chdir(tmp_path)
    for name in ("QM_DATA", "QM_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QM_LANGUAGE", "it")

    def run(*words):
        return CliRunner().invoke(app, ["db", *words])

    return run


def save(contact_id):
    database = Database(read_settings().database_url)
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact(contact_id), "/day", 0, "f")
    database.close()


def test_from_nothing_to_a_backup_and_back(qm, tmp_path):
    assert qm("upgrade").stdout.endswith(" ha ora lo schema 0016.\n")
    assert "niente da fare" in qm("upgrade").stdout
    assert qm("check").stdout == "ok\n"
    save("C-1")
    made = json.loads(qm("backup", str(tmp_path), "--json").stdout)
    assert made["manifest"]["rows"]["contacts"] == 1
    assert made["file"].endswith(".db")
    save("C-2")
    refused = qm("restore", made["file"])
    assert isinstance(refused.exception, ConflictError)
    assert "--replace" in refused.exception.hint
    told = qm("restore", made["file"], "--replace")
    assert "ripristinato e verificato" in " ".join(told.stdout.split())
    again = json.loads(qm("restore", made["file"], "--replace", "--json").stdout)
    assert again == {"manifest": made["manifest"], "erased_again": None}
    assert "righe" in qm("backup", "second.db").stdout
    assert qm("backup", "second.db").exception.code == "database.backup_there"


def test_partitions_are_not_for_sqlite(qm):
    qm("upgrade")
    refused = qm("partition")
    assert isinstance(refused.exception, InputError)
    assert refused.exception.code == "database.no_partitions"
