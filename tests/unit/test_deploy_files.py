"""What is deployed names settings, commands and files that exist, keeps to itself, and needs no surprise."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
import yaml

from pipelines.cli import app
from qm.config import REPOSITORY, SETTINGS

DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NAMES = {f"QM_{setting.name}" for setting in SETTINGS}
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
FILES = [DEPLOY / "compose.yaml", DEPLOY / "env.example", REPOSITORY / "Dockerfile", *UNITS]
SLIM_WITHOUT = {"torch", "ctranslate2", "faster-whisper", "ray", "onnxruntime", "statsmodels", "scikit-learn", "typer"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def pins(name):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_named_exists(path):
    assert set(re.findall(r"\bQM_[A-Z0-9_]+", path.read_text(encoding="utf-8"))) <= NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_and_no_registry_of_a_house_stands_in_a_file(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://[^/\s:@]+:[^@\s/$]+@", text)
    assert not re.search(r"(?i)(password|secret|key)\s*[=:]\s*['\"]?[A-Za-z0-9+/]{16,}", text)
    hosts = set(re.findall(r"\b(?:[a-z0-9-]+\.)+(?:io|com|net|org|example)\b", text))
    assert hosts <= {
        "docker.io",
        "db.example.org",
        "objects.example.org",
        "collector.example.org",
        "quality.example.org",
    }


def test_compose_publishes_nothing_outside_this_host(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert compose["networks"]["inside"]["internal"] is True
    outside = {name for name, service in compose["services"].items() if "outside" in service["networks"]}
    assert outside == {"api", "weights"}  # a published port needs it; weights are fetched


def test_only_the_pages_that_nobody_outside_reaches_speak_plain_http(compose):
    plain = {name for name, service in compose["services"].items() if "QM_PLAIN_HTTP" in service.get("environment", ())}
    assert plain == {"api"}
    image = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert not [line for line in image if "QM_PLAIN_HTTP" in line and not line.startswith("#")]
    assert compose["services"]["worker"]["environment"]["QM_PUBLIC_URL"] == "${QM_PUBLIC_URL:-}"  # `qm people invite`


def test_compose_runs_commands_that_exist_from_pinned_images(compose):
    for name, service in compose["services"].items():
        image = service["image"]
        assert not image.endswith(":latest"), name
        assert re.search(r":[\w.${}:-]+$", image), f"{name}: a tag"
        if image.startswith("quality-equation-worker"):
            assert service["command"][0] in COMMANDS | {"schedule"}
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]


def test_compose_waits_for_what_it_needs_and_names_what_it_declares(compose):
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        volumes = {volume.split(":")[0] for volume in service.get("volumes", ()) if not volume.startswith(("$", "."))}
        assert volumes <= set(compose["volumes"])
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for {needed}"
    for part in ("api", "worker", "schedule"):
        assert services[part]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"


def test_every_timer_has_its_unit():
    timers = sorted((DEPLOY / "systemd").glob("*.timer"))
    assert timers
    assert not [timer.name for timer in timers if timer.with_suffix(".service") not in UNITS]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd isn't installed")
def test_units_are_understood_and_shut_in(tmp_path):
    for unit in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for unit in units:
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-300:] + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_what_exists(unit):
    text = unit.read_text(encoding="utf-8")
    started = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert started
    for command in started:
        program, *arguments = command.split()
        assert program.startswith("/opt/quality-equation/venv/bin/")
        assert arguments[0] in COMMANDS | {"schedule"} or arguments == ["-m", "api"]
    for rule in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "UMask=0027"):
        assert rule in text
    assert "User=quality" in text


def test_dockerfile_is_clean():
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        pytest.skip("hadolint isn't installed")
    done = subprocess.run(
        [program, "--no-color", "Dockerfile"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_images_run_unprivileged_and_say_how_they_are():
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    for target in ("api", "worker"):
        stage = text.partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
        assert re.search(r"^USER \d+:\d+$", stage, re.MULTILINE)
        assert "HEALTHCHECK" in stage
        assert "ARG" not in stage
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)
    allowed = re.findall(r"^!(\S+)", (REPOSITORY / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(copied) <= set(allowed)
    assert all((REPOSITORY / name).exists() for name in allowed)


def test_the_slim_image_has_no_recogniser_and_the_versions_that_are_tested():
    slim, full, tested = pins("requirements-api.txt"), pins("requirements-worker.txt"), pins("requirements-dev.txt")
    assert not set(slim) & SLIM_WITHOUT
    assert "torch" not in full
    assert {"ray", "faster-whisper", "psycopg", "minio"} <= set(full)
    for name, version in [*slim.items(), *full.items()]:
        assert tested[name] == version, name


PACKAGES_OF = {
    "ahocorasick_rs": "ahocorasick-rs", "prometheus_client": "prometheus-client", "yaml": "pyyaml",
    "opentelemetry": "opentelemetry-sdk", "argon2": "argon2-cffi",
}  # fmt: skip
"""Where a package isn't called like what is imported from it."""
WORKERS_ONLY = {"pyarrow", "sklearn", "statsmodels", "threadpoolctl", "text_to_num", "whisper_normalizer"}
"""Imported inside functions of the core that only commands call; the pages show what those have computed. Without
pyarrow, 170 MB, the pages say that Parquet isn't to be had.
"""

NOT_IMPORTED_BY_US = {"tzdata", "psycopg", "opentelemetry-exporter-otlp-proto-http"}
"""Time zones, the driver that SQLAlchemy loads, and a part of OpenTelemetry under its common name."""


def test_the_slim_list_is_what_pages_and_core_import_and_nothing_else():
    imported = set()
    for package in ("qm", "api"):
        for path in (REPOSITORY / package).rglob("*.py"):
            imported |= set(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    foreign = imported - set(sys.stdlib_module_names) - {"qm", "api"}
    needed = {PACKAGES_OF.get(name, name) for name in foreign - WORKERS_ONLY if _is_module(name)}
    text = (REPOSITORY / "requirements-api.in").read_text(encoding="utf-8")
    listed = {re.sub(r"\[.*", "", line) for line in text.splitlines() if line and not line.startswith("#")}
    assert needed - {"starlette", "typing_extensions", "urllib3"} <= listed  # of FastAPI, pydantic and minio
    assert listed - needed == NOT_IMPORTED_BY_US
    assert listed <= set(pins("requirements-api.txt"))


def _is_module(name):
    """False for a word that begins a line of a docstring."""
    return importlib.util.find_spec(name) is not None
