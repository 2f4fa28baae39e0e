"""Answers to repeated requests in their table."""

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from qm.ports.kept_answers import KeptAnswer
from qm.storage import tables
from qm.storage.sql_store import SqlStore

NAMES = tuple(KeptAnswer.__dataclass_fields__)


class SqlKeptAnswerStore(SqlStore):
    """Answers by the hash of who asked and of their key."""

    def begin(self, key_sha256: str, request_sha256: str, now_s: float) -> KeptAnswer | None:
        """Note that a request is at work, or what stands there."""
        table = tables.kept_answers
        fresh = KeptAnswer(request_sha256, now_s)
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(table).values(key_sha256=key_sha256, **vars(fresh)))
        except IntegrityError:
            row = self._one(table, NAMES, key_sha256=key_sha256)
            return KeptAnswer(**row._mapping) if row else KeptAnswer(request_sha256, now_s)  # noqa: SLF001 - as everywhere
        return None

    def keep(self, key_sha256: str, begun_s: float, answer: KeptAnswer) -> None:
        """Put the answer in the place of its note."""
        table = tables.kept_answers
        where = (table.c.key_sha256 == key_sha256, table.c.begun_s == begun_s)
        self._connection.execute(update(table).where(*where).values(**vars(answer)))

    def forget(self, key_sha256: str, begun_s: float) -> None:
        """Take a note away."""
        table = tables.kept_answers
        where = (table.c.key_sha256 == key_sha256, table.c.begun_s == begun_s)
        self._connection.execute(delete(table).where(*where))

    def sweep(self, before_s: float) -> None:
        """Take away what is too old."""
        table = tables.kept_answers
        self._connection.execute(delete(table).where(table.c.begun_s < before_s))
