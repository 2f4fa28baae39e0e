"""The database: opening it, one transaction at a time, and its schema's version."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from qm.errors import PassingError, StorageError
from qm.operations.metrics import timed
from qm.storage import backup, schema, stores, tables
from qm.storage.audit_store import AuditPen, SqlAuditStore
from qm.storage.backup_manifest import Manifest
from qm.storage.calibration_store import SqlCalibrationStore
from qm.storage.case_store import SqlCaseStore
from qm.storage.coaching_session_store import SqlCoachingSessionStore
from qm.storage.coaching_store import SqlCoachingStore
from qm.storage.connect import (
    POSTGRES,
    address_of,
    dont_wait_for_disk,
    open_engine,
    read_password,
    reading_options,
    unstorable,
)
from qm.storage.contact_store import SqlContactStore
from qm.storage.content import content_fingerprint
from qm.storage.database_errors import storage_error
from qm.storage.dispute_store import SqlDisputeStore
from qm.storage.eraser import SqlEraser
from qm.storage.erasure_ledger import SqlErasureLedger
from qm.storage.export_store import SqlExportStore
from qm.storage.fact_store import SqlFactStore
from qm.storage.figure_store import SqlFigureStore
from qm.storage.hold_store import SqlHoldStore
from qm.storage.hook_store import SqlHookStore
from qm.storage.kept_answer_store import SqlKeptAnswerStore
from qm.storage.object_names import SqlObjectNames
from qm.storage.output_store import SqlOutputStore
from qm.storage.partitions import Partition, partition
from qm.storage.people_store import SqlPeopleStore, SqlSessionStore
from qm.storage.review_store import SqlReviewStore
from qm.storage.search_store import SqlSearchStore
from qm.storage.subject_store import SqlSubjectStore
from qm.storage.task_store import SqlTaskStore
from qm.storage.voc_stores import SqlDrawStore, SqlReportStore
from qm.storage.work_queue_store import SqlWorkQueueStore


@dataclass(frozen=True)
class Patience:
    """What is done while the database can't be reached: batch work waits for it, a page says so at once.

    Attributes:
        pauses: seconds before each further try.
        wait: passes them.
    """

    pauses: Sequence[float] = ()
    wait: Callable[[float], None] = lambda _seconds: None


@dataclass
class SqlUnit:
    """The stores of one transaction."""

    connection: Connection
    blocks_writers: bool
    contacts: SqlContactStore
    work: stores.SqlWorkStore
    outputs: SqlOutputStore
    evaluations: stores.SqlEvaluationStore
    surveys: stores.SqlSurveyStore
    coaching: SqlCoachingStore
    runs: stores.SqlRunStore
    facts: SqlFactStore
    draws: SqlDrawStore
    documents: SqlReportStore
    cases: SqlCaseStore
    calibration: SqlCalibrationStore
    audit: SqlAuditStore
    holds: SqlHoldStore
    ledger: SqlErasureLedger
    subjects: SqlSubjectStore
    eraser: SqlEraser
    tasks: SqlTaskStore
    object_names: SqlObjectNames
    people: SqlPeopleStore
    sessions: SqlSessionStore
    reviews: SqlReviewStore
    search: SqlSearchStore
    work_queues: SqlWorkQueueStore
    hooks: SqlHookStore
    kept_answers: SqlKeptAnswerStore
    export: SqlExportStore
    figures: SqlFigureStore
    disputes: SqlDisputeStore
    coaching_sessions: SqlCoachingSessionStore

    def lock(self, name: str) -> None:
        """Wait until no other transaction holds that name; it's let go at this one's end."""
        schema.lock(self.connection, name)


class Database:
    """SQLite (a file in WAL mode) or PostgreSQL; both behave the same.

    Args:
        url: `sqlite:///…` or `postgresql://…`; a SQLite file's folder is made when the schema is upgraded.
        password_file: holds PostgreSQL's password; read at every connection.
        application: named to PostgreSQL's administrator beside each connection.
        patience: with a database that is away when a transaction begins. What breaks off later is raised.
        pen: whose transactions these are, for the audit chain.

    Raises:
        SettingsError: the address can't be used.
    """

    def __init__(
        self, url: str, password_file: str = "", application: str = "qm", patience: Patience | None = None,
        pen: AuditPen | None = None,
    ) -> None:  # fmt: skip
        self._address = address_of(url)
        self.url = url
        self.shown = self._address.render_as_string(hide_password=True).replace("+psycopg", "", 1)
        self._password_file = password_file
        self._engine = open_engine(self._address, password_file, application)
        self._reader = self._engine.execution_options(**reading_options(self._address))
        self._patience = patience or Patience()
        self._pen = pen or AuditPen()

    @contextmanager
    def unit_of_work(self, *, durable: bool = True) -> Iterator[SqlUnit]:
        """One transaction: committed at the end of the block, rolled back when an error leaves it.

        Args:
            durable: wait until PostgreSQL has it on disk. Without, a crash of the server may take back transactions
                of its last second, whole and from the newest on: for who notices, and does them again. One that noted
                something in the audit trail is waited for all the same.

        Raises:
            DiskFullError: no space left.
            ConnectionLostError: the database went away; all of the block stands or nothing, so it may be done again.
            PassingError: another transaction was in the way; nothing stands.
            StorageError: the database can't be opened, read or written.
            InputError: a text that can't be kept.
        """
        timing = timed("store_seconds", store="database", operation="write")
        with timing, self._translated(), self._connected(self._engine) as connection, connection.begin():
            unit = _unit(connection, self._pen)
            yield unit
            unit.work.flush()
            unit.hooks.tell_noted(unit.audit.noted)
            is_audited = unit.audit.flush(unit.lock)
            if not (durable or is_audited):
                dont_wait_for_disk(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlUnit]:
        """A transaction that only reads: it never waits for a writer, and sees one moment throughout.

        Raises:
            StorageError: the database can't be opened or read.
        """
        timing = timed("store_seconds", store="database", operation="read")
        with timing, self._translated(), self._connected(self._reader) as connection, connection.begin():
            yield _unit(connection, None)

    def upgrade(self) -> bool:
        """Create the schema or bring it to this version; touches nothing where it's there already.

        Returns:
            Whether anything had to be done.

        Raises:
            StorageError: it can't be opened, or is of a newer version.
        """
        with self._translated():
            schema.make_folder(self._address)
            with self._connected(self._reader) as connection:
                current, head = schema.revisions(connection)
            if current == head:
                return False
            with self._connected(self._engine) as connection, connection.begin():
                schema.upgrade(connection)
        return True

    def require_schema(self) -> None:
        """Look that the schema is exactly this version's; cheap.

        Raises:
            StorageError: it's older (`database.old_schema`), newer, or isn't there.
        """
        current, head = self.revision()
        if current is None:
            raise StorageError("database.no_schema", f"{self.shown} has no schema yet", "run `qm db upgrade`")
        if current != head:
            message = f"{self.shown} has schema {current}, this version needs {head}"
            raise StorageError("database.old_schema", message, "stop the workers of the older version, `qm db upgrade`")

    def revision(self) -> tuple[str | None, str | None]:
        """Schema of the database and of this version; cheap.

        Raises:
            StorageError: it can't be reached, or is of a newer version.
        """
        with self._translated(), self._connected(self._reader) as connection:
            return schema.revisions(connection)

    def clock_s(self) -> float:
        """The database's clock in seconds since 1970; SQLite has that of this machine."""
        with self._translated(), self._connected(self._reader) as connection:
            return schema.clock_s(connection)

    def describe(self) -> str:
        """Which database this is, like `PostgreSQL 15.13`."""
        with self._translated(), self._connected(self._reader) as connection:
            return backup.describe(connection)

    def check(self) -> list[str]:
        """What is wrong with the schema; empty where it's of this version and whole."""
        with self._translated(), self._connected(self._reader) as connection:
            return schema.faults_of(connection)

    def content_fingerprint(self) -> str:
        """A hash over every row of every table that isn't volatile: equal content, equal hash, on both databases."""
        with self._translated(), self._connected(self._reader) as connection, connection.begin():
            return content_fingerprint(connection)

    def back_up(self, target: Path, at: datetime, version: str, *, portable: bool = False) -> Manifest:
        """Write a backup with its manifest, and note it in the list of backups. See `backup.back_up`.

        Raises:
            InputError: the target is there already, or its folder isn't.
            StorageError: the database can't be read, or a tool is missing; nothing stays of the backup.
        """
        place = target.absolute()
        with self._translated():
            manifest = backup.back_up(self._reader, self._whole_address(), place, at, version, portable=portable)
        with self.unit_of_work() as unit:
            unit.connection.execute(insert(tables.backups), backup.backup_row(manifest, place))
            unit.audit.note("database.backed_up", "backup", manifest.id)
        return manifest

    def restore(self, source: Path, *, replace: bool = False) -> Manifest:
        """Put a backup into this database, and verify it. See `backup.restore`.

        Raises:
            InputError: no backup, an altered one, or one that this database can't take.
            ConflictError: the database holds rows, or workers are at work on it; nothing was changed.
            StorageError: it can't be written, or what came out isn't what was backed up.
        """
        with self._translated():
            schema.make_folder(self._address)
            manifest = backup.restore(self._engine, self._whole_address(), source, self.clock_s(), replace=replace)
        with self.unit_of_work() as unit:
            unit.audit.note("database.restored", "backup", manifest.id)
        return manifest

    def partition(self, now: datetime) -> tuple[Partition, ...]:
        """Put the audit trail into partitions by month, or begin this month's. PostgreSQL only.

        Raises:
            InputError: the database is SQLite.
        """
        with self._translated(), self._connected(self._engine) as connection, connection.begin():
            return partition(connection, now)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _whole_address(self) -> URL:
        if not self._password_file:
            return self._address
        return self._address.set(password=read_password(self._password_file))

    def _connected(self, engine: Engine) -> Connection:
        for pause in self._patience.pauses:
            try:
                return engine.connect()
            except (DBAPIError, PoolTimeoutError) as error:
                if not isinstance(storage_error(error, self.shown), PassingError):
                    raise
                self._patience.wait(pause)
        return engine.connect()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeoutError) as error:
            if (ours := storage_error(error, self.shown)) is None:
                raise
            raise ours from error
        except UnicodeEncodeError as error:
            raise unstorable() from error


def _unit(connection: Connection, pen: AuditPen | None) -> SqlUnit:
    contacts, work, hand = SqlContactStore(connection), stores.SqlWorkStore(connection), pen or AuditPen()
    outputs = SqlOutputStore(connection)

    def forget() -> None:
        contacts.forget()
        work.forget()
        outputs.forget()

    return SqlUnit(
        connection, connection.dialect.name != POSTGRES, contacts, work, outputs,
        stores.SqlEvaluationStore(connection), stores.SqlSurveyStore(connection), SqlCoachingStore(connection),
        stores.SqlRunStore(connection), SqlFactStore(connection), SqlDrawStore(connection), SqlReportStore(connection),
        SqlCaseStore(connection), SqlCalibrationStore(connection), SqlAuditStore(connection, pen),
        SqlHoldStore(connection), SqlErasureLedger(connection), SqlSubjectStore(connection),
        SqlEraser(connection, forget), SqlTaskStore(connection), SqlObjectNames(connection),
        SqlPeopleStore(connection), SqlSessionStore(connection), SqlReviewStore(connection),
        SqlSearchStore(connection),
        SqlWorkQueueStore(connection),
        SqlHookStore(connection, hand.now, hand.salt), SqlKeptAnswerStore(connection), SqlExportStore(connection),
        SqlFigureStore(connection),
        SqlDisputeStore(connection),
        SqlCoachingSessionStore(connection),
    )  # fmt: skip
