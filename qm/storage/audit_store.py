"""The audit chain in its tables. Events are added at the end, right before a transaction is committed."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from qm.documents import dump
from qm.domain.audit import AuditEvent, AuditNote, Details, Head, link
from qm.ports.audit import AuditFilter
from qm.storage import tables
from qm.storage.sql_store import SqlStore

LOCK = "audit"
"""Name of the lock under which the chain grows."""
SALT_BYTES = 16
COLUMNS = tuple(tables.audit_events.c[field.name] for field in fields(AuditEvent))
"""In the order in which an event is made from them."""


def _now() -> datetime:
    return datetime.now(UTC)


def _salt() -> str:
    return secrets.token_hex(SALT_BYTES)


@dataclass(frozen=True)
class AuditPen:
    """Who writes, and from where the time and the salt come.

    Attributes:
        actor: whom the transactions belong to, where a note names nobody.
        salt: a new random text at every call.
    """

    actor: str = "unknown"
    now: Callable[[], datetime] = _now
    salt: Callable[[], str] = _salt


UNREADABLE = Details("", why="\ufffd")
"""Stands for details that aren't ours any more."""


class SqlAuditStore(SqlStore):
    """Events by number, and their details.

    Args:
        pen: `None` where the transaction only reads.
    """

    def __init__(self, connection: Connection, pen: AuditPen | None) -> None:
        super().__init__(connection)
        self._pen = pen
        self._notes: list[AuditNote] = []

    def note(
        self, action: str, subject_kind: str, subject: str, *, before: Any = None, after: Any = None, why: str = "",
        actor: str = "",
    ) -> None:  # fmt: skip
        """Say what this transaction does; written when it's flushed."""
        if self._pen is None:
            raise RuntimeError(f"'{action}' can't be noted in a transaction that only reads")
        self._notes.append(AuditNote(action, subject_kind, subject, _plain(before), _plain(after), _plain(why), actor))

    @property
    def noted(self) -> tuple[tuple[str, str, str], ...]:
        """Action, kind and id of the subject of everything that this transaction noted so far."""
        return tuple((note.action, note.subject_kind, note.subject) for note in self._notes)

    def flush(self, lock: Callable[[str], None]) -> bool:
        """Write what was noted; the last thing before a commit, so that others wait for milliseconds only.

        Returns:
            Whether anything was.

        Args:
            lock: waits until no other transaction holds that name, and holds it until this one ends.
        """
        if not self._notes or self._pen is None:
            return False
        lock(LOCK)
        head, events, documents = self.head(), [], []
        for note in self._notes:
            details = Details(self._pen.salt(), note.before, note.after, note.why) if note.has_details else None
            event = link(note, head, self._pen.now(), self._pen.actor, details)
            head = Head(event.seq, event.hash)
            events.append(vars(event))
            if details:
                documents.append({"seq": event.seq, "document": dump(details)})
        self._notes.clear()
        self._connection.execute(insert(tables.audit_events), events)
        if documents:
            self._connection.execute(insert(tables.audit_details), documents)
        return True

    def head(self) -> Head:
        """The end of the chain."""
        table = tables.audit_events
        row = self._connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
        return Head(row.seq, row.hash) if row else Head()

    def after(self, seq: int, most: int) -> tuple[AuditEvent, ...]:
        """The events that follow `seq`, in order, at most so many."""
        table = tables.audit_events
        rows = self._connection.execute(select(*COLUMNS).where(table.c.seq > seq).order_by(table.c.seq).limit(most))
        return tuple(AuditEvent(*row) for row in rows)

    def first_since(self, moment: datetime) -> int:
        """Number of the first event at or after a moment; one above the head where there is none."""
        table = tables.audit_events
        statement = select(table.c.seq).where(table.c.at >= _stamp(moment)).order_by(table.c.seq).limit(1)
        found = self._connection.execute(statement).scalar()
        return int(found) if found is not None else self.head().seq + 1

    def latest(self, wanted: AuditFilter, before: int | None, most: int) -> tuple[AuditEvent, ...]:
        """Events that fit, the latest first, at most so many; only those before the event `before`."""
        table = tables.audit_events
        conditions = [*_conditions(wanted), *([table.c.seq < before] if before is not None else [])]
        rows = self._connection.execute(select(*COLUMNS).where(*conditions).order_by(table.c.seq.desc()).limit(most))
        return tuple(AuditEvent(*row) for row in rows)

    def details(self, seqs: Sequence[int]) -> Mapping[int, Details]:
        """Of the named events, the details that are still there; what somebody wrote over fits no event's hash."""
        table = tables.audit_details
        rows = self._connection.execute(select(table.c.seq, table.c.document).where(table.c.seq.in_(seqs)))
        return {row.seq: _details(row.document) for row in rows}

    def forget(self, subjects: Iterable[tuple[str, str]]) -> int:
        """Erase the details of all events about (kind, id); the events stay."""
        events, details = tables.audit_events, tables.audit_details
        erased = 0
        for kind, subject in subjects:
            about = select(events.c.seq).where(events.c.subject == subject, events.c.subject_kind == kind)
            erased += self._connection.execute(delete(details).where(details.c.seq.in_(about))).rowcount
        return erased


def _details(document: str) -> Details:
    try:
        return Details(**json.loads(document))
    except (ValueError, TypeError):  # written over by hand: it must be told as altered, not end the check
        return UNREADABLE


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    columns = tables.audit_events.c
    given = {
        "subject": columns.subject == wanted.subject,
        "subject_kind": columns.subject_kind == wanted.subject_kind,
        "actor": columns.actor == wanted.actor,
        "action": columns.action.startswith(wanted.action, autoescape=True)
        if wanted.action.endswith(".")
        else columns.action == wanted.action,
    }
    found = [condition for name, condition in given.items() if getattr(wanted, name)]
    if wanted.since:
        found.append(columns.at >= _stamp(wanted.since))
    if wanted.until:
        found.append(columns.at < _stamp(wanted.until))
    return found


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _plain(value: Any) -> Any:
    """A value as it comes back from its document, so that its hash does too."""
    return json.loads(dump(value).encode("utf-8", "replace")) if value is not None else None
