"""Commands about raters, scores and customers: `calibrate raters`, `calibrate map`, `calibrate plan`."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json

Form = Annotated[str, typer.Option(help="Only this form; all in force where none is given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Session = Annotated[list[str] | None, typer.Option(help="Only these sessions; all that are over where none is named.")]
HalfWidth = Annotated[float, typer.Option(help="Wanted precision of an agent's mean score, in points of 100.")]
Phi = Annotated[float, typer.Option(help="Wanted phi of an agent's mean score, below 1.")]


def register(calibrate: typer.Typer) -> None:
    """Add these commands."""
    calibrate.command("raters")(raters)
    calibrate.command("map")(map_scores)
    calibrate.command("plan")(plan)


def raters(form: Form = "", session: Session = None, as_json: AsJson = False) -> None:
    """How severe each rater is, how difficult each question, and whether that changes over time."""
    from pipelines.reports.study_tables import print_raters

    context = CommandContext.open()
    context.wiring.database.upgrade()
    reports = context.wiring.rater_study.study(form, sessions=session or ())
    if as_json:
        emit_json(reports)
        return
    told = [report for report in reports if report.study.answers]
    for report in told or reports[:1]:
        print_raters(context.out, report, context.language)


def map_scores(
    form: Form = "",
    scale: Annotated[str, typer.Option(help="The survey's question that says who is satisfied.")] = "satisfaction",
    as_json: AsJson = False,
) -> None:
    """Do contacts with a high score satisfy: the map from score to probability, or why there is none."""
    from pipelines.reports.study_tables import print_map

    context = CommandContext.open()
    context.wiring.database.upgrade()
    reports = context.wiring.rater_study.map_scores(form, scale)
    if as_json:
        emit_json(reports)
        return
    told = [report for report in reports if report.map.satisfied.n]
    for report in told or reports[:1]:
        print_map(context.out, report, context.language)


def plan(form: Form = "", half_width: HalfWidth = 5.0, phi: Phi = 0.8, as_json: AsJson = False) -> None:
    """How many contacts, shared among how many analysts, an agent's figure needs."""
    from pipelines.reports.study_tables import print_plan

    context = CommandContext.open()
    context.wiring.database.upgrade()
    reports = context.wiring.rater_study.study(form, half_width, phi)
    if as_json:
        emit_json({report.form_id: report.plan for report in reports})
        return
    told = [report for report in reports if report.plan.rows]
    for report in told or reports[:1]:
        print_plan(context.out, report.form_id, report.plan, context.language)
