"""The audit trail of a large site on PostgreSQL, in a partition a month: the one table that nothing ever makes smaller.

Partitions are ranges of `seq`, which is the key: nothing else that reads or writes the trail has to know. A month's
partition is open at its end until the first call in a later month closes it at the head of the chain.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from qm.errors import InputError
from qm.storage import schema
from qm.storage.connect import POSTGRES

TRAIL = {"audit_events": ("subject", "actor", "action"), "audit_details": ()}
"""Tables that grow with the trail, and the columns that each has an index on beside its key."""
KEY_BETWEEN = "fk_audit_details_seq"
"""Given up on a partitioned trail: PostgreSQL would look through all of it whenever a month is closed."""


@dataclass(frozen=True)
class Partition:
    """Events from `first` on; `rows` is the planner's estimate, -1 where it has none yet."""

    name: str
    first: str
    rows: int


def partition(connection: Connection, now: datetime) -> tuple[Partition, ...]:
    """Turn the trail into partitions, or begin this month's; nothing where that's done. One transaction.

    Raises:
        InputError: the database is SQLite, which has no partitions.
    """
    if connection.dialect.name != POSTGRES:
        message = "SQLite has no partitions"
        raise InputError("database.no_partitions", message, "they serve sites on PostgreSQL; see docs/operations.md")
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    schema.lock(connection, "audit")  # the chain mustn't grow meanwhile
    month = f"{now:%Y_%m}"
    first = connection.execute(text("SELECT coalesce(max(seq), 0) + 1 FROM audit_events")).scalar_one()
    if not schema.is_partitioned(connection):
        _convert(connection, month, first)
    elif (open_name := _open_partition(connection, "audit_events")) != f"audit_events_{month}":
        _begin_month(connection, open_name.removeprefix("audit_events_"), month, first)
    return partitions(connection)


def partitions(connection: Connection) -> tuple[Partition, ...]:
    """The partitions of the trail in order."""
    rows = connection.execute(text(_PARTITIONS), {"table": "audit_events"}).all()
    return tuple(Partition(row.name, row.first, int(row.rows)) for row in rows)


_PARTITIONS = """
SELECT c.relname AS name, c.reltuples AS rows,
       substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \\(''?([^'')]+)') AS first
FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = to_regclass(:table)
ORDER BY pg_get_expr(c.relpartbound, c.oid) NOT LIKE '%MINVALUE%', length(c.relname) DESC, c.relname
"""


def _convert(connection: Connection, month: str, first: int) -> None:
    """What there is becomes the first partition as it lies; nothing is copied."""
    _do(connection, f"ALTER TABLE audit_details DROP CONSTRAINT {KEY_BETWEEN}")
    for table, columns in TRAIL.items():
        old = f"{table}_before"
        _do(
            connection,
            f"ALTER TABLE {table} RENAME TO {old}",
            f"ALTER INDEX pk_{table} RENAME TO pk_{old}",
            *(f"ALTER INDEX ix_{table}_{column} RENAME TO ix_{old}_{column}" for column in columns),
            f"CREATE TABLE {table} (LIKE {old}) PARTITION BY RANGE (seq)",
            f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (seq)",
            *(f"CREATE INDEX ix_{table}_{column} ON {table} ({column}, seq)" for column in columns),
            f"ALTER TABLE {table} ATTACH PARTITION {old} FOR VALUES FROM (MINVALUE) TO ({first})",
        )
        _add(connection, table, month, first)
    _refuse_changes(connection, "audit_events")


def _begin_month(connection: Connection, before: str, month: str, first: int) -> None:
    for table in TRAIL:
        old = f"{table}_{before}"
        begins = connection.execute(text(_PARTITIONS), {"table": table}).all()[-1].first
        _do(
            connection,
            f"ALTER TABLE {table} DETACH PARTITION {old}",
            f"ALTER TABLE {table} ATTACH PARTITION {old} FOR VALUES FROM ({begins}) TO ({first})",
        )
        _add(connection, table, month, first)


def _add(connection: Connection, table: str, month: str, first: int) -> None:
    name = f"{table}_{month}"
    _do(connection, f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({first}) TO (MAXVALUE)")
    if table == "audit_events":
        _refuse_changes(connection, name)


def _refuse_changes(connection: Connection, name: str) -> None:
    """A partition can be written to by its own name, past the trigger of the whole."""
    _do(
        connection,
        f"CREATE TRIGGER audit_events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    )


def _open_partition(connection: Connection, table: str) -> str:
    return str(connection.execute(text(_PARTITIONS), {"table": table}).all()[-1].name)


def _do(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
