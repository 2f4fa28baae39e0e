"""Which objects the database names, and for whom."""

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from qm.storage.sql_store import SqlStore
from qm.storage.tables import recordings


class SqlObjectNames(SqlStore):
    """Reads the names of objects page by page, in their order."""

    def page(self, after: tuple[str, str], size: int) -> Sequence[tuple[str, str]]:
        """The pairs of object and contact that follow `after`; fewer than `size` at the end."""
        key = (recordings.c.sha256, recordings.c.contact_id)
        found = self._connection.execute(select(*key).where(tuple_(*key) > after).order_by(*key).limit(size))
        return [(sha256, contact_id) for sha256, contact_id in found]

    def contacts_with(self, sha256: str) -> tuple[str, ...]:
        """Contacts whose recording or chat that object is."""
        table = recordings
        found = self._connection.execute(
            select(table.c.contact_id).where(table.c.sha256 == sha256).order_by(table.c.contact_id)
        )
        return tuple(found.scalars())

    def count(self) -> int:
        """How many there are."""
        return self._connection.execute(select(func.count()).select_from(recordings)).scalar_one()
