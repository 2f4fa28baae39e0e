"""What keeps calibration sessions and the sheets of their raters."""

from typing import Protocol

from qm.domain.calibration import CalibrationSession, Sheet


class CalibrationStore(Protocol):
    """Sessions and sheets. No sheet is an evaluation: agents' figures never see them."""

    def save(self, session: CalibrationSession) -> None:
        """Insert or replace."""
        ...

    def get(self, session_id: str) -> CalibrationSession:
        """One session.

        Raises:
            NotFoundError: no such session.
        """
        ...

    def every(self) -> tuple[CalibrationSession, ...]:
        """All sessions, the one due last first."""
        ...

    def save_sheet(self, sheet: Sheet) -> None:
        """Insert, or replace the rater's sheet of that contact."""
        ...

    def sheets(self, session_id: str) -> tuple[Sheet, ...]:
        """The sheets of a session by rater and contact."""
        ...
