"""Contacts as a table for other programs: one row a contact, CSV or Parquet, however many there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qm.analysis.measure_talk import MEASURES
from qm.csv_text import csv_rows
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.voc_names import HISTORY_COLUMNS, SCALE_COLUMNS, TEXT_COLUMNS
from qm.errors import InputError, NotFoundError
from qm.ports import UnitOfWork
from qm.ports.export import ExportRow

AT_ONCE = 1000
"""Rows read in one go: bounds what they take in memory."""
TEXT, NUMBER, MOMENT = "text", "number", "moment"
YEARS = range(1970, 2200)
"""Within which every clock and calendar can reckon."""


@dataclass(frozen=True)
class Column:
    """One column of the table."""

    name: str
    kind: str


@dataclass(frozen=True)
class ExportWish:
    """What is wanted.

    Attributes:
        since, until: first and last day, in the site's time zone; `None`: no bound.
        form: only this form's scores and answers; empty: all forms in force.
        comments: with what customers wrote in surveys.
    """

    since: date | None = None
    until: date | None = None
    form: str = ""
    comments: bool = False


class ContactExport:
    """Exports contacts of a scope."""

    def __init__(self, reading: UnitOfWork, forms: Mapping[str, Form], zone: str, scope: Scope = WHOLE) -> None:
        self._reading = reading
        self._forms = forms
        self._zone = ZoneInfo(zone)
        self._scope = scope

    def seen_by(self, scope: Scope) -> "ContactExport":
        """The same for somebody who sees that scope."""
        return ContactExport(self._reading, self._forms, self._zone.key, scope)

    def columns(self, wish: ExportWish) -> tuple[Column, ...]:
        """The table's columns: the same whatever the rows hold.

        Raises:
            NotFoundError: no such form.
        """
        if wish.form and wish.form not in self._forms:
            raise NotFoundError("export.no_form", f"no form '{wish.form[:60]}'", f"known: {', '.join(self._forms)}")
        forms = [wish.form] if wish.form else sorted(self._forms)
        survey = [Column(f"survey_{name}", NUMBER) for name in SCALE_COLUMNS]
        return (
            Column("contact_id", TEXT), Column("started_at", MOMENT), *(Column(name, TEXT) for name in TEXT_COLUMNS),
            *(Column(name, NUMBER) for name in HISTORY_COLUMNS), Column("state", TEXT), Column("grade", TEXT),
            *(Column(f"score:{form}", NUMBER) for form in forms),
            *(Column(f"answer:{form}/{c.id}", TEXT) for form in forms for c in self._forms[form].criteria),
            *(Column(f"measure:{name}", NUMBER) for name in sorted(MEASURES)),
            Column("survey_id", TEXT), Column("survey_answered_at", MOMENT), Column("survey_channel", TEXT), *survey,
            *([Column("survey_comment", TEXT)] if wish.comments else []),
        )  # fmt: skip

    def pages(self, wish: ExportWish, reader: str = "") -> Iterator[list[list[Any]]]:
        """Rows in the order of the columns, some at a time; each page is a short transaction of its own.

        Args:
            reader: login; scores and answers on forms that they are still to review are left out.

        Raises:
            NotFoundError: no such form.
            InputError: days that no calendar has, or the last before the first.
        """
        names = [column.name for column in self.columns(wish)]
        since_s, until_s = self._bounds(wish)
        after: tuple[float, str] | None = None
        while True:
            with self._reading() as unit:
                rows = unit.export.rows(since_s, until_s, self._scope, after, AT_ONCE)
                blind = unit.work_queues.blind_pairs(reader) if reader else frozenset()
            if rows:
                yield [_cells(_without(row, blind), names) for row in rows]
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].started_s, rows[-1].contact_id

    def csv(self, wish: ExportWish, reader: str = "") -> Iterator[str]:
        """The table as CSV, piece by piece; the first piece is read at once, so that what can't be had is told."""
        head, pages = csv_rows([[column.name for column in self.columns(wish)]]), self.pages(wish, reader)
        first = next(pages, [])

        def pieces() -> Iterator[str]:
            yield head + csv_rows(map(_written, first))
            for page in pages:
                yield csv_rows(map(_written, page))

        return pieces()

    def _bounds(self, wish: ExportWish) -> tuple[float | None, float | None]:
        for day in (wish.since, wish.until):
            if day is not None and day.year not in YEARS:
                raise InputError("export.bad_day", f"{day}: no contact is of that time", "write 2026-11-20")
        if wish.since and wish.until and wish.until < wish.since:
            raise InputError("export.bad_day", f"the last day, {wish.until}, is before the first", "swap them")
        until = wish.until + timedelta(days=1) if wish.until else None
        return self._begin(wish.since), self._begin(until)

    def _begin(self, day: date | None) -> float | None:
        return datetime.combine(day, time(), self._zone).timestamp() if day else None


def _without(row: ExportRow, blind: Collection[tuple[str, str]]) -> ExportRow:
    forms = {form for contact_id, form in blind if contact_id == row.contact_id} if blind else set()
    if not forms:
        return row
    scores = {form: score for form, score in row.scores.items() if form not in forms}
    answers = {key: word for key, word in row.answers.items() if key[0] not in forms}
    return replace(row, scores=scores, answers=answers)


def _cells(row: ExportRow, names: Sequence[str]) -> list[Any]:
    values: dict[str, Any] = {**row.facts, "contact_id": row.contact_id, "started_at": _moment(row.started_s)}
    values |= {f"score:{form}": score for form, score in row.scores.items()}
    values |= {f"answer:{form}/{criterion}": word for (form, criterion), word in row.answers.items()}
    values |= {f"measure:{name}": value for name, value in row.measures.items()}
    values |= {f"survey_{name}": value for name, value in row.survey.items()}
    values["survey_answered_at"] = _moment(row.survey.get("answered_at"))
    return [values.get(name) for name in names]


def _moment(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _written(cells: Sequence[Any]) -> list[Any]:
    return [cell.isoformat().replace("+00:00", "Z") if isinstance(cell, datetime) else cell for cell in cells]
