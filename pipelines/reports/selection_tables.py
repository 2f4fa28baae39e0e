"""Who answers surveys, on the terminal: headline figures, response rates, the check of asked contacts."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from pipelines.reports.survey_tables import number
from qm.domain.figures import Figure
from qm.domain.selection import Headline, ResponseTable, SelectionReport
from qm.domain.text import Language
from qm.domain.voc_plan import VocPlan
from qm.wording_features import feature_name
from qm.wording_selection import bounds_text, headline_title, mark_text, selection_word, shown_scale

Word = Callable[..., str]


def print_selection(out: Console, report: SelectionReport, plan: VocPlan, language: Language) -> None:
    """What must be said first, then the figures in three ways, rates by group, and whose asked contacts differ."""

    def word(key: str, **values: object) -> str:
        return selection_word(key, language, **values)

    for statement in report.statements:
        out.print(word(f"says.{statement}", n=report.unlinked))
    if report.uncovered:
        out.print(word("says.uncovered", n=report.uncovered))
    counts = ("contacts", report.contacts), ("invited", report.invited), ("answered", report.answered)
    out.print(", ".join(f"{count} {word(key)}" for key, count in counts))
    if report.headlines:
        out.print(_headlines(report, plan, language, word))
    for mark in report.marks:
        out.print(mark_text(mark, plan, language))
    if not report.reason:
        effective = number(report.effective_n, 0, language)
        out.print(word("weights", n=report.trimmed.n, effective=effective, cut=report.trimmed.hits))
    if report.invited:
        for table in report.rates:
            if table.dimension not in ("agent", "hour"):  # the page and the JSON have these long ones
                _print_rates(out, table, language, word)
    _print_gaming(out, report, language, word)


def _headlines(report: SelectionReport, plan: VocPlan, language: Language, word: Word) -> Table:
    table = Table(word("figure"))
    for key in ("raw", "weighted", "among_invited", "among_all"):
        table.add_column(word(key), justify="right")
    for one in report.headlines:
        if one.dimension == "all":
            table.add_row(headline_title(one.id, plan, language), *_cells(one, language, word))
    return table


def _cells(one: Headline, language: Language, word: Word) -> list[str]:
    factor, digits = shown_scale(one)

    def shown(value: float) -> str:
        return number(value, digits, language)

    def figure(what: Figure) -> str:
        if what.value is None or what.lo is None or what.hi is None:
            return word("untold", n=what.n)
        return f"{shown(what.value * factor)} [{shown(what.lo * factor)}; {shown(what.hi * factor)}] ({what.n})"

    bounds = (one.among_invited, one.among_all)
    return [figure(one.raw), figure(one.weighted), *(bounds_text(bound, factor, shown) for bound in bounds)]


def _print_rates(out: Console, rates: ResponseTable, language: Language, word: Word) -> None:
    table = Table(feature_name(rates.dimension, language))
    for key in ("contacts", "invited", "started", "answered", "rate"):
        table.add_column(word(key), justify="right")
    for group in rates.groups:
        counts = [str(count) for count in (group.contacts, group.invited, group.started, group.answered)]
        table.add_row(group.name or "–", *counts, _percent(group.rate, language, word))
    out.print(table)
    if rates.p is not None:
        out.print(word("differs" if rates.p <= 0.05 else "no_difference"))


def _percent(rate: Figure, language: Language, word: Word) -> str:
    if rate.value is None or rate.lo is None or rate.hi is None:
        return word("untold", n=rate.n)
    value, lo, hi = (number(100 * part, 1, language) for part in (rate.value, rate.lo, rate.hi))
    return f"{value} % [{lo}; {hi}]"


def _print_gaming(out: Console, report: SelectionReport, language: Language, word: Word) -> None:
    out.print(word("gaming"), style="bold")
    gaming = report.gaming
    if gaming.reason:
        out.print(word(f"gaming.{gaming.reason}"))
        return
    named = [check for check in gaming.agents if check.differs]
    told = [check for check in gaming.agents if check.p is not None]
    out.print(word("gaming.look") if named else word("gaming.nobody", n=len(told)))
    for check in named:
        out.print(f"  {check.agent_name} ({check.agent_id}), {check.asked} + {check.others}")
        for one in check.differences:
            values = {"asked": number(one.asked, 2, language), "others": number(one.others, 2, language)}
            out.print("    " + word("asked_is", name=feature_name(one.name, language), **values))
    if untold := len(gaming.agents) - len(told):
        out.print(word("gaming.untold", n=untold))
