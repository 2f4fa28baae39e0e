"""`qm runs`, `qm worker`, `qm ingest`, `qm schedule` as their users meet them."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.stages.store import StoreStage
from pipelines.wiring import Wiring
from qm.config import read_settings
from qm.errors import ConflictError, NotFoundError, SettingsError, StorageError
from qm.storage.database import Database

HEAD = "contact_id,medium,started_at,agent_id,language\n"


@pytest.fixture
def qm(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("QM_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def day_in(folder, *names):
    (folder / "chats").mkdir(parents=True, exist_ok=True)
    rows = [f"{name},chat,2026-11-20T09:00:00+01:00,A1,it\n" for name in names]
    for name in names:
        turn = {"role": "agent", "at": "2026-11-20T09:00:00+01:00", "text": f"Buongiorno, {name}"}
        (folder / "chats" / f"{name}.json").write_text(json.dumps({"contact_id": name, "turns": [turn]}))
    (folder / "contacts.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def wanted(qm, tmp_path):
    """A day that was taken in; its run's id."""
    assert qm("ingest", day_in(tmp_path / "day", "C1", "C2")).exit_code == 0
    (run,) = json.loads(qm("runs", "list", "--json").stdout)["runs"]
    return run["id"]


def test_taken_in_steered_and_worked_on(qm, wanted):
    listed = qm("runs", "list").stdout
    assert "running" in listed
    assert "No worker is at work" in listed
    assert "paused, 2 contacts left" in qm("runs", "pause", wanted).stdout
    assert "Ready" in qm("worker", "--once").output
    assert json.loads(qm("runs", "resume", wanted, "--json").stdout)["state"] == "running"
    assert "priority 10" in qm("runs", "priority", wanted, 10).stdout
    worked = qm("worker", "--once", "--run", wanted)
    assert worked.exit_code == 0
    assert [line.split()[1:] for line in worked.stdout.splitlines()] == [
        ["C1", "done"], ["C2", "done"], ["run", wanted, "done"],
    ]  # fmt: skip
    detail = json.loads(qm("runs", "show", wanted, "--json").stdout)
    assert (detail["view"]["counts"]["done"], detail["view"]["left"], detail["errors"]) == (2, 0, {})
    assert wanted in qm("runs", "show", wanted).stdout
    assert isinstance(qm("runs", "cancel", wanted).exception, ConflictError)


def test_cancelled_is_not_worked_on(qm, wanted):
    assert "cancelled, 2 contacts given up" in qm("runs", "cancel", wanted).stdout
    assert qm("worker", "--once").stdout == ""


def test_an_old_day_goes_after_today(qm, tmp_path):
    qm("ingest", day_in(tmp_path / "old", "A1"), "--back-load")
    qm("ingest", day_in(tmp_path / "new", "B1"))
    lines = [line.split()[1:] for line in qm("worker", "--once").stdout.splitlines()]
    assert lines.index(["B1", "done"]) < lines.index(["A1", "done"])


def test_a_contact_that_cant_be_taken_in_is_told(qm, tmp_path):
    folder = day_in(tmp_path / "day", "C1", "C2")
    (folder / "chats" / "C2.json").unlink()
    told = qm("ingest", folder)
    assert (told.exit_code, "C2: in quarantine" in told.stderr) == (1, True)


@pytest.mark.parametrize("command", [("runs", "show", "x"), ("runs", "cancel", "x"), ("worker", "--run", "x")])
def test_a_run_that_nobody_knows(qm, wanted, command):
    error = qm(*command).exception
    assert (type(error), error.code) == (NotFoundError, "run.unknown")


def test_a_worker_upgrades_no_schema(qm):
    error = qm("worker", "--once").exception
    assert isinstance(error, StorageError)
    assert error.code in {"database.no_schema", "database.unavailable"}


def test_a_schedule_needs_a_place(qm):
    error = qm("schedule", "--once").exception
    assert (type(error), error.code) == (SettingsError, "settings.watch")


def test_the_schedule_takes_in_what_arrived(qm, tmp_path, monkeypatch):
    monkeypatch.setenv("QM_WATCH", str(tmp_path / "inbox"))
    monkeypatch.setenv("QM_WATCH_S", "1")
    Database(f"sqlite:///{tmp_path / 'data' / 'quality.db'}").upgrade()
    day_in(tmp_path / "inbox" / "d1", "C1", "C2")
    told = qm("schedule", "--once")
    assert told.exit_code == 0, told.output
    assert "2026-11-20, contacts taken in: 2" in told.stdout
    assert "C1 done" in qm("worker", "--once").stdout


def test_in_italian(qm, wanted, monkeypatch):
    monkeypatch.setenv("QM_LANGUAGE", "it")
    assert "in corso" in qm("runs", "list").stdout
    assert "in pausa, 2 contatti restano" in qm("runs", "pause", wanted).stdout


def test_of_vcons_only_what_stopped_stays_in_the_folder(qm, tmp_path):
    said = {"type": "text", "start": "2026-11-20T09:00:00+01:00", "parties": 0, "mediatype": "text/plain"}
    folder = tmp_path / "vcons"
    folder.mkdir()
    for name, text in (("u-1", "buongiorno"), ("u-2", "prego")):
        vcon = {"uuid": name, "parties": [{"name": "Ada"}], "dialog": [said | {"encoding": "none", "body": text}]}
        (folder / f"{name}.vcon.json").write_text(json.dumps(vcon), encoding="utf-8")
    assert qm("ingest", str(folder)).exit_code == 0
    laid = tmp_path / "data" / "vcon"
    assert list(laid.iterdir()) == [], "what was taken in is found by an erasure"
    sound = said | {"type": "recording", "mediatype": "audio/wav", "encoding": "base64url", "body": "QUJD"}
    for name in ("v-1", "v-2"):
        vcon = {"uuid": name, "parties": [{"name": "Ada"}], "dialog": [sound]}
        (folder / f"{name}.vcon.json").write_text(json.dumps(vcon), encoding="utf-8")
    told = qm("ingest", str(folder))
    assert told.exit_code == 1
    assert "v-2" in told.stderr
    (left,) = laid.iterdir()
    assert [path.name for path in (left / "chats").iterdir()] == []
    assert len(list((left / "recordings").iterdir())) == 1
    rows = (left / "contacts.csv").read_text(encoding="utf-8").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["contact_id", "v-2"]
    wiring = Wiring(read_settings())
    store = StoreStage(wiring.objects)
    with wiring.database.reading() as unit:
        for name in ("u-1", "v-1"):
            standing = unit.work.published(name, "store")
            assert store.fingerprint(unit, name) == standing, "taken up again, it isn't looked for where it was removed"
    wiring.database.close()
