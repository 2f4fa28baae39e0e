"""Stores of the voice of the customer: whom a survey was drawn for, and what was computed over many contacts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from qm.ports.voc import SurveyDraw
from qm.storage import tables
from qm.storage.sql_store import SqlStore


class SqlDrawStore(SqlStore):
    """Draws by contact."""

    def save(self, draws: Sequence[SurveyDraw]) -> None:
        """Insert or replace."""
        self._put_all(tables.survey_draws, [{**vars(draw), "is_drawn": int(draw.is_drawn)} for draw in draws])

    def of_day(self, day: str) -> tuple[SurveyDraw, ...]:
        """The universe of a day, by contact."""
        table = tables.survey_draws
        rows = self._connection.execute(select(table).where(table.c.day == day).order_by(table.c.contact_id))
        return tuple(SurveyDraw(**{**row._mapping, "is_drawn": bool(row.is_drawn)}) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row as mapping

    def last_asked(self, before: str) -> Mapping[str, str]:
        """By customer, the last day before `before` on which a contact of theirs was drawn."""
        table = tables.survey_draws
        statement = (
            select(table.c.customer_id, func.max(table.c.day))
            .where(table.c.is_drawn == 1, table.c.day < before, table.c.customer_id != "")
            .group_by(table.c.customer_id)
        )
        return {str(customer): str(day) for customer, day in self._connection.execute(statement)}

    def probabilities(self) -> Mapping[str, float]:
        """Inclusion probability by contact."""
        table = tables.survey_draws
        rows = self._connection.execute(select(table.c.contact_id, table.c.probability))
        return {str(contact_id): float(probability) for contact_id, probability in rows}


class SqlReportStore(SqlStore):
    """Saved reports by kind and id."""

    def save(self, kind: str, report_id: str, document: str) -> None:
        """Insert or replace."""
        self._put(tables.saved_reports, kind=kind, id=report_id, document=document)

    def get(self, kind: str, report_id: str) -> str | None:
        """A report, or `None`."""
        table = tables.saved_reports
        where = (table.c.kind == kind, table.c.id == report_id)
        return self._connection.execute(select(table.c.document).where(*where)).scalar_one_or_none()

    def every(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Ids and reports of a kind, by id."""
        table = tables.saved_reports
        rows = self._connection.execute(
            select(table.c.id, table.c.document).where(table.c.kind == kind).order_by(table.c.id)
        )
        return tuple((row.id, row.document) for row in rows)
