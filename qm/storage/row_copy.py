"""Rows from one database into another, whichever either is: how a site moves from SQLite to PostgreSQL, or back."""

from collections.abc import Collection

from sqlalchemy import Connection, insert, select, text

from qm.storage import tables
from qm.storage.search_tables import WORDS

AT_ONCE = 1000
LOCAL = frozenset({"workers", "locks"})
"""Who works and who holds what now is nothing that may come back."""


def copy_rows(source: Connection, target: Connection, leave_out: Collection[str] = ()) -> None:
    """Every row of every table of ours; the target has them all, without rows."""
    for table in tables.metadata.sorted_tables:
        if table.name in leave_out:
            continue
        found = source.execute(
            select(table).order_by(*table.primary_key), execution_options={"yield_per": AT_ONCE}
        ).mappings()
        for rows in found.partitions():
            target.execute(insert(table), [dict(row) for row in rows])


def held(connection: Connection) -> dict[str, int]:
    """Tables that hold rows, of this schema or an older one, and one row's worth of proof each."""
    names = _present(connection)
    return {
        table.name: 1
        for table in tables.metadata.sorted_tables
        if table.name in names
        and table.name not in LOCAL
        and connection.execute(select(text("1")).select_from(table).limit(1)).first()
    }


def drop_all(connection: Connection) -> None:
    """Take away every table and function of ours, whatever the schema's version; undone if the transaction is."""
    for statement in drop_statements():
        connection.execute(text(statement))


def drop_statements() -> list[str]:
    """The same for PostgreSQL's own tools."""
    names = [table.name for table in reversed(tables.metadata.sorted_tables)]
    dropped = [f'DROP TABLE IF EXISTS "{name}" CASCADE' for name in (*names, "alembic_version")]
    functions = ("audit_refuse", "search_index", *(f"figure_mark_{name}" for name in names))
    gone = [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in functions]
    return [f"DROP TABLE IF EXISTS {WORDS} CASCADE", *dropped, *gone]


def _present(connection: Connection) -> frozenset[str]:
    return frozenset(connection.dialect.get_table_names(connection))
