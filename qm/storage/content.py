"""A hash over content: equal content gives an equal hash, whatever database it's kept in."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, Table, func, select

from qm.fingerprint import canonical
from qm.storage import tables

AT_ONCE = 2000
"""Rows in memory; a day's transcripts wouldn't fit."""


def content_fingerprint(connection: Connection) -> str:
    """SHA-256 over the canonical text of every row of every table that isn't volatile."""
    found = hashlib.sha256()
    for piece in _pieces(connection):
        found.update(piece.encode("utf-8"))
    return found.hexdigest()


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, volatile ones included."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in tables.metadata.sorted_tables
    }


def _pieces(connection: Connection) -> Iterator[str]:
    kept = sorted((t for t in tables.metadata.sorted_tables if t.name not in tables.VOLATILE), key=lambda t: t.name)
    for place, table in enumerate(kept):
        yield ("," if place else "[{") + f"{canonical(table.name)}:["
        yield from _rows(connection, table)
        yield "]"
    yield "}]"


def _rows(connection: Connection, table: Table) -> Iterator[str]:
    statement = select(table).order_by(*table.primary_key)
    result = connection.execute(statement, execution_options={"yield_per": AT_ONCE})
    for place, row in enumerate(result):
        yield ("," if place else "") + canonical(list(row))
