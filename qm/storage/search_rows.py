"""Look for texts in every column of every table: how an erasure is proved."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, String, TextClause, text

from qm.storage import tables

KEPT = frozenset({"audit_events"})
"""Append-only by design: it names contacts, cases and runs by id, and holds nothing else of them."""
SHORTEST, SHORTEST_NUMBER = 3, 6
"""Shorter texts, and shorter ones of digits alone, stand in numbers and words by chance: only whole ids count."""
AT_ONCE = 50
"""Texts that are looked for in one statement."""


def rows_with(connection: Connection, strings: Sequence[str]) -> dict[str, int]:
    """Rows that hold any of the texts, by `table.column`; columns without any are left out."""
    found: Counter[str] = Counter()
    for table in tables.metadata.sorted_tables:
        names = [column.name for column in table.columns if isinstance(column.type, String)]
        if table.name in KEPT or not names:
            continue
        rows: dict[tuple[Any, ...], None] = {}
        for start in range(0, len(strings), AT_ONCE):
            some = strings[start : start + AT_ONCE]
            rows |= dict.fromkeys(map(tuple, connection.execute(*_like(table.name, names, some))))
        looks = [holds(text) for text in strings]
        for row in rows:
            meant = (name for name, value in zip(names, row, strict=True) if _is_meant(value, looks))
            found.update(f"{table.name}.{name}" for name in meant)
    return dict(found)


def _is_meant(value: str | None, looks: Sequence[Callable[[str], bool]]) -> bool:
    return value is not None and any(look(leaf) for leaf in strings_of(value) for look in looks)


def _like(table: str, names: Sequence[str], strings: Sequence[str]) -> tuple[TextClause, dict[str, str]]:
    """The rows that may hold one of the texts. Written out: composing so many conditions takes longer than looking."""
    wanted = {f"p{place}": each for place, each in enumerate(dict.fromkeys(p for s in strings for p in _patterns(s)))}
    where = " OR ".join(f"{name} LIKE :{key} ESCAPE '!'" for name in names for key in wanted)
    return text(f"SELECT {', '.join(names)} FROM {table} WHERE {where}"), wanted  # noqa: S608 - names of our own tables


def _patterns(needle: str) -> tuple[str, ...]:
    """For LIKE: a text as it is, and as it's written in JSON; a short one as a whole."""
    plain = re.sub(r"([!%_])", r"!\1", needle)
    written = json.dumps(plain, ensure_ascii=False)[1:-1]
    return (plain,) if is_short(needle) else tuple(dict.fromkeys((f"%{plain}%", f"%{written}%")))


def is_short(needle: str) -> bool:
    """Whether a text is only looked for as a whole."""
    return len(needle) < (SHORTEST_NUMBER if needle.isdigit() else SHORTEST)


def holds(needle: str) -> Callable[[str], bool]:
    """Whether a value holds a text on its own, not as a part of a longer id.

    >>> look = holds("C-1")
    >>> look("C-1"), look("qm retry C-1"), look("C-1.wav"), look("C-10"), look("XC-1")
    (True, True, True, False, False)
    """
    if is_short(needle):
        return lambda value: value == needle
    pattern = re.compile(rf"(?<![\w-]){re.escape(needle)}(?![\w-])")
    return lambda value: pattern.search(value) is not None


def strings_of(document: str) -> list[str]:
    """Every text in a JSON document, keys among them; a text that isn't JSON is itself.

    >>> strings_of('{"a": ["b", 1, {"c": "d"}]}')
    ['a', 'b', 'c', 'd']
    """
    if not document.startswith(("{", "[", '"')):
        return [document]
    try:
        return list(_leaves(json.loads(document)))
    except ValueError:
        return [document]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*map(str, value), *(leaf for each in value.values() for leaf in _leaves(each))]
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else []
