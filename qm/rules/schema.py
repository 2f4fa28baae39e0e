"""The JSON Schema of a pack's files, made from the loader's own tables of keys: editors then know them too."""

from collections.abc import Callable
from typing import Any

from qm.rules import keys
from qm.rules.bundle import SCHEMA
from qm.rules.keys import Key, Keys, Shape

Node = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FILE = "schema.json"


def make_schema(operators: tuple[str, ...]) -> Node:
    """The schema; `$defs` has one for each kind of file (`pack`, `family`, `document`) and what they hold.

    Args:
        operators: names of the conditions' operators, from the parser.
    """
    defs = {name: _table(table) for name, table in keys.TABLES.items()}
    defs["rule"]["oneOf"] = [{"required": [way]} for way in keys.WAYS]
    defs["criterion"]["oneOf"] = [{"required": ["rule"]}, {"required": ["criterion", *keys.WORDING]}]
    defs["source"] |= {"minProperties": 1, "maxProperties": 1}
    defs["both"] = _both({"type": "string", "minLength": 1})
    defs["condition"] = {
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
        "properties": {name: {} for name in sorted(operators)},
    }  # fmt: skip
    defs["document"] = {
        "type": "object", "additionalProperties": False, "required": ["schema", "pack"],
        "properties": {
            "schema": {"const": SCHEMA},
            "pack": _ref("pack"),
            "families": {"type": "object", "additionalProperties": _ref("family")},
            "cases": {"type": "object"},
        },
    }  # fmt: skip
    files = [_ref(name) for name in ("pack", "family", "document")]
    return {"$schema": DIALECT, "title": "Forms and rules", "anyOf": files, "$defs": dict(sorted(defs.items()))}


def _table(table: Keys) -> Node:
    node: Node = {
        "type": "object", "additionalProperties": False,
        "properties": {name: _SHAPES[key.shape](key) for name, key in table.items()},
    }  # fmt: skip
    required = keys.required_of(table)
    return node | ({"required": list(required)} if required else {})


def _ref(name: str) -> Node:
    return {"$ref": f"#/$defs/{name}"}


def _both(inner: Node) -> Node:
    return {
        "type": "object", "additionalProperties": False, "required": ["it", "en"],
        "properties": {"it": inner, "en": inner},
    }  # fmt: skip


def _number(most: float | None = None) -> Node:
    return {"type": "number", "minimum": 0} | ({} if most is None else {"maximum": most})


_STRINGS: Node = {"type": "array", "items": {"type": "string"}}
_SHAPES: dict[Shape, Callable[[Key], Node]] = {
    Shape.NAME: lambda _key: {"type": ["string", "number"]},
    Shape.TEXT: lambda _key: {"type": "string", "minLength": 1},
    Shape.BOTH: lambda _key: _ref("both"),
    Shape.FLAG: lambda _key: {"type": "boolean"},
    Shape.DATE: lambda _key: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    Shape.NUMBER: lambda _key: _number(),
    Shape.SHARE: lambda _key: _number(1),
    Shape.MARK: lambda _key: _number(100),
    Shape.WEIGHT: lambda _key: {"anyOf": [_number(), {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$"}]},
    Shape.CHOICE: lambda key: {"enum": list(key.choices)},
    Shape.CHOICES: lambda key: {"type": "array", "minItems": 1, "items": {"enum": list(key.choices)}},
    Shape.TEXTS: lambda _key: _STRINGS,
    Shape.LISTS: lambda _key: {"type": "object", "additionalProperties": _STRINGS},
    Shape.PHRASES: lambda _key: {"type": "object", "additionalProperties": _both(_STRINGS)},
    Shape.CONDITION: lambda _key: _ref("condition"),
    Shape.TABLE: lambda key: _ref(key.table),
    Shape.TABLES: lambda key: {"type": "array", "items": _ref(key.table)},
}
