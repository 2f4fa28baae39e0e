"""Commands about surveys: what came in, whom they go to, what they say; and the site's plan for them."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from pipelines.commands.context import CommandContext, emit_json
from pipelines.files.survey_file import read_surveys
from pipelines.reports import survey_tables
from pipelines.reports.labels import label
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError
from qm.services.survey_csv import draw_csv, report_csv
from qm.services.survey_reports import ReportWish

survey = typer.Typer(no_args_is_help=True, help="Survey answers.")
voc = typer.Typer(no_args_is_help=True, help="The site's plan for the voice of the customer.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(survey, name="survey")
    app.add_typer(voc, name="voc")


@survey.command("import")
def import_survey(file: Annotated[Path, typer.Argument(help="A survey file; see docs/formats.md.")]) -> None:
    """Take in survey answers and link them to their contacts."""
    context = CommandContext.open()
    context.wiring.database.upgrade()
    responses, faults = read_surveys(file, str(file), context.wiring.plan.scales)
    counts = context.wiring.surveys.take_in(responses)
    links = context.wiring.surveys.link_all()
    context.wiring.cases.open_all()
    context.wiring.coaching_picker.refresh()
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


@survey.command("draw")
def draw_survey(
    day: Annotated[str, typer.Option(help="The day of contacts, 2026-11-20; see QM_VOC for when a day begins.")],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Draw which customers of a day are asked; the same day again gives the same list, late contacts join it."""
    _check(as_json=as_json, as_csv=as_csv)
    context = CommandContext.open()
    found = context.wiring.survey_draws.draw(read_day(day), datetime.now(UTC))
    if as_json:
        emit_json(found)
    elif as_csv:
        print(draw_csv(found), end="")
    else:
        survey_tables.print_draw(context.out, found, context.language)


@survey.command("report")
def report_survey(
    since: Annotated[
        str, typer.Option(help="First day of contacts, 2026-11-01; from the first one if not given.")
    ] = "",
    until: Annotated[str, typer.Option(help="Last day of contacts.")] = "",
    by: Annotated[str, typer.Option(help="process, team, agent, channel or week.")] = "process",
    process: Annotated[str, typer.Option(help="Only contacts of this process.")] = "",
    team: Annotated[str, typer.Option(help="Only contacts of this team.")] = "",
    step: Annotated[str, typer.Option(help="Of the time line: day, week or month.")] = "",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Tell NPS, satisfaction and every other scale with intervals and targets, by group and over time."""
    _check(as_json=as_json, as_csv=as_csv)
    context = CommandContext.open()
    first, last = (read_day(text) if text else None for text in (since, until))
    report = context.wiring.survey_reports.report(ReportWish(first, last, by, process, team, step))
    if as_json:
        emit_json(report)
    elif as_csv:
        print(report_csv(report), end="")
    else:
        survey_tables.print_report(context.out, report, context.language)


@voc.command("plan")
def show_plan(as_json: AsJson = False) -> None:
    """Show the plan in force: scales, day, sampling, targets, milestones; every fault of its file otherwise."""
    context = CommandContext.open()
    if as_json:
        print(TypeAdapter(VocPlan).dump_json(context.wiring.plan).decode())
    else:
        survey_tables.print_plan(context.out, context.wiring.plan, context.language)


@voc.callback()
def _voc() -> None:
    """The site's plan for the voice of the customer."""


def read_day(text: str) -> date:
    """A date as commands take it.

    Raises:
        InputError: it isn't one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("survey.bad_day", f"'{text}' isn't a day", "write 2026-11-20") from None


def _check(*, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise InputError("survey.two_forms", "--json and --csv exclude each other", "give one of them")
