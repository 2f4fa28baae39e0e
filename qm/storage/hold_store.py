"""Legal holds in their table."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import select

from qm.documents import dump, load
from qm.domain.evaluation import ERASED
from qm.domain.retention import Hold, HoldKind
from qm.errors import NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore


class SqlHoldStore(SqlStore):
    """Holds by id."""

    def save(self, hold: Hold) -> None:
        """Insert or replace."""
        self._put(
            tables.holds, id=hold.id, subject_kind=hold.kind.value, subject=hold.subject,
            released_s=hold.released_at.timestamp() if hold.released_at else None, document=dump(hold),
        )  # fmt: skip

    def get(self, hold_id: str) -> Hold:
        """One hold, or `NotFoundError`."""
        table = tables.holds
        text = self._connection.execute(select(table.c.document).where(table.c.id == hold_id)).scalar_one_or_none()
        if text is None:
            raise NotFoundError("hold.unknown", f"no hold '{hold_id[:60]}'", "`qm hold list` names them")
        return load(Hold, text)

    def every(self) -> tuple[Hold, ...]:
        """All holds, those that stand first, by moment."""
        documents = self._connection.execute(select(tables.holds.c.document)).scalars()
        holds = [load(Hold, text) for text in documents]
        return tuple(sorted(holds, key=lambda hold: (hold.released_at is not None, hold.set_at, hold.id)))

    def standing(self, kind: HoldKind, subjects: Collection[str]) -> tuple[Hold, ...]:
        """Holds that stand on any of these, by id."""
        table = tables.holds
        where = (table.c.subject_kind == kind.value, table.c.released_s.is_(None))
        rows = self._connection.execute(select(table.c.subject, table.c.document).where(*where).order_by(table.c.id))
        wanted = frozenset(subjects)
        return tuple(load(Hold, row.document) for row in rows if row.subject in wanted)

    def forget(self, ids: Mapping[str, str]) -> int:
        """Put new ids in the place of subjects of released holds, and take their reasons away; returns how many."""
        about = [hold for hold in self.every() if hold.subject in ids and hold.released_at is not None]
        for hold in about:
            self.save(replace(hold, subject=ids[hold.subject], reason=ERASED))
        return len(about)
