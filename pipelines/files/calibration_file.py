"""A rater's sheet as CSV: written with the questions, read back with the answers, every fault with its line."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.files.label_file import answer_in
from pipelines.files.table_file import Row, read_table
from qm.csv_text import csv_text
from qm.domain.calibration import CalibrationSession
from qm.domain.text import Language
from qm.errors import Fault
from qm.services.calibration import GivenAnswer
from qm.services.calibration_views import SheetLine

REQUIRED = ("contact_id", "criterion_id", "answer")
COLUMNS = ("contact_id", "criterion_id", "question", "explanation", "answer", "note")
LONGEST_NOTE = 2000
"""Characters; a note is a remark for the discussion, not a transcript."""


def sheet_csv(lines: Sequence[SheetLine], language: Language) -> str:
    """The sheet with `answer` and `note` to fill in: as submitted before, else empty."""
    rows = [
        (
            line.contact_id, line.criterion_id, line.question.said_in(language), line.explanation.said_in(language),
            line.answer.value if line.answer else "", line.note,
        )
        for line in lines
    ]  # fmt: skip
    return csv_text(COLUMNS, rows)


def read_sheet(path: Path, shown: str, session: CalibrationSession) -> tuple[tuple[GivenAnswer, ...], list[Fault]]:
    """Answers and the faults of single lines; a line without an answer is a question left for later.

    Raises:
        DayFolderError: the file as a whole can't be read.
    """
    rows, faults = read_table(path, shown, REQUIRED)
    answers: dict[tuple[str, str], GivenAnswer] = {}
    for row in rows:
        if not row.text("answer"):
            continue
        try:
            answer = _answer(row, session)
            key = (answer.contact_id, answer.criterion_id)
            if key in answers:
                raise ValueError(f"{key[0]} / {key[1]} is answered twice; this line is left out")
        except ValueError as error:
            faults.append(Fault(shown, row.line, "calibration.bad_row", str(error), "correct the row, then run again"))
            continue
        answers[key] = answer
    return tuple(answers.values()), faults


def _answer(row: Row, session: CalibrationSession) -> GivenAnswer:
    contact_id, criterion_id = row.text("contact_id").removeprefix("'"), row.text("criterion_id")
    if contact_id not in {contact.contact_id for contact in session.contacts}:
        raise ValueError(f"contact_id: '{contact_id[:60]}' isn't part of {session.id}")
    if criterion_id not in session.criteria:
        raise ValueError(f"criterion_id: '{criterion_id[:60]}' isn't asked in {session.id}")
    note = row.text("note")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"note: {len(note)} characters, at most {LONGEST_NOTE}")
    return GivenAnswer(contact_id, criterion_id, answer_in(row.text("answer")), note)
