"""Commands about calibration sessions: `calibrate`."""

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.commands.context import CommandContext, emit_json
from qm.domain.calibration import Purpose
from qm.errors import InputError
from qm.wording_calibration import calibration_word

if TYPE_CHECKING:
    from qm.services.calibration_views import SessionRow

calibrate = typer.Typer(no_args_is_help=True, help="Calibration: do analysts and machine answer alike?")
SessionId = Annotated[str, typer.Argument(metavar="SESSION", help="A session, as `qm calibrate list` names it.")]
Rater = Annotated[str, typer.Option(help="Who answers, as named when the session was opened.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LEFT_OUT = 1


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(calibrate, name="calibrate")


@calibrate.command("open")
def open_session(
    form: Annotated[str, typer.Option(help="The form to calibrate.")],
    rater: Annotated[list[str], typer.Option(help="Who scores; give it once for each person.")],
    due: Annotated[str, typer.Option(help="Answers are taken to the end of that day, or until a moment with offset.")],
    purpose: Annotated[Purpose, typer.Option(help="What the contacts are drawn for.")] = Purpose.RANDOM,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Contacts to draw.")] = 30,
    expert: Annotated[str, typer.Option(help="Whose answers are the key; nobody: the raters' majority.")] = "",
    title: Annotated[str, typer.Option(help="A name for the list.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of the draw; the same seed draws the same contacts.")] = 1,
    since: Annotated[str, typer.Option(help="Only contacts that began then or later.")] = "",
    until: Annotated[str, typer.Option(help="Only contacts that began before.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw contacts for people and machine to score blind."""
    from qm.services.calibration import Wanted

    context = CommandContext.open()
    context.wiring.database.upgrade()
    wanted = Wanted(
        form, purpose, size, tuple(rater), _due(due, context.wiring.plan.window.zone), expert, title, seed,
        _moment("since", since) if since else None, _moment("until", until) if until else None,
    )  # fmt: skip
    session = context.wiring.calibration.open(wanted)
    if as_json:
        emit_json(session)
        return
    line = calibration_word("opened", context.language)
    questions = len(session.contacts) * len(session.criteria)
    due_at = f"{session.due_at:%Y-%m-%d %H:%M %Z}"
    context.out.print(line.format(id=session.id, n=len(session.contacts), questions=questions, due=due_at))


@calibrate.command("list")
def list_sessions(as_json: AsJson = False) -> None:
    """Print the sessions and how far their raters are; nothing of what they answered."""
    from pipelines.reports.calibration_tables import print_sessions

    context = CommandContext.open()
    rows = context.wiring.calibration.rows()
    if as_json:
        emit_json(list(rows))
    else:
        print_sessions(context.out, rows, context.language)


@calibrate.command("sheet")
def print_sheet(
    session: SessionId, rater: Rater,
    out: Annotated[Path | None, typer.Option(help="Write it there; not given: to the terminal.")] = None,
) -> None:  # fmt: skip
    """Print a rater's sheet as CSV, with this rater's own answers only; `answer` and `note` are to be filled in."""
    from pipelines.files.calibration_file import sheet_csv

    context = CommandContext.open()
    text = sheet_csv(context.wiring.calibration.sheet(session, rater), context.language)
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text("\ufeff" + text, encoding="utf-8", newline="")  # the mark tells spreadsheets that it's UTF-8
    except OSError as error:
        raise InputError("file.unwritable", f"{out}: {error.strerror}", "give another file") from error


@calibrate.command("submit")
def submit_sheet(
    session: SessionId, file: Annotated[Path, typer.Argument(help="The sheet with its answers.")], rater: Rater,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Hand in a rater's answers; of the contacts that they are about, they replace what was there."""
    from pipelines.files.calibration_file import read_sheet

    context = CommandContext.open()
    service = context.wiring.calibration
    answers, faults = read_sheet(file, str(file), service.session(session))
    row = service.submit(session, rater, answers)
    for fault in faults:
        print(fault, file=sys.stderr)
    if as_json:
        emit_json(row)
    else:
        _tell_progress(context, row, rater)
    if faults:
        raise typer.Exit(LEFT_OUT)


@calibrate.command("close")
def close_session(session: SessionId, as_json: AsJson = False) -> None:
    """Take no more answers and print what was found."""
    _show(session, as_json=as_json, close=True)


@calibrate.command("report")
def report_session(
    session: Annotated[str, typer.Argument(metavar="[SESSION]", help="As `qm calibrate list` names it.")] = "",
    from_labels: Annotated[Path | None, typer.Option(help="In its place: a CSV of labels, as for training.")] = None,
    form: Annotated[str, typer.Option(help="With labels: the form that they are about.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print what a session found, once it's closed or its deadline is past; or machine against labels."""
    if bool(session) == (from_labels is not None):
        hint = "give one of them, with labels also --form"
        raise InputError("calibration.two_sources", "a session and --from-labels exclude each other", hint)
    if from_labels is None:
        _show(session, as_json=as_json, close=False)
    else:
        _show_labels(from_labels, form, as_json=as_json)


def _show(session: str, *, as_json: bool, close: bool) -> None:
    from pipelines.reports.calibration_tables import print_report

    context = CommandContext.open()
    service = context.wiring.calibration
    report = service.close(session) if close else service.report(session)
    if as_json:
        emit_json(report)
    else:
        print_report(context.out, report, context.language)


def _show_labels(file: Path, form: str, *, as_json: bool) -> None:
    from pipelines.files.label_file import read_labels
    from pipelines.reports.calibration_tables import print_report

    context = CommandContext.open()
    labels, faults = read_labels(file, str(file))
    report = context.wiring.calibration.report_labels(form, labels)
    for fault in faults:
        print(fault, file=sys.stderr)
    if as_json:
        emit_json(report)
    else:
        print_report(context.out, report, context.language)
    if faults:
        raise typer.Exit(LEFT_OUT)


def _tell_progress(context: CommandContext, row: "SessionRow", rater: str) -> None:
    for one in row.progress:
        if one.rater == rater:
            told = calibration_word("taken", context.language)
            context.out.print(told.format(rater=rater, hits=one.answered.hits, n=one.answered.n))


def _due(text: str, zone: str) -> datetime:
    """A moment; of a bare day its end, in the plan's time zone."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _moment("due", text)
    return datetime.combine(day, time(23, 59), ZoneInfo(zone))


def _moment(name: str, text: str) -> datetime:
    from qm.analysis.read_cells import instant

    try:
        return instant(text)
    except ValueError as error:
        raise InputError("calibration.bad_moment", f"--{name}: {error}", "write 2026-11-27T18:00+01:00") from error
