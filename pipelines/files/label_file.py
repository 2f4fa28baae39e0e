"""Read the CSV of analysts' answers, for training and for reviews."""

from datetime import datetime
from pathlib import Path

from pipelines.files.table_file import Row, read_table
from qm.analysis.read_cells import instant, plain
from qm.domain.evaluation import Answer
from qm.domain.trained_answers import AnswerLabel
from qm.errors import Fault

REQUIRED = ("contact_id", "criterion_id", "answer")
_WORDS = {
    **{answer.value: answer for answer in Answer},
    "met": Answer.MET, "yes": Answer.MET, "si": Answer.MET, "sì": Answer.MET, "soddisfatto": Answer.MET,
    "no": Answer.NOT_MET, "non soddisfatto": Answer.NOT_MET,
    "non decidibile": Answer.CANNOT_TELL, "non valutabile": Answer.CANNOT_TELL,
    "n/a": Answer.NOT_APPLICABLE, "na": Answer.NOT_APPLICABLE, "non applicabile": Answer.NOT_APPLICABLE,
}  # fmt: skip


def read_labels(path: Path, shown: str) -> tuple[tuple[AnswerLabel, ...], list[Fault]]:
    """Labels and the faults of single rows. Of two answers to the same question, the later one counts.

    Later by `at` where both rows have it, else by line. *Not applicable* and *cannot tell* are read, since they take
    an earlier answer back, but nothing is trained on them.

    Raises:
        DayFolderError: the file as a whole can't be read.
    """
    rows, faults = read_table(path, shown, REQUIRED)
    labels: dict[tuple[str, str], AnswerLabel] = {}
    for row in rows:
        try:
            label = _label(row)
        except ValueError as error:
            faults.append(Fault(shown, row.line, "answers.bad_row", str(error), "correct the row, then run again"))
            continue
        key = (label.contact_id, label.criterion_id)
        if key not in labels or not _is_older(label, labels[key]):
            labels[key] = label
    return tuple(labels.values()), faults


def _label(row: Row) -> AnswerLabel:
    for name in REQUIRED:
        if not row.text(name):
            raise ValueError(f"{name}: must not be empty")
    answer = answer_in(row.text("answer"))
    row.optional("at", instant)
    cells = {name: plain(name, row.text(name)) for name in ("contact_id", "criterion_id", "analyst", "at")}
    return AnswerLabel(answer=answer, **cells)


def answer_in(text: str) -> Answer:
    """An answer as analysts write it, in either language.

    Raises:
        ValueError: it's none of the four.
    """
    given = text.casefold().replace("_", " ")
    answer = _WORDS.get(given) or _WORDS.get(given.replace(" ", "_"))
    if answer is None:
        raise ValueError(f"answer: '{text[:60]}' is none of met, not_met, not_applicable, cannot_tell")
    return answer


def _is_older(label: AnswerLabel, than: AnswerLabel) -> bool:
    return bool(label.at and than.at) and datetime.fromisoformat(label.at) < datetime.fromisoformat(than.at)
