"""Certificates of erasures, and the ids that mustn't come back: rows of one table, told apart by their kind.

`salt`: the site's salt. `ledger:<kind>`: an id that was erased, by its salted hash. The rest are certificates.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select

from qm.documents import dump, load
from qm.domain.erasure import Certificate, LedgerLine, subject_sha256
from qm.errors import NotFoundError
from qm.ports.retention import BackupNote
from qm.storage import tables
from qm.storage.sql_store import AT_ONCE, SqlStore

SALT = "salt"
LEDGER = "ledger:"


class SqlErasureLedger(SqlStore):
    """The table `erasures`."""

    def salt(self) -> str:
        """The site's salt; empty where nothing was ever erased."""
        table = tables.erasures
        return self._connection.execute(select(table.c.document).where(table.c.id == SALT)).scalar_one_or_none() or ""

    def keep_salt(self, salt: str) -> str:
        """Keep a salt where there is none; returns the one in force."""
        self._add(tables.erasures, id=SALT, kind=SALT, subject_sha256="", state="", at_s=0.0, document=salt)
        return self.salt()

    def refuse(self, lines: Sequence[LedgerLine]) -> None:
        """Note ids that mustn't come back; of one noted twice the later moment counts."""
        rows = [
            {
                "id": f"{line.kind}:{line.subject_sha256}", "kind": LEDGER + line.kind, "state": "",
                "subject_sha256": line.subject_sha256, "at_s": line.at.timestamp(), "document": line.erasure_id,
            }
            for line in lines
        ]  # fmt: skip
        self._put_all(tables.erasures, rows)

    def refused(self, kind: str, subjects: Collection[str]) -> Mapping[str, datetime]:
        """Those of these ids that mustn't come back, with the moment of their erasure."""
        salt, table = self.salt(), tables.erasures
        if not salt:
            return {}
        named = {f"{kind}:{subject_sha256(salt, kind, each)}": each for each in subjects if each}
        ids, found = sorted(named), {}
        for start in range(0, len(ids), AT_ONCE):
            some = table.c.id.in_(ids[start : start + AT_ONCE])
            for row in self._connection.execute(select(table.c.id, table.c.at_s).where(some)):
                found[named[row.id]] = datetime.fromtimestamp(row.at_s, UTC)
        return found

    def save(self, certificate: Certificate) -> None:
        """Insert or replace."""
        self._put(
            tables.erasures, id=certificate.id, kind=certificate.kind.value, state=certificate.state.value,
            subject_sha256=certificate.subject_sha256, at_s=certificate.begun_at.timestamp(),
            document=dump(certificate),
        )  # fmt: skip

    def get(self, certificate_id: str) -> Certificate:
        """One certificate, or `NotFoundError`."""
        found = self._read(self._certificates().where(tables.erasures.c.id == certificate_id))
        if not found:
            hint = "`qm retention certificates` names them"
            raise NotFoundError("erasure.unknown", f"no certificate '{certificate_id[:60]}'", hint)
        return found[0]

    def of_subject(self, sha256: str) -> tuple[Certificate, ...]:
        """Certificates about a subject, the latest first."""
        return self._read(self._certificates().where(tables.erasures.c.subject_sha256 == sha256))

    def every(self) -> tuple[Certificate, ...]:
        """All certificates, the latest first."""
        return self._read(self._certificates())

    def backups(self) -> tuple[BackupNote, ...]:
        """Backups that were made, the latest first."""
        table = tables.backups
        rows = self._connection.execute(select(table.c.place, table.c.at_s).order_by(table.c.at_s.desc(), table.c.id))
        return tuple(BackupNote(row.place, datetime.fromtimestamp(row.at_s, UTC)) for row in rows)

    @staticmethod
    def _certificates() -> Select[Any]:
        table = tables.erasures
        is_other = table.c.kind.startswith(LEDGER, autoescape=True) | (table.c.kind == SALT)
        return select(table.c.document).where(~is_other).order_by(table.c.at_s.desc(), table.c.id)

    def _read(self, statement: Select[Any]) -> tuple[Certificate, ...]:
        return tuple(load(Certificate, text) for text in self._connection.execute(statement).scalars())
