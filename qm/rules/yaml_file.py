"""Read one YAML file with the line of every key, or the fault that stops it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qm.errors import Fault
from qm.rules.located import Located


@dataclass(frozen=True)
class Parsed:
    """A file as it was read: its name as people know it, its content, and what stopped it being read."""

    shown: str
    node: Any
    faults: list[Fault]


_FASTEST = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _LineLoader(_FASTEST):  # type: ignore[misc,valid-type]
    """SafeLoader that keeps lines and refuses a key given twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> Located:
    lines: dict[str, int] = {}
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        if key in values:
            raise yaml.constructor.ConstructorError(None, None, f"key '{key}' is given twice", key_node.start_mark)
        lines[key] = key_node.start_mark.line + 1
        values[key] = loader.construct_object(value_node, deep=True)
    return Located(values, line=node.start_mark.line + 1, lines=lines)


class _Dumper(yaml.SafeDumper):
    """SafeDumper that quotes what `_LineLoader` would take for a number."""


# YAML 1.1 takes 5e-3 for a text; JSON, and whoever writes it, for a number.
for _side in (_LineLoader, _Dumper):
    _side.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?\d+[eE][-+]?\d+$"), list("-0123456789"))
_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, shown: str) -> tuple[Any, list[Fault]]:
    """The content of a YAML file with line numbers, or the fault that stops it being read."""
    try:
        return parse_yaml(path.read_text(encoding="utf-8"), shown)
    except (OSError, UnicodeDecodeError) as error:
        return None, [Fault(shown, 0, "rules.unreadable", f"can't be read: {error}")]


def parse_yaml(text: str, shown: str) -> tuple[Any, list[Fault]]:
    """As `read_yaml`, of a text that was read already."""
    try:
        return yaml.load(text, Loader=_LineLoader), []  # noqa: S506 - derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faulty = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
        hint = "indent with spaces, not tabs" if "\t" in faulty else ""
        return None, [Fault(shown, line, "rules.bad_yaml", str(error.problem), hint)]
    except yaml.YAMLError as error:
        return None, [Fault(shown, 0, "rules.bad_yaml", str(error))]
    except RecursionError:
        return None, [Fault(shown, 0, "rules.bad_yaml", "nested too deeply", "a condition is a few levels deep")]
    except ValueError as error:  # a date or a number that YAML takes for one, like 2026-13-45
        return None, [Fault(shown, 0, "rules.bad_yaml", str(error), "quote it")]


def write_yaml(value: object) -> str:
    """YAML text of plain values; what `parse_yaml` reads back is equal."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
