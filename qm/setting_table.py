"""The table of all settings: name, meaning, default, and how the text of each is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_PROCESSORS = 1024
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


def _address(text: str) -> str:
    parts = urlsplit(text)
    is_whole = parts.scheme in {"https", "http"} and parts.netloc and not (parts.query or parts.fragment)
    if text and not is_whole:
        raise ValueError("must be an address, like https://qm.example.it")
    return text.rstrip("/")


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
    Setting("PUBLIC_URL", "address that people type, https://host; empty: that of HOST and PORT", "", _address),
    Setting("TLS_CERT", "file with the pages' certificate and its chain; empty: no TLS", "", str),
    Setting("TLS_KEY", "file with the key of TLS_CERT; empty: it's in the same file", "", str),
    Setting("PLAIN_HTTP", "listen beyond this machine without TLS, as behind a proxy that has it", "no", _flag),
    Setting("SESSION_MIN", "minutes after which somebody who asks for nothing is signed out", "30", _whole(1, 1440)),
    Setting("SESSION_H", "hours after which anybody signs in again", "12", _whole(1, 168)),
    Setting(
        "SEARCH_MS",
        "milliseconds after which a page of the search goes out with what it has, and is gone on with",
        "150",
        _whole(0, 60_000),
    ),
    Setting(
        "RATE", "requests a minute that are answered to one person or, before sign-in, one address", "600", _whole(10)
    ),
    Setting("HOOK_HOSTS", "hosts of private networks, or without TLS, that webhooks may be sent to", "", str),
    Setting("DISPUTE_H", "hours in which an agent may contest a result", "48", _whole(1, 2160)),
    Setting("DISPUTE_DECIDE_H", "hours in which a dispute is to be decided", "72", _whole(1, 2160)),
    Setting(
        "SELF_ASSESSMENT",
        "whether agents answer the form before they see the result",
        "offered",
        _one_of("off", "offered", "required"),
    ),
    Setting("OIDC_ISSUER", "address of the house's identity provider (OpenID Connect); empty: none", "", _address),
    Setting("OIDC_CLIENT", "what the identity provider calls this site", "", str),
    Setting("OIDC_SECRET_FILE", "file with the secret that belongs to OIDC_CLIENT", "", str),
    Setting("OIDC_CLAIM", "claim that holds the login", "preferred_username", str),
)
"""Every setting of the product. `qm doctor` prints them with their origin."""
