"""Migrations from every release on a filled database, killed in the middle, and what stands at their end."""

import os
import signal
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, event, insert, inspect, select

from qm.analysis.voc import change_case
from qm.domain.coaching_session import CoachingSession
from qm.domain.contact import Agent
from qm.domain.evaluation import Answer
from qm.domain.people import Person, Scope
from qm.domain.people import Role as PersonRole
from qm.domain.sign_in import Secrets, Session
from qm.domain.signals import Signals
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.transcript import Grade, Role
from qm.errors import StorageError
from qm.ports.cases import CaseQuery
from qm.ports.coaching_sessions import SessionQuery
from qm.storage import tables
from qm.storage.database import Database
from qm.storage.schema import alembic_config
from qm.storage.search_tables import WORDS
from tests.unit import builders
from tests.unit.case_builders import RULES, act, case, response

RELEASES = ("0001", "0002", "0003", "0004", "0005", "0006")


def fill(unit):
    """What the first release could already hold."""
    for place in range(30):
        contact = builders.contact(f"C-{place}", started_at=builders.NINE + timedelta(hours=place), customer_id="K-1")
        unit.contacts.save(contact, "/day", place, "f")
        unit.work.finish(contact.id)
        said = builders.call((Role.AGENT, 0.1, "Buongiorno, è l'ENEL?"), (Role.CUSTOMER, 0.3, "no"))
        unit.outputs.save_transcript(contact.id, said if place % 2 else replace(said, grade=Grade("B", ())))
        unit.outputs.save_signals(contact.id, Signals(measures={"silence_share": place / 30}))
        answers = (builders.answer("c1", Answer.MET), builders.answer("c2", Answer.CANNOT_TELL, evidence=()))
        unit.evaluations.replace(contact.id, [builders.evaluation(contact.id, answers, tag=contact.id)])
    unit.surveys.save([SurveyResponse("R-1", "C-1", nps=3, comment="«mai più»", answered_at=builders.NINE)])
    unit.surveys.replace_links([SurveyLink("R-1", "C-1", LinkMethod.CONTACT_ID, 1.0)])


def fill_lists(unit):
    """Cases in every state, and a coaching session."""
    unit.surveys.save([response(f"R-{n}", contact_id=f"C-{n}") for n in range(2, 6)])
    new, given, closed, withdrawn = (case(response(f"R-{n}", nps=n, contact_id=f"C-{n}")) for n in range(2, 6))
    given = change_case.assign(change_case.assign(given, act(), "Ada"), act(), "Bea")
    closed = change_case.close(closed, act(), "no_detractor", RULES)
    for one in (new, given, closed, replace(withdrawn, stands=False)):
        unit.cases.save(one, 0)
    agent = Agent("A1", "Ada", "Casa", "Torino", "Partner")
    day = builders.NINE.date()
    unit.coaching_sessions.save(CoachingSession("cs-1", agent, "ugo", "f", "c", "i", (), "x", day, builders.NINE), 0)


def opened_at(revision, url):
    """An empty database of an older release."""
    database = Database(url)
    with database._engine.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection), revision)
    return database


def fill_older(older, newer):
    """The rows of the newer database, as far as the older one has tables and columns for them."""
    then = MetaData()
    with older._engine.connect() as target, target.begin(), newer._engine.connect() as source:
        then.reflect(target)
        for table in then.sorted_tables:
            if table.name not in tables.metadata.tables:
                continue  # Alembic's own, and those of the full text
            columns = [tables.metadata.tables[table.name].c[column.name] for column in table.columns]
            rows = [dict(row) for row in source.execute(select(*columns)).mappings()]
            if rows:
                target.execute(insert(table), rows)


@pytest.fixture
def unmade_url(empty_database_url, tmp_path):
    (tmp_path / "new folder").mkdir(exist_ok=True)
    return empty_database_url


@pytest.fixture
def filled(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    with database.unit_of_work() as unit:
        fill(unit)
    yield database
    database.close()


@pytest.mark.parametrize("revision", RELEASES)
def test_a_filled_database_of_every_release_becomes_what_it_would_be_now(revision, filled, unmade_url):
    older = opened_at(revision, unmade_url)
    fill_older(older, filled)
    with pytest.raises(StorageError, match=r"database\.old_schema.*qm db upgrade"):
        older.require_schema()
    older.upgrade()
    older.require_schema()
    assert older.check() == []
    assert older.content_fingerprint() == filled.content_fingerprint()
    with older.reading() as unit:
        assert unit.outputs.grades() == {f"C-{place}": "B" for place in range(0, 30, 2)}
    older.close()


def test_lists_get_what_they_are_filtered_and_sorted_by(filled, unmade_url):
    with filled.unit_of_work() as unit:
        fill_lists(unit)
    older = opened_at("0014", unmade_url)
    fill_older(older, filled)
    older.upgrade()
    assert older.content_fingerprint() == filled.content_fingerprint()
    with older.reading() as unit:
        named = unit.cases.page(CaseQuery(builders.NINE, assignee="Bea")).total
        whole = SessionQuery(builders.NINE.date(), scope=Scope(vendors=frozenset({"Partner"})))
        assert (named, unit.coaching_sessions.page(whole).total) == (1, 1)
    older.close()


def upgrade_until_killed(url, statements):
    """An upgrade that ends like a pulled plug after so many statements."""
    database, left = Database(url), [statements]

    def count(*_given):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database._engine, "after_cursor_execute", count)
    database.upgrade()


@pytest.mark.parametrize("statements", [12, 40])
def test_killed_in_the_middle_it_leaves_the_older_schema_whole(statements, filled, unmade_url):
    older = opened_at("0002", unmade_url)
    fill_older(older, filled)
    older.close()
    child = get_context("fork").Process(target=upgrade_until_killed, args=(unmade_url, statements))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert older.revision()[0] == "0002"
    older.upgrade()
    assert older.check() == []
    assert older.content_fingerprint() == filled.content_fingerprint()
    older.close()


def test_down_and_up_again_changes_nothing(database):
    with database.unit_of_work() as unit:
        fill(unit)
    before = database.content_fingerprint()
    with database._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0003")
    database.upgrade()
    assert database.check() == []
    assert database.content_fingerprint() == before


def test_without_people_and_with_them_again(database):
    with database.unit_of_work() as unit:
        fill(unit)
    before = database.content_fingerprint()
    person = Person("p-1", "anna", "Anna Rossi", PersonRole.ANALYST)
    with database.unit_of_work() as unit:
        unit.people.add(person)
        unit.people.keep(Secrets("p-1", "hash"))
        unit.sessions.open(Session("s", "p-1", "csrf", builders.NINE, builders.NINE))
        unit.sessions.add_link("k", "p-1", builders.NINE)
    assert database.content_fingerprint() != before
    with database._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0004")
    database.upgrade()
    assert database.check() == []
    assert database.content_fingerprint() == before
    with database.unit_of_work() as unit:
        assert unit.people.every() == ()
        unit.people.add(person)


def test_the_tables_are_those_of_the_program(database):
    with database._reader.connect() as connection:
        # The full text's own tables are the database's: `schema.faults_of` leaves them out as well.
        found = compare_metadata(MigrationContext.configure(connection), tables.metadata)
        assert [one for one in found if WORDS not in getattr(one[1], "name", "")] == []


def test_every_text_on_postgresql_sorts_by_bytes(postgres_url):
    database = Database(postgres_url)
    with database._reader.connect() as connection:
        look = inspect(connection)
        other = [
            (table, column["name"])
            for table in look.get_table_names()
            for column in look.get_columns(table)
            if hasattr(column["type"], "collation") and column["type"].collation != "C" and table != "alembic_version"
        ]
    assert other == []
    with database.unit_of_work() as unit:
        unit.connection.exec_driver_sql('ALTER TABLE contacts ALTER COLUMN team TYPE VARCHAR COLLATE "it-IT-x-icu"')
    assert database.check() == ["contacts.team does not sort by bytes"]
    database.close()


def test_a_newer_schema_is_left_alone(database):
    with database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for ask in (database.upgrade, database.check, database.require_schema):
        with pytest.raises(StorageError, match=r"database\.newer.*9999"):
            ask()


def test_what_is_broken_is_told(sqlite_url):
    database = Database(sqlite_url)
    with database._engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.connection.driver_connection.execute("INSERT INTO items VALUES ('C-404', 'done')")
    assert database.check() == ["items: row 1 points at no row of contacts"]
    database.close()
