"""Coaching sessions in their tables."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from qm.documents import dump, load
from qm.domain.coaching_session import OPEN_STATES, CoachingSession, SessionState
from qm.domain.contact import Kind
from qm.domain.figures import Count
from qm.errors import ConflictError
from qm.ports.coaching_sessions import PutAside, SessionLines, SessionQuery
from qm.storage import tables
from qm.storage.sql_store import SqlStore, scoped

_TABLE = tables.coaching_sessions
_OPEN = _TABLE.c.state.in_([state.value for state in OPEN_STATES])
_DAY = cast(func.replace(_TABLE.c.due, "-", ""), Integer)
_ORDER = (case((_OPEN, 0), else_=1), case((_OPEN, _DAY), else_=-_DAY), _TABLE.c.id)
"""What is to be done by date; what is over, the newest first."""


class SqlCoachingSessionStore(SqlStore):
    """Sessions by id, agent and date."""

    def save(self, session: CoachingSession, seen: int) -> None:
        """Insert, or replace version `seen`; `ConflictError` where another one stands."""
        table = tables.coaching_sessions
        values = {
            "agent_id": session.agent.id, "team": session.agent.team, "site": session.agent.site,
            "vendor": session.agent.vendor, "supervisor": session.supervisor,
            "form_id": session.form_id, "criterion_id": session.criterion_id, "state": session.state.value,
            "due": session.due.isoformat(), "version": session.version, "document": dump(session),
        }  # fmt: skip
        if seen == 0:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(table).values(id=session.id, **values))
            except IntegrityError:
                raise _changed() from None
            for contact_id in sorted({clip.contact_id for clip in session.clips}):
                line = {"session_id": session.id, "contact_id": contact_id}
                self._connection.execute(insert(tables.coaching_clips).values(**line))
            return
        where = (table.c.id == session.id, table.c.version == seen)
        if not self._connection.execute(update(table).where(*where).values(**values)).rowcount:
            raise _changed()

    def get(self, session_id: str) -> CoachingSession | None:
        """One session."""
        table = tables.coaching_sessions
        document = self._connection.execute(select(table.c.document).where(table.c.id == session_id)).scalar()
        return load(CoachingSession, document) if document else None

    def some(self, *, agent_id: str = "", states: Collection[str] = ()) -> tuple[CoachingSession, ...]:
        """Sessions by date and id."""
        table = tables.coaching_sessions
        where = [*([table.c.agent_id == agent_id] if agent_id else []),
                 *([table.c.state.in_(list(states))] if states else [])]  # fmt: skip
        statement = select(table.c.document).where(*where).order_by(table.c.due, table.c.id)
        return tuple(load(CoachingSession, document) for document in self._connection.execute(statement).scalars())

    def page(self, wanted: SessionQuery, after: str = "", size: int | None = None) -> SessionLines:
        """Open ones first; `NotFoundError` where `after` isn't in this list."""
        shown = (_TABLE.c.id, _TABLE.c.change, _TABLE.c.document)
        rows, total, is_more = self._page(_TABLE, _asked(wanted), shown, _ORDER, after, size)
        sessions = tuple(load(CoachingSession, row.document) for row in rows)
        return SessionLines(sessions, {row.id: row.change for row in rows}, total, is_more)

    def keep_change(self, session_id: str, change: str) -> None:
        """Beside the session, whose version stays."""
        table = tables.coaching_sessions
        self._connection.execute(update(table).where(table.c.id == session_id).values(change=change))

    def lets_hear(self, agent_id: str, contact_id: str) -> bool:
        """Whether a session of that agent that isn't cancelled plays that contact."""
        table, clips = tables.coaching_sessions, tables.coaching_clips
        statement = select(table.c.id).join(clips, clips.c.session_id == table.c.id).where(
            clips.c.contact_id == contact_id, table.c.agent_id == agent_id,
            table.c.state != SessionState.CANCELLED.value,
        )  # fmt: skip
        return self._connection.execute(statement.limit(1)).first() is not None

    def put_aside(self, aside: PutAside) -> None:
        """Put an item aside, in the place of an earlier time."""
        table = tables.coaching_aside
        self._connection.execute(delete(table).where(table.c.item_id == aside.item_id))
        self._connection.execute(
            insert(table).values(
                item_id=aside.item_id,
                agent_id=aside.agent_id,
                reason=aside.reason,
                until=aside.until.isoformat(),
                by=aside.by,
                at_s=aside.at.timestamp(),
            )
        )

    def aside(self, today: date) -> Mapping[str, PutAside]:
        """What is aside on a day, by item."""
        table = tables.coaching_aside
        rows = self._connection.execute(select(table).where(table.c.until > today.isoformat()))
        return {
            row.item_id: PutAside(
                row.item_id, row.agent_id, row.reason, date.fromisoformat(row.until), row.by,
                datetime.fromtimestamp(row.at_s, UTC),
            )
            for row in rows
        }  # fmt: skip

    def met(
        self, form_id: str, criterion_id: str, since: datetime, until: datetime, *, agent_id: str = "",
        others_of: tuple[str, str] = ("", ""),
    ) -> Count:  # fmt: skip
        """Counted in the database, from the columns beside the documents."""
        facts = tables.contact_facts
        team, but = others_of
        where = [facts.c.team == team, facts.c.agent_id != but] if team else []
        if agent_id:
            where.append(facts.c.agent_id == agent_id)
        letter, joined = self._letter(form_id, criterion_id)
        where += [*_within(since, until), letter.in_(["m", "n"])]
        statement = joined.add_columns(letter, func.count()).where(*where).group_by(letter)
        found = {answer: int(n) for answer, n in self._connection.execute(statement)}
        return Count(found.get("m", 0), found.get("m", 0) + found.get("n", 0))

    def missed(
        self, form_id: str, criterion_id: str, agent_id: str, since: datetime, until: datetime, most: int
    ) -> tuple[str, ...]:
        """Contacts of an agent that didn't meet it, told from the columns that hold what counts, the newest first."""
        facts = tables.contact_facts
        letter, joined = self._letter(form_id, criterion_id)
        statement = (
            joined.add_columns(facts.c.contact_id)
            .where(facts.c.agent_id == agent_id, *_within(since, until), letter == "n")
            .order_by(facts.c.started_s.desc(), facts.c.contact_id).limit(most)
        )  # fmt: skip
        return tuple(self._connection.execute(statement).scalars())

    def _letter(self, form_id: str, criterion_id: str) -> tuple[ColumnElement[str], Select[Any]]:
        """The letter of an answer that counts, and contacts joined with their evaluations on the form.

        A letter a criterion; where it stands depends on the list that the evaluation was made with.
        """
        facts, evaluations, lists = tables.contact_facts, tables.evaluations, tables.criterion_lists
        known = {row.id: row.criteria.split() for row in self._connection.execute(select(lists))}
        places = {name: listed.index(criterion_id) + 1 for name, listed in known.items() if criterion_id in listed}
        whens = [(evaluations.c.criteria == name, number) for name, number in places.items()]
        letter = func.substr(evaluations.c.codes, case(*whens, else_=0), 1) if whens else literal("")
        joined = select().join_from(facts, evaluations, evaluations.c.contact_id == facts.c.contact_id)
        return letter, joined.where(evaluations.c.form_id == form_id, evaluations.c.criteria.in_(list(places)))


def _asked(wanted: SessionQuery) -> list[ColumnElement[bool]]:
    where = scoped(_TABLE, wanted.scope)
    if wanted.state:
        where.append(_TABLE.c.state == wanted.state.value)
    if wanted.overdue:
        where.append(_OPEN & (_TABLE.c.due < wanted.today.isoformat()))
    if wanted.supervisor:
        where.append(_TABLE.c.supervisor == wanted.supervisor)
    return where


def _within(since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    facts = tables.contact_facts
    return [
        facts.c.kind == Kind.CUSTOMER.value, facts.c.started_s >= since.timestamp(),
        facts.c.started_s < until.timestamp(),
    ]  # fmt: skip


def _changed() -> ConflictError:
    message = "somebody else changed this session since"
    return ConflictError("coaching.changed", message, "load the page again, then repeat what is still right")
