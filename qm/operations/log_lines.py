"""The two forms of a log line: for people, and for machines. Both keep to one line whatever a value holds."""

import json
from collections.abc import MutableMapping
from typing import Any

LEVEL_WIDTH, EVENT_WIDTH = 7, 22
FIRST = ("at", "level", "event")
Event = MutableMapping[str, Any]


def as_text(_logger: object, _method: str, event: Event) -> str:
    """`2026-11-22T03:00:01Z WARNING database.away  attempt=3 wait_s=4`: time, level, event, then the fields."""
    at = str(event.get("at", ""))[:19] + "Z"
    level = str(event.get("level", "")).upper()
    fields = " ".join(f"{key}={_plain(value)}" for key, value in event.items() if key not in FIRST)
    return f"{at} {level:<{LEVEL_WIDTH}} {_one_line(str(event.get('event', ''))):<{EVENT_WIDTH}} {fields}".rstrip()


def as_json(_logger: object, _method: str, event: Event) -> str:
    """One JSON object; `at`, `level` and `event` come first."""
    ordered = {key: event.get(key, "") for key in FIRST} | {k: v for k, v in event.items() if k not in FIRST}
    return json.dumps(ordered, default=str)  # ASCII: a line separator of Unicode would look like two lines to some


def _plain(value: object) -> str:
    """A value as it is, in quotes where it would otherwise look like two."""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = str(value)
    simple = text.isprintable() and text and not any(sign in text for sign in ' "=')
    return text if simple else _one_line(json.dumps(text, ensure_ascii=False))


def _one_line(text: str) -> str:
    """Control characters written out: a message of a library must not look like two lines."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
