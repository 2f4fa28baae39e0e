"""The commands about the audit trail, as somebody who was never told anything would try them."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.errors import InputError
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database
from tests.unit.form_files import write_pack


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_RULES", str(write_pack(tmp_path)))
    monkeypatch.setenv("QM_LANGUAGE", "it")
    made = Database(read_settings().database_url, pen=AuditPen("Ada"))
    made.upgrade()
    with made.unit_of_work() as unit:
        unit.audit.note("recording.played", "contact", "C-1")
        unit.audit.note("case.changed", "case", "D-1", before={"state": "open"}, after={"state": "closed"}, why="fatto")
        unit.audit.note("transcript.viewed", "contact", "C-2", actor="[bold]Bea")
    yield made
    made.close()


@pytest.fixture
def qm(database):
    def run(*words, code=0):
        result = CliRunner().invoke(app, ["audit", *words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_verify_tells_what_it_checked_and_the_link_to_keep(qm, tmp_path):
    lines = qm("verify").splitlines()
    assert lines[0] == "Il registro è integro. Eventi controllati: 3, dal n. 1 al n. 3."
    assert lines[1] == "Dettagli controllati: 1; cancellati: 0."
    head = lines[2].removeprefix("Ultimo anello, da annotare altrove: ")
    assert head.startswith("3:")
    assert json.loads((tmp_path / "var" / "audit-anchors.jsonl").read_text())["head"] == head
    assert qm("verify", "--expect", head).splitlines()[0] == lines[0]
    found = json.loads(qm("verify", "--from", "2", "--json"))
    assert (found["events"], found["fault"], f"{found['head']['seq']}:{found['head']['hash']}") == (2, None, head)


def test_verify_ends_with_one_where_the_chain_is_broken(qm, database):
    with database._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_events_refuse_update")
        connection.exec_driver_sql("UPDATE audit_events SET actor = 'Bea' WHERE seq = 2")
    out = qm("verify", code=1)
    assert out.strip() == "Il registro NON è integro all'evento 2 (audit.altered): l'evento è stato modificato."
    assert json.loads(qm("verify", "--json", code=1))["fault"]["code"] == "audit.altered"


def test_a_link_that_cant_be_read_is_refused(qm):
    with pytest.raises(InputError, match=r"audit\.bad_head"):
        qm("verify", "--expect", "3")


def test_list_narrows_and_shows_what_changed(qm):
    out = qm("list")
    words = ("registrazione ascoltata", "[bold]Bea", "state = closed", "fatto")
    assert [word for word in words if word not in out] == []
    assert [row["seq"] for row in json.loads(qm("list", "--contact", "C-1", "--json"))["items"]] == [1]
    assert [row["seq"] for row in json.loads(qm("list", "--subject", "D-1", "--json"))["items"]] == [2]
    assert [row["seq"] for row in json.loads(qm("list", "--actor", "Ada", "--json"))["items"]] == [2, 1]
    assert [row["seq"] for row in json.loads(qm("list", "--action", "recording.", "--json"))["items"]] == [1]
    assert "Nessun evento" in qm("list", "--since", "2126-01-01")
    for wrong in ("ieri", "9999-99-99", "0001-01-01T00:00+23:00"):
        with pytest.raises(InputError, match=r"audit\.bad_moment"):
            qm("list", "--since", wrong)
    with pytest.raises(InputError, match=r"audit\.two_subjects"):
        qm("list", "--contact", "C-1", "--subject", "D-1")


def test_an_export_is_checked_without_the_database(qm, tmp_path, monkeypatch):
    file = tmp_path / "audit.jsonl"
    assert qm("export", "--out", str(file)) == ""
    assert "fatto" not in file.read_text()
    monkeypatch.setenv("QM_DATA", str(tmp_path / "elsewhere"))
    out = qm("verify", "--file", str(file))
    assert "Eventi controllati: 4" in out
    assert "cancellati o non esportati: 2" in out
    assert not (tmp_path / "elsewhere").exists()
    file.write_text(file.read_text().replace('"actor":"Ada"', '"actor":"Eva"', 1))
    assert json.loads(qm("verify", "--file", str(file), "--json", code=1))["fault"]["seq"] == 1


def test_export_to_standard_output_and_as_a_table(qm):
    assert len(qm("export", "--details").splitlines()) == 5
    table = qm("export", "--format", "csv", "--details").splitlines()
    assert table[0].startswith("seq,at,actor")
    assert len(table) == 6


def test_files_that_cant_be_used_are_named(qm, tmp_path):
    with pytest.raises(InputError, match=r"file\.unreadable"):
        qm("verify", "--file", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"file\.unwritable"):
        qm("export", "--out", str(tmp_path / "none" / "x"))
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"audit\.bad_export"):
        qm("verify", "--file", str(binary))
    table = tmp_path / "x.csv"
    qm("export", "--format", "csv", "--out", str(table))
    with pytest.raises(InputError, match=r"x\.csv:1"):
        qm("verify", "--file", str(table))


def test_who_gives_commands_is_the_login_or_the_setting(qm, tmp_path, monkeypatch):
    from pipelines.commands.actor import login_name

    qm("export", "--out", str(tmp_path / "one"))
    monkeypatch.setenv("QM_ACTOR", "Carla")
    qm("export", "--out", str(tmp_path / "two"))
    rows = json.loads(qm("list", "--action", "audit.exported", "--json"))["items"]
    assert [row["actor"] for row in rows] == ["Carla", login_name()]
