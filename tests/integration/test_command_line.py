"""The command line as a user meets it: exit codes, one JSON document, messages with code and hint, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def qm(tmp_path):
    def call(*arguments, **settings):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("QM_")}
        environment |= {"QM_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT), "QM_LANGUAGE": "en"} | settings
        command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


@pytest.fixture
def chat_day(day_of, tmp_path):
    """A day of one chat: processed without any recogniser."""
    folder = day_of([day_of.row("C1", "", medium="chat")])
    (folder / "chats").mkdir()
    texts = [("agent", "Buongiorno, sono Anna, come posso aiutarla?"), ("customer", "Vorrei la fattura, grazie.")]
    turns = [{"role": role, "at": f"2026-11-20T09:00:0{at}+01:00", "text": t} for at, (role, t) in enumerate(texts)]
    (folder / "chats" / "c1.json").write_text(json.dumps({"contact_id": "C1", "turns": turns}), encoding="utf-8")
    return folder


def test_run_prints_the_day_and_ends_with_the_pages(qm, chat_day):
    done = qm("run", chat_day)
    assert done.returncode == 0, done.stderr
    assert "Nothing in quarantine." in done.stdout
    assert done.stdout.strip().splitlines()[-1].startswith("To open the pages: qm serve")


def test_json_is_one_document_and_exit_code_tells_of_quarantine(qm, chat_day):
    (chat_day / "recordings" / "nobody.wav").write_bytes(b"x")
    done = qm("run", chat_day, "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert set(document) == {"run", "figures", "quarantine", "coaching"}
    assert document["quarantine"][0]["code"] == "recording.unclaimed"


def test_italian_report(qm, chat_day):
    done = qm("run", chat_day, QM_LANGUAGE="it")
    assert "Niente in quarantena." in done.stdout
    assert "Lista di coaching" in done.stdout


def test_coaching_list_as_table_json_and_csv(qm, chat_day):
    qm("run", chat_day)
    assert "Anna Bianchi" in qm("coaching", "list", "--supervisor", "marta riva").stdout
    assert json.loads(qm("coaching", "list", "--json").stdout)[0]["agent_name"] == "Anna Bianchi"
    assert qm("coaching", "list", "--csv").stdout.startswith("supervisor,team,agent_id")
    nobody = qm("coaching", "list", "--supervisor", "Nessuno")
    assert nobody.returncode == 2
    assert "supervisor.unknown" in nobody.stderr
    assert "Marta Riva" in nobody.stderr


def test_faulty_pack_is_reported_before_any_work(qm, chat_day, tmp_path):
    packs = tmp_path / "packs" / "mine"
    packs.mkdir(parents=True)
    (packs / "pack.yaml").write_text(
        "pack: mine\nversion: 1.0.0\ntitle: {it: a, en: b}\nfamilies: [one]\nsections:\n"
        "  - {id: s, title: {it: a, en: b}, weight: 1, criteria: [{rule: x-one}]}\n",
        encoding="utf-8",
    )
    (packs / "one.yaml").write_text(
        "family: one\nrules:\n  - id: x-one\n    title: {it: a, en: b}\n    explanation: {it: a, en: b}\n"
        "    action: {it: a, en: b}\n    status: stable\n    since: 2026-11-21\n    rationale: r\n"
        "    references: [r]\n    false_alarms: [f]\n    met:\n      sya: {by: agent, it: [ciao], en: [hello]}\n",
        encoding="utf-8",
    )
    done = qm("run", chat_day, QM_RULES=str(tmp_path / "packs"))
    assert done.returncode == 2
    assert "packs/mine/one.yaml:13: rules.unknown_operator" in done.stderr
    assert "did you mean 'say'?" in done.stderr
    assert not (tmp_path / "data" / "quality.db").exists()


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "code"),
    [
        (("run", "nowhere"), {}, 2, "day.no_folder"),
        (("status",), {"QM_EXECUTOR": "magic"}, 2, "settings.bad_value"),
        (("status",), {"QM_SPEED": "9"}, 2, "settings.unknown"),
        (("status",), {}, 3, "database."),
        (("transcribe", "nothing.wav"), {}, 2, "file.unreadable"),
        (("replay", "ev-0"), {"upgrade": "yes"}, 2, "evaluation.unknown"),
        (("retry", "nobody"), {"upgrade": "yes"}, 2, "contact.unknown"),
        (("rules", "explain", "C1", "sc-nothing"), {"upgrade": "yes"}, 2, "criterion.unknown"),
        (("models", "fetch", "whisper-huge"), {}, 2, "weights.unknown"),
        (("models", "fetch"), {"QM_OFFLINE": "yes"}, 3, "weights.missing"),
        (("run",), {}, 2, "Missing argument"),
    ],
)
def test_error_paths(qm, arguments, settings, status, code):
    if settings.pop("upgrade", ""):
        assert qm("db", "upgrade").returncode == 0
    done = qm(*arguments, **settings)
    assert done.returncode == status, done.stderr
    assert code in done.stderr


def test_missing_weights_stop_the_run_and_leave_the_work_waiting(qm, day_of):
    folder = day_of([day_of.row("C1", "a.wav")])
    done = qm("run", folder, QM_OFFLINE="yes")
    assert done.returncode == 3
    assert "weights.missing" in done.stderr
    assert "QM_OFFLINE" in done.stderr


def test_unwritable_data_folder(qm, chat_day):
    done = qm("run", chat_day, QM_DATA="/proc/nowhere")
    assert done.returncode == 3
    assert "storage.unwritable" in done.stderr


def test_doctor_names_every_setting_and_its_origin(qm):
    document = json.loads(qm("doctor", "--json").stdout)
    assert document["origins"]["data"] == "environment"
    assert document["parts"]["rules"] == "ok"
    assert document["parts"]["weights"] != "ok"
