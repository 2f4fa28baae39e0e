"""Detractor cases in their table."""

from difflib import get_close_matches

from sqlalchemy import Select, insert, select, update

from qm.documents import dump, load
from qm.domain.case import Case, CaseState
from qm.errors import ConflictError, NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore


class SqlCaseStore(SqlStore):
    """Cases by id."""

    def save(self, case: Case, seen: int) -> None:
        """Insert, or replace version `seen`; `ConflictError` where another one stands."""
        table = tables.cases
        values = {
            "response_id": case.response_id, "contact_id": case.contact_id, "state": case.state.value,
            "due_s": case.due.timestamp() if case.due else None, "version": case.version, "document": dump(case),
        }  # fmt: skip
        if seen == 0:
            self._connection.execute(insert(table).values(id=case.id, **values))
            return
        where = (table.c.id == case.id, table.c.version == seen)
        if not self._connection.execute(update(table).where(*where).values(**values)).rowcount:
            message = f"{case.id} was changed by somebody else since version {seen}"
            raise ConflictError("case.changed", message, "look at it again, then repeat what is still right")

    def get(self, case_id: str) -> Case:
        """One case, or `NotFoundError`."""
        table = tables.cases
        found = self._read(select(table.c.document).where(table.c.id == case_id))
        if found:
            return found[0]
        near = get_close_matches(case_id, self._connection.execute(select(table.c.id)).scalars().all(), n=1)
        hint = f"is it {near[0]}?" if near else "`qm cases list` and the page of cases name them"
        raise NotFoundError("case.unknown", f"no case '{case_id[:60]}'", hint)

    def unfinished(self) -> tuple[Case, ...]:
        """Cases that aren't closed, the most urgent first."""
        table = tables.cases
        statement = select(table.c.document).where(table.c.state != CaseState.CLOSED.value)
        return self._read(statement.order_by(table.c.due_s, table.c.id))

    def every(self) -> tuple[Case, ...]:
        """All cases by id."""
        return self._read(select(tables.cases.c.document).order_by(tables.cases.c.id))

    def _read(self, statement: Select[str]) -> tuple[Case, ...]:
        return tuple(load(Case, document) for document in self._connection.execute(statement).scalars())
