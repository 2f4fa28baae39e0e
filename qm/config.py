"""All settings, read once. No other module of the product reads the environment."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from qm.errors import SettingsError
from qm.setting_table import SETTINGS, Setting

REPOSITORY = Path(__file__).resolve().parent.parent
TOML_FILE = "qm.toml"
PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")
SECRET_OPTIONS = frozenset({"password", "passfile", "sslpassword"})


@dataclass(frozen=True)
class Settings:
    """The values in force and where each came from (`default`, `qm.toml`, `environment`)."""

    data: Path
    database_url: str
    database_password_file: str
    objects: Path | str
    object_max_mb: int
    s3_endpoint: str
    s3_region: str
    s3_key: str
    s3_secret_file: str
    s3_ca_file: str
    s3_encryption: str
    cache_mb: int
    executor: str
    workers: int
    worker_cpus: float
    worker_gpus: float
    ray_address: str
    ray_token_file: str
    lease_s: int
    attempts: int
    watch: str
    watch_s: int
    window: tuple[time, time]
    timezone: ZoneInfo
    start: str
    retention: str
    actor: str
    log: str
    log_level: str
    metrics_port: int
    traces: str
    rules: Path
    engine: str
    model: str
    device: str
    precision: str
    threads: int
    beam: int
    batch: int
    group: int
    group_s: int
    isolate: bool
    vocabulary: str
    diariser: str
    offline: bool
    language: str
    min_n: int
    link_hours: int
    link_confidence: float
    voc: str
    sentiment: bool
    coaching_items: int
    generative_url: str
    generative_model: str
    generative_hosts: str
    generative_key_file: str
    generative_seed: int
    generative_tokens: int
    generative_words: int
    generative_timeout: int
    host: str
    port: int
    public_url: str
    tls_cert: str
    tls_key: str
    plain_http: bool
    session_min: int
    session_h: int
    rate: int
    search_ms: int
    hook_hosts: str
    dispute_h: int
    dispute_decide_h: int
    self_assessment: str
    oidc_issuer: str
    oidc_client: str
    oidc_secret_file: str
    oidc_claim: str
    origins: Mapping[str, str]

    @property
    def weights(self) -> Path:
        """Folder of downloaded weights."""
        return self.data / "weights"

    @property
    def cache(self) -> Path:
        """Folder of local copies of S3 objects."""
        return self.data / "cache"

    def shown(self, name: str) -> str:
        """A value as people may see it: the password of an address is left out."""
        value = getattr(self, name)
        if name == "window":
            return "-".join(at.isoformat("minutes") for at in value)
        return PASSWORD.sub(r"\1:***@", str(value))

    @property
    def generative(self) -> Path:
        """Folder of a generative model's replies."""
        return self.data / "generative"


def read_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Settings from `qm.toml` in `folder` and the environment, which wins.

    Raises:
        SettingsError: a value that can't be used, an unknown setting, or a `qm.toml` that isn't TOML.
    """
    environment = os.environ if environment is None else environment
    from_file = _read_toml((folder or Path.cwd()) / TOML_FILE)
    _refuse_unknown(environment, from_file)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        text, origin = setting.default, "default"
        if setting.name.lower() in from_file:
            text, origin = from_file[setting.name.lower()], TOML_FILE
        if f"QM_{setting.name}" in environment:
            text, origin = environment[f"QM_{setting.name}"], "environment"
        values[setting.name.lower()] = _read_value(setting, text, origin)
        origins[setting.name.lower()] = origin
    return Settings(**_derived(values, environment), origins=origins)


def hand_on(values: Mapping[str, str]) -> None:
    """Tell libraries by environment what they can't be told otherwise; what stands there already is left."""
    for name, value in values.items():
        os.environ.setdefault(name, value)


def _read_value(setting: Setting, text: str, origin: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        message = f"QM_{setting.name} = {text!r} (from {origin}): {error}"
        raise SettingsError("settings.bad_value", message, setting.meaning) from None


def _refuse_unknown(environment: Mapping[str, str], from_file: Mapping[str, str]) -> None:
    known = {f"QM_{setting.name}" for setting in SETTINGS} | OTHER_NAMES
    in_file = {setting.name.lower() for setting in SETTINGS}
    unknown = sorted(name for name in environment if name.upper().startswith("QM_") and name not in known)
    for name in [*unknown, *sorted(set(from_file) - in_file)]:
        hint = "known: " + ", ".join(sorted(known - OTHER_NAMES))
        raise SettingsError("settings.unknown", f"no setting is called '{name}'", hint)


OTHER_NAMES = {"QM_SHARED_DATA"}
"""Names with our prefix that tests read; they aren't settings."""


def _read_toml(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            return {key.lower(): str(value) for key, value in tomllib.load(file).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # not TOML, or not UTF-8
        raise SettingsError("settings.bad_toml", f"{path}: {error}", "see docs/settings.md") from None


def _derived(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        data = Path(values["data"]).expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError("settings.bad_value", f"QM_DATA: {error}", "give a whole path") from None
    values["data"] = data
    values["database_url"] = _database_url(values["database_url"] or f"sqlite:///{data / 'quality.db'}")
    values["objects"] = _objects(values["objects"], data)
    if isinstance(values["objects"], str) and not values["s3_endpoint"]:
        hint = "QM_S3_ENDPOINT=https://host:port, with QM_S3_KEY and QM_S3_SECRET_FILE"
        raise SettingsError("settings.objects", f"QM_OBJECTS={values['objects']} needs QM_S3_ENDPOINT", hint)
    values["rules"] = Path(values["rules"]).absolute() if values["rules"] else REPOSITORY / "scoring_rules"
    if not values["language"]:
        spoken = (environment.get("LC_ALL") or environment.get("LANG") or "").lower()
        values["language"] = "it" if spoken.startswith("it") else "en"
    return values


def _database_url(url: str) -> str:
    """The same with the driver that is used."""
    hint = "sqlite:////path/to/quality.db or postgresql://user@host:5432/database"
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + _checked_address(url.removeprefix(scheme))
    if not url.startswith("sqlite:///"):
        raise SettingsError("settings.database", "QM_DATABASE_URL is neither SQLite's nor PostgreSQL's", hint)
    return url


def _checked_address(address: str) -> str:
    """What follows the scheme, where nothing secret would be taken for host, database or options."""
    before, _mark, query = address.partition("?")
    hint = "in a password write @ as %40, / as %2F, # as %23, ? as %3F, % as %25; or use QM_DATABASE_PASSWORD_FILE"
    if before.count("@") > 1 or "@" in query or "#" in address or not address.isprintable() or "%00" in address:
        raise SettingsError("settings.database", "QM_DATABASE_URL can't be told apart into its parts", hint)
    if any(part.partition("=")[0].lower() in SECRET_OPTIONS for part in query.split("&")):
        message = "QM_DATABASE_URL has a password among its options, where it can't be kept from being shown"
        raise SettingsError("settings.database", message, "use QM_DATABASE_PASSWORD_FILE")
    return address


def _objects(text: str, data: Path) -> Path | str:
    """A folder, or the address of a bucket as it was given, without a slash at its end."""
    if not text.startswith("s3:"):
        return Path(text).expanduser().absolute() if text else data / "objects"
    address = urlsplit(text)
    if not text.startswith("s3://") or not address.netloc or address.query or address.fragment:
        raise SettingsError(
            "settings.objects", f"QM_OBJECTS={text} names no bucket", "s3://bucket or s3://bucket/prefix"
        )
    return text.rstrip("/")
