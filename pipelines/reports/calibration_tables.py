"""Reports of calibration sessions on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from qm.domain.agreement import Agreement, Coefficient, Measured
from qm.domain.text import Language
from qm.services.calibration_views import SessionReport, SessionRow
from qm.wording_calibration import calibration_word as word
from qm.wording_calibration import shown_figure

ON_ANSWERS = (Coefficient.PERCENT, Coefficient.KAPPA, Coefficient.AC1, Coefficient.ALPHA)
ON_SCORES = (Coefficient.WEIGHTED_KAPPA, Coefficient.SCORE_ALPHA, Coefficient.ICC)


def print_sessions(out: Console, rows: Sequence[SessionRow], language: Language) -> None:
    """A line a session."""
    if not rows:
        out.print(word("nothing", language))
        return
    table = _table(language, "session", "title", "form", "purpose", "stage", "due", "contacts", "answered")
    for row in rows:
        answered = ", ".join(f"{one.rater} {one.answered.hits}/{one.answered.n}" for one in row.progress)
        table.add_row(
            row.id, row.title, row.form_id, word(f"purpose.{row.purpose}", language),
            word(f"stage.{row.stage}", language), f"{row.due_at:%Y-%m-%d %H:%M %Z}", str(row.contacts),
            answered,
        )  # fmt: skip
    out.print(table)


def print_report(out: Console, report: SessionReport, language: Language) -> None:
    """Agreement of the form and its criteria; under each table why values are missing."""
    out.print(word(f"key.{report.key}", language))
    counts = {"hits": report.left_open.hits, "n": report.left_open.n, "without": report.without_key}
    out.print(word("left_open", language).format(**counts))
    out.print(_answers_table(report, language))
    out.print(_scores_table(report, language))
    reasons = dict.fromkeys(m.reason for one in report.agreements for m in one.measured if m.reason)
    for number, reason in enumerate(reasons, 1):
        out.print(f"[{number}] {word(f'unsaid.{reason}', language)}")
    out.print(word("disagreements", language).format(n=len(report.disagreements)))


def _answers_table(report: SessionReport, language: Language) -> Table:
    table = _table(language, "criterion", "pair", "contacts", "met", *(f"coefficient.{name}" for name in ON_ANSWERS))
    notes = _note_numbers(report)
    for one in report.agreements:
        met = "–" if one.met.rate is None else f"{100 * one.met.rate:.0f} % ({one.met.hits}/{one.met.n})"
        cells = [_cell(one.of(name), notes, language) for name in ON_ANSWERS]
        table.add_row(_name(one, report, language), word(f"pair.{one.pair}", language),
                      str(one.contacts), met, *cells)  # fmt: skip
    return table


def _scores_table(report: SessionReport, language: Language) -> Table:
    table = _table(language, "pair", *(f"coefficient.{name}" for name in ON_SCORES))
    notes = _note_numbers(report)
    for one in report.agreements:
        if not one.criterion_id:
            cells = [_cell(one.of(name), notes, language) for name in ON_SCORES]
            table.add_row(word(f"pair.{one.pair}", language), *cells)
    return table


def _note_numbers(report: SessionReport) -> dict[str, int]:
    reasons = dict.fromkeys(m.reason for one in report.agreements for m in one.measured if m.reason)
    return {reason: number for number, reason in enumerate(reasons, 1)}


def _cell(measured: Measured | None, notes: dict[str, int], language: Language) -> str:
    if measured is None:
        return "–"
    if measured.reason:
        return f"– [{notes[measured.reason]}]"
    return shown_figure(measured.figure, language, as_percent=measured.coefficient is Coefficient.PERCENT)


def _name(one: Agreement, report: SessionReport, language: Language) -> str:
    if not one.criterion_id:
        return word("whole_form", language)
    title = report.titles.get(one.criterion_id)
    return title.said_in(language) if title else one.criterion_id


def _table(language: Language, *columns: str) -> Table:
    table = Table()
    for name in columns:
        table.add_column(word(name, language))
    return table
