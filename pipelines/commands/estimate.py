"""`qm estimate`: satisfaction of customers whom nobody asked, by day, group and contact."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from qm.errors import StorageError

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("estimate")(estimate)


def estimate(
    day: Day = None,
    since: Day = None,
    scale: Annotated[str, typer.Option(help="Whose satisfied customers: a scale of the plan.")] = "satisfaction",
    contacts: Annotated[
        Path | None, typer.Option(help="Also write each unanswered contact's probability there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Estimate a day's satisfied customers from contact data (the last finished one by default), tested on the past."""
    from pipelines.reports.estimate_tables import print_estimate
    from qm.csv_text import csv_text
    from qm.services.estimates import EstimateRequest
    from qm.wording_estimates import estimate_word

    context = CommandContext.open()
    request = EstimateRequest(day.date() if day else None, since.date() if since else None, scale)
    report, estimates = context.wiring.estimates.compute(request, datetime.now(UTC))
    if contacts:
        rows = ((one.contact_id, one.probability, one.lo, one.hi) for one in estimates)
        try:
            contacts.write_text(csv_text(("contact_id", "probability", "lo", "hi"), rows), encoding="utf-8", newline="")
        except OSError as error:
            raise StorageError("output.failed", f"{contacts}: {error.strerror}", "give another file") from error
    if as_json:
        emit_json(report)
        return
    print_estimate(context.out, report, context.wiring.plan, context.language)
    if contacts:
        context.out.print(estimate_word("written", context.language, n=len(estimates), file=contacts))
