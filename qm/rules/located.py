"""Read mappings that know their lines, collecting faults instead of stopping at the first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from qm.domain.text import Text
from qm.errors import Fault


class Located(dict[str, Any]):
    """A YAML mapping with the line of itself and of each key (1-based)."""

    line: int = 0

    def __init__(self, *args: Any, line: int = 0, lines: Mapping[str, int] | None = None) -> None:
        super().__init__(*args)
        self.line = line
        self.lines = dict(lines or {})

    def line_of(self, key: str) -> int:
        """Line of a key, or of the mapping where the key is missing."""
        return self.lines.get(key, self.line)


@dataclass
class FaultList:
    """Faults of one file, in the order met."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, line: int, code: str, message: str, hint: str = "") -> None:
        """Note one fault."""
        self.faults.append(Fault(self.file, line, code, message, hint))


def check_keys(node: Located, known: Iterable[str], required: Iterable[str], found: FaultList, what: str) -> bool:
    """Report unknown keys (with the nearest known one) and missing ones; true where there is neither."""
    known, before = list(known), len(found.faults)
    for key in node:
        if key not in known:
            found.add(node.line_of(key), "rules.unknown_key", f"{what}: unknown key '{key}'", nearest_hint(key, known))
    for key in required:
        if key not in node or node[key] is None or node[key] in ("", []):
            found.add(node.line, "rules.missing_key", f"{what}: '{key}' is missing", f"add `{key}:`")
    return len(found.faults) == before


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them."""
    known = sorted(known)
    near = get_close_matches(str(word), known, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(known)


def read_text(node: Located, key: str, found: FaultList, what: str) -> Text:
    """A bilingual text; a fault and a placeholder where it isn't one."""
    value = node.get(key)
    if isinstance(value, Located) and set(value) == {"it", "en"} and all(_is_worded(v) for v in value.values()):
        return Text(str(value["it"]).strip(), str(value["en"]).strip())
    if key in node:
        found.add(node.line_of(key), "rules.bad_text", f"{what}: '{key}' needs both languages", "{it: …, en: …}")
    return Text("?", "?")


def read_strings(node: Located, key: str, found: FaultList, what: str) -> tuple[str, ...]:
    """A list of strings; empty where the key is missing."""
    value = node.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    found.add(
        node.line_of(key), "rules.bad_list", f"{what}: '{key}' must be a list of texts", "quote numbers and yes/no"
    )
    return ()


def read_number(node: Located, key: str, found: FaultList, what: str) -> float | None:
    """A number of at least 0; `None` where the key is missing or faulty."""
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    found.add(node.line_of(key), "rules.bad_number", f"{what}: '{key}' must be a number of at least 0, got {value!r}")
    return None


def read_count(node: Located, key: str, found: FaultList, what: str) -> int | None:
    """A whole number of at least 1; `None` where the key is missing or faulty."""
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    found.add(node.line_of(key), "rules.bad_number", f"{what}: '{key}' must be a whole number from 1, got {value!r}")
    return None


def read_up_to(node: Located, key: str, most: float, found: FaultList, what: str) -> float | None:
    """A number from 0 to `most`; `None` where the key is missing or faulty."""
    value = read_number(node, key, found, what)
    if value is not None and value > most:
        found.add(node.line_of(key), "rules.bad_number", f"{what}: {key} {value:g} lies above {most:g}")
        return None
    return value


def read_flag(node: Located, key: str, found: FaultList, what: str, *, absent: bool) -> bool:
    """True or false; `absent` where the key is missing or faulty."""
    value = node.get(key, absent)
    if isinstance(value, bool):
        return value
    found.add(node.line_of(key), "rules.bad_value", f"{what}: '{key}' is true or false", "write it without quotes")
    return absent


def read_choice(node: Located, key: str, known: Sequence[str | bool], found: FaultList, what: str) -> Any:
    """One of the known values; `None` where the key is missing or faulty."""
    value = node.get(key)
    if value is None or any(value is choice or (isinstance(choice, str) and value == choice) for choice in known):
        return value
    hint = nearest_hint(str(value), [str(choice).lower() if isinstance(choice, bool) else choice for choice in known])
    found.add(node.line_of(key), "rules.bad_value", f"{what}: unknown {key} '{value}'", hint)
    return None


def read_name(node: Located, key: str, found: FaultList, what: str) -> str:
    """An id or a version: a text or a number, on one line; a fault and `?` where it isn't one."""
    value = node.get(key)
    if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip().isprintable():
        return str(value).strip()
    if key in node:
        found.add(node.line_of(key), "rules.bad_value", f"{what}: '{key}' must be a short text")
    return "?"


def read_tables(node: Located, key: str, found: FaultList, what: str) -> list[Located]:
    """A list of mappings; what is none is reported and left out."""
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        found.add(node.line_of(key), "rules.bad_list", f"{what}: '{key}' must be a list", "start each with '- '")
        return []
    for item in value:
        if not isinstance(item, Located):
            found.add(node.line_of(key), "rules.bad_list", f"{what}: each of '{key}' is a mapping, like {{id: …}}")
    return [item for item in value if isinstance(item, Located)]


def _is_worded(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and bool(str(value).strip())
