"""`qm survey bias`: who answers surveys, and what that does to the figures."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.commands.context import CommandContext, emit_json
from qm.errors import InputError

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]


def register(survey: typer.Typer) -> None:
    """Add this command to `qm survey`."""
    survey.command("bias")(bias)


def bias(
    since: Day = None,
    until: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the figures as CSV for a spreadsheet.")] = False,
) -> None:
    """Every figure as answered, weighted and at worst, over contacts from --since to the day before --until."""
    from pipelines.reports.selection_tables import print_selection
    from qm.services.selection_csv import headlines_csv

    context = CommandContext.open()
    if as_json and as_csv:
        raise InputError("selection.two_forms", "--json and --csv exclude each other", "give one of them")
    if since and until and since >= until:
        message = f"{since:%Y-%m-%d} isn't before {until:%Y-%m-%d}"
        raise InputError("selection.period", message, "--until is the day after the last")
    zone = ZoneInfo(context.wiring.plan.window.zone)
    begin, end = (day.replace(tzinfo=zone) if day else None for day in (since, until))
    report = context.wiring.selection.compute(begin, end, datetime.now(UTC))
    if as_json:
        emit_json(report)
    elif as_csv:
        print(headlines_csv(report), end="")
    else:
        print_selection(context.out, report, context.wiring.plan, context.language)
