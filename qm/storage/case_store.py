"""Detractor cases in their table."""

from difflib import get_close_matches

from sqlalchemy import ColumnElement, FromClause, and_, func, insert, select, update
from sqlalchemy import case as either

from qm.documents import dump, load
from qm.domain.case import Case, CaseState
from qm.domain.case_plan import Severity
from qm.domain.erasure import PREFIX
from qm.errors import ConflictError, NotFoundError
from qm.ports.cases import CasePage, CaseQuery, CaseTally
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.sql_store import SqlStore

_TABLE, _FACTS = tables.cases, tables.contact_facts
_CLOSED = _TABLE.c.state == CaseState.CLOSED.value
_RANK = either((_CLOSED, 2), (_TABLE.c.stands, 0), else_=1)
"""Those whose clock runs, withdrawn ones, closed ones."""
_URGENCY = (_RANK, either((_RANK == 0, _TABLE.c.due_s), else_=0.0), -_TABLE.c.severity, _TABLE.c.id)
_TEAM, _PROCESS = func.coalesce(_FACTS.c.team, ""), func.coalesce(_FACTS.c.process, "")


class SqlCaseStore(SqlStore):
    """Cases by id."""

    def save(self, case: Case, seen: int) -> None:
        """Insert, or replace version `seen`; `ConflictError` where another one stands."""
        values = case_row(case)
        if seen == 0:
            self._connection.execute(insert(_TABLE).values(**values))
            return
        where = (_TABLE.c.id == case.id, _TABLE.c.version == seen)
        if not self._connection.execute(update(_TABLE).where(*where).values(**values)).rowcount:
            message = f"{case.id} was changed by somebody else since version {seen}"
            raise ConflictError("case.changed", message, "look at it again, then repeat what is still right")

    def get(self, case_id: str) -> Case:
        """One case, or `NotFoundError`."""
        found = self._connection.execute(select(_TABLE.c.document).where(_TABLE.c.id == case_id)).scalar()
        if found is not None:
            return load(Case, found)
        near = get_close_matches(case_id, self._connection.execute(select(_TABLE.c.id)).scalars().all(), n=1)
        hint = f"is it {near[0]}?" if near else "`qm cases list` and the page of cases name them"
        raise NotFoundError("case.unknown", f"no case '{case_id[:60]}'", hint)

    def page(self, wanted: CaseQuery, after: str = "", size: int | None = None) -> CasePage:
        """By urgency; `NotFoundError` where `after` isn't in this list."""
        where = [*_scope(wanted), *_asked(wanted)]
        rows, total, is_more = self._page(_source(), where, (_TABLE.c.document,), _URGENCY, after, size)
        return CasePage(tuple(load(Case, row.document) for row in rows), total, is_more)

    def tally(self, wanted: CaseQuery) -> CaseTally:
        """Counted by the database: a site has thousands of open cases."""
        source, where = _source(), _scope(wanted)
        live = and_(~_CLOSED, _TABLE.c.stands)
        overdue, high = _TABLE.c.due_s < wanted.now.timestamp(), _TABLE.c.severity == Severity.HIGH.value
        asked = (live, and_(~_CLOSED, ~_TABLE.c.stands), live & overdue, live & (_TABLE.c.assignee == ""), live & high)
        columns = [func.coalesce(func.sum(either((what, 1), else_=0)), 0) for what in asked]
        counts = self._connection.execute(select(*columns).select_from(source).where(*where, ~_CLOSED)).one()
        named = where if wanted.with_closed else [*where, ~_CLOSED]
        who = select(_TEAM, _PROCESS, _TABLE.c.assignee).select_from(source).where(*named).distinct()
        names = self._connection.execute(who).all()
        teams, processes, assignees = (tuple(sorted({row[place] for row in names} - {""})) for place in range(3))
        unfinished, withdrawn, overdue_n, unassigned, high_n = map(int, counts)
        return CaseTally(unfinished, withdrawn, overdue_n, unassigned, high_n, teams, processes, assignees)

    def every(self) -> tuple[Case, ...]:
        """All cases by id."""
        found = self._connection.execute(select(_TABLE.c.document).order_by(_TABLE.c.id)).scalars()
        return tuple(load(Case, document) for document in found)


def case_row(case: Case) -> dict[str, object]:
    """The columns of a case."""
    return {
        "id": case.id, "response_id": case.response_id, "contact_id": case.contact_id, "state": case.state.value,
        "due_s": case.due.timestamp() if case.due else None, "version": case.version,
        "opened_s": case.opened_at.timestamp(), "severity": case.severity.value, "stands": case.stands,
        "assignee": case.assignee, "document": dump(case),
    }  # fmt: skip


def _source() -> FromClause:
    return _TABLE.outerjoin(_FACTS, _FACTS.c.contact_id == _TABLE.c.contact_id)


def _scope(wanted: CaseQuery) -> list[ColumnElement[bool]]:
    """What is erased counts in reports, and isn't worked on."""
    return [~_TABLE.c.id.startswith(PREFIX), ~_TABLE.c.id.startswith(f"D-{PREFIX}"), *within(wanted.scope)]


def _asked(wanted: CaseQuery) -> list[ColumnElement[bool]]:
    where = [] if wanted.with_closed else [~_CLOSED]
    named = (
        (_TABLE.c.state, wanted.state or None), (_TABLE.c.severity, wanted.severity and wanted.severity.value),
        (_TEAM, wanted.team or None), (_PROCESS, wanted.process or None), (_TABLE.c.assignee, wanted.assignee),
    )  # fmt: skip
    where += [column == value for column, value in named if value is not None]
    if wanted.overdue:
        where.append((_RANK == 0) & (_TABLE.c.due_s < wanted.now.timestamp()))
    if wanted.opened_before:
        where.append(_TABLE.c.opened_s < wanted.opened_before.timestamp())
    return where
