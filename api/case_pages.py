"""What the pages of detractor cases need beside their view objects: words, plots, forms read."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from api.charts_cases import age_bars
from api.charts_intervals import IntervalRow, interval_plot
from api.presentation import number, percent
from api.texts_cases import WORDS
from qm.analysis.voc.change_case import ANSWERS, CHANNELS
from qm.csv_text import csv_text
from qm.domain.case import Outcome
from qm.domain.case_plan import CasePlan
from qm.domain.case_report import CaseReport, Part
from qm.domain.figures import Figure
from qm.domain.people import Person
from qm.domain.text import Language
from qm.errors import InputError
from qm.services.case_steps import Step
from qm.wording_cases import case_word, hours_text, moment_text, part_text, scale_word, tell_change

FIELDS = (
    "note", "to", "channel", "attempt_at", "appointment_at", "cause", "remedy", "outcome", "answer", "score",
)  # fmt: skip
"""Fields of the one form of a case's page."""
REPORT_COLUMNS = ("part", "name", "hits", "n", "share", "lo", "hi")


def words(language: Language, plan: CasePlan) -> dict[str, Any]:
    """Functions and lists that the templates use, in the reader's language."""
    return {
        "case_word": lambda key: case_word(key, language),
        "left": lambda row: hours_text(
            row.hours_left, plan.calendar.day_h, is_overdue=row.is_overdue, language=language
        ),
        "moment": lambda at: moment_text(at, plan.calendar.zone),
        "tell": lambda change: tell_change(change, plan, language),
        "part": lambda part: part_text(part, language),
        "hours": lambda figure: _hours(figure, language),
        "meaning_of": lambda error: _meaning(error, language),
        "scale_name": lambda scale: scale_word(scale, language),
        "channels": CHANNELS,
        "answers": ANSWERS,
        "outcomes": tuple(outcome.value for outcome in Outcome),
        "plan": plan,
    }


def report_plots(report: CaseReport, language: Language) -> dict[str, Any]:
    """The plots of the report; a plot that has nothing to show is `None`."""
    rows = [
        IntervalRow(
            cause.title.said_in(language) if cause.title else cause.id, cause.part.figure,
            part_text(cause.part, language),
        )
        for cause in report.causes
    ]  # fmt: skip
    highest = max((row.figure.hi for row in rows if row.figure.hi is not None), default=1.0)
    high = math.ceil(10 * highest) / 10
    causes = interval_plot(rows, lambda share: percent(share, language), low=0.0, high=high, zero=None)
    return {"causes_plot": causes, "age_plot": age_bars(report.ages)}


def report_csv(report: CaseReport) -> str:
    """The report's counts as CSV, a line each."""
    return csv_text(REPORT_COLUMNS, _report_rows(report))


def _report_rows(report: CaseReport) -> Iterator[list[object]]:
    for team in (report.whole, *report.teams):
        name = "everybody" if team is report.whole else f"team: {team.team}"
        yield ["opened", name, team.opened, "", "", "", ""]
        yield ["closed", name, team.closed, team.opened, "", "", ""]
        for kind in ("reached", "recovered", "attempt_kept", "close_kept"):
            yield [kind, name, *_cells(getattr(team, kind))]
    for cause in report.causes:
        yield ["cause", cause.id, *_cells(cause.part)]
    for side, part in report.sides.items():
        yield ["side", side, *_cells(part)]
    for group in report.ages:
        high = f"{group.high_h:g}" if group.high_h is not None else ""
        yield ["overdue at age (h)", f"{group.low_h:g}-{high}", group.overdue.hits, group.overdue.n, "", "", ""]
    for kind, counts in (("outcome", report.outcomes), ("answer", report.answers)):
        for name, hits in counts.items():
            yield [kind, name, hits, report.opened, "", "", ""]


def _cells(part: Part) -> list[object]:
    figure = part.figure
    return [part.count.hits, part.count.n, *("" if v is None else v for v in (figure.value, figure.lo, figure.hi))]


def filled_step(name: str, fields: Mapping[str, str], person: Person) -> Step:
    """The step as the page's one form sends it, by whoever is signed in.

    Raises:
        InputError: a version, time or score that can't be read.
    """
    return Step(
        who=person.shown, actor=person.login, note=fields.get("note", ""), seen=_version(fields.get("version", "")),
        to=fields.get("to", ""), at=_moment(fields.get(f"{name}_at", "")), channel=fields.get("channel", "phone"),
        reached=fields.get("reached") == "yes", cause=fields.get("cause", ""), remedy=fields.get("remedy", ""),
        outcome=fields.get("outcome", ""), answer=fields.get("answer", ""), score=_score(fields.get("score", "")),
    )  # fmt: skip


def _version(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        message = "the form doesn't say which version it was made from"
        raise InputError("case.no_version", message, "open the page again")
    return int(text)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("case.bad_time", f"'{text[:60]}' isn't a time", "write 2026-11-23T09:30") from None


def _score(text: str) -> float | None:
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError:
        raise InputError("case.bad_score", f"'{text[:60]}' isn't a score", "a number from 0 to 10") from None


def _meaning(error: InputError, language: Language) -> str:
    """The error in the reader's language; its own English words where it has no wording."""
    text = WORDS.get(f"cases.error.{error.code}")
    return text.said_in(language) if text else f"{error.message} ({error.hint})"


def _hours(figure: Figure, language: Language) -> str:
    if figure.value is None:
        return f"n {figure.n}"
    lo, hi = number(figure.lo, language, 1), number(figure.hi, language, 1)
    return f"{number(figure.value, language, 1)} h ({lo}…{hi}), n {figure.n}"


def address_of(case_id: str) -> str:
    """The page of a case."""
    return f"/cases/{quote(case_id, safe='')}"
