"""The database: opening it, one transaction at a time, and its schema's version."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError, OperationalError

from qm.errors import DiskFullError, StorageError
from qm.fingerprint import fingerprint
from qm.storage import stores, tables
from qm.storage.calibration_store import SqlCalibrationStore
from qm.storage.case_store import SqlCaseStore
from qm.storage.fact_store import SqlFactStore
from qm.storage.voc_stores import SqlDrawStore, SqlReportStore

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_S = 30
"""How long a writer waits for another: a day's batch and `qm serve` share one file."""


@dataclass
class SqlUnit:
    """The stores of one transaction."""

    contacts: stores.SqlContactStore
    work: stores.SqlWorkStore
    outputs: stores.SqlOutputStore
    evaluations: stores.SqlEvaluationStore
    surveys: stores.SqlSurveyStore
    coaching: stores.SqlCoachingStore
    runs: stores.SqlRunStore
    facts: SqlFactStore
    draws: SqlDrawStore
    documents: SqlReportStore
    cases: SqlCaseStore
    calibration: SqlCalibrationStore


class Database:
    """A SQLite file in WAL mode.

    Args:
        url: SQLAlchemy address; the file's folder is made when the schema is upgraded.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
        self._reader = self._engine.execution_options(qm_reads_only=True)

    @contextmanager
    def unit_of_work(self) -> Iterator[SqlUnit]:
        """One transaction: committed at the end of the block, rolled back when an error leaves it.

        Raises:
            DiskFullError: no space left.
            StorageError: the database can't be opened, read or written.
        """
        with self._translated(), self._engine.begin() as connection:
            yield _unit(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlUnit]:
        """A transaction that only reads: it never waits for a writer, and sees one moment throughout.

        Raises:
            StorageError: the database can't be opened or read.
        """
        with self._translated(), self._reader.begin() as connection:
            yield _unit(connection)

    def upgrade(self) -> None:
        """Create the file or bring its schema to this version; touches nothing where it's there already.

        Raises:
            StorageError: it can't be opened, or is of a newer version.
        """
        with self._translated():
            _make_folder(self._engine)
            with self._reader.connect() as connection:
                current, head = _revisions(connection)
            if current == head:
                return
            with self._engine.connect() as connection:
                command.upgrade(_alembic(connection), "head")
                connection.commit()

    def check(self) -> list[str]:
        """What is wrong with the schema; empty where it's of this version and whole."""
        with self._translated(), self._reader.connect() as connection:
            context = MigrationContext.configure(connection)
            current, head = _revisions(connection)
            if current != head:
                return [f"schema is {current or 'empty'}, this version needs {head}"]
            wrong = [str(item) for item in compare_metadata(context, tables.metadata)]
            if (state := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
                wrong.append(f"integrity: {state}")
            return wrong

    def content_fingerprint(self) -> str:
        """A hash over every row of every table that isn't volatile: equal content, equal hash."""
        with self._translated(), self._reader.connect() as connection:
            rows: dict[str, Any] = {}
            for table in tables.metadata.sorted_tables:
                if table.name not in tables.VOLATILE:
                    found = connection.execute(select(table).order_by(*table.primary_key))
                    rows[table.name] = [list(row) for row in found]
            return fingerprint(rows)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise _storage_error(error, self.url) from error
        except DatabaseError as error:
            if type(error.orig) is not sqlite3.DatabaseError:  # its subclasses are faults of ours
                raise
            raise StorageError("database.damaged", f"{self.url}: {error.orig}", "restore a copy") from error


def _storage_error(error: OperationalError, url: str) -> StorageError:
    text = str(error.orig)
    if "disk is full" in text or "disk I/O error" in text:
        return DiskFullError("storage.disk_full", f"no space left for {url}", "free some space, then run again")
    if "no such table" in text:
        return StorageError("database.no_schema", f"{url} has no schema yet", "run `qm db upgrade`")
    if "locked" in text:
        return StorageError("database.busy", f"{url} is in use by another process", "wait for it, then run again")
    return StorageError("database.unavailable", f"{url}: {text}", "`qm db upgrade` creates it; check QM_DATA")


def _unit(connection: Connection) -> SqlUnit:
    return SqlUnit(
        stores.SqlContactStore(connection), stores.SqlWorkStore(connection), stores.SqlOutputStore(connection),
        stores.SqlEvaluationStore(connection), stores.SqlSurveyStore(connection), stores.SqlCoachingStore(connection),
        stores.SqlRunStore(connection), SqlFactStore(connection), SqlDrawStore(connection), SqlReportStore(connection),
        SqlCaseStore(connection), SqlCalibrationStore(connection),
    )  # fmt: skip


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: it would do so too late for reads.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # IMMEDIATE, so that a second writer waits its turn: a transaction that reads first and writes later would be
    # refused at once instead.
    reads_only = connection.get_execution_options().get("qm_reads_only")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _revisions(connection: Connection) -> tuple[str | None, str | None]:
    """Revision of the database and of this version."""
    scripts = ScriptDirectory.from_config(_alembic(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        message = f"the database is of a newer version (schema {current})"
        raise StorageError("database.newer", message, "install that version, or use another QM_DATA")
    return current, scripts.get_current_head()


def _make_folder(engine: Engine) -> None:
    if engine.url.database:
        try:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"can't make the folder of {engine.url.database}: {error.strerror}"
            raise StorageError("storage.unwritable", message, "set QM_DATA to a folder you may write to") from error


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
