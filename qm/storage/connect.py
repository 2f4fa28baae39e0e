"""How a database is reached: what SQLite and PostgreSQL need on each connection and at the start of a transaction."""

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError

from qm.errors import InputError, SettingsError, StorageError

POSTGRES = "postgresql"
BUSY_S = 30
"""How long a writer waits for another one: a day's batch and `qm serve` share one database."""
STATEMENT_S = 900
"""The longest statement: far above any of ours, so that a lost one doesn't hold its locks for ever."""
IDLE_S = 900
"""The longest pause inside a transaction; coaching over a million contacts computes for minutes."""
CONNECT_S = 10
RECYCLE_S = 3600
FRESH_S = 1.0
KEPT = 10
"""Connections that stay open between requests."""
SILENCE_S = 20
"""A network that was cut is noticed after so long, rather than after the two hours of the system."""
READS_ONLY = {"qm_reads_only": True}
"""Execution options of a transaction that only reads."""


def address_of(url: str) -> URL:
    """The parsed address, with the driver that we use.

    Raises:
        SettingsError: not an address of SQLite or PostgreSQL.
    """
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):  # the message would hold the password
        raise SettingsError("settings.database", "the database's address can't be read", _FORMS) from None
    if backend in {POSTGRES, "postgres"}:
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise SettingsError("settings.database", f"'{backend}' is neither SQLite nor PostgreSQL", _FORMS)
    return address


_FORMS = "sqlite:////path/to/quality.db or postgresql://user@host:5432/database"


def open_engine(address: URL, password_file: str = "", application: str = "qm") -> Engine:
    """An engine that connects when it's first used. What it's handed never stands in an error: it may be personal.

    Args:
        password_file: read at every connection, so that a password may be changed without a restart; SQLite has none.
        application: shown by PostgreSQL beside each connection.

    Raises:
        SettingsError: PostgreSQL's driver isn't installed.
    """
    engine = _postgres(address, application) if address.get_backend_name() == POSTGRES else _sqlite(address)
    if password_file:
        event.listen(engine, "do_connect", _with_password(password_file))
    event.listen(engine, "before_cursor_execute", _refuse_unstorable)
    return engine


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": BUSY_S}, hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _postgres(address: URL, application: str) -> Engine:
    limits = {
        "statement_timeout": STATEMENT_S, "lock_timeout": BUSY_S, "idle_in_transaction_session_timeout": IDLE_S,
    }  # fmt: skip
    # The server notices a host that is gone as soon as the host notices the server: its row locks go with it.
    limits |= {"tcp_keepalives_idle": SILENCE_S // 2, "tcp_keepalives_interval": SILENCE_S // 4}
    options = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items()) + " -c tcp_keepalives_count=2"
    given = {
        "options": f"{options} -c timezone=UTC", "application_name": application, "connect_timeout": CONNECT_S,
        "keepalives_idle": SILENCE_S // 2, "keepalives_interval": SILENCE_S // 4, "keepalives_count": 2,
        "tcp_user_timeout": 1000 * SILENCE_S,
    }  # fmt: skip
    try:
        engine = create_engine(
            address, connect_args=given, hide_parameters=True, pool_size=KEPT, max_overflow=2 * KEPT,
            pool_timeout=BUSY_S, pool_recycle=RECYCLE_S,
        )  # fmt: skip
    except ImportError:
        message = "PostgreSQL's driver isn't installed"
        raise SettingsError("settings.database", message, "pip install 'quality-equation[postgres]'") from None
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_check_old, engine))
    return engine


def _has_news(connection: Any) -> bool:
    """Whether something came that nobody waits for; a closed connection always has."""
    if connection.closed:
        return True
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return bool(waiting.poll(0))


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = monotonic()


def _check_old(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that nobody used for a moment whether it lives; the pool makes a new one where it doesn't.

    One that was just used, and on which the server hasn't said since that it ends it, isn't asked: that would be a
    round trip more for each of a page's transactions.
    """
    used_at = record.info.get("used_at")
    if used_at is None or (monotonic() - used_at < FRESH_S and not _has_news(connection)):
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def reading_options(address: URL) -> Mapping[str, Any]:
    """Execution options of a transaction that only reads and sees one moment throughout."""
    if address.get_backend_name() != POSTGRES:
        return READS_ONLY
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def dont_wait_for_disk(connection: Connection) -> None:
    """Let the transaction under way commit before it's on disk. Our SQLite never waits (`synchronous=NORMAL`)."""
    if connection.dialect.name == POSTGRES:
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


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


def _with_password(password_file: str) -> Callable[..., None]:
    def add(_dialect: object, _record: object, _arguments: object, given: dict[str, Any]) -> None:
        given["password"] = read_password(password_file)

    return add


def read_password(password_file: str) -> str:
    """The password in a file, without the end of its line.

    Raises:
        StorageError: it can't be read.
    """
    try:
        return Path(password_file).expanduser().read_text(encoding="utf-8").strip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        message = f"the password of the database can't be read from {password_file}: {reason}"
        raise StorageError("database.password_file", message, "check QM_DATABASE_PASSWORD_FILE") from None


def _refuse_unstorable(
    _connection: Connection, _cursor: object, _statement: str, parameters: Any, _context: object, many: bool
) -> None:
    """SQLite would keep a NUL character, PostgreSQL refuses it: the same on both, before anything is sent."""
    for row in parameters if many else (parameters,):
        for value in row.values() if isinstance(row, Mapping) else row or ():
            if isinstance(value, str) and "\x00" in value:
                raise unstorable()


def unstorable() -> InputError:
    """What is said of a text that a database can't keep: with a NUL, or with half of a surrogate pair."""
    message = "a text with a NUL character or half a character can't be kept"
    return InputError("database.unstorable", message, "take the character out of what it comes from")
