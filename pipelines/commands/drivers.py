"""`qm drivers`: what goes with satisfied customers, and by how much."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.commands.context import CommandContext, emit_json
from qm.errors import InputError
from qm.services.drivers import DriverRequest

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("drivers")(drivers)


def drivers(
    form: Annotated[str, typer.Option(help="Id of a form; the one that scored most where not given.")] = "",
    scale: Annotated[str, typer.Option(help="Scale of the survey.")] = "satisfaction",
    since: Day = None,
    until: Day = None,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", help="A predictor not to look at (`resolved`); repeatable.")
    ] = None,
    margin: Annotated[float, typer.Option(min=0.1, max=50, help="Points within which an effect moves nothing.")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")] = False,
) -> None:
    """Which questions, history and measures move satisfaction, by how much, and which move nothing so far."""
    from pipelines.reports.driver_tables import print_drivers
    from qm.services.driver_export import drivers_csv

    context = CommandContext.open()
    if as_json and as_csv:
        raise InputError("drivers.two_forms", "--json and --csv exclude each other", "give one of them")
    if since and until and since >= until:
        message = f"{since:%Y-%m-%d} isn't before {until:%Y-%m-%d}"
        raise InputError("drivers.period", message, "--until is the day after the last")
    zone = ZoneInfo(context.wiring.plan.window.zone)
    begin, end = (day.replace(tzinfo=zone) if day else None for day in (since, until))
    request = DriverRequest(scale, form, begin, end, tuple(leave_out or ()), margin)
    report = context.wiring.drivers.compute(request, datetime.now(UTC))
    if as_json:
        emit_json(report)
    elif as_csv:
        print(drivers_csv(report, context.language), end="")
    else:
        print_drivers(context.out, report, context.language)
