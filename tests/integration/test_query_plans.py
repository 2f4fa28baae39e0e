"""What the work and the pages ask for all day goes over indexes, however large the tables are, on both databases."""

import re
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from qm.domain.people import WHOLE, Scope
from qm.errors import InputError
from qm.ports.contact_list import ContactQuery
from qm.storage.database import Database
from tests.unit import builders

MANY = 6000
LARGE = ("contacts", "contact_facts", "items", "evaluations", "recordings", "published", "transcripts", "tasks",
         "survey_responses", "survey_links", "quarantine")  # fmt: skip
FILL = {
    "contacts (id, started_at, agent_id, team, folder, position, fingerprint, document)":
        "'C-' || i, 'T' || (100000 + i), 'A' || (i % 200), 't', '/d', i, 'f', {long}",
    "contact_facts (contact_id, started_s, agent_id, agent_name, team, site, vendor, queue, process, medium, direction,"
    " kind, language, customer_id)": "'C-' || i, {start} + 60 * i, 'A', 'Anna', 't', '', '', '', 'p',"
        " 'voice', 'in', 'customer', 'it', 'K-' || (i % 500)",
    "items (contact_id, state)": "'C-' || i, 'done'",
    "recordings (contact_id, sha256)": "'C-' || i, 'sha' || i",
    "published (contact_id, stage, fingerprint)": "'C-' || i, 'score', 'f'",
    "transcripts (contact_id, document)": "'C-' || i, {long}",
    "evaluations (id, contact_id, form_id, criteria, codes, result, document)":
        "'e' || i, 'C-' || i, 'f1', 'l', 'mn', {long}, {long}",
    "quarantine (subject, stage, code, message, hint, command)": "'C-' || i, 'store', 'x.y', '', '', ''",
    "survey_responses (id, at_s, document)": "'R-' || i, {start} + 60 * i, {long}",
    "survey_links (response_id, contact_id, document)": "'R-' || i, 'C-' || i, '{{}}'",
}  # fmt: skip


def fill(connection):
    start, long = builders.NINE.timestamp(), "'" + "x" * 400 + "'"
    for table, values in FILL.items():
        rows = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})"
        connection.execute(text(f"INSERT INTO {table} {rows} SELECT {values.format(start=start, long=long)} FROM n"))
    connection.execute(text("INSERT INTO criterion_lists VALUES ('l', 'c1 c2')"))
    connection.execute(text("INSERT INTO runs (id, started_at, document, state) VALUES ('r', 'T', '{}', 'running')"))
    connection.execute(
        text(
            f"INSERT INTO tasks (run_id, contact_id, state, priority, position) {rows} "
            "SELECT 'r', 'C-' || i, CASE WHEN i < 5000 THEN 'done' ELSE 'waiting' END, 0, i FROM n"
        )
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def large(request, tmp_path_factory):
    """A database of 6000 contacts."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('large') / 'q.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.create("large", request.getfixturevalue("_postgres_template"))
    database = Database(url)
    database.upgrade()
    with database.unit_of_work() as unit:
        fill(unit.connection)
    if request.param == "postgresql":
        server.run("VACUUM ANALYZE", database="large")  # as autovacuum does
    yield database
    database.close()
    if request.param == "postgresql":
        server.drop("large")


@contextmanager
def statements(database):
    """What is sent to the database meanwhile, with its parameters."""
    sent = []

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            sent.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", keep)
    yield sent
    event.remove(database._engine, "before_cursor_execute", keep)


def scanned(connection, statement, parameters):
    """Large tables that the plan reads from end to end, and the plan."""
    is_sqlite = connection.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    rows = connection.exec_driver_sql(explain + statement, parameters).all()
    lines = [str(row[-1]) for row in rows]
    whole = r"SCAN (\w+)$" if is_sqlite else r"Seq Scan on (\w+)"
    found = {match for line in lines for match in re.findall(whole, line)}
    return sorted(found & set(LARGE)), "\n".join(lines)


def page(**wanted):
    return lambda unit: unit.contacts.page(ContactQuery(("f1",), **wanted), "C-4000", 50)


def first_page(**wanted):
    return lambda unit: unit.contacts.page(ContactQuery(("f1",), **wanted), size=50)


ASKED = {
    "page": page(),
    "page of an agent": page(agent_id="A0"),
    "page of a team": page(team="t"),
    "what one agent sees": page(scope=Scope(agents=frozenset({"A0"}))),
    "page of what failed": first_page(failed=True),
    "page of what is open": first_page(open_only=True),
    "page of what is in quarantine": first_page(state="quarantined"),
    "choices": lambda unit: unit.contacts.choices(WHOLE),
    "contact": lambda unit: unit.contacts.get("C-7"),
    "origin": lambda unit: unit.contacts.origin("C-7"),
    "state": lambda unit: unit.work.state("C-7"),
    "quarantine": lambda unit: unit.work.quarantine_of("C-7"),
    "published": lambda unit: unit.work.published("C-7", "score"),
    "duplicates": lambda unit: unit.outputs.earlier_with("sha5", "C-7"),
    "evaluations": lambda unit: unit.evaluations.of_contact("C-404"),
    "briefs": lambda unit: list(unit.evaluations.briefs(["C-404", "C-405"])),
    "responses of a contact": lambda unit: unit.surveys.links_of("C-404"),
    "responses": lambda unit: unit.surveys.documents(["R-1", "R-2"]),
    "contacts of a day": lambda unit: unit.facts.contacts(
        builders.NINE + timedelta(days=2), builders.NINE + timedelta(days=2, hours=3), columns=["team"]
    ),
    "lease": lambda unit: unit.tasks.lease("w", ["r"], 8, 3600.0, 60.0),
    "what is abandoned": lambda unit: unit.tasks.abandoned(lambda _owner: False),
}


@pytest.mark.parametrize("name", ASKED)
def test_hot_queries_go_over_indexes(large, name):
    with large.unit_of_work() as unit:
        with statements(large) as sent, suppress(InputError):  # the documents are made up
            ASKED[name](unit)
        assert sent
        for statement, parameters in sent:
            if statement.startswith("SELECT count(*)"):
                continue  # up to so many of the list are counted: see below
            tables_read, plan = scanned(unit.connection, statement, parameters)
            assert tables_read == [], f"{statement}\n{plan}"


def test_the_list_is_counted_in_an_index(large):
    with large.unit_of_work() as unit:
        with statements(large) as sent, suppress(InputError):
            page()(unit)
        counting = next(each for each in sent if each[0].startswith("SELECT count(*)"))
        _tables, plan = scanned(unit.connection, *counting)
    assert re.search(r"USING COVERING INDEX|Index Only Scan", plan), plan


def test_the_check_tells_a_scan(large):
    with large.unit_of_work() as unit:
        tables_read, _plan = scanned(unit.connection, "SELECT * FROM contacts WHERE folder = '/x'", ())
    assert tables_read == ["contacts"]
