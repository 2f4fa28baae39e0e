"""`qm doctor` finds the faults that an administrator may meet, says what to do, and tells no secret."""

import json
import os
import shutil
import socket
import string
import time
from dataclasses import replace
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

import qm
from pipelines.cli import app
from pipelines.doctor import host
from pipelines.doctor.checks import by_part, examine, looks
from pipelines.doctor.finding import Finding, Health, looked_at
from pipelines.doctor.words import WORDS
from pipelines.wiring import Wiring
from qm.config import SETTINGS, read_settings
from qm.domain.people import PersonState
from qm.domain.text import Language
from qm.domain.work import WorkerRow


class Usage(NamedTuple):
    total: int
    used: int
    free: int


EN = Language.ENGLISH


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    """A database of this version's schema, to be copied: making one takes longer than the tests do."""
    folder = tmp_path_factory.mktemp("schema")
    wiring = Wiring(read_settings({"QM_DATA": str(folder)}, folder))
    wiring.database.upgrade()
    wiring.database.close()
    return folder / "quality.db"


@pytest.fixture
def site(tmp_path, empty_database):
    """A wiring over a database that is there, with settings of the test."""
    opened = []

    def make(upgrade=True, **settings):
        given = {f"QM_{name.upper()}": str(value) for name, value in settings.items()}
        (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
        wiring = Wiring(read_settings({"QM_DATA": str(tmp_path / "data")} | given, tmp_path))
        if upgrade:
            shutil.copy(empty_database, tmp_path / "data" / "quality.db")
        opened.append(wiring)
        return wiring

    yield make
    for wiring in opened:
        wiring.database.close()


def found(wiring, part, language=EN):
    """What the looks at one part find; `addresses` are those of Ray and of the traces."""
    named = {"ray": "addresses", "traces": "addresses"}.get(part, part)
    return [each for name, look in looks(wiring, language) if name == named for each in looked_at(name, look)]


def healths(findings):
    return [finding.health for finding in findings]


def test_who_may_sign_in_is_told(site):
    wiring = site()
    (finding,) = found(wiring, "people")
    assert (finding.health, finding.message) == (Health.NOTE, "nobody can sign in yet")
    wiring.people.first_admin()
    (finding,) = found(wiring, "people")
    assert finding.health is Health.NOTE
    assert "qm people invite admin" in finding.hint
    with wiring.database.unit_of_work() as unit:
        unit.people.change(replace(wiring.people.get("admin"), state=PersonState.ACTIVE))
    assert healths(found(wiring, "people")) == [Health.OK]


def test_passwords_in_the_clear_are_told(site):
    assert [each.message for each in found(site(), "pages")] == ["http://127.0.0.1:8642/"]
    (finding,) = found(site(host="0.0.0.0", plain_http="yes"), "pages")
    assert finding.health is Health.NOTE
    behind = site(host="0.0.0.0", plain_http="yes", public_url="https://qm.example.it")
    assert [each.message for each in found(behind, "pages")] == ["https://qm.example.it/"]
    (finding,) = found(site(host="0.0.0.0"), "pages")
    assert (finding.health, finding.message[:16]) == (Health.FAULT, "serve.plain_http")
    (finding,) = found(site(tls_cert="/nowhere.pem"), "pages")
    assert (finding.health, finding.message[:12]) == (Health.FAULT, "settings.tls")


def test_a_sound_site_has_one_fault_only_the_weights_it_never_fetched(site, tmp_path):
    wiring = site()
    before = wiring.database.content_fingerprint()
    findings = examine(wiring, EN)
    assert {finding.part for finding in findings if finding.health is Health.FAULT} == {"weights"}
    assert {"versions", "data", "disk", "database", "objects", "workers", "rules"} <= {each.part for each in findings}
    assert wiring.database.content_fingerprint() == before
    assert list(wiring.objects.every()) == []
    with wiring.database.reading() as unit:
        assert unit.tasks.workers() == ()


def test_a_database_without_schema_is_one_fault_and_not_two(site):
    findings = examine(site(upgrade=False), EN)
    (finding,) = [each for each in findings if each.part in {"database", "workers"}]
    assert finding.health is Health.FAULT
    assert finding.message.startswith("database.no_schema")
    assert "qm db upgrade" in finding.hint


def test_a_database_that_nobody_can_reach_keeps_its_password(site):
    wiring = site(upgrade=False, database_url="postgresql://qm:geheim@127.0.0.1:1/quality")
    wiring.__dict__["database"] = type(wiring.database)(wiring.settings.database_url)  # without waiting for it
    (finding,) = found(wiring, "database")
    assert finding.health is Health.FAULT
    assert "geheim" not in finding.message + finding.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_database_that_only_reads_is_a_fault(site, tmp_path):
    wiring = site()
    wiring.database.close()
    for path in (tmp_path / "data").glob("quality.db*"):
        path.chmod(0o400)
    assert Health.FAULT in healths(found(wiring, "database"))


def test_clocks_that_differ_are_noted(site, monkeypatch):
    wiring = site()
    monkeypatch.setattr("qm.storage.wanted_runs.SqlWantedRuns.now", lambda _self: time.time() + 60)
    notes = [each for each in found(wiring, "database") if each.health is Health.NOTE]
    assert len(notes) == 1
    assert "clock" in notes[0].message


def test_an_object_that_comes_back_altered_is_a_fault(site):
    wiring = site()

    class Altering(type(wiring.objects)):
        def open(self, sha256, start=0, end=None):
            from contextlib import nullcontext

            return nullcontext(iter([b"something else"]))

    wiring.__dict__["objects"] = Altering(wiring.settings.objects)
    (finding,) = found(wiring, "objects")
    assert (finding.health, "altered" in finding.message) == (Health.FAULT, True)


def test_a_full_disk_is_a_fault_and_little_room_a_note(site, monkeypatch):
    wiring = site()
    for free, health in ((10**8, Health.FAULT), (3 * 10**9, Health.NOTE), (10**11, Health.OK)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(10**12, 10**12 - free, free))
        assert set(healths(found(wiring, "disk"))) == {health}


def test_secret_files_must_be_there_and_nobody_elses(site, tmp_path):
    secret = tmp_path / "secret"
    wiring = site(s3_secret_file=secret)
    (finding,) = found(wiring, "secrets")
    assert finding.health is Health.FAULT
    assert "QM_S3_SECRET_FILE" in finding.message
    secret.write_text("geheim")
    secret.chmod(0o644)
    findings = found(wiring, "secrets")
    assert healths(findings) == [Health.NOTE, Health.OK]
    assert findings[0].hint == f"chmod 600 {secret}"
    secret.chmod(0o600)
    assert healths(found(wiring, "secrets")) == [Health.OK]
    assert "geheim" not in str(found(wiring, "secrets"))


def test_data_that_others_may_read_is_noted(site, tmp_path):
    wiring = site()
    (tmp_path / "data").chmod(0o755)
    assert healths(found(wiring, "data")) == [Health.OK, Health.NOTE]


def test_work_without_workers_and_workers_of_another_version_are_noted(site):
    wiring = site()
    now = time.time()
    with wiring.database.unit_of_work() as unit:
        unit.tasks.greet(WorkerRow("w1", "node7", 1, "0.0.1", "idle", "", now, now))
        unit.tasks.greet(WorkerRow("w2", "node8", 1, qm.__version__, "busy", "", now, now))
        unit.tasks.greet(WorkerRow("gone", "node9", 1, "0.0.1", "busy", "", now, now - 100_000))
    findings = found(wiring, "workers")
    assert healths(findings) == [Health.OK, Health.NOTE]
    assert "node7" in findings[1].message
    assert findings[0].message.startswith("2 ")


def test_addresses_are_tried(site):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        wiring = site(traces=f"http://127.0.0.1:{port}")
        assert healths(found(wiring, "traces")) == [Health.OK]
    assert healths(found(site(traces=f"http://127.0.0.1:{port}"), "traces")) == [Health.NOTE]
    ray = site(executor="ray", ray_address=f"127.0.0.1:{port}")
    assert healths(found(ray, "ray")) == [Health.FAULT]


def test_a_watched_folder_that_is_missing_is_a_fault(site, tmp_path):
    assert healths(found(site(watch=tmp_path / "days"), "watch")) == [Health.FAULT]
    (tmp_path / "days").mkdir()
    assert healths(found(site(watch=tmp_path / "days"), "watch")) == [Health.OK]


def test_an_extra_that_a_setting_asks_for_is_named(site, monkeypatch):
    monkeypatch.setattr(host, "_version", lambda package: "" if package == "ray" else "1")
    faults = [each for each in found(site(executor="ray"), "versions") if each.health is Health.FAULT]
    assert [fault.hint for fault in faults] == ["pip install 'quality-equation[ray]'"]


def test_a_faulty_plan_is_a_fault(site, tmp_path):
    plan = tmp_path / "voc.yaml"
    plan.write_text("scales: 7\n", encoding="utf-8")
    assert healths(found(site(voc=plan), "plan")) == [Health.FAULT]


def test_parts_in_short_hold_faults_only():
    findings = [
        Finding("disk", Health.NOTE, "little room", "make room"), Finding("database", Health.FAULT, "away", "start it"),
        Finding("database", Health.OK, "x"),
    ]  # fmt: skip
    assert by_part(findings) == {"disk": "ok", "database": "away (start it)"}


def test_the_words_have_the_same_places_in_both_languages():
    def places(text):
        return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}

    assert {key for key, words in WORDS.items() if places(words.it) != places(words.en)} == set()


@pytest.fixture
def command(tmp_path, monkeypatch):
    def run(*arguments, **settings):
        for setting in SETTINGS:
            monkeypatch.delenv(f"QM_{setting.name}", raising=False)
        for name, value in ({"QM_DATA": str(tmp_path / "data")} | settings).items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(app, ["doctor", *arguments])

    return run


def test_the_command_exits_3_and_prints_one_document(command):
    done = command("--json", QM_GENERATIVE_KEY_FILE="/nowhere/key")
    document = json.loads(done.stdout)
    assert done.exit_code == 3
    assert set(document) == {"settings", "origins", "parts", "findings"}
    assert "QM_GENERATIVE_KEY_FILE" in document["parts"]["secrets"]
    assert {finding["health"] for finding in document["findings"]} <= {"ok", "note", "fault"}


@pytest.mark.parametrize(("language", "word"), [("it", "GUASTO"), ("en", "FAULT")])
def test_the_command_speaks_both_languages(command, language, word):
    done = command(QM_LANGUAGE=language)
    lines = [line for line in done.stdout.splitlines() if line.startswith("database")]
    assert len(lines) == 1
    assert word in lines[0]
    assert "qm db upgrade" in lines[0]
