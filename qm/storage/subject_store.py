"""Finds what an erasure is about, and contacts that are old enough to be."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, or_, select

from qm.domain.case import CaseState
from qm.domain.erasure import PREFIX, ErasureKind, Identity, Subject
from qm.domain.retention import GONE, Aged, DataKind, Mark
from qm.domain.run import ItemState, RunKind, RunState
from qm.storage import tables
from qm.storage.search_rows import rows_with
from qm.storage.sql_store import SqlStore

DETRACTOR_AT_MOST = 6
"""NPS of an unhappy customer (Reichheld 2003)."""


def mark_stage(kind: DataKind) -> str:
    """The stage under which `published` notes that a kind was erased.

    >>> mark_stage(DataKind.AUDIO)
    'erased.audio'
    """
    return f"{GONE}.{kind.value}"


class SqlSubjectStore(SqlStore):
    """Reads only."""

    def contacts_of(self, customer_id: str) -> tuple[str, ...]:
        """Ids of a customer's contacts, by start."""
        facts = tables.contact_facts
        where = facts.c.customer_id == customer_id
        return self._ids(select(facts.c.contact_id).where(where).order_by(facts.c.started_s, facts.c.contact_id))

    def customers_of(self, contact_ids: Collection[str]) -> frozenset[str]:
        """Ids of the customers of these contacts."""
        facts = tables.contact_facts
        where = (facts.c.contact_id.in_(list(contact_ids)), facts.c.customer_id != "")
        return frozenset(self._ids(select(facts.c.customer_id).where(*where)))

    def known(self, contact_ids: Collection[str]) -> frozenset[str]:
        """Those of these contacts that there are."""
        table = tables.contacts
        return frozenset(self._ids(select(table.c.id).where(table.c.id.in_(list(contact_ids)))))

    def identities(self) -> Iterator[Identity]:
        """What every contact and response that isn't erased goes by."""
        facts, table = tables.contact_facts, tables.survey_responses
        columns = (facts.c.contact_id, facts.c.customer_id, facts.c.started_s)
        for row in self._each(select(*columns).where(~facts.c.contact_id.startswith(PREFIX))):
            yield Identity("contact", row.contact_id, row.customer_id, datetime.fromtimestamp(row.started_s, UTC))
        answers = select(table.c.id, table.c.at_s, table.c.document).where(~table.c.id.startswith(PREFIX))
        for row in self._each(answers):
            at = None if row.at_s is None else datetime.fromtimestamp(row.at_s, UTC)
            yield Identity("response", row.id, json.loads(row.document)["customer_id"], at)

    def gather(
        self, kind: ErasureKind, contact_ids: Sequence[str], customers: Sequence[str] = (), *, with_words: bool = False
    ) -> Subject:
        """Everything that hangs on these contacts, and on the responses that name these customers."""
        contacts = tuple(contact_ids)
        responses = self._responses(contacts, frozenset(customers))
        table, cases, evaluations = tables.contacts, tables.cases, tables.evaluations
        rows = self._connection.execute(select(table.c.folder, table.c.document).where(table.c.id.in_(contacts))).all()
        about = or_(cases.c.contact_id.in_(contacts), cases.c.response_id.in_(responses))
        return Subject(
            kind, contacts, tuple(customers), responses,
            sources=tuple(sorted({json.loads(row.document)["source"] for row in rows} - {""})),
            folders=tuple(sorted({row.folder for row in rows} - {""})), objects=self._objects(contacts),
            evaluations=self._ids(select(evaluations.c.id).where(evaluations.c.contact_id.in_(contacts))),
            cases=self._ids(select(cases.c.id).where(about)), spoken=self._spoken(contacts) if with_words else (),
        )  # fmt: skip

    def _responses(self, contacts: Sequence[str], customers: frozenset[str]) -> tuple[str, ...]:
        """Responses that are linked to the contacts, name them, or name the customers."""
        links, table, wanted = tables.survey_links, tables.survey_responses, frozenset(contacts)
        found = set(self._ids(select(links.c.response_id).where(links.c.contact_id.in_(contacts))))
        for row in self._each(select(table.c.id, table.c.document)):
            named = json.loads(row.document)
            if named["contact_id"] in wanted or named["customer_id"] in customers:
                found.add(row.id)
        return tuple(sorted(found))

    def _objects(self, contacts: Sequence[str]) -> tuple[str, ...]:
        """Objects of the contacts that no other contact has."""
        table = tables.recordings
        own = set(self._ids(select(table.c.sha256).where(table.c.contact_id.in_(contacts))))
        others = select(table.c.sha256).where(table.c.sha256.in_(own), table.c.contact_id.not_in(contacts))
        return tuple(sorted(own - set(self._ids(others))))

    def _spoken(self, contacts: Sequence[str]) -> tuple[str, ...]:
        table = tables.transcripts
        documents = self._connection.execute(select(table.c.document).where(table.c.contact_id.in_(contacts))).scalars()
        return tuple(turn["text"] for text in documents for turn in json.loads(text)["turns"])

    def taken_in(self, folders: Collection[str]) -> tuple[str, ...]:
        """Runs that are reading day folders of these names right now; hosts may see a folder under other paths.

        The schedule's runs are named by their day, whatever folders they read: each of them counts.
        """
        table, names = tables.runs, {Path(folder).name for folder in folders}
        wanted = (table.c.state == RunState.WANTED.value, table.c.kind == RunKind.DAY.value)
        rows = self._rows(select(table.c.id, table.c.document).where(*wanted))
        read = ((row.id, Path(json.loads(row.document)["day"])) for row in rows)
        return tuple(run_id for run_id, day in read if not day.is_absolute() or day.name in names)

    def aged(self, before: datetime, at_once: int = 1000) -> Iterator[Sequence[Aged]]:
        """Contacts that began before a moment and aren't erased as a whole, by start, some at once."""
        facts = tables.contact_facts
        columns = (facts.c.contact_id, facts.c.started_s, facts.c.medium, facts.c.process)
        fits = (facts.c.started_s < before.timestamp(), ~facts.c.contact_id.startswith(PREFIX))
        statement = select(*columns).where(*fits).order_by(facts.c.started_s, facts.c.contact_id).limit(at_once)
        after: Any = ()
        while rows := self._connection.execute(statement.where(*after)).all():
            yield self._judged(rows)
            last = rows[-1]
            same = and_(facts.c.started_s == last.started_s, facts.c.contact_id > last.contact_id)
            after = (or_(facts.c.started_s > last.started_s, same),)

    def _judged(self, rows: Sequence[Any]) -> list[Aged]:
        ids = [row.contact_id for row in rows]
        marks, gone = self._marks(ids), self._gone(ids)
        return [
            Aged(
                row.contact_id, datetime.fromtimestamp(row.started_s, UTC), row.medium, row.process,
                frozenset(marks[row.contact_id]), frozenset(gone[row.contact_id]),
            )
            for row in rows
        ]  # fmt: skip

    def _marks(self, ids: Sequence[str]) -> dict[str, set[Mark]]:
        items, cases, evaluations = tables.items, tables.cases, tables.evaluations
        links, responses = tables.survey_links, tables.survey_responses
        found: dict[str, set[Mark]] = {contact_id: {Mark.NOT_DONE} for contact_id in ids}
        done = select(items.c.contact_id).where(items.c.contact_id.in_(ids), items.c.state == ItemState.DONE.value)
        for contact_id in self._ids(done):
            found[contact_id] = {Mark.DONE}
        for row in self._rows(select(cases.c.contact_id, cases.c.state).where(cases.c.contact_id.in_(ids))):
            found[row.contact_id] |= {Mark.CASE} | ({Mark.OPEN_CASE} if row.state != CaseState.CLOSED.value else set())
        own = evaluations.c.contact_id.in_(ids)
        for row in self._rows(select(evaluations.c.contact_id, evaluations.c.result).where(own)):
            result = json.loads(row.result)
            found[row.contact_id] |= {Mark.AUTOMATIC_FAIL} if result.get("failed_by") else set()
            found[row.contact_id] |= {Mark.OPEN_FAIL} if result.get("open_fails") else set()
        joined = select(links.c.contact_id, responses.c.nps).join(responses, responses.c.id == links.c.response_id)
        for row in self._rows(joined.where(links.c.contact_id.in_(ids))):
            is_unhappy = row.nps is not None and row.nps <= DETRACTOR_AT_MOST
            found[row.contact_id] |= {Mark.SURVEYED, *({Mark.DETRACTOR} if is_unhappy else ())}
        return found

    def _gone(self, ids: Sequence[str]) -> dict[str, set[DataKind]]:
        table = tables.published
        kinds = {mark_stage(kind): kind for kind in DataKind}
        where = (table.c.contact_id.in_(ids), table.c.stage.in_(list(kinds)))
        found: dict[str, set[DataKind]] = defaultdict(set)
        for row in self._rows(select(table.c.contact_id, table.c.stage).where(*where)):
            found[row.contact_id].add(kinds[row.stage])
        return found

    def search(self, strings: Sequence[str]) -> dict[str, int]:
        """How many rows of which column still hold any of these; the audit chain isn't searched."""
        return rows_with(self._connection, strings)

    def _rows(self, statement: Select[Any]) -> Sequence[Any]:
        return self._connection.execute(statement).all()

    def _ids(self, statement: Select[Any]) -> tuple[str, ...]:
        return tuple(self._connection.execute(statement).scalars())
