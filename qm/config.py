"""All settings, read once. No other module of the product reads the environment."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qm.errors import SettingsError

MOST_PROCESSORS = 1024
REPOSITORY = Path(__file__).resolve().parent.parent
TOML_FILE = "qm.toml"
PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")
SECRET_OPTIONS = frozenset({"password", "passfile", "sslpassword"})
WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True)
class Setting:
    """One setting: its name after `QM_`, what it means, its default and how its text is read."""

    name: str
    meaning: str
    default: str
    read: Callable[[str], Any]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return read


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("must be yes or no")


def _whole(least: int, most: int = 1_000_000) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(f"must lie in {least}..{most}")
        return value

    return read


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError("must lie in 0..1")
    return value


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= MOST_PROCESSORS:
        raise ValueError(f"must lie above 0 and not above {MOST_PROCESSORS}")
    return value


def _not_negative(text: str) -> float:
    value = float(text)
    if not 0 <= value <= MOST_PROCESSORS:
        raise ValueError(f"must lie in 0..{MOST_PROCESSORS}")
    return value


def _window(text: str) -> tuple[time, time]:
    try:
        found = WINDOW.fullmatch(text.replace(" ", ""))
        if found is None:
            raise ValueError
        begin_h, begin_m, end_h, end_m = (int(part) for part in found.groups())
        return time(begin_h, begin_m), time(end_h, end_m)
    except ValueError:
        raise ValueError("must be two times of the day, like 19:00-19:00") from None


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone, like Europe/Rome") from None


SETTINGS = (
    Setting("DATA", "folder of everything the product writes", "./var", Path),
    Setting("DATABASE_URL", "address of the database (sqlite:///… or postgresql://…); empty: SQLite in DATA", "", str),
    Setting("DATABASE_PASSWORD_FILE", "file with the password of PostgreSQL; empty: none, or that of the URL", "", str),
    Setting("OBJECTS", "folder of recordings and chats, or s3://bucket/prefix; empty: `objects` in DATA", "", str),
    Setting("OBJECT_MAX_MB", "a larger recording or chat is refused", "2048", _whole(1)),
    Setting("S3_ENDPOINT", "address of the S3-compatible store, https://host:port", "", str),
    Setting("S3_REGION", "region of the bucket; empty: the store's default", "", str),
    Setting("S3_KEY", "access key id of the S3-compatible store", "", str),
    Setting("S3_SECRET_FILE", "file with the secret key that belongs to S3_KEY", "", str),
    Setting("S3_CA_FILE", "certificates to trust for S3_ENDPOINT; empty: those of the system", "", str),
    Setting("S3_ENCRYPTION", "encryption by the S3-compatible store", "none", _one_of("none", "sse-s3")),
    Setting("CACHE_MB", "room for local copies of S3 objects", "4096", _whole(1, 100_000_000)),
    Setting("EXECUTOR", "how contacts are worked through", "inprocess", _one_of("inprocess", "processes", "ray")),
    Setting("WORKERS", "worker processes or Ray actors at most; 0: one a core", "0", _whole(0, 10_000)),
    Setting("WORKER_CPUS", "processors that Ray keeps for an actor", "1", _positive),
    Setting("WORKER_GPUS", "graphics cards, or a share of one, that Ray keeps for an actor", "0", _not_negative),
    Setting("RAY_ADDRESS", "Ray cluster to join: auto or host:port; empty: a local one is started", "", str),
    Setting("RAY_TOKEN_FILE", "file with the token of the Ray cluster; empty: Ray's own places", "", str),
    Setting(
        "LEASE_S",
        "seconds after which the work of a worker that went silent is given to others",
        "30",
        _whole(5, 86_400),
    ),
    Setting("ATTEMPTS", "times a contact is tried before it's put into quarantine as poison", "3", _whole(1, 100)),
    Setting("WATCH", "folder, or s3://bucket/prefix, in which day folders arrive; empty: none", "", str),
    Setting("WATCH_S", "seconds between two looks at WATCH", "30", _whole(1, 86_400)),
    Setting("WINDOW", "from when to when a day goes, by the clock of TIMEZONE", "19:00-19:00", _window),
    Setting("TIMEZONE", "in which WINDOW is told", "Europe/Rome", _timezone),
    Setting(
        "START",
        "a day's contacts are worked on at once, or when its window has closed",
        "at-once",
        _one_of("at-once", "at-close"),
    ),
    Setting("RETENTION", "YAML file of how long what is kept; empty: nothing is due by itself", "", str),
    Setting("ACTOR", "who acts on the command line, for the audit trail; empty: the login name", "", str),
    Setting("LOG", "form of log lines", "text", _one_of("text", "json")),
    Setting("LOG_LEVEL", "least level of log lines", "info", _one_of("debug", "info", "warning", "error")),
    Setting("METRICS_PORT", "port of a worker's Prometheus metrics; 0: none", "0", _whole(0, 65535)),
    Setting("TRACES", "OTLP endpoint (http) that traces are sent to; empty: none", "", str),
    Setting("RULES", "folder of rule packs; empty: the packs that come with the product", "", str),
    Setting("ENGINE", "recogniser", "faster-whisper", _one_of("faster-whisper", "openai-whisper")),
    Setting("MODEL", "recogniser weights: of the catalogue, a CTranslate2 folder or a hub name", "whisper-base", str),
    Setting("DEVICE", "where recognition runs", "cpu", _one_of("cpu", "cuda", "auto")),
    Setting("PRECISION", "arithmetic of recognition", "int8", _one_of("int8", "int8_float16", "float16", "float32")),
    Setting("THREADS", "processor threads of recognition; 0: all cores", "0", _whole(0)),
    Setting("BEAM", "beam width of recognition", "5", _whole(1)),
    Setting("BATCH", "speech windows recognised at once", "8", _whole(1)),
    Setting("GROUP", "contacts whose speech is recognised together", "8", _whole(1, 1000)),
    Setting("GROUP_S", "seconds of audio that are recognised together at most", "3600", _whole(1, 1_000_000)),
    Setting("ISOLATE", "recognise in a process of its own, which is ended when it hangs", "yes", _flag),
    Setting("VOCABULARY", "CSV file of names and products to expect, by process and queue", "", str),
    Setting(
        "DIARISER",
        "tells parties on one channel apart; auto: pyannote where installed",
        "auto",
        _one_of("auto", "pyannote", "none"),
    ),
    Setting("OFFLINE", "never download anything, weights included", "no", _flag),
    Setting("LANGUAGE", "of reports and pages: it or en; empty: after LANG", "", _one_of("", "it", "en")),
    Setting("MIN_N", "no figure of a person or a team below so many observations", "5", _whole(1)),
    Setting(
        "LINK_HOURS",
        "a survey without contact id is linked to contacts this many hours before it",
        "48",
        _whole(1, 87600),
    ),
    Setting("LINK_CONFIDENCE", "a survey is left unlinked below this confidence", "0.6", _share),
    Setting("VOC", "YAML file of the site's plan: scales, sampling, targets, causes; empty: the defaults", "", str),
    Setting("SENTIMENT", "read from customers' text whether they are pleased", "yes", _flag),
    Setting("COACHING_ITEMS", "coaching items an agent at most", "3", _whole(1)),
    Setting("GENERATIVE_URL", "OpenAI-compatible endpoint of generative answers; empty: off", "", str),
    Setting("GENERATIVE_MODEL", "model to ask for; empty: the first that the endpoint names", "", str),
    Setting("GENERATIVE_HOSTS", "hosts outside private networks that may be sent what is said in contacts", "", str),
    Setting("GENERATIVE_KEY_FILE", "file with the endpoint's key; empty: none is sent", "", str),
    Setting("GENERATIVE_SEED", "of generative answers", "1", _whole(0, 2**31 - 1)),
    Setting("GENERATIVE_TOKENS", "a longer reply is cut off and refused", "160", _whole(64, 4096)),
    Setting("GENERATIVE_WORDS", "a contact with more words to show isn't asked about", "1500", _whole(50, 100_000)),
    Setting("GENERATIVE_TIMEOUT", "seconds that a request may take, its retries included", "60", _whole(1, 3600)),
    Setting("HOST", "address that the pages listen on", "127.0.0.1", str),
    Setting("PORT", "port that the pages listen on", "8642", _whole(1, 65535)),
)
"""Every setting of the product. `qm doctor` prints them with their origin."""


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
