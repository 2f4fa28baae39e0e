"""Disputes and agents' own looks in their tables."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, and_, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from qm.documents import dump, load
from qm.domain.dispute import Dispute, DisputeState
from qm.domain.erasure import PREFIX
from qm.domain.own_look import OwnLook
from qm.domain.people import Scope
from qm.domain.run import ItemState
from qm.errors import ConflictError, NotFoundError
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.sql_store import SqlStore


class SqlDisputeStore(SqlStore):
    """Disputes by contact and by when they're due."""

    def save(self, dispute: Dispute, seen: int) -> None:
        """Insert, or replace version `seen`; `ConflictError` where another one stands."""
        values = {
            "contact_id": dispute.contact_id, "form_id": dispute.form_id, "agent_id": dispute.agent_id,
            "state": dispute.state.value, "due_s": dispute.due_at.timestamp(), "version": dispute.version,
            "document": dump(dispute),
        }  # fmt: skip
        self._write(tables.disputes, "id", dispute.id, seen, values)

    def get(self, dispute_id: str) -> Dispute | None:
        """One dispute, or `None`."""
        row = self._one(tables.disputes, ("document",), id=dispute_id)
        return load(Dispute, row.document) if row else None

    def of_contact(self, contact_id: str, form_id: str = "") -> tuple[Dispute, ...]:
        """A contact's disputes, on one form or on all, by id."""
        table = tables.disputes
        where = [table.c.contact_id == contact_id, *([table.c.form_id == form_id] if form_id else [])]
        return self._disputes(*where)

    def of_contacts(self, contact_ids: Sequence[str]) -> tuple[Dispute, ...]:
        """The disputes of these contacts, by id."""
        return self._disputes(self._among(tables.disputes.c.contact_id, contact_ids))

    def decided(self) -> tuple[Dispute, ...]:
        """All that were decided, by id."""
        return self._disputes(tables.disputes.c.state == DisputeState.DECIDED.value)

    def page(
        self, scope: Scope, states: Sequence[str], after: str = "", size: int = 50
    ) -> tuple[tuple[Dispute, ...], bool]:
        """Disputes about contacts within a scope by when they're due, and whether more follow."""
        table, facts = tables.disputes, tables.contact_facts
        source: Any = table
        where = [self._among(table.c.state, states), *within(scope)]
        if not scope.is_whole:
            source = source.join(facts, facts.c.contact_id == table.c.contact_id)
        if after:
            row = self._one(table, ("due_s", "id"), id=after)
            if row is None:
                raise NotFoundError("page.bad_cursor", "the cursor names no dispute", "start without it")
            where.append(tuple_(table.c.due_s, table.c.id) > tuple_(row.due_s, row.id))
        statement = select(table.c.document).select_from(source).where(*where).order_by(table.c.due_s, table.c.id)
        documents = self._connection.execute(statement.limit(size + 1)).scalars().all()
        return tuple(load(Dispute, document) for document in documents[:size]), len(documents) > size

    def look(self, contact_id: str) -> OwnLook | None:
        """What the agent did with a contact of their own, or `None`."""
        row = self._one(tables.own_looks, ("document",), contact_id=contact_id)
        return load(OwnLook, row.document) if row else None

    def looks(self, contact_ids: Sequence[str]) -> Mapping[str, OwnLook]:
        """The same of several contacts."""
        table = tables.own_looks
        statement = select(table.c.contact_id, table.c.document).where(self._among(table.c.contact_id, contact_ids))
        return {row.contact_id: load(OwnLook, row.document) for row in self._connection.execute(statement)}

    def keep_look(self, look: OwnLook, seen: int) -> None:
        """Insert or replace version `seen`; `ConflictError` where another one stands."""
        values = {"agent_id": look.agent_id, "version": look.version, "document": dump(look)}
        self._write(tables.own_looks, "contact_id", look.contact_id, seen, values)

    def own(self, agent_id: str, before: str = "", size: int = 50) -> tuple[tuple[str, ...], bool]:
        """Ids of an agent's done contacts, the latest first, and whether more follow."""
        contacts, items = tables.contacts, tables.items
        where = [contacts.c.agent_id == agent_id, items.c.state == ItemState.DONE.value]
        if before:
            row = self._one(contacts, ("started_at", "agent_id"), id=before)
            if row is None or row.agent_id != agent_id:
                raise NotFoundError("page.bad_cursor", "the cursor names no contact of this list", "start without it")
            at = contacts.c.started_at
            where.append(or_(at < row.started_at, and_(at == row.started_at, contacts.c.id < before)))
        statement = (
            select(contacts.c.id)
            .join(items, items.c.contact_id == contacts.c.id)
            .where(*where, ~contacts.c.id.startswith(PREFIX))
            .order_by(contacts.c.started_at.desc(), contacts.c.id.desc())
        )
        ids = self._connection.execute(statement.limit(size + 1)).scalars().all()
        return tuple(ids[:size]), len(ids) > size

    def times(self, contact_id: str) -> Mapping[str, datetime]:
        """Since when the answers that count stand, by form."""
        rows = self._all(tables.result_times, ("form_id", "since_s"), contact_id=contact_id)
        return {row.form_id: datetime.fromtimestamp(row.since_s, UTC) for row in rows}

    def keep_times(self, contact_id: str, answers: Mapping[str, str], at: datetime) -> None:
        """Note a moment for the forms whose answers aren't those that stood there."""
        rows = self._all(tables.result_times, ("form_id", "answers"), contact_id=contact_id)
        known = {row.form_id: row.answers for row in rows}
        changed = [
            {"contact_id": contact_id, "form_id": form_id, "answers": told, "since_s": at.timestamp()}
            for form_id, told in answers.items() if known.get(form_id) != told
        ]  # fmt: skip
        self._put_all(tables.result_times, changed)

    def _disputes(self, *where: Any) -> tuple[Dispute, ...]:
        table = tables.disputes
        documents = self._connection.execute(select(table.c.document).where(*where).order_by(table.c.id)).scalars()
        return tuple(load(Dispute, document) for document in documents)

    def _write(self, table: Table, key: str, value: str, seen: int, values: Mapping[str, object]) -> None:
        if seen == 0:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(table).values({key: value, **values}))
            except IntegrityError:  # the same, in another window, a moment ago
                raise _changed() from None
            return
        where = (table.c[key] == value, table.c.version == seen)
        if not self._connection.execute(update(table).where(*where).values(**values)).rowcount:
            raise _changed()


def _changed() -> ConflictError:
    message = "this was changed by somebody else, or in another window, since"
    return ConflictError("dispute.changed", message, "load the page again, then repeat what is still right")
