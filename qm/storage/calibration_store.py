"""Calibration sessions and sheets in their tables."""

from sqlalchemy import select

from qm.documents import dump, load
from qm.domain.calibration import CalibrationSession, Sheet
from qm.errors import NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore


class SqlCalibrationStore(SqlStore):
    """Sessions by id, sheets by session, rater and contact."""

    def save(self, session: CalibrationSession) -> None:
        """Insert or replace."""
        self._put(
            tables.calibration_sessions, id=session.id, state="closed" if session.closed_at else "open",
            due_s=session.due_at.timestamp(), document=dump(session),
        )  # fmt: skip

    def get(self, session_id: str) -> CalibrationSession:
        """One session, or `NotFoundError`."""
        table = tables.calibration_sessions
        text = self._connection.execute(select(table.c.document).where(table.c.id == session_id)).scalar_one_or_none()
        if text is None:
            hint = "`qm calibrate list` and the calibration page name them"
            raise NotFoundError("calibration.unknown", f"no calibration session '{session_id[:60]}'", hint)
        return load(CalibrationSession, text)

    def every(self) -> tuple[CalibrationSession, ...]:
        """All sessions, the one due last first."""
        table = tables.calibration_sessions
        rows = self._connection.execute(select(table.c.document).order_by(table.c.due_s.desc(), table.c.id))
        return tuple(load(CalibrationSession, row.document) for row in rows)

    def save_sheet(self, sheet: Sheet) -> None:
        """Insert, or replace the rater's sheet of that contact."""
        self._put(
            tables.calibration_sheets, session_id=sheet.session_id, rater=sheet.rater, contact_id=sheet.contact_id,
            document=dump(sheet),
        )  # fmt: skip

    def sheets(self, session_id: str) -> tuple[Sheet, ...]:
        """The sheets of a session by rater and contact."""
        table = tables.calibration_sheets
        rows = self._connection.execute(
            select(table.c.document).where(table.c.session_id == session_id).order_by(table.c.rater, table.c.contact_id)
        )
        return tuple(load(Sheet, row.document) for row in rows)
