"""What the stages publish for a contact."""

from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select, update

from qm.documents import dump, load
from qm.domain.recognition import Recognition, Voices
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.errors import NotFoundError
from qm.storage import tables
from qm.storage.facts import measures_of
from qm.storage.sql_store import SqlStore

T = TypeVar("T")


_LAST: dict[type, tuple[str, Any]] = {}
"""The last document of each kind and its value, which nobody can change: stages read the same one in transaction after
transaction, and checking all words of a call takes ten times as long as fetching them."""


def _value(kind: type[T], document: str) -> T:
    known = _LAST.get(kind)
    if known is None or known[0] != document:
        known = document, load(kind, document)
        _LAST[kind] = known
    value: T = known[1]
    return value


class SqlOutputStore(SqlStore):
    """Outputs by contact; what was written or asked for last of each kind is remembered.

    A stage asks for what the one before has written in the same transaction. What it gets is made from the text that
    was written, as if it had been read: nobody's result depends on where their transaction began.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._texts: dict[Table, tuple[str, str]] = {}
        self._values: dict[Table, tuple[str, Any]] = {}
        self._recording: tuple[str, str | None] | None = None

    def forget(self) -> None:
        """Read anew what is asked for next; for whoever changes outputs beside this store."""
        self._texts.clear()
        self._values.clear()
        self._recording = None

    def save_recording(self, contact_id: str, sha256: str) -> None:
        """Name the stored object of a contact."""
        self._put(tables.recordings, contact_id=contact_id, sha256=sha256)
        self._recording = contact_id, sha256

    def recording(self, contact_id: str) -> str | None:
        """SHA-256 of the stored object, or `None`."""
        if self._recording is None or self._recording[0] != contact_id:
            row = self._one(tables.recordings, ("sha256",), contact_id=contact_id)
            self._recording = contact_id, row.sha256 if row else None
        return self._recording[1]

    def earlier_with(self, sha256: str, contact_id: str) -> str | None:
        """Another contact that has the same object."""
        table = tables.recordings
        where = (table.c.sha256 == sha256, table.c.contact_id != contact_id)
        return self._connection.execute(select(table.c.contact_id).where(*where).order_by(table.c.contact_id)).scalar()

    def save_recognition(self, contact_id: str, recognition: Recognition) -> None:
        """Insert or replace."""
        self._save(tables.recognitions, contact_id, recognition)

    def recognition(self, contact_id: str) -> Recognition:
        """The words as recognised."""
        return self._read(tables.recognitions, contact_id, Recognition)

    def save_voices(self, contact_id: str, voices: Voices) -> None:
        """Insert or replace."""
        self._save(tables.voices, contact_id, voices)

    def voices(self, contact_id: str) -> Voices:
        """Who speaks when on a shared channel."""
        return self._read(tables.voices, contact_id, Voices)

    def save_transcript(self, contact_id: str, transcript: Transcript) -> None:
        """Insert or replace."""
        grade = transcript.grade.letter if transcript.grade else None
        found = " ".join(sorted({finding.code for finding in transcript.quality}))
        self._save(tables.transcripts, contact_id, transcript, grade=grade, findings=found)

    def transcript(self, contact_id: str) -> Transcript:
        """The turns."""
        return self._read(tables.transcripts, contact_id, Transcript)

    def grades(self) -> dict[str, str]:
        """Letter of every transcript that has a grade, by contact; read without the turns."""
        table = tables.transcripts
        rows = self._connection.execute(select(table.c.contact_id, table.c.grade).where(table.c.grade.is_not(None)))
        return {row.contact_id: row.grade for row in rows}

    def save_signals(self, contact_id: str, signals: Signals) -> None:
        """Insert or replace."""
        self._save(tables.signals, contact_id, signals)
        facts = tables.contact_facts
        measures = {"measures": measures_of(signals)}
        self._connection.execute(update(facts).where(facts.c.contact_id == contact_id).values(**measures))

    def signals(self, contact_id: str) -> Signals:
        """The signals."""
        return self._read(tables.signals, contact_id, Signals)

    def _save(self, table: Table, contact_id: str, value: object, **columns: object) -> None:
        document = dump(value)
        self._put(table, contact_id=contact_id, **columns, document=document)
        self._texts[table] = contact_id, document
        self._values.pop(table, None)

    def _read(self, table: Table, contact_id: str, kind: type[T]) -> T:
        known = self._values.get(table)
        if known is None or known[0] != contact_id:
            known = contact_id, _value(kind, self._document(table, contact_id))
            self._values[table] = known
        value: T = known[1]
        return value

    def _document(self, table: Table, contact_id: str) -> str:
        text = self._texts.pop(table, None)
        if text is not None and text[0] == contact_id:
            return text[1]
        row = self._one(table, ("document",), contact_id=contact_id)
        if row is None:
            message = f"contact '{contact_id}' has no {table.name.removesuffix('s')} yet"
            raise NotFoundError("output.missing", message, "run `qm run` on its day, or see the quarantine")
        return str(row.document)
