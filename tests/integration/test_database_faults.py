"""What befalls a database while we work: each fault has a code and a hint, and shows no traceback and no password."""

import os
import signal
import subprocess
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from qm.domain.run import Run
from qm.errors import (
    ConnectionLostError,
    DiskFullError,
    InputError,
    PassingError,
    SettingsError,
    StorageError,
)
from qm.storage.database import Database, Patience
from tests.unit import builders

SECRET = "s3cret-w0rd"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def save(database, *contact_ids):
    with database.unit_of_work() as unit:
        for place, contact_id in enumerate(contact_ids):
            unit.contacts.save(builders.contact(contact_id), "/day", place, "f")


def ids(database):
    with database.reading() as unit:
        return [contact.id for contact in unit.contacts.every()]


def fails(url, code, kind=StorageError, **options):
    database = Database(url, **options)
    try:
        with pytest.raises(kind) as caught, database.unit_of_work() as unit:
            unit.runs.latest()
    finally:
        database.close()
    assert caught.value.code == code
    assert caught.value.hint
    assert SECRET not in str(caught.value)
    return caught.value


# The way to the server


def test_nobody_listens(postgres_server):
    url = postgres_server.url("t").replace(str(postgres_server.port), "1")
    assert "start the server" in str(fails(url, "database.connection_lost", ConnectionLostError))


def test_a_host_that_isnt_there():
    fails(f"postgresql://qm:{SECRET}@nowhere.invalid/t", "database.connection_lost", ConnectionLostError)


def test_wrong_credentials_and_the_password_file(postgres_server, postgres_url, tmp_path):
    hba = postgres_server.data / "pg_hba.conf"
    before = hba.read_text()
    name = postgres_url.rsplit("/", 1)[1]
    address = f"postgresql://clerk@127.0.0.1:{postgres_server.port}/{name}"
    held = tmp_path / "password"
    postgres_server.run("DROP ROLE IF EXISTS clerk", f"CREATE ROLE clerk LOGIN PASSWORD '{SECRET}'")
    try:
        hba.write_text("host all clerk 127.0.0.1/32 scram-sha-256\n" + before)
        postgres_server.run("SELECT pg_reload_conf()")
        fails(address, "database.credentials")
        fails(address.replace("clerk@", f"clerk:{SECRET}x@"), "database.credentials")
        held.write_text("wrong\n")
        fails(address, "database.credentials", password_file=str(held))
        held.write_text(f"{SECRET}\n")
        fails(address, "database.forbidden", password_file=str(held))  # signed in, but nothing was granted
        fails(address, "database.password_file", password_file=str(tmp_path / "none"))
        fails(address.replace("clerk@", "nobody@"), "database.credentials", password_file=str(held))
    finally:
        hba.write_text(before)
        postgres_server.run("SELECT pg_reload_conf()", "DROP ROLE clerk")


def test_a_database_that_isnt_there(postgres_server):
    assert "createdb" in fails(postgres_server.url("none"), "database.missing").hint


@pytest.mark.parametrize("url", ["mysql://x/y", f"postgresql://a:{SECRET}@[::bad/x", "nonsense", ""])
def test_addresses_that_cant_be_used(url):
    with pytest.raises(SettingsError) as caught:
        Database(url)
    assert SECRET not in str(caught.value)


def test_the_address_is_shown_without_its_password():
    database = Database(f"postgresql://qm:{SECRET}@db.example/quality")
    assert database.shown == "postgresql://qm:***@db.example/quality"
    database.close()


def test_too_many_connections(postgres_server, postgres_url):
    postgres_server.run("DROP ROLE IF EXISTS one_only", "CREATE ROLE one_only LOGIN SUPERUSER CONNECTION LIMIT 0")
    postgres_server.run("ALTER ROLE one_only NOSUPERUSER")
    try:
        fails(postgres_url.replace("postgres@", "one_only@"), "database.too_many", PassingError)
    finally:
        postgres_server.run("DROP ROLE one_only")


# Writing isn't possible


def test_a_postgresql_that_only_reads(postgres_server, postgres_url):
    name = postgres_url.rsplit("/", 1)[1]
    postgres_server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    database = Database(postgres_url)
    with pytest.raises(StorageError, match=r"database\.read_only"):
        save(database, "C-1")
    assert ids(database) == []
    database.close()


def test_a_sqlite_file_opened_for_reading_only(sqlite_url):
    database = Database(sqlite_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true")
    with pytest.raises(StorageError, match=r"database\.read_only"):
        save(database, "C-1")
    database.close()


@pytest.fixture
def small_disk(tmp_path_factory):
    """A disk of its own that can be made full or read-only."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a disk needs root, and a machine that lets it")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_sqlite_file_on_a_disk_that_only_reads(small_disk):
    database = Database(f"sqlite:///{small_disk / 'q.db'}")
    database.upgrade()
    save(database, "C-1")
    database.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    again = Database(f"sqlite:///{small_disk / 'q.db'}")
    with pytest.raises(StorageError, match=r"database\.read_only"):
        save(again, "C-2")
    again.close()


def test_a_copy_onto_a_full_disk_leaves_nothing_there(small_disk, database):
    save(database, "C-1")
    (small_disk / "rest").write_bytes(b"x" * (8 * 1024 * 1024 - 40 * 1024))
    with pytest.raises(DiskFullError, match=r"storage\.disk_full"):
        database.back_up(small_disk / "b.db", NOW, "1", portable=True)
    assert [path.name for path in small_disk.iterdir()] == ["rest"]


def test_a_full_disk_is_told_and_leaves_what_was_there(database):
    save(database, "C-1")
    full = "PRAGMA max_page_count = 1" if database.url.startswith("sqlite") else _RAISE.format(state="53100")

    def fill_up():
        with database.unit_of_work() as unit:
            unit.contacts.save(builders.contact("C-2", attributes={"x": "y" * 500_000}), "/day", 1, "f")
            unit.connection.exec_driver_sql(full)
            unit.contacts.save(builders.contact("C-3", attributes={"x": "y" * 500_000}), "/day", 1, "f")

    with pytest.raises(DiskFullError, match=r"storage\.disk_full"):
        fill_up()
    assert ids(database) == ["C-1"]


_RAISE = "DO $$ BEGIN RAISE EXCEPTION 'as the server says it' USING ERRCODE = '{state}'; END $$"


@pytest.mark.parametrize(
    ("state", "code", "kind"),
    [
        ("40001", "database.conflict", PassingError), ("40P01", "database.conflict", PassingError),
        ("55P03", "database.busy", PassingError), ("57014", "database.busy", PassingError),
        ("57P01", "database.connection_lost", ConnectionLostError), ("08006", "database.connection_lost", PassingError),
        ("XX001", "database.damaged", StorageError), ("42P01", "database.no_schema", StorageError),
    ],
)  # fmt: skip
def test_what_the_server_says_becomes_an_error_of_ours(postgres_url, state, code, kind):
    database = Database(postgres_url)
    with pytest.raises(kind) as caught, database.unit_of_work() as unit:
        unit.connection.exec_driver_sql(_RAISE.format(state=state))
    assert caught.value.code == code
    assert isinstance(caught.value, PassingError) == (kind is not StorageError)
    database.close()


def test_a_text_that_cant_be_kept_is_refused_alike(database):
    for bad in ("nul \x00 here", "half \ud83d here"):
        with pytest.raises(InputError, match=r"database\.unstorable"), database.unit_of_work() as unit:
            unit.contacts.save(builders.contact("C-1"), bad, 0, "f")
        with pytest.raises(InputError, match=r"database\.unstorable"), database.unit_of_work() as unit:
            unit.runs.begin(Run(bad, "day", builders.NINE, None, ""))
    assert ids(database) == []


# Connections that break


def test_a_restart_in_the_middle_of_a_transaction_leaves_nothing_of_it(postgres_server, postgres_url):
    database = Database(postgres_url)
    save(database, "C-1")

    def broken_off():
        with database.unit_of_work() as unit:
            unit.contacts.save(builders.contact("C-2"), "/day", 1, "f")
            postgres_server.restart()
            unit.contacts.save(builders.contact("C-3"), "/day", 2, "f")

    with pytest.raises(ConnectionLostError, match=r"database\.connection_lost"):
        broken_off()
    save(database, "C-4")  # the pool has noticed
    assert ids(database) == ["C-1", "C-4"]
    database.close()


def test_a_server_that_dies_before_the_commit_and_the_step_done_again(postgres_server, postgres_url):
    database = Database(postgres_url)

    def killed_before_the_commit():
        with database.unit_of_work() as unit:
            unit.contacts.save(builders.contact("C-2"), "/day", 1, "f")
            postgres_server.restart(signal.SIGKILL)

    with pytest.raises(ConnectionLostError):
        killed_before_the_commit()
    save(database, "C-2")
    assert ids(database) == ["C-2"]
    database.close()


def test_a_server_that_is_away_for_a_while_is_waited_for(postgres_server, postgres_url):
    waited = []

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            postgres_server.start()

    database = Database(postgres_url, patience=Patience((0.2, 0.5, 1.0), wait))
    save(database, "C-1")
    postgres_server.stop()
    save(database, "C-2")
    assert waited == [0.2, 0.5]
    assert ids(database) == ["C-1", "C-2"]
    database.close()


def test_patience_ends_and_isnt_had_with_wrong_credentials(postgres_server, postgres_url):
    waited = []
    away = Patience((1.0, 1.0), waited.append)
    fails(postgres_url.rsplit("/", 1)[0] + "/none", "database.missing", patience=away)
    assert waited == []
    fails(postgres_url.replace(str(postgres_server.port), "1"), "database.connection_lost", patience=away)
    assert waited == [1.0, 1.0]


# Two at once


def test_who_finds_a_writer_in_the_way_too_long_is_told(database):
    quick = Database(database.url)
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact("C-1"), "/day", 0, "f")
        with pytest.raises(PassingError, match=r"database\.(busy|conflict)"):
            _write_without_waiting(quick)
    assert ids(database) == ["C-1"]
    quick.close()


def _write_without_waiting(database):
    if database.url.startswith("sqlite"):
        with database._engine.connect() as connection:  # the pragma has to come before the transaction
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA busy_timeout = 1")
    with database.unit_of_work() as unit:
        if not database.url.startswith("sqlite"):
            unit.connection.execute(text("SET LOCAL lock_timeout = '1ms'"))
        unit.contacts.save(builders.contact("C-1"), "/day", 0, "f")
