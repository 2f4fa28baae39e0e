"""What a database's own errors mean: which of ours each is, and what the administrator can do about it."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from qm.errors import ConnectionLostError, DiskFullError, PassingError, StorageError

Make = Callable[[str, str], StorageError]
"""From the database's address (without password) and its own words."""


def storage_error(error: DBAPIError | PoolTimeoutError, shown: str) -> StorageError | None:
    """Ours for a database's error, or `None` where it's a fault of the product (a broken constraint, say).

    Args:
        shown: the database's address without its password.
    """
    if isinstance(error, PoolTimeoutError):
        return _busy(shown, "all connections of this process are in use")
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error, shown)
    return _of_postgres(error, shown)


def _of_sqlite(error: DBAPIError, shown: str) -> StorageError | None:
    text = str(error.orig)
    if isinstance(error, OperationalError):
        for words, make in _SQLITE:
            if any(word in text for word in words):
                return make(shown, text)
        return _unavailable(shown, text)
    if type(error.orig) is sqlite3.DatabaseError:  # its subclasses are faults of ours
        return _damaged(shown, text)
    return None


def _of_postgres(error: DBAPIError, shown: str) -> StorageError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    text = str(error.orig).strip().partition("\n")[0]  # what follows may quote a row
    for states, make in _POSTGRES:
        if state.startswith(states):
            return make(shown, text)
    if any(words in text for words in _WRONG_OPTIONS):
        return _wrong(shown, text)
    if error.connection_invalidated or (isinstance(error, OperationalError | InterfaceError) and not state):
        return _unreached(shown, text)
    return _unavailable(shown, text) if isinstance(error, OperationalError) else None


def _unreached(shown: str, text: str) -> StorageError:
    """The driver gives no state where it never spoke to the server, or the line broke; the words tell which."""
    for words, make in _CONNECTING:
        if any(word in text for word in words):
            return make(shown, text)
    return _lost(shown, text)


def _full(shown: str, _text: str) -> StorageError:
    return DiskFullError("storage.disk_full", f"no space left for {shown}", "free some space, then run again")


def _no_schema(shown: str, _text: str) -> StorageError:
    return StorageError("database.no_schema", f"{shown} has no schema of this version yet", "run `qm db upgrade`")


def _busy(shown: str, text: str) -> StorageError:
    message = f"{shown} is in use by another process" + ("" if "locked" in text else f": {text}")
    return PassingError("database.busy", message, "wait for it, then run again")


def _conflict(shown: str, text: str) -> StorageError:
    message = f"{shown}: two transactions stood in each other's way: {text}"
    return PassingError("database.conflict", message, "nothing was written; run again")


def _read_only(shown: str, text: str) -> StorageError:
    hint = "give the product's user write permission on the file and its folder; on PostgreSQL, use the primary server"
    return StorageError("database.read_only", f"{shown} can't be written: {text}", hint)


def _unopened(shown: str, text: str) -> StorageError:
    """SQLite says the same of a file that isn't there and of one that it may not write beside."""
    path = Path(shown.removeprefix("sqlite:///"))
    is_read_only = path.is_file() and not os.access(path.parent, os.W_OK)
    return (_read_only if is_read_only else _unavailable)(shown, text)


def _damaged(shown: str, text: str) -> StorageError:
    return StorageError("database.damaged", f"{shown}: {text}", "restore a copy: `qm db restore`")


def _unavailable(shown: str, text: str) -> StorageError:
    return StorageError("database.unavailable", f"{shown}: {text}", "`qm db upgrade` creates it; check QM_DATABASE_URL")


def _lost(shown: str, text: str) -> StorageError:
    message = f"the connection to {shown} broke: {text}"
    return ConnectionLostError("database.connection_lost", message, "the server's log says why; run again")


def _away(shown: str, text: str) -> StorageError:
    hint = "start the server, or check host and port in QM_DATABASE_URL; work waits for it"
    return ConnectionLostError("database.connection_lost", f"{shown} can't be reached: {text}", hint)


def _wrong(shown: str, text: str) -> StorageError:
    hint = "check the options after the ? in QM_DATABASE_URL"
    return StorageError("database.options", f"{shown}: {text}", hint)


def _refused(shown: str, text: str) -> StorageError:
    hint = "check the user in QM_DATABASE_URL, QM_DATABASE_PASSWORD_FILE and the server's pg_hba.conf"
    return StorageError("database.credentials", f"{shown} refuses the sign-in: {text}", hint)


def _missing(shown: str, text: str) -> StorageError:
    hint = "create it (`createdb`, see docs/operations.md), then run `qm db upgrade`"
    return StorageError("database.missing", f"{shown}: {text}", hint)


def _crowded(shown: str, text: str) -> StorageError:
    message = f"{shown} takes no more connections: {text}"
    return PassingError("database.too_many", message, "raise max_connections, or run fewer workers")


def _forbidden(shown: str, text: str) -> StorageError:
    hint = "the user in QM_DATABASE_URL has to own the schema, or be granted its tables"
    return StorageError("database.forbidden", f"{shown}: {text}", hint)


_SQLITE: tuple[tuple[tuple[str, ...], Make], ...] = (
    (("disk is full", "disk I/O error"), _full),
    (("no such table", "no such column", "has no column"), _no_schema),
    (("locked", "busy"), _busy),
    (("readonly", "read-only"), _read_only),
    (("unable to open",), _unopened),
)
"""Words of SQLite's operational errors."""
_POSTGRES: tuple[tuple[tuple[str, ...], Make], ...] = (
    (("53100",), _full),
    (("53300",), _crowded),
    (("53", "55P03", "57014", "55006"), _busy),
    (("42P01", "42703", "3F000"), _no_schema),
    (("40",), _conflict),
    (("25006",), _read_only),
    (("28",), _refused),
    (("3D000",), _missing),
    (("42501",), _forbidden),
    (("57P", "08", "25P03"), _lost),
    (("58", "XX"), _damaged),
)
"""SQLSTATE by its beginning (appendix A of PostgreSQL's manual); the first that fits."""
_WRONG_OPTIONS = (
    "invalid connection option",
    "invalid URI",
    "connection is bad: invalid",
    "invalid sslmode",
    "invalid integer value",
)
"""Words of psycopg and libpq over an address that can't be used; time doesn't heal it."""
_CONNECTING: tuple[tuple[tuple[str, ...], Make], ...] = (
    (("password authentication failed", "no password supplied", "pg_hba.conf", "authentication method"), _refused),
    (("too many clients", "remaining connection slots", "too many connections"), _crowded),
    (('FATAL:  role "', 'FATAL: role "', "is not permitted to log in"), _refused),
    (("does not exist",), _missing),
    (("refused", "could not translate", "timeout expired", "starting up", "shutting down", "recovery mode",
      "resolve host", "unreachable", "No such file", "connection failed"), _away),
)  # fmt: skip
"""Words of libpq while it connects, which come without an SQLSTATE."""
