"""Read `surveys.csv`."""

import re
from pathlib import Path

from pipelines.table_file import Row, instant, plain, read_table, yes_or_no
from qm.domain.survey import SurveyResponse
from qm.errors import Fault

_WHOLE = re.compile(r"-?[0-9]{1,4}(\.0+)?")
REQUIRED = ("response_id",)


def read_surveys(path: Path, shown: str) -> tuple[tuple[SurveyResponse, ...], list[Fault]]:
    """Responses and the faults of single rows.

    Raises:
        DayFolderError: the file as a whole can't be read.
    """
    rows, faults = read_table(path, shown, REQUIRED)
    responses: dict[str, SurveyResponse] = {}
    for row in rows:
        try:
            response = _response(row)
        except ValueError as error:
            faults.append(Fault(shown, row.line, "survey.bad_row", str(error), "correct the row, then run again"))
            continue
        if response.id in responses:
            message = f"response '{response.id}' is given twice; this row is left out"
            faults.append(Fault(shown, row.line, "survey.duplicate_id", message, "give it an id of its own"))
            continue
        responses[response.id] = response
    return tuple(responses.values()), faults


def _response(row: Row) -> SurveyResponse:
    if not row.text("response_id"):
        raise ValueError("response_id: must not be empty")
    scales = {name: row.optional(name, _answer) for name in ("nps", "satisfaction", "csat", "ces")}
    invited_at, answered_at = (row.optional(name, instant) for name in ("invited_at", "answered_at"))
    if invited_at and answered_at and answered_at < invited_at:
        raise ValueError("answered_at: lies before invited_at")
    return SurveyResponse(
        id=plain("response_id", row.text("response_id")),
        contact_id=row.text("contact_id"),
        customer_id=row.text("customer_id"),
        agent_id=row.text("agent_id"),
        invited_at=invited_at,
        answered_at=answered_at,
        medium=row.text("medium"),
        resolved=row.optional("resolved", yes_or_no),
        comment=row.text("comment"),
        **scales,
    )


def _answer(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"'{text}' isn't a whole number")
    return int(text.partition(".")[0])
