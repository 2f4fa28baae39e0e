"""Backups and restores on both databases: consistent, verified, never over what is there without being told to."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from qm.domain.survey import SurveyResponse
from qm.errors import ConflictError, InputError, StorageError
from qm.storage import postgres_dump, tables
from qm.storage.backup_manifest import manifest_path, read_manifest
from qm.storage.database import Database
from tests.unit import builders

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def fill(database, *contact_ids):
    with database.unit_of_work() as unit:
        for place, contact_id in enumerate(contact_ids):
            unit.contacts.save(builders.contact(contact_id), "/day", place, "f")
            unit.evaluations.replace(contact_id, [builders.evaluation(contact_id, tag=contact_id)])
        unit.surveys.save([SurveyResponse("R-1", nps=3, comment="«mai più» – 10 €")])
        unit.audit.note("contact.viewed", "contact", contact_ids[0])


def ids(database):
    with database.reading() as unit:
        return [contact.id for contact in unit.contacts.every()]


@pytest.fixture(params=[False, True], ids=["native", "portable"])
def portable(request):
    return request.param


@pytest.fixture
def opened():
    made = []

    def open_(url):
        made.append(Database(url))
        return made[-1]

    yield open_
    for database in made:
        database.close()


def test_a_backup_holds_one_moment_and_comes_back_equal(database, portable, tmp_path):
    fill(database, "C-1", "C-2")
    before, file = database.content_fingerprint(), tmp_path / "copy"
    manifest = database.back_up(file, NOW, "1.2.3", portable=portable)
    assert manifest == read_manifest(file)
    assert (manifest.rows["contacts"], manifest.content, manifest.version) == (2, before, "1.2.3")
    assert file.stat().st_mode & 0o077 == 0, "what customers said is nobody else's to read"
    fill(database, "C-3")
    with pytest.raises(ConflictError, match=r"database\.not_empty.*--replace"):
        database.restore(file)
    assert ids(database) == ["C-1", "C-2", "C-3"]
    database.restore(file, replace=True)
    assert (ids(database), database.content_fingerprint(), database.check()) == (["C-1", "C-2"], before, [])
    with database.unit_of_work() as unit:  # the list of backups is that of today, and the chain goes on
        assert [note.place for note in unit.connection.execute(tables.backups.select())] == [str(file)]
        assert unit.audit.head().seq == 2
    fill(database, "C-4")


def test_into_an_empty_database(database, portable, empty_postgres_url, tmp_path, opened):
    fill(database, "C-1")
    file = tmp_path / "copy"
    manifest = database.back_up(file, NOW, "1", portable=portable)
    other = empty_postgres_url if database.url.startswith("postgresql") else f"sqlite:///{tmp_path / 'new' / 'q.db'}"
    target = opened(other)
    target.restore(file)
    assert target.content_fingerprint() == manifest.content
    assert target.check() == []


def test_a_site_moves_from_sqlite_to_postgresql_and_back(sqlite_url, empty_postgres_url, tmp_path, opened):
    small, large, back = opened(sqlite_url), opened(empty_postgres_url), opened(f"sqlite:///{tmp_path / 'back.db'}")
    fill(small, "C-1", "c-1", "È")
    there = small.back_up(tmp_path / "there.db", NOW, "1")
    large.restore(tmp_path / "there.db")
    again = large.back_up(tmp_path / "again.db", NOW, "1", portable=True)
    back.restore(tmp_path / "again.db")
    assert there.content == again.content == back.content_fingerprint()
    large.back_up(tmp_path / "own.dump", NOW, "1")
    with pytest.raises(InputError, match=r"database\.wrong_backup.*--portable"):
        back.restore(tmp_path / "own.dump", replace=True)


def test_an_altered_cut_off_or_lost_backup_is_refused_and_nothing_changes(database, tmp_path):
    fill(database, "C-1")
    before, file = database.content_fingerprint(), tmp_path / "copy"
    database.back_up(file, NOW, "1")
    whole = file.read_bytes()
    for bad in (whole[:-1], whole[:100] + b"\x00" + whole[101:], b""):
        file.write_bytes(bad)
        with pytest.raises(InputError, match=r"database\.backup_altered"):
            database.restore(file, replace=True)
    manifest_path(file).unlink()
    with pytest.raises(InputError, match=r"database\.no_backup"):
        database.restore(file, replace=True)
    with pytest.raises(InputError, match=r"database\.no_backup"):
        database.restore(tmp_path / "none", replace=True)
    assert database.content_fingerprint() == before


def test_a_backup_never_overwrites_and_leaves_nothing_half_made(database, tmp_path, monkeypatch):
    fill(database, "C-1")
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(InputError, match=r"database\.backup_there"):
        database.back_up(there, NOW, "1")
    with pytest.raises(InputError, match=r"database\.no_backup"):
        database.back_up(tmp_path / "no" / "folder", NOW, "1")
    assert there.read_text() == "mine"
    if database.url.startswith("postgresql"):
        monkeypatch.setattr(postgres_dump, "_tool", lambda _name: shutil.which("false"))
        with pytest.raises(StorageError, match=r"database\.tool_failed"):
            database.back_up(tmp_path / "half", NOW, "1")
        assert not [path.name for path in tmp_path.iterdir() if "half" in path.name]


def test_without_its_tools_postgresql_says_what_to_install(postgres_url, opened, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_dump, "PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match=r"database\.no_tool.*postgresql-client.*--portable"):
        opened(postgres_url).back_up(tmp_path / "x", NOW, "1")


def test_a_restore_that_fails_in_the_middle_leaves_what_was_there(postgres_url, opened, tmp_path):
    database = opened(postgres_url)
    fill(database, "C-1")
    file = tmp_path / "copy"
    manifest = database.back_up(file, NOW, "1")
    with database.unit_of_work() as unit:  # somebody's own table of that name can't be made anew by the dump
        unit.connection.execute(text("CREATE VIEW keeps AS SELECT 1; CREATE TYPE mood AS ENUM ('x')"))
        unit.connection.execute(
            text("CREATE FUNCTION audit_refuse(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
        )
    dump = file.read_bytes()
    file.write_bytes(dump[: len(dump) // 2])
    altered = json.loads(manifest_path(file).read_text()) | {"sha256": _sha(file)}
    manifest_path(file).write_text(json.dumps(altered))
    with pytest.raises(StorageError, match=r"database\.tool_failed"):
        database.restore(file, replace=True)
    assert database.content_fingerprint() == manifest.content


def _sha(path):
    from qm.storage.backup_manifest import sha256_of

    return sha256_of(path)


def test_while_workers_are_at_work_nothing_is_replaced(database, tmp_path):
    fill(database, "C-1")
    file = tmp_path / "copy"
    database.back_up(file, NOW, "1")
    worker = {"id": "w1", "host": "h", "pid": 1, "version": "1", "state": "busy", "started_s": 0.0}
    with database.unit_of_work() as unit:
        unit.connection.execute(insert(tables.workers), {**worker, "seen_s": database.clock_s() - 5})
    with pytest.raises(ConflictError, match=r"database\.in_use.*stop the workers"):
        database.restore(file, replace=True)
    with database.unit_of_work() as unit:
        unit.connection.execute(tables.workers.update().values(seen_s=0.0))
    database.restore(file, replace=True)


def test_an_older_backup_is_brought_to_the_schema_of_this_version(sqlite_url, empty_postgres_url, opened, tmp_path):
    from alembic import command

    from qm.storage.schema import alembic_config

    old = opened(sqlite_url)
    fill(old, "C-1")
    file = tmp_path / "copy"
    old.back_up(file, NOW, "0.9")
    aged = opened(f"sqlite:///{file}")
    with aged._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0003")
    aged.close()
    altered = json.loads(manifest_path(file).read_text()) | {
        "sha256": _sha(file),
        "revision": "0003",
        "content": "then",
    }
    manifest_path(file).write_text(json.dumps(altered))
    for database in (old, opened(empty_postgres_url)):
        database.restore(file, replace=True)
        assert (ids(database), database.check()) == (["C-1"], [])
