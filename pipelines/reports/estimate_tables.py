"""Estimated satisfaction on the terminal: the day, how such estimates did, groups."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from pipelines.reports.survey_tables import number
from qm.domain.estimate import BackTest, EstimateReport, GroupTable
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.domain.voc_plan import VocPlan
from qm.wording_estimates import estimate_word
from qm.wording_features import feature_name
from qm.wording_selection import mark_text

Word = Callable[..., str]
SHOWN_GROUPS = 40


def print_estimate(out: Console, report: EstimateReport, plan: VocPlan, language: Language) -> None:
    """The day's estimate or why there is none, the back-test and its alarm, then groups."""

    def word(key: str, **values: object) -> str:
        return estimate_word(key, language, **values)

    today = report.today
    out.print(word("today", day=report.day), style="bold", end=" ")
    out.print(_points(today.estimate, language, word) if not today.reason else "–")
    out.print(word("basis", n=today.contacts, learned=today.learned_from))
    if report.mark:
        out.print(mark_text(report.mark, plan, language))
    if today.reason:
        out.print(word(f"reason.{today.reason}", n=today.contacts, least=report.min_n))
    if report.test.beats_average is False:
        out.print(word("test.no_better"), style="bold")
    _print_test(out, report.test, language, word)
    if report.reason:
        out.print(word(f"reason.{report.reason}"))
    _print_trust(out, report, language, word)
    for table in report.groups:
        out.print(_groups(table, language, word))
    if report.groups and report.agent_spread is None:
        out.print(word("agents_untold"))
    if report.left_out:
        names = dict.fromkeys(feature_name(name, language) for name in report.left_out)
        out.print(word("left_out", names=", ".join(names)), style="dim")


def _print_test(out: Console, test: BackTest, language: Language, word: Word) -> None:
    if test.error is not None and test.naive_error is not None and test.chance_error is not None:
        out.print(word("test"), style="bold")
        rows = ("error", test.error), ("naive", test.naive_error), ("chance", test.chance_error)
        out.print(f"  {word('test.days')}: {test.days}")
        for key, value in rows:
            out.print(f"  {word(f'test.{key}')}: {number(100 * value, 1, language)}")
        out.print(f"  {word('test.bias')}: {_points(test.bias, language, word)}")
        lo, hi = (number(100 * end, 0, language) for end in test.coverage)
        if test.covered.n:
            share = f"{test.covered.hits} / {test.covered.n} ({lo}…{hi} %)"
            out.print(f"  {word('test.covered')}: {share}")
        if test.without_interval:
            out.print("  " + word("test.without", n=test.without_interval))
    drift = test.drift
    points = "" if drift.points is None else number(abs(100 * drift.points), 1, language)
    out.print(word(f"drift.{drift.state}", days=drift.days, since=drift.since, points=points))


def _print_trust(out: Console, report: EstimateReport, language: Language, word: Word) -> None:
    trust = report.trust
    if trust is None or trust.auc.value is None or trust.auc.lo is None or trust.auc.hi is None:
        return
    auc = {key: number(100 * value, 0, language)
           for key, value in (("value", trust.auc.value), ("lo", trust.auc.lo), ("hi", trust.auc.hi))}  # fmt: skip
    out.print(word("auc", **auc))


def _groups(table: GroupTable, language: Language, word: Word) -> Table:
    shown = Table(feature_name(table.dimension, language))
    for key in ("contacts", "answered", "estimate"):
        shown.add_column(word(key), justify="right")
    for group in table.groups[:SHOWN_GROUPS]:
        name = feature_name("all", language) if table.dimension == "all" else group.name
        shown.add_row(name, str(group.contacts), str(group.answered), _points(group.estimate, language, word))
    return shown


def _points(figure: Figure, language: Language, word: Word) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return word("small", n=figure.n)
    value, lo, hi = (number(100 * part, 1, language) for part in (figure.value, figure.lo, figure.hi))
    return f"{value} [{lo}; {hi}]"
