"""What the pages of calibration sessions show beside the session itself: words, the plot, the table as CSV."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.presentation import number, percent
from qm.csv_text import csv_text
from qm.domain.agreement import Agreement, Coefficient, Measured, Pair
from qm.domain.evaluation import Answer
from qm.domain.text import Language, Text
from qm.errors import InputError
from qm.services.calibration import GivenAnswer
from qm.services.calibration_views import Disagreement, SessionReport, SheetLine
from qm.wording_calibration import calibration_word as word
from qm.wording_calibration import shown_figure

ON_ANSWERS = (Coefficient.PERCENT, Coefficient.AC1, Coefficient.KAPPA, Coefficient.ALPHA)
ON_SCORES = (Coefficient.ICC, Coefficient.WEIGHTED_KAPPA, Coefficient.SCORE_ALPHA)
CSV_COLUMNS = (
    "criterion_id", "title", "pair", "contacts", "met", "met_n", "coefficient", "value", "lo", "hi", "n", "reason",
)  # fmt: skip
ANSWER, NOTE = "answer:", "note:"
"""What the names of a sheet's fields begin with; the criterion's id follows."""


def words(language: Language, zone: str) -> dict[str, Any]:
    """Functions that the templates use, in the reader's language."""
    return {
        "cal": lambda key: word(key, language),
        "figure": lambda measured: figure_text(measured, language),
        "local": lambda moment: moment.astimezone(ZoneInfo(zone)),
        "by_criterion": by_criterion,
        "on_answers": ON_ANSWERS,
        "on_scores": ON_SCORES,
        "pairs": tuple(Pair),
        "answers": tuple(Answer),
    }


def by_criterion(found: Sequence[Disagreement]) -> list[tuple[str, list[Disagreement]]]:
    """Disagreements by criterion, in the form's order, in which they come."""
    return [(criterion, list(items)) for criterion, items in groupby(found, key=lambda one: one.criterion_id)]


def figure_text(measured: Measured | None, language: Language) -> str:
    """A coefficient as people read it; why there is none where it has no value."""
    if measured is None:
        return "–"
    if measured.reason:
        return word(f"unsaid.{measured.reason}", language)
    return shown_figure(measured.figure, language, as_percent=measured.coefficient is Coefficient.PERCENT)


def agreement_plot(report: SessionReport, pair: Pair, coefficient: Coefficient, language: Language) -> Intervals | None:
    """The whole form and each criterion, with intervals; `None` where nothing has a value."""
    rows = [
        IntervalRow(
            title_of(one, report.titles, language), measured.figure,
            "–" if measured.reason else figure_text(measured, language), is_quiet=not one.criterion_id,
        )
        for one in report.agreements
        if one.pair is pair and (measured := one.of(coefficient))
    ]  # fmt: skip
    lows = [row.figure.lo for row in rows if row.figure.lo is not None]

    def mark(value: float) -> str:
        return percent(value, language) if coefficient is Coefficient.PERCENT else number(value, language, 1)

    return interval_plot(rows, mark, low=min([0.0, *lows]), high=1.0)


def title_of(one: Agreement, titles: Mapping[str, Text], language: Language) -> str:
    """The criterion's title, or that it's the whole form."""
    if not one.criterion_id:
        return word("whole_form", language)
    title = titles.get(one.criterion_id)
    return title.said_in(language) if title else one.criterion_id


def agreement_csv(report: SessionReport, language: Language) -> str:
    """A line a criterion, pair and coefficient."""
    rows: list[Sequence[object]] = []
    for one in report.agreements:
        about = (one.criterion_id, title_of(one, report.titles, language), one.pair.value, one.contacts,
                 one.met.hits, one.met.n)  # fmt: skip
        for measured in one.measured:
            figure = measured.figure
            ends = ["" if end is None else end for end in (figure.value, figure.lo, figure.hi)]
            rows.append((*about, measured.coefficient.value, *ends, figure.n, measured.reason or ""))
    return csv_text(CSV_COLUMNS, rows)


def given_answers(contact_id: str, fields: Mapping[str, str]) -> list[GivenAnswer]:
    """The answers as the page's form sends them; questions left open are left out.

    Raises:
        InputError: an answer that is none.
    """
    found = []
    for name, value in fields.items():
        if name.startswith(ANSWER) and value:
            criterion = name.removeprefix(ANSWER)
            found.append(GivenAnswer(contact_id, criterion, _answer(value), fields.get(NOTE + criterion, "").strip()))
    return found


def _answer(text: str) -> Answer:
    try:
        return Answer(text)
    except ValueError:
        message = f"'{text[:60]}' is none of met, not_met, not_applicable, cannot_tell"
        raise InputError("calibration.bad_answer", message, "choose one of the four") from None


def next_contact(lines: Sequence[SheetLine], after: str) -> str:
    """The next contact with an open question, after this one first; empty where everything is answered."""
    ids = list(dict.fromkeys(line.contact_id for line in lines))
    waiting = {line.contact_id for line in lines if line.answer is None}
    start = ids.index(after) + 1 if after in ids else 0
    return next((one for one in [*ids[start:], *ids[:start]] if one in waiting), "")
