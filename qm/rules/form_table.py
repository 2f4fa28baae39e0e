"""A form as a table for spreadsheets and back: one row for the form, each section, criterion, option, range and band.

A row's `kind` says what it is, `depth` how deep it stands: it belongs to the row above it that stands one higher.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from qm.errors import Fault
from qm.rules import keys
from qm.rules.keys import Key, Shape
from qm.rules.located import Located, nearest_hint

KINDS = {"form": "pack", "section": "section", "criterion": "criterion", "option": "option", "range": "range",
         "band": "band"}  # fmt: skip
"""Kinds of rows and the tables of their keys."""
HOLDS = {"sections": "section", "criteria": "criterion", "options": "option", "ranges": "range", "bands": "band"}
LISTS = {kind: key for key, kind in HOLDS.items()}
NOT_IN_A_TABLE = ("families", "words", "phrases")
"""What belongs to the rules; a table has the form only."""
FORMULA = "=+-@\t\r'"
"""A text that begins so is written behind an apostrophe: spreadsheets would calculate it."""
PARTS = (".it", ".en")


def _columns() -> list[str]:
    """Names of columns in order; a bilingual key has two."""
    found: dict[str, None] = {}
    for table in KINDS.values():
        for name, key in keys.TABLES[table].items():
            if name in HOLDS or name in NOT_IN_A_TABLE:
                continue
            found.update(dict.fromkeys([name + part for part in PARTS] if key.shape is Shape.BOTH else [name]))
    return ["kind", "depth", *found]


COLUMNS = tuple(_columns())


def write_table(tree: dict[str, Any]) -> str:
    """The CSV of a form's tree (`qm.rules.dump_form.form_tree`); conditions stand in it as JSON."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(tree, "form", 0))
    return out.getvalue()


def _rows(node: dict[str, Any], kind: str, depth: int) -> Iterator[dict[str, str]]:
    row = {"kind": kind, "depth": str(depth)}
    for name, value in node.items():
        if isinstance(value, dict) and keys.TABLES[KINDS[kind]][name].shape is Shape.BOTH:
            row |= {name + part: _guarded(value[part[1:]]) for part in PARTS}
        elif name not in HOLDS and name not in NOT_IN_A_TABLE:
            row[name] = _cell(value)
    yield row
    for key, inner in HOLDS.items():
        for item in node.get(key, []):
            yield from _rows(item, inner, depth + 1)


def _cell(value: object) -> str:
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return _guarded(value) if isinstance(value, str) else repr(value)


def _guarded(text: str) -> str:
    return "'" + text if text[:1] in FORMULA and text else text


def read_table(text: str, shown: str) -> tuple[Located | None, list[Fault]]:
    """The tree in a CSV, each row with its line; or what stops it being read. The loader checks the rest."""
    faults: list[Fault] = []
    root: Located | None = None
    above: list[tuple[str, Located]] = []
    try:
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
        for name in [name for name in reader.fieldnames or [] if name not in COLUMNS]:
            hint = nearest_hint(name, COLUMNS)
            faults.append(Fault(shown, 1, "rules.unknown_key", f"unknown column '{name}'", hint))
        before = 1
        for row in reader:
            line, before = before + 1, reader.line_num
            kind, depth = row.get("kind") or "", row.get("depth") or ""
            if (
                kind not in KINDS
                or not depth.isdigit()
                or (depth == "0") != (kind == "form")
                or int(depth) > len(above)
            ):
                hint = f"kind: one of {', '.join(KINDS)}; depth: at most one more than the row above"
                faults.append(Fault(shown, line, "rules.bad_table", "no place for this row", hint))
                continue
            node = _node(row, kind, line, shown, faults)
            del above[int(depth) :]
            if above:
                above[-1][1].setdefault(LISTS[kind], []).append(node)
            root = root or node
            above.append((kind, node))
    except csv.Error as error:
        faults.append(Fault(shown, 0, "rules.bad_table", f"isn't a CSV: {error}", "save it as CSV, UTF-8"))
    if root is None and not faults:
        faults.append(Fault(shown, 0, "rules.bad_table", "no row of kind form", "export a form to see how it looks"))
    return (None if faults else root), faults


def _node(row: dict[str, Any], kind: str, line: int, shown: str, faults: list[Fault]) -> Located:
    table = keys.TABLES[KINDS[kind]]
    node = Located(line=line)
    for column, cell in row.items():
        if column in ("kind", "depth") or column is None or not cell:
            continue
        name, _dot, part = column.partition(".")
        if name not in table:
            hint = nearest_hint(name, table)
            faults.append(Fault(shown, line, "rules.unknown_key", f"{kind}: unknown key '{name}'", hint))
        elif part:
            node.setdefault(name, Located(line=line))[part] = cell.removeprefix("'")
        else:
            node[name] = _value(cell, table[name], line)
    return node


def _value(cell: str, key: Key, line: int) -> Any:
    """The value that YAML would have given; what can't be read stays text, and the loader reports it."""
    if key.shape in (Shape.NAME, Shape.TEXT):
        return cell.removeprefix("'")
    try:
        return _located(json.loads(cell.lower() if cell.lower() in ("true", "false") else cell), line)
    except ValueError:
        return cell


def _located(value: Any, line: int) -> Any:
    if isinstance(value, dict):
        return Located({key: _located(item, line) for key, item in value.items()}, line=line)
    return [_located(item, line) for item in value] if isinstance(value, list) else value
