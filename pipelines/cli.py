"""The command line.

Exit codes: 0 done, 1 done with quarantined items, 2 wrong use or input, 3 engine or service unavailable.
"""

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as RichText

from pipelines import (
    cli_answers,
    cli_bench,
    cli_calibrate,
    cli_calibrate_study,
    cli_cases,
    cli_comments,
    cli_derive,
    cli_drivers,
    cli_estimate,
    cli_forms,
    cli_lists,
    cli_models,
    cli_rules,
    cli_selection,
    cli_survey,
    cli_transcribe,
    reports,
)
from pipelines.command import CommandContext, emit_json
from pipelines.day import RunSummary
from pipelines.labels import label
from pipelines.progress import display
from qm import __version__
from qm.config import SETTINGS
from qm.errors import EngineError, QmError, RulePackError, StorageError

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Quality Equation: every contact, scored and proved."
)
cli_transcribe.register(app)
cli_models.register(app)
cli_rules.register(app)
cli_forms.register(app)
cli_lists.register(app)
cli_survey.register(app)
cli_answers.register(app)
cli_bench.register(app)
cli_calibrate.register(app)
cli_calibrate_study.register(cli_calibrate.calibrate)
cli_cases.register(app)
cli_comments.register(app)
cli_drivers.register(app)
cli_derive.register(cli_forms.forms)
cli_selection.register(cli_lists.survey)
cli_estimate.register(app)
DayFolder = Annotated[Path, typer.Argument(help="A day folder: contacts.csv, recordings/, chats/, surveys.csv.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
QUARANTINED = 1
STOPPED = 130


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        print(f"qm {__version__}")
        raise typer.Exit


@app.command()
def run(day: DayFolder, as_json: AsJson = False) -> None:
    """Ingest and process a day folder, then print summary, quarantine and coaching list."""
    context = CommandContext.open()
    context.wiring.packs  # noqa: B018 - a faulty pack is reported before any work starts
    context.wiring.database.upgrade()
    with display(context.errors, context.language, quiet=as_json) as shown:
        summary = context.wiring.batch.run(day, shown.watch, shown.announce)
    _report(context, summary, as_json=as_json)


@app.command()
def retry(
    contact_ids: Annotated[
        list[str] | None, typer.Argument(help="Contacts; all in quarantine where none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take quarantined contacts up again."""
    context = CommandContext.open()
    context.wiring.packs  # noqa: B018 - as above
    with display(context.errors, context.language, quiet=as_json) as shown:
        summary = context.wiring.batch.retry(contact_ids or [], shown.watch, shown.announce)
    _report(context, summary, as_json=as_json)


def _report(context: CommandContext, summary: RunSummary, *, as_json: bool) -> None:
    figures = context.wiring.figures.day(summary.contact_ids)
    entries = context.wiring.contacts.quarantine()
    rows = context.wiring.coaching.read()
    if as_json:
        emit_json({"run": summary, "figures": figures, "quarantine": entries, "coaching": rows})
    else:
        out, language = context.out, context.language
        reports.print_summary(out, summary, figures, language)
        reports.print_figures(out, figures, language)
        reports.print_classes(out, figures, language)
        reports.print_quarantine(out, entries, language)
        reports.print_coaching(out, rows, language)
        reports.print_pages_line(out, context.settings, language)
    if entries:
        raise typer.Exit(QUARANTINED)


@app.command()
def ingest(day: DayFolder) -> None:
    """Read a day folder and put its contacts on the work list, without processing them."""
    context = CommandContext.open()
    context.wiring.packs  # noqa: B018 - as above
    context.wiring.database.upgrade()
    read = context.wiring.batch.ingest(day)
    counts = {"contacts": len(read.contacts), "surveys": len(read.responses), "faults": len(read.faults)}
    context.out.print(label("ingested", context.language, **counts))
    for fault in read.faults:
        print(fault, file=sys.stderr)
    if read.faults:
        raise typer.Exit(QUARANTINED)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show where the work stands: figures and quarantine."""
    context = CommandContext.open()
    figures = context.wiring.figures.day()
    entries = context.wiring.contacts.quarantine()
    if as_json:
        emit_json({"figures": figures, "quarantine": entries})
        return
    done, stopped = (label(key, context.language) for key in ("done", "quarantined"))
    context.out.print(f"{figures.done} / {figures.contacts} {done}, {figures.quarantined} {stopped}")
    reports.print_figures(context.out, figures, context.language)
    reports.print_classes(context.out, figures, context.language)
    reports.print_quarantine(context.out, entries, context.language)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port instead of QM_PORT.")] = None,
) -> None:
    """Serve the pages and their JSON on this machine."""
    import uvicorn

    context = CommandContext.open()
    context.wiring.database.upgrade()
    address = f"http://{context.settings.host}:{port or context.settings.port}/"
    context.errors.print(f"{address}  (Ctrl-C to stop)", markup=False)
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=context.settings.host,
        port=port or context.settings.port,
        log_level="warning",
    )


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Print the settings in force, where each came from, and whether the parts work."""
    context = CommandContext.open()
    values = {s.name: str(getattr(context.settings, s.name.lower())) for s in SETTINGS}
    checks = context.check_parts()
    if as_json:
        emit_json({"settings": values, "origins": dict(context.settings.origins), "parts": checks})
    else:
        for setting in SETTINGS:
            origin = context.settings.origins[setting.name.lower()]
            line = RichText(f"QM_{setting.name:<16} {values[setting.name]}  ")
            context.out.print(line.append(f"({origin}: {setting.meaning})", "dim"))
        for name, state in checks.items():
            context.out.print(f"{name:<19} {state}", markup=False)
    if any(state != "ok" for state in checks.values()):
        raise typer.Exit(3)


def main() -> None:
    """Run the command line; every expected error becomes one line with a code and a hint."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without accents must not stop a report
    try:
        app()
    except SystemExit as stop:
        if stop.code == STOPPED:  # typer turns Ctrl-C into this before we see it
            print("stopped; run the same command again to go on", file=sys.stderr)
        raise
    except RulePackError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        sys.exit(2)
    except QmError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(3 if isinstance(error, EngineError | StorageError) else 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        failed = StorageError("output.failed", f"standard output: {error.strerror}", "check where it goes")
        print(f"error: {failed}", file=sys.stderr)
        os._exit(2)  # an ordinary exit would try to write the rest once more


if __name__ == "__main__":
    main()
