"""Rows that speak of a contact without being its own: coaching items, saved reports, the quarantine, holds."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Table, delete, or_, select, update

from qm.domain.erasure import Subject
from qm.domain.stripped import Ids
from qm.storage import tables
from qm.storage.hold_store import SqlHoldStore
from qm.storage.search_rows import holds, strings_of
from qm.storage.sql_store import SqlStore

QUOTING = frozenset({"themes"})
"""Kinds of saved reports that quote comments and conversations without saying whose they are."""
AT_ONCE = 200
INGEST = "ingest"
"""Stage of entries about rows and files of a day folder: the next run of that day makes anew what still holds."""


def drop_mentions(connection: Connection, subject: Subject, ids: Ids) -> dict[str, int]:
    """Delete what speaks of the subject and can be made anew; returns counts.

    Args:
        ids: new ids, where the subject goes as a whole; without them it stays, and so does its quarantine.
    """
    return _Mentions(connection).drop(subject, ids)


class _Mentions(SqlStore):
    def drop(self, subject: Subject, ids: Ids) -> dict[str, int]:
        looks = [holds(text) for text in subject.strings]

        def is_meant(text: str) -> bool:
            return any(look(leaf) for leaf in strings_of(text) for look in looks)

        counts = {
            "saved_searches": self._drop_searches(is_meant),
            "coaching_items": self._drop(tables.coaching_items, ("id",), ("document",), is_meant),
            "saved_reports": self._drop(tables.saved_reports, ("kind", "id"), ("id", "document"), is_meant)
            + self._drop_quoting(),
        }
        if ids:
            counts["holds"] = SqlHoldStore(self._connection).forget(ids)
            counts["quarantine"] = self._quarantine(ids, is_meant) + self._drop_files(subject)
        return counts

    def _drop_searches(self, is_meant: Callable[[str], bool]) -> int:
        """Kept searches that ask for the subject by name, with their alerts."""
        saved, alerts = tables.saved_searches, tables.search_alerts
        rows = self._connection.execute(select(saved.c.id, saved.c.name, saved.c.document)).all()
        meant = [row.id for row in rows if is_meant(row.name) or is_meant(row.document)]
        self._connection.execute(delete(alerts).where(alerts.c.search_id.in_(meant)))
        self._connection.execute(delete(saved).where(saved.c.id.in_(meant)))
        return len(meant)

    def _drop(self, table: Table, key: Sequence[str], texts: Sequence[str], is_meant: Callable[[str], bool]) -> int:
        """Delete the rows in one of whose texts something is meant."""
        meant = [
            tuple(getattr(row, name) for name in key)
            for row in self._each(select(*(table.c[name] for name in dict.fromkeys((*key, *texts)))))
            if any(is_meant(getattr(row, name)) for name in texts)
        ]
        for values in meant:
            where = (table.c[name] == value for name, value in zip(key, values, strict=True))
            self._connection.execute(delete(table).where(*where))
        return len(meant)

    def _quarantine(self, ids: Ids, is_meant: Callable[[str], bool]) -> int:
        """Entries about the subject, or about a row or file that names it, go; another contact's names it no more."""
        table, touched = tables.quarantine, 0
        for row in self._connection.execute(select(table)).all():
            texts = {name: getattr(row, name) for name in ("message", "hint", "command")}
            where = table.c.subject == row.subject
            if (
                row.subject in ids
                or is_meant(row.subject)
                or (row.stage == INGEST and any(map(is_meant, texts.values())))
            ):
                self._connection.execute(delete(table).where(where))
            elif any(map(is_meant, texts.values())):
                left = {name: _without(text, ids) for name, text in texts.items()}
                self._connection.execute(update(table).where(where).values(**left))
            else:
                continue
            touched += 1
        return touched

    def _drop_quoting(self) -> int:
        table = tables.saved_reports
        return self._connection.execute(delete(table).where(table.c.kind.in_(QUOTING))).rowcount

    def _drop_files(self, subject: Subject) -> int:
        """Entries about the files that the contacts came in."""
        table, names = tables.quarantine, [f"/{name}" for name in subject.sources]
        places = [f"{folder}/{place}" for folder in subject.folders for place in ("recordings", "chats")]
        subjects = [place + name for place in places for name in names]
        dropped = 0
        for start in range(0, len(subjects), AT_ONCE):
            where = or_(*(table.c.subject == each for each in subjects[start : start + AT_ONCE]))
            dropped += self._connection.execute(delete(table).where(where)).rowcount
        return dropped


def _without(text: str, ids: Ids) -> str:
    for old in sorted(ids, key=len, reverse=True):
        text = text.replace(old, ids[old])
    return text
