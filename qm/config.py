"""All settings, read once. No other module of the product reads the environment."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qm.errors import SettingsError

REPOSITORY = Path(__file__).resolve().parent.parent
TOML_FILE = "qm.toml"


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


SETTINGS = (
    Setting("DATA", "folder of everything the product writes", "./var", Path),
    Setting("DATABASE_URL", "SQLAlchemy address of the database; empty: SQLite in DATA", "", str),
    Setting("OBJECTS", "folder of recordings and chats; empty: `objects` in DATA", "", str),
    Setting("EXECUTOR", "how contacts are worked through", "inprocess", _one_of("inprocess")),
    Setting("RULES", "folder of rule packs; empty: the packs that come with the product", "", str),
    Setting("ENGINE", "recogniser", "faster-whisper", _one_of("faster-whisper", "openai-whisper")),
    Setting("MODEL", "recogniser weights: of the catalogue, a CTranslate2 folder or a hub name", "whisper-base", str),
    Setting("DEVICE", "where recognition runs", "cpu", _one_of("cpu", "cuda", "auto")),
    Setting("PRECISION", "arithmetic of recognition", "int8", _one_of("int8", "int8_float16", "float16", "float32")),
    Setting("THREADS", "processor threads of recognition; 0: all cores", "0", _whole(0)),
    Setting("BEAM", "beam width of recognition", "5", _whole(1)),
    Setting("BATCH", "speech windows recognised at once", "8", _whole(1)),
    Setting("GROUP", "contacts whose speech is recognised together", "8", _whole(1, 1000)),
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
    objects: Path
    executor: str
    rules: Path
    engine: str
    model: str
    device: str
    precision: str
    threads: int
    beam: int
    batch: int
    group: int
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
    values["database_url"] = values["database_url"] or f"sqlite:///{data / 'quality.db'}"
    if not values["database_url"].startswith("sqlite:///"):
        raise SettingsError(
            "settings.database", "only SQLite is supported in this version", "sqlite:////path/to/quality.db"
        )
    if values["objects"].startswith("s3:"):
        raise SettingsError("settings.objects", "only a folder is supported in this version", "QM_OBJECTS=/path")
    values["objects"] = Path(values["objects"]).expanduser().absolute() if values["objects"] else data / "objects"
    values["rules"] = Path(values["rules"]).absolute() if values["rules"] else REPOSITORY / "scoring_rules"
    if not values["language"]:
        spoken = (environment.get("LC_ALL") or environment.get("LANG") or "").lower()
        values["language"] = "it" if spoken.startswith("it") else "en"
    return values
