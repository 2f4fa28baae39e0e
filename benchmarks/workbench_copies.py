"""Rows of contacts that were worked through, copied within the database under other names, on SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from sqlalchemy import Connection, text

from qm.documents import dump
from qm.domain.contact import Contact
from qm.storage import tables
from qm.storage.database import Database
from qm.storage.facts import facts_of_contact
from qm.units import Seconds

AT_ONCE = 2000
FOLDER = "/made"


@dataclass(frozen=True)
class Copy:
    """A new contact, the one whose outputs it takes over, and its number."""

    contact: Contact
    source: str
    number: int


STATEMENTS = {
    "items": "INSERT INTO items (contact_id, state) SELECT m.contact_id, x.state FROM made m JOIN items x"
    " ON x.contact_id = m.source",
    "published": "INSERT INTO published (contact_id, stage, fingerprint) SELECT m.contact_id, x.stage, x.fingerprint"
    " FROM made m JOIN published x ON x.contact_id = m.source",
    "recordings": "INSERT INTO recordings (contact_id, sha256) SELECT m.contact_id, x.sha256 FROM made m"
    " JOIN recordings x ON x.contact_id = m.source",
    "transcripts": "INSERT INTO transcripts (contact_id, grade, findings, document)"
    " SELECT m.contact_id, x.grade, x.findings, x.document FROM made m JOIN transcripts x ON x.contact_id = m.source",
    "signals": "INSERT INTO signals (contact_id, document) SELECT m.contact_id, x.document FROM made m"
    " JOIN signals x ON x.contact_id = m.source",
    "measures": "UPDATE contact_facts SET measures = (SELECT x.measures FROM made m JOIN contact_facts x"
    " ON x.contact_id = m.source WHERE m.contact_id = contact_facts.contact_id)"
    " WHERE contact_id IN (SELECT contact_id FROM made)",
    "evaluations": "INSERT INTO evaluations (id, contact_id, form_id, score, criteria, codes, result, document)"
    " SELECT {new}, m.contact_id, x.form_id, x.score, x.criteria, x.codes, x.result,"
    " replace(replace(x.document, x.id, {new}), m.source, m.contact_id)"
    " FROM made m JOIN evaluations x ON x.contact_id = m.source",
    "answers": "INSERT INTO answers (evaluation_id, criterion_id, answer, reason)"
    " SELECT {new}, a.criterion_id, a.answer, a.reason FROM made m CROSS JOIN evaluations x CROSS JOIN answers a"
    " WHERE x.contact_id = m.source AND a.evaluation_id = x.id",
}
"""By table. An evaluation's new id keeps the shape of one: the number's eight digits stand for half of the hash.

`CROSS JOIN` has SQLite take the tables in that order: by itself it reads all answers there are, for each batch.
"""
NEW_ID = "'ev-' || m.tag || substr(x.id, 12)"


def copy_rows(database: Database, copies: Iterable[Copy], steps: dict[str, Seconds]) -> None:
    """Write the contacts, and beside each the rows of its source; seconds by table are added to `steps`.

    Some at a time: SQLite looks every page up in what the transaction has written, and with all of it that takes hours.
    """
    for some in _batches(iter(copies)):
        with database.unit_of_work() as unit:
            _copy_some(unit.connection, some, steps)


def _copy_some(connection: Connection, some: list[Copy], steps: dict[str, Seconds]) -> None:
    connection.execute(text("CREATE TEMPORARY TABLE made (contact_id TEXT PRIMARY KEY, source TEXT, tag TEXT)"))
    began = perf_counter()
    _write(connection, some)
    steps["contacts"] = steps.get("contacts", 0.0) + perf_counter() - began
    for name, statement in STATEMENTS.items():
        began = perf_counter()
        connection.execute(text(statement.format(new=NEW_ID)))
        steps[name] = steps.get(name, 0.0) + perf_counter() - began
    connection.execute(text("DROP TABLE made"))


def _write(connection: Connection, copies: list[Copy]) -> None:
    rows = [
        {
            "id": copy.contact.id, "started_at": copy.contact.started_at.isoformat(),
            "agent_id": copy.contact.agent.id, "team": copy.contact.agent.team, "folder": FOLDER,
            "position": copy.number, "fingerprint": "made", "document": dump(copy.contact),
        } for copy in copies
    ]  # fmt: skip
    connection.execute(tables.contacts.insert(), rows)
    connection.execute(tables.contact_facts.insert(), [facts_of_contact(copy.contact) for copy in copies])
    made = [{"id": copy.contact.id, "source": copy.source, "tag": f"{copy.number:08x}"} for copy in copies]
    connection.execute(text("INSERT INTO made VALUES (:id, :source, :tag)"), made)


def _batches(copies: Iterator[Copy]) -> Iterator[list[Copy]]:
    while some := list(islice(copies, AT_ONCE)):
        yield some


def name_recording(connection: Connection, sha256: str) -> None:
    """Let every call name this object."""
    connection.execute(text("UPDATE recordings SET sha256 = :sha256"), {"sha256": sha256})
