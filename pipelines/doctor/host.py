"""Looks of `qm doctor` at this host: packages, folders, permissions, secret files, disk, rules, weights, the plan."""

import getpass
import importlib.metadata
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import qm
from models.catalogue import CATALOGUE, faults_of
from pipelines.doctor.finding import Finding, Health
from pipelines.doctor.words import told
from pipelines.wiring import Wiring
from qm.config import Settings
from qm.domain.text import Language

PACKAGES = (
    "sqlalchemy", "psycopg", "minio", "ray", "faster-whisper", "ctranslate2", "torch", "pyannote.audio", "fastapi",
    "structlog", "prometheus-client", "opentelemetry-sdk",
)  # fmt: skip
SECRETS = ("DATABASE_PASSWORD_FILE", "S3_SECRET_FILE", "GENERATIVE_KEY_FILE", "TLS_KEY", "OIDC_SECRET_FILE")
GIGABYTE = 1_000_000_000
LEAST_FREE, LITTLE_FREE = 0.5 * GIGABYTE, 5 * GIGABYTE
"""Below the first a run may stop at the next long recording; below the second somebody should make room soon."""
OTHERS = 0o007
GROUP_AND_OTHERS = 0o077


def look_at_versions(settings: Settings, language: Language) -> Iterator[Finding]:
    """Which versions are here, and whether the settings ask for something that isn't."""
    found = {name: _version(name) for name in PACKAGES}
    names = [f"quality-equation {qm.__version__}", f"Python {platform.python_version()}"]
    names += [f"{name} {version}" for name, version in found.items() if version]
    yield Finding("versions", Health.OK, told("versions", language, names=", ".join(names)))
    absent = ", ".join(name for name, version in found.items() if not version)
    if absent:
        yield Finding("versions", Health.OK, told("not_installed", language, names=absent))
    for setting, value, package, extra in _needed(settings):
        if not _version(package):
            message = told("missing_package", language, setting=setting, value=value, package=package)
            yield Finding("versions", Health.FAULT, message, told("install", language, extra=extra))


def _needed(settings: Settings) -> Iterator[tuple[str, str, str, str]]:
    """Setting, its value, the package and the extra that it takes."""
    if settings.database_url.startswith("postgresql"):
        yield "QM_DATABASE_URL", "postgresql://…", "psycopg", "postgres"
    if isinstance(settings.objects, str):
        yield "QM_OBJECTS", "s3://…", "minio", "s3"
    if settings.executor == "ray":
        yield "QM_EXECUTOR", "ray", "ray", "ray"
    if settings.traces:
        yield "QM_TRACES", settings.shown("traces"), "opentelemetry-exporter-otlp-proto-http", "traces"
    if settings.engine == "openai-whisper":
        yield "QM_ENGINE", settings.engine, "openai-whisper", "whisper"
    if settings.diariser == "pyannote":
        yield "QM_DIARISER", settings.diariser, "pyannote.audio", "diarisation"


def look_at_data(settings: Settings, language: Language) -> Iterator[Finding]:
    """QM_DATA, or where it will be made: can it be written, who else may read it."""
    path = _existing(settings.data)
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"qm doctor")
        mode = path.stat().st_mode
    except OSError as error:
        message = told("unwritable", language, path=path, reason=error.strerror)
        yield Finding("data", Health.FAULT, message, told("unwritable_hint", language, user=user_name()))
        return
    yield Finding("data", Health.OK, told("data", language, path=path))
    if mode & OTHERS and path == settings.data:
        hint = told("close_it", language, mode=f"{mode & 0o770:o}", path=path)
        yield Finding("data", Health.NOTE, told("open_to_all", language, path=path), hint)


def look_at_secrets(settings: Settings, language: Language) -> Iterator[Finding]:
    """Files of passwords and keys: there, and nobody else's."""
    named = {f"QM_{name}": Path(text) for name in SECRETS if (text := getattr(settings, name.lower()))}
    readable = 0
    for setting, path in named.items():
        try:
            path.read_bytes()
            mode = path.stat().st_mode
        except OSError as error:
            message = told("secret_missing", language, setting=setting, path=path, reason=error.strerror)
            yield Finding("secrets", Health.FAULT, message, told("secret_hint", language, user=user_name()))
            continue
        readable += 1
        if mode & GROUP_AND_OTHERS:
            hint = told("close_it", language, mode="600", path=path)
            yield Finding("secrets", Health.NOTE, told("open_to_all", language, path=path), hint)
    if readable:
        yield Finding("secrets", Health.OK, told("secrets", language, n=readable))


def look_at_disk(settings: Settings, language: Language) -> Iterator[Finding]:
    """Room below QM_DATA and where recordings are decoded."""
    for path in {_existing(settings.data), Path(tempfile.gettempdir())}:
        usage = shutil.disk_usage(path)
        health = Health.FAULT if usage.free < LEAST_FREE else Health.NOTE if usage.free < LITTLE_FREE else Health.OK
        message = told("disk", language, free=_gigabytes(usage.free), total=_gigabytes(usage.total), path=path)
        hint = "" if health is Health.OK else told("disk_hint", language, least=_gigabytes(LEAST_FREE))
        yield Finding("disk", health, message, hint)


def look_at_rules(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """Every pack is read.

    Raises:
        RulePackError: one has faults.
    """
    if wiring.packs:
        yield Finding("rules", Health.OK, told("rules", language, n=len(wiring.packs)))
    else:
        yield Finding("rules", Health.FAULT, told("no_rules", language))


def look_at_weights(settings: Settings, language: Language) -> Iterator[Finding]:
    """The recogniser's weights: here, and their bytes those of the catalogue."""
    weights = CATALOGUE.get(settings.model)
    if weights is None:
        yield Finding("weights", Health.OK, told("weights_elsewhere", language, name=settings.model))
        return
    if wrong := faults_of(weights, settings.weights):
        yield Finding("weights", Health.FAULT, "; ".join(wrong), told("weights_hint", language))
    else:
        yield Finding("weights", Health.OK, told("weights", language, name=settings.model))


def look_at_plan(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """The site's plan, where there is one.

    Raises:
        InputError: it has faults.
    """
    if wiring.settings.voc and wiring.plan:
        yield Finding("plan", Health.OK, told("plan", language))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _gigabytes(count: float) -> str:
    return f"{count / GIGABYTE:.1f} GB"


def user_name() -> str:
    """Who this process runs as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        return str(os.getuid())
