"""The schema: its version, bringing it up to ours in one transaction on either database, and what is wrong with it."""

import re
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from qm.errors import StorageError
from qm.storage import tables
from qm.storage.connect import POSTGRES
from qm.storage.search_tables import WORDS
from qm.storage.wanted_runs import SqlWantedRuns

MIGRATIONS = Path(__file__).with_name("migrations")
UPGRADE = "schema"
"""Name of the lock under which only one process upgrades at a time."""


def revisions(connection: Connection) -> tuple[str | None, str | None]:
    """Revision of the database and of this version.

    Raises:
        StorageError: the database is of a newer version.
    """
    scripts = ScriptDirectory.from_config(alembic_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        message = f"the database is of a newer version (schema {current})"
        raise StorageError("database.newer", message, "install that version, or use another database")
    return current, scripts.get_current_head()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to a revision, in the transaction of the connection: all of it or nothing."""
    if connection.dialect.name == POSTGRES:
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a filled table takes what it takes
        lock(connection, UPGRADE)
    command.upgrade(alembic_config(connection), revision)


def faults_of(connection: Connection) -> list[str]:
    """What is wrong with the schema and with how its rows hang together; empty where nothing is."""
    current, head = revisions(connection)
    if current != head:
        return [f"schema is {current or 'empty'}, this version needs {head}"]
    opts = {"include_object": _is_no_part if is_partitioned(connection) else _is_ours}
    context = MigrationContext.configure(connection, opts=opts)
    found = [str(item) for item in compare_metadata(context, tables.metadata)]
    return found + (_postgres_faults if connection.dialect.name == POSTGRES else _sqlite_faults)(connection)


PARTS = re.compile(r"audit_(events|details)_(before|\d{4}_\d{2})")
"""Partitions of the audit trail, as `qm.storage.partitions` names them."""


def is_partitioned(connection: Connection) -> bool:
    """True where the audit trail lies in partitions."""
    if connection.dialect.name != POSTGRES:
        return False
    kind = connection.execute(text("SELECT relkind FROM pg_class WHERE oid = to_regclass('audit_events')"))
    return kind.scalar() in {"p", b"p"}


def _is_ours(_thing: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:
    """What finds words is each database's own (`qm.storage.search_tables`)."""
    return not (kind == "table" and (name or "").startswith(WORDS))


def _is_no_part(thing: object, name: str | None, kind: str, is_reflected: bool, other: object) -> bool:
    """Partitions are parts of a table, and the partitioned trail has no key between its two tables."""
    is_part = kind == "table" and PARTS.fullmatch(name or "") is not None
    return not is_part and name != "fk_audit_details_seq" and _is_ours(thing, name, kind, is_reflected, other)


def clock_s(connection: Connection) -> float:
    """The database's own clock in seconds since 1970; with SQLite that of this machine."""
    return SqlWantedRuns(connection).now()


def lock(connection: Connection, name: str, most_s: int = 900, then_s: int = 30) -> None:
    """Wait until no other transaction holds that name; let go at the end of this one. SQLite has one writer anyway.

    Args:
        most_s: how long is waited; who holds a name may compute over all contacts.
        then_s: the limit of other locks, which is put back.
    """
    if connection.dialect.name == POSTGRES:
        connection.execute(
            text(
                "SELECT set_config('lock_timeout', :most, true), pg_advisory_xact_lock(hashtextextended(:name, 0)), "
                "set_config('lock_timeout', :then, true)"
            ),
            {"most": f"{most_s}s", "name": f"qm:{name}", "then": f"{then_s}s"},
        )


def alembic_config(connection: Connection) -> Config:
    """Alembic over a connection of ours; its transaction stays ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def make_folder(address: URL) -> None:
    """The folder of a SQLite file.

    Raises:
        StorageError: it can't be made.
    """
    if address.get_backend_name() == POSTGRES or not address.database:
        return
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"can't make the folder of {address.database}: {error.strerror}"
        raise StorageError("storage.unwritable", message, "set QM_DATA to a folder you may write to") from error


def _sqlite_faults(connection: Connection) -> list[str]:
    found = []
    if (state := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
        found.append(f"integrity: {state}")
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return found + [f"{table}: row {row} points at no row of {other}" for table, row, other, _key in loose[:10]]


_INVALID = """
SELECT 'index ' || indexrelid::regclass || ' is not valid: REINDEX it' FROM pg_index WHERE NOT indisvalid
UNION ALL
SELECT 'constraint ' || conname || ' is not checked: VALIDATE it' FROM pg_constraint WHERE NOT convalidated
UNION ALL
SELECT table_name || '.' || column_name || ' does not sort by bytes' FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name <> 'alembic_version'
AND data_type IN ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'
"""


def _postgres_faults(connection: Connection) -> list[str]:
    return list(connection.execute(text(_INVALID)).scalars())
