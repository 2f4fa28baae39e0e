"""Contacts by id, and their list a page at a time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    case,
    cast,
    exists,
    func,
    select,
    tuple_,
    type_coerce,
)

from qm.documents import dump, load
from qm.domain.contact import Contact
from qm.domain.erasure import PREFIX
from qm.domain.evaluation import Brief
from qm.domain.people import Scope
from qm.domain.run import ItemState
from qm.domain.survey import SurveyResponse
from qm.errors import NotFoundError, unknown_contact
from qm.ports.contact_list import COUNTED, Choices, ContactQuery, ListedContact, ListedPage
from qm.storage import tables
from qm.storage.connect import POSTGRES
from qm.storage.erasure_ledger import SqlErasureLedger
from qm.storage.facts import facts_of_contact
from qm.storage.sql_store import AT_ONCE, SqlStore, scoped
from qm.storage.stores import SqlEvaluationStore

CHOSEN = ("agent_id", "agent_name", "team", "process", "medium")
"""What the list can be narrowed to, as far as it stands in contacts."""


@dataclass(frozen=True)
class _Remembered:
    """A row of a contact."""

    contact: Contact
    folder: str
    fingerprint: str


ROW = ("document", "folder", "fingerprint")


def _remembered(row: Sequence[Any]) -> _Remembered:
    document, folder, fingerprint = row
    return _Remembered(load(Contact, document), folder, fingerprint)


def _row(folder: str, contact: Contact, position: int, fingerprint: str) -> dict[str, object]:
    return {
        "id": contact.id, "started_at": contact.started_at.astimezone(UTC).isoformat(), "agent_id": contact.agent.id,
        "team": contact.agent.team, "folder": folder, "position": position, "fingerprint": fingerprint,
        "document": dump(contact),
    }  # fmt: skip


def _there(known: _Remembered | None, contact_id: str) -> _Remembered:
    if known is None:
        raise unknown_contact(contact_id)
    return known


class SqlContactStore(SqlStore):
    """Contacts by id. The stages of a contact ask for it again and again: the last one is remembered."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._rows: dict[str, _Remembered] = {}

    def forget(self) -> None:
        """Read anew what is asked for next; for whoever changes contacts beside this store."""
        self._rows = {}

    def read_ahead(self, contact_ids: Sequence[str]) -> None:
        """Remember these instead of the last one; for a group of some dozens."""
        table = tables.contacts
        statement = select(*(table.c[name] for name in ("id", *ROW))).where(self._among(table.c.id, contact_ids))
        self._rows = {name: _remembered(row) for name, *row in self._connection.execute(statement)}

    def save(self, contact: Contact, folder: str, position: int, fingerprint: str) -> None:
        """Insert or replace; a new one is on the work list."""
        self.save_all(folder, [(contact, position, fingerprint)])

    def save_all(self, folder: str, rows: Iterable[tuple[Contact, int, str]]) -> None:
        """Insert or replace contacts of one day folder, each with its position and its fingerprint; none twice."""
        self.forget()
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            self._put_all(tables.contacts, [_row(folder, *row) for row in some])
            self._put_all(tables.contact_facts, [facts_of_contact(contact) for contact, *_rest in some])
            waiting = ItemState.WAITING.value
            self._add_all(tables.items, [{"contact_id": contact.id, "state": waiting} for contact, *_rest in some])

    def get(self, contact_id: str) -> Contact:
        """One contact, or `NotFoundError`."""
        known = self._known(contact_id)
        if known is None and (erased := SqlErasureLedger(self._connection).refused("contact", [contact_id])):
            message = f"contact '{contact_id}' was erased on {erased[contact_id]:%Y-%m-%d}"
            raise NotFoundError("contact.erased", message, "its certificate is among `qm retention certificates`")
        return _there(known, contact_id).contact

    def origin(self, contact_id: str) -> tuple[str, str]:
        """Day folder and row fingerprint."""
        known = _there(self._known(contact_id), contact_id)
        return known.folder, known.fingerprint

    def _known(self, contact_id: str) -> _Remembered | None:
        if contact_id not in self._rows:
            row = self._one(tables.contacts, ROW, id=contact_id)
            self._rows = {contact_id: _remembered(row)} if row else {}
        return self._rows.get(contact_id)

    def every(self) -> Iterator[Contact]:
        """All contacts in order of start, then id."""
        table = tables.contacts
        for row in self._each(select(table.c.document).order_by(table.c.started_at, table.c.id)):
            yield load(Contact, row.document)

    def some(self, ids: Collection[str], scope: Scope) -> dict[str, Contact]:
        """Those of the named contacts that are there and within the scope, by id."""
        table, facts = tables.contacts, tables.contact_facts
        statement = select(table.c.id, table.c.document).where(self._among(table.c.id, sorted(ids)), *within(scope))
        if not scope.is_whole:
            statement = statement.join(facts, facts.c.contact_id == table.c.id)
        return {name: load(Contact, document) for name, document in self._connection.execute(statement)}

    def page(self, wanted: ContactQuery, after: str = "", size: int = 50) -> ListedPage:
        """One page of the list; `after` is the id of the last line of the page before.

        Raises:
            NotFoundError: `after` isn't in this list.
        """
        table = tables.contacts
        source, where = _narrowed(wanted)
        counted = select(table.c.id).select_from(source).where(*where).limit(COUNTED + 1).subquery()
        total = int(self._connection.execute(select(func.count()).select_from(counted)).scalar_one())
        if after:
            where.append(tuple_(table.c.started_at, table.c.id) > tuple_(*self._place(source, where, after)))
        statement = select(table.c.id).select_from(source).where(*where).order_by(table.c.started_at, table.c.id)
        ids = self._connection.execute(statement.limit(size + 1)).scalars().all()
        return ListedPage(self._listed(ids[:size]), min(total, COUNTED), len(ids) > size, total > COUNTED)

    def choices(self, scope: Scope) -> Choices:
        """Values of the list's filters, as far as they stand in contacts within the scope."""
        facts = tables.contact_facts
        ids = [key for key in self._connection.execute(select(_one_of_each().c.contact_id)).scalars() if key]
        statement = select(*(facts.c[name] for name in CHOSEN)).where(self._among(facts.c.contact_id, ids))
        rows = self._connection.execute(statement.where(*within(scope)).distinct()).all()
        agents = {(row.agent_id, row.agent_name) for row in rows}

        def alone(name: str) -> tuple[tuple[str, str], ...]:
            return tuple((value, value) for value in sorted({getattr(row, name) for row in rows}))

        return {
            "agent": tuple(sorted(agents, key=lambda pair: (pair[1], pair[0]))), "team": alone("team"),
            "process": tuple(pair for pair in alone("process") if pair[0]), "medium": alone("medium"),
        }  # fmt: skip

    def leaders(self, scope: Scope) -> frozenset[str]:
        """Looked for in the documents by the database: it's asked where a name leads nobody in the list."""
        table, facts = tables.contacts, tables.contact_facts
        as_json = cast if self._connection.dialect.name == POSTGRES else type_coerce
        document = as_json(table.c.document, JSON)
        supervisor = func.coalesce(document["agent"]["supervisor"].as_string(), "")
        named = case((supervisor != "", supervisor), else_=table.c.team)
        statement = select(named).where(~table.c.id.startswith(PREFIX), *within(scope)).distinct()
        if not scope.is_whole:
            statement = statement.join_from(table, facts, facts.c.contact_id == table.c.id)
        return frozenset(self._connection.execute(statement).scalars())

    def _place(self, source: FromClause, where: list[ColumnElement[bool]], contact_id: str) -> tuple[str, str]:
        table = tables.contacts
        found = select(table.c.started_at, table.c.id).select_from(source).where(*where, table.c.id == contact_id)
        row = self._connection.execute(found).first()
        if row is None:
            raise NotFoundError("page.bad_cursor", "the cursor names no contact of this list", "start without it")
        return row.started_at, row.id

    def _listed(self, ids: Any) -> tuple[ListedContact, ...]:
        briefs: dict[str, list[Brief]] = {}
        for brief in SqlEvaluationStore(self._connection).briefs(ids):
            briefs.setdefault(brief.contact_id, []).append(brief)
        responses = self._responses(ids)
        rows = {row.id: row for row in self._connection.execute(_lines(ids))}
        return tuple(
            ListedContact(
                load(Contact, rows[key].document), ItemState(rows[key].state), rows[key].code or "",
                rows[key].grade or "", tuple(briefs.get(key, ())), responses.get(key),
            )
            for key in ids
        )  # fmt: skip

    def _responses(self, ids: Any) -> dict[str, SurveyResponse]:
        links, responses = tables.survey_links, tables.survey_responses
        statement = (
            select(links.c.contact_id, responses.c.document)
            .join(responses, responses.c.id == links.c.response_id)
            .where(self._among(links.c.contact_id, ids))
            .order_by(links.c.response_id)
        )
        found = {row.contact_id: row.document for row in self._connection.execute(statement)}  # the last one stays
        return {contact_id: load(SurveyResponse, document) for contact_id, document in found.items()}


def _lines(ids: Any) -> Select[Any]:
    contacts, items, transcripts = tables.contacts, tables.items, tables.transcripts
    return (
        select(
            contacts.c.id, contacts.c.document, items.c.state,
            tables.quarantine.c.code, transcripts.c.grade,
        )
        .join(items, items.c.contact_id == contacts.c.id)
        .outerjoin(tables.quarantine, tables.quarantine.c.subject == contacts.c.id)
        .outerjoin(transcripts, transcripts.c.contact_id == contacts.c.id)
        .where(contacts.c.id.in_(ids))
    )  # fmt: skip


def within(scope: Scope) -> list[ColumnElement[bool]]:
    """What `contact_facts` must hold of contacts that a scope allows: `Scope.allows` for the database."""
    return scoped(tables.contact_facts, scope)


def _narrowed(wanted: ContactQuery) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The tables that the filters look at, and what they ask."""
    contacts, facts, items = tables.contacts, tables.contact_facts, tables.items
    source: FromClause = contacts
    asked = (
        (contacts.c.agent_id, wanted.agent_id), (contacts.c.team, wanted.team), (facts.c.process, wanted.process),
        (facts.c.medium, wanted.medium),
    )  # fmt: skip
    where: list[ColumnElement[bool]] = [~contacts.c.id.startswith(PREFIX)]  # what is erased counts, and isn't shown
    where += [column == value for column, value in asked if value]
    where += _within_contacts(wanted.scope)
    if wanted.process or wanted.medium or wanted.scope.sites or wanted.scope.vendors:
        source = source.join(facts, facts.c.contact_id == contacts.c.id)
    # What few contacts are in is looked for by its index. All others are gone through in the list's order, and the
    # index is kept out of it: by that of `done`, say, nearly all contacts would be found, and sorted for each page.
    state = func.coalesce(items.c.state, "")
    if wanted.state in (ItemState.QUARANTINED.value, ItemState.WAITING.value):
        source = source.join(items, items.c.contact_id == contacts.c.id)
        where.append(items.c.state == wanted.state)
    elif wanted.state or wanted.failed or wanted.open_only:
        source = source.outerjoin(items, items.c.contact_id == contacts.c.id)
        where += [state == wanted.state] if wanted.state else []
    if wanted.failed or wanted.open_only:
        where.append(state == ItemState.DONE.value)
    if wanted.failed:
        where.append(_has_evaluation(wanted, tables.HAS_FAILED))
    if wanted.open_only:
        where.append(_has_evaluation(wanted, tables.HAS_OPEN))
    return source, where


def _within_contacts(scope: Scope) -> list[ColumnElement[bool]]:
    """The same as `within`, with the columns that lie in the list's own order where there are such."""
    contacts, facts = tables.contacts, tables.contact_facts
    asked = (
        (contacts.c.team, scope.teams), (facts.c.site, scope.sites), (facts.c.vendor, scope.vendors),
        (contacts.c.agent_id, scope.agents),
    )  # fmt: skip
    return [column.in_(sorted(values)) for column, values in asked if values]


def _has_evaluation(wanted: ContactQuery, what: ColumnElement[bool]) -> ColumnElement[bool]:
    evaluations = tables.evaluations
    own = (evaluations.c.contact_id == tables.contacts.c.id, evaluations.c.form_id.in_(wanted.forms))
    return exists().where(*own, what)


def _one_of_each() -> CTE:
    """A contact for every agent, team, site, vendor, process and medium that go together.

    Goes from one combination to the next in an index: a step for each, however many contacts have it.
    """
    facts, following = tables.contact_facts, tables.contact_facts.alias("following")
    columns = [following.c[name] for name in ("agent_id", "agent_name", "team", "site", "vendor", "process", "medium")]
    shown = ~following.c.contact_id.startswith(PREFIX)
    first = select(following.c.contact_id).where(shown).order_by(*columns).limit(1)
    one = select(first.scalar_subquery().label("contact_id")).cte("one_of_each", recursive=True)
    here = tuple_(*(facts.c[column.name] for column in columns))
    after = first.where(tuple_(*columns) > here).correlate(facts).scalar_subquery()
    return one.union_all(select(after).select_from(one.join(facts, facts.c.contact_id == one.c.contact_id)))
