"""Commands that work through contacts: a day, contacts again, or taking a day in for workers elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.progress import Display, display
from pipelines.day import RunSummary
from pipelines.files.vcon_file import clear, is_vcon, lay_out
from pipelines.reports import day_tables
from pipelines.reports.labels import label
from pipelines.runner import Outcome, Step
from pipelines.stopping import StopRequest
from qm.domain.run import BACK_LOAD, TODAY
from qm.errors import Fault

DayFolder = Annotated[Path, typer.Argument(help="A day folder: contacts.csv, recordings/, chats/, surveys.csv.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
QUARANTINED = 1


def run(day: DayFolder, as_json: AsJson = False) -> None:
    """Ingest and process a day folder, then print summary, quarantine and coaching list."""
    context = _ready()
    context.wiring.database.upgrade()
    with _working(context, quiet=as_json) as shown:
        summary = context.wiring.batch.run(day, shown.watch, shown.announce)
    _report(context, summary, as_json=as_json)


def retry(
    contact_ids: Annotated[
        list[str] | None, typer.Argument(help="Contacts; all in quarantine where none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take quarantined contacts up again."""
    context = _ready()
    with _working(context, quiet=as_json) as shown:
        summary = context.wiring.batch.retry(contact_ids or [], shown.watch, shown.announce)
    _report(context, summary, as_json=as_json)


def ingest(
    day: Annotated[Path, typer.Argument(help="A day folder, a vCon (NAME.vcon.json), or a folder of vCons.")],
    back_load: Annotated[bool, typer.Option("--back-load", help="An old day: after whatever else is wanted.")] = False,
) -> None:
    """Take a day folder in, and put its contacts on the work list for `qm worker`, without processing them."""
    context = _ready()
    context.wiring.database.upgrade()
    stopped: list[str] = []

    def watch(step: Step) -> None:
        if step.outcome is Outcome.QUARANTINED:
            stopped.append(step.contact_id)
        shown.watch(step)

    more: tuple[Fault, ...] = ()
    was_vcon = is_vcon(day)
    if was_vcon:
        day, more = lay_out(day, context.settings.data / "vcon")
    priority = BACK_LOAD if back_load else TODAY
    with _working(context, quiet=False) as shown:
        read, taken = context.wiring.batch.take_in(day, watch, shown.announce, priority, more)
    if was_vcon:
        clear(day, stopped)
    counts = {"contacts": len(read.contacts), "surveys": len(read.responses), "faults": len(read.faults)}
    context.out.print(label("ingested", context.language, **counts))
    context.out.print(label("wanted", context.language, run=taken.run.id, program=day_tables.program()))
    for fault in read.faults:
        print(fault, file=sys.stderr)
    for contact_id in stopped:
        print(label("stopped_contact", context.language, contact=contact_id), file=sys.stderr)
    if read.faults or stopped:
        raise typer.Exit(QUARANTINED)


def _ready() -> CommandContext:
    context = CommandContext.open()
    context.wiring.packs  # noqa: B018 - a faulty pack is reported before any work starts
    return context


@contextmanager
def _working(context: CommandContext, *, quiet: bool) -> Iterator[Display]:
    """Progress on a terminal, and an end on a signal that leaves nothing half done."""
    with stoppable(context), display(context.errors, context.language, quiet=quiet) as shown:
        yield shown


@contextmanager
def stoppable(context: CommandContext) -> Iterator[None]:
    """SIGINT and SIGTERM end the block once what is being published is published; leases are given back."""
    try:
        with context.wiring.stop.listening():
            yield
    except StopRequest as asked:
        raise typer.Exit(asked.exit_code) from None


def _report(context: CommandContext, summary: RunSummary, *, as_json: bool) -> None:
    figures = context.wiring.figures.of(summary.contact_ids)
    entries = context.wiring.contacts.quarantine()
    rows = context.wiring.coaching.read()
    if as_json:
        emit_json({"run": summary, "figures": figures, "quarantine": entries, "coaching": rows})
    else:
        out, language = context.out, context.language
        day_tables.print_summary(out, summary, figures, language)
        day_tables.print_figures(out, figures, language)
        day_tables.print_classes(out, figures, language)
        day_tables.print_quarantine(out, entries, language)
        day_tables.print_coaching(out, rows, language)
        day_tables.print_pages_line(out, context.settings, language)
    if summary.left:
        context.errors.print(label("run_cancelled", context.language, left=summary.left, run=summary.run_id))
    if entries or summary.left:
        raise typer.Exit(QUARANTINED)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("retry")(retry)
    app.command("ingest")(ingest)
