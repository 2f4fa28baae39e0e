"""Read `surveys.csv`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.files.table_file import Row, read_table
from qm.analysis.voc.read_survey import SurveyReader, doubtful_scales, near
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import STANDARD_SCALES, Scale
from qm.errors import Fault

REQUIRED = ("response_id",)
LEAST_LIKENESS = 0.8
"""Of a column's name to a known one, to be taken for a slip; sites have many columns of their own."""


def read_surveys(
    path: Path, shown: str, scales: Sequence[Scale] = STANDARD_SCALES, now: datetime | None = None
) -> tuple[tuple[SurveyResponse, ...], list[Fault]]:
    """Responses and the faults of single rows.

    Args:
        scales: of the site.
        now: moment after which no time may lie; this very moment where it isn't given.

    Raises:
        DayFolderError: the file as a whole can't be read.
    """
    rows, faults = read_table(path, shown, REQUIRED)
    reader = SurveyReader(scales, now or datetime.now(UTC))
    faults.extend(_near_names(rows, reader, shown))
    responses: dict[str, SurveyResponse] = {}
    for row in rows:
        response, complaints = reader.from_cells(row.cells)
        faults.extend(Fault(shown, row.line, each.code, each.message, each.hint) for each in complaints)
        if response is None:
            continue
        if response.id in responses:
            message = f"response '{response.id}' is given twice; this row is left out"
            faults.append(Fault(shown, row.line, "survey.duplicate_id", message, "give it an id of its own"))
            continue
        responses[response.id] = response
    doubts = doubtful_scales(tuple(responses.values()), scales)
    faults.extend(Fault(shown, 0, each.code, each.message, each.hint) for each in doubts)
    return tuple(responses.values()), faults


def _near_names(rows: Sequence[Row], reader: SurveyReader, shown: str) -> list[Fault]:
    """Columns that look like a slip of the pen: their answers would be lost without a word."""
    unknown = sorted(set(rows[0].cells) - reader.names) if rows else []
    mixed = {"".join(sorted(known)): known for known in sorted(reader.names)}  # short names: nsp for nps
    twins = {name: mixed.get("".join(sorted(name))) for name in unknown}
    hints = [(n, f"is it '{twins[n]}'?" if twins[n] else near(n, reader.names, LEAST_LIKENESS)) for n in unknown]
    return [
        Fault(shown, 1, "survey.unknown_column", f"column '{name}' isn't known and was passed over", hint)
        for name, hint in hints
        if hint.startswith("is it")
    ]
