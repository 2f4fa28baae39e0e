"""Backups: one consistent file with a manifest beside it, and putting one back, verified by its content."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, insert, select, text

from qm.documents import dump
from qm.errors import ConflictError, DiskFullError, InputError, StorageError
from qm.fingerprint import fingerprint
from qm.storage import schema, tables
from qm.storage.backup_manifest import SCHEMA, Manifest, manifest_path, read_manifest, sha256_of, write_manifest
from qm.storage.connect import POSTGRES, address_of, open_engine, reading_options
from qm.storage.content import content_fingerprint, counts
from qm.storage.postgres_dump import dump_database, restore_database
from qm.storage.row_copy import LOCAL, copy_rows, drop_all, drop_statements, held

SQLITE, PG_DUMP = "sqlite", "pg_dump"
SILENT_S = 120
"""A worker that was heard of within this time is taken to be at work."""


def back_up(
    reader: Engine, address: URL, target: Path, at: datetime, version: str, *, portable: bool = False
) -> Manifest:
    """Write a backup and its manifest; note it in the table of backups is the caller's.

    Args:
        reader: transactions that see one moment.
        address: with the password, for PostgreSQL's tools.
        target: the file to make.
        at: now.
        version: of the product.
        portable: of PostgreSQL too, a SQLite file rather than `pg_dump`'s.

    Raises:
        InputError: the target is there already, or its folder isn't.
        DiskFullError: no space left; nothing stays of the backup.
        StorageError: the database can't be read, or a tool is missing.
    """
    _check_target(target)
    with _made(target) as temporary, reader.connect() as connection, connection.begin():
        current, head = schema.revisions(connection)
        if current is None or current != head:
            raise StorageError("database.no_schema", f"schema {current or 'empty'}, not {head}", "run `qm db upgrade`")
        as_dump = connection.dialect.name == POSTGRES and not portable
        if as_dump:
            _dump(connection, address, temporary)
        else:
            _copy(connection, temporary)
        manifest = Manifest(
            SCHEMA, fingerprint(str(target.absolute()), at)[:12], PG_DUMP if as_dump else SQLITE, at,
            describe(connection), target.name, sha256_of(temporary), temporary.stat().st_size, current, version,
            counts(connection), content_fingerprint(connection),
        )  # fmt: skip
        temporary.rename(target)
    write_manifest(manifest, target)
    return manifest


def describe(connection: Connection) -> str:
    """Which database this is, like `PostgreSQL 15.13`."""
    name = "PostgreSQL" if connection.dialect.name == POSTGRES else "SQLite"
    return f"{name} {'.'.join(str(part) for part in connection.dialect.server_version_info or ())}"


def backup_row(manifest: Manifest, place: Path) -> dict[str, object]:
    """The row of the table of backups."""
    return {"id": manifest.id, "at_s": manifest.at.timestamp(), "place": str(place), "document": dump(manifest)}


def restore(engine: Engine, address: URL, source: Path, now_s: float, *, replace: bool) -> Manifest:
    """Put a backup into an empty database, or in the place of what there is.

    Args:
        address: with the password, for PostgreSQL's tools.
        now_s: the database's clock.
        replace: what stands in the database goes.

    Raises:
        InputError: no backup, an altered one, or one that this database can't take.
        ConflictError: the database holds rows, or workers are at work on it; nothing was changed.
        StorageError: it can't be written, or what came out isn't what was backed up.
    """
    manifest = read_manifest(source)
    is_postgres = engine.dialect.name == POSTGRES
    if manifest.form == PG_DUMP and not is_postgres:
        hint = "make one with `qm db backup --portable`, which either database takes"
        raise InputError("database.wrong_backup", f"{source.name} is PostgreSQL's, this database is SQLite", hint)
    noted = _clear_way(engine, now_s, replace=replace)
    if manifest.form == PG_DUMP:
        restore_database(address, source, drop_statements())
    elif is_postgres:
        with _unpacked(source) as plain:
            _fill(plain, engine)
    else:
        with _unpacked(source) as plain:
            _overwrite(plain, engine)
    _finish(engine, manifest, noted)
    return manifest


def _check_target(target: Path) -> None:
    for path in (target, manifest_path(target)):
        if path.exists():
            hint = "give another name; a backup is never written over"
            raise InputError("database.backup_there", f"{path} is there already", hint)
    if not target.parent.is_dir():
        raise InputError("database.no_backup", f"the folder {target.parent} isn't there", "make it first")


@contextmanager
def _made(target: Path) -> Iterator[Path]:
    """A file that is given its name at the end; gone again if that isn't reached."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise DiskFullError("storage.disk_full", f"no space left for {target}", "free some, then again") from error
        raise StorageError("database.tool_failed", f"the backup failed: {error}", "run it again") from error
    finally:
        for companion in ("", "-journal", "-wal", "-shm"):  # SQLite leaves its own where the disk was full
            Path(name + companion).unlink(missing_ok=True)


def _dump(connection: Connection, address: URL, target: Path) -> None:
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    dump_database(address, target, str(snapshot))


def _copy(connection: Connection, target: Path) -> None:
    """A SQLite file with the rows that the transaction sees; page by page where they come from SQLite."""
    if connection.dialect.name != POSTGRES:
        plain = connection.connection.driver_connection
        assert isinstance(plain, sqlite3.Connection)
        with closing(sqlite3.connect(target)) as copy:
            plain.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
        return
    with _opened(target) as engine, engine.connect() as copy_to, copy_to.begin():
        schema.upgrade(copy_to)
        copy_rows(connection, copy_to)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def _clear_way(engine: Engine, now_s: float, *, replace: bool) -> list[dict[str, object]]:
    """Refuse what mustn't be replaced; returns the list of backups, which outlives the content."""
    with engine.connect() as connection, connection.begin():
        rows = held(connection)
        if rows and not replace:
            message = f"the database isn't empty: there are rows in {len(rows)} tables, like {min(rows)}"
            raise ConflictError("database.not_empty", message, "give --replace to put the backup in their place")
        present = connection.dialect.get_table_names(connection)
        if "workers" in present:
            seen = select(tables.workers.c.id).where(tables.workers.c.seen_s > now_s - SILENT_S)
            if at_work := connection.execute(seen).scalars().all():
                message = f"{len(at_work)} workers are at work on it ({at_work[0]})"
                raise ConflictError("database.in_use", message, "stop the workers and the pages, then run again")
        if "backups" not in present:
            return []
        return [dict(row) for row in connection.execute(select(tables.backups)).mappings()]


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    """A copy of a SQLite backup, brought to the schema of this version."""
    with tempfile.TemporaryDirectory(prefix="qm-restore-") as folder:
        plain = Path(folder, "backup")
        shutil.copyfile(source, plain)
        with _opened(plain) as engine, engine.connect() as connection, connection.begin():
            schema.upgrade(connection)
        yield plain


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(address_of(f"sqlite:///{path}"))
    try:
        yield engine
    finally:
        engine.dispose()


def _fill(plain: Path, engine: Engine) -> None:
    """One transaction: tables away, made anew, filled."""
    with _opened(plain) as source, source.connect() as from_, engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        drop_all(connection)
        schema.upgrade(connection)
        copy_rows(from_, connection)


def _overwrite(plain: Path, engine: Engine) -> None:
    """Page by page over the file, which SQLite undoes if it's broken off."""
    schema.make_folder(engine.url)
    with closing(sqlite3.connect(plain)) as source, engine.connect() as connection:
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        connection.rollback()
        source.backup(target)


def _finish(engine: Engine, manifest: Manifest, noted: list[dict[str, object]]) -> None:
    """Schema of this version, the list of backups as it was, and the proof."""
    with engine.connect() as connection, connection.begin():
        schema.upgrade(connection)
        known = set(connection.execute(select(tables.backups.c.id)).scalars())
        for name in sorted(LOCAL):
            connection.execute(tables.metadata.tables[name].delete())
        missing = [row for row in noted if row["id"] not in known]
        if missing:
            connection.execute(insert(tables.backups), missing)
    with engine.execution_options(**reading_options(engine.url)).connect() as connection, connection.begin():
        current, _head = schema.revisions(connection)
        if current == manifest.revision and content_fingerprint(connection) != manifest.content:
            message = "what was restored isn't what was backed up"
            raise StorageError("database.restore_differs", message, "restore another backup; report this")
