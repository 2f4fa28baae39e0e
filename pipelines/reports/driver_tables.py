"""Drivers on the terminal: sentences of what leads, a table a kind, and what can't be said."""

from rich.console import Console
from rich.table import Table

from qm.domain.drivers import DriverKind, DriverReport, Effect
from qm.domain.text import Language
from qm.wording_drivers import (
    LABELS,
    REFUSALS,
    VERDICTS,
    interval,
    sentence,
    share_of,
    signed,
    whole,
    why,
)

HEADINGS = {DriverKind.HISTORY: "history", DriverKind.CRITERION: "criteria", DriverKind.MEASURE: "measures"}


def print_drivers(out: Console, report: DriverReport, language: Language) -> None:
    """Print a report."""

    def label(key: str) -> str:
        return LABELS[key].said_in(language)

    drivers = report.drivers
    out.print(f"{label('heading')}: {report.scale_title.said_in(language)}, {report.form_title.said_in(language)}")
    out.print(f"{label('answers')}: {share_of(drivers.satisfied, language)}, {drivers.agents} {label('agents')}")
    if drivers.refused:
        out.print(REFUSALS[drivers.refused].said_in(language))
    for effect in report.leading:
        out.print("- " + sentence(effect, report.titles[effect.key], language))
    if not drivers.is_joint:
        out.print(label("alone"))
    for kind, heading in HEADINGS.items():
        if effects := drivers.of_kind(kind):
            out.print(_table(label(heading), effects, report, language))
    for group in drivers.alike:
        names = "; ".join(report.titles[key].said_in(language) for key in group)
        out.print(f"{label('alike')}: {names}")
    if drivers.left_out:
        out.print(label("left_out") + ":")
    for one in drivers.left_out:
        out.print(f"- {report.titles[one.key].said_in(language)}: {why(one, report.titles, language)}")
    out.print(label("association"))


def _table(heading: str, effects: tuple[Effect, ...], report: DriverReport, language: Language) -> Table:
    table = Table(title=heading, title_justify="left")
    table.add_column(LABELS["predictor"].said_in(language))
    for key in ("points", "contacts", "importance"):
        table.add_column(LABELS[key].said_in(language), justify="right")
    table.add_column(LABELS["verdict"].said_in(language))
    for effect in effects:
        share = effect.importance.value
        shown = "–" if share is None else signed(100 * share, language).lstrip("+") + " %"
        table.add_row(
            report.titles[effect.key].said_in(language), interval(effect, language), whole(effect.points.n, language),
            shown, VERDICTS[effect.verdict].said_in(language),
        )  # fmt: skip
    return table
