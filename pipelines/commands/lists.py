"""Commands about lists: `coaching`, `survey`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.files.survey_file import read_surveys
from pipelines.reports import day_tables
from pipelines.reports.labels import label
from qm.errors import InputError

coaching = typer.Typer(no_args_is_help=True, help="Coaching lists.")
survey = typer.Typer(no_args_is_help=True, help="Survey answers.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(coaching, name="coaching")
    app.add_typer(survey, name="survey")


@coaching.command("list")
def list_coaching(
    supervisor: Annotated[str, typer.Option(help="Only the agents whom this supervisor (or team) leads.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")] = False,
) -> None:
    """Print who to talk to about what, with the seconds to listen to."""
    context = CommandContext.open()
    if as_json and as_csv:
        raise InputError("coaching.two_forms", "--json and --csv exclude each other", "give one of them")
    rows = context.wiring.coaching.read(supervisor)
    context.wiring.audit.look("quotes.viewed", "list", "coaching")
    if as_json:
        emit_json(rows)
    elif as_csv:
        print(day_tables.coaching_csv(rows, context.language), end="")
    else:
        day_tables.print_coaching(context.out, rows, context.language)


@coaching.callback()
def _coaching() -> None:
    """Coaching lists."""


@survey.command("import")
def import_survey(file: Annotated[Path, typer.Argument(help="A survey file; see docs/formats.md.")]) -> None:
    """Take in survey answers and link them to their contacts."""
    context = CommandContext.open()
    context.wiring.database.upgrade()
    responses, faults = read_surveys(file, str(file), context.wiring.plan.scales)
    counts = context.wiring.surveys.take_in(responses)
    links = context.wiring.surveys.link_all()
    context.wiring.cases.open_all()
    context.wiring.coaching.refresh()
    for fault in faults:
        print(fault, file=sys.stderr)
    linked = sum(bool(link.contact_id) for link in links)
    told = {"n": len(responses), **vars(counts), "linked": linked, "all": len(links)}
    context.out.print(label("imported", context.language, **told))
    if faults:
        raise typer.Exit(1)


@survey.callback()
def _survey() -> None:
    """Survey answers."""
