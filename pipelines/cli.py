"""The command line.

Exit codes: 0 done, 1 done with quarantined items, 2 wrong use or input, 3 engine or service unavailable.
"""

import io
import os
import sys
from typing import Annotated

import typer

from pipelines import (
    cli_answers,
    cli_audit,
    cli_bench,
    cli_calibrate,
    cli_calibrate_study,
    cli_cases,
    cli_comments,
    cli_db,
    cli_derive,
    cli_drivers,
    cli_erasure,
    cli_estimate,
    cli_forms,
    cli_lists,
    cli_models,
    cli_objects,
    cli_retention,
    cli_rules,
    cli_run,
    cli_runs,
    cli_schedule,
    cli_selection,
    cli_service,
    cli_survey,
    cli_transcribe,
    reports,
)
from pipelines.command import CommandContext, emit_json
from pipelines.labels import label
from qm import __version__
from qm.errors import EngineError, QmError, RulePackError, StorageError

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Quality Equation: every contact, scored and proved."
)
cli_run.register(app)
cli_runs.register(app)
cli_schedule.register(app)
cli_transcribe.register(app)
cli_models.register(app)
cli_objects.register(app)
cli_rules.register(app)
cli_forms.register(app)
cli_lists.register(app)
cli_survey.register(app)
cli_answers.register(app)
cli_audit.register(app)
cli_bench.register(app)
cli_calibrate.register(app)
cli_calibrate_study.register(cli_calibrate.calibrate)
cli_cases.register(app)
cli_comments.register(app)
cli_db.register(app)
cli_drivers.register(app)
cli_derive.register(cli_forms.forms)
cli_selection.register(cli_lists.survey)
cli_estimate.register(app)
cli_erasure.register(app)
cli_retention.register(app)
cli_service.register(app)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
STOPPED = frozenset({130, 143})
"""Exit codes after SIGINT and SIGTERM."""


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        print(f"qm {__version__}")
        raise typer.Exit


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


def main() -> None:
    """Run the command line; every expected error becomes one line with a code and a hint."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without accents must not stop a report
    try:
        app()
    except SystemExit as stop:
        if stop.code in STOPPED:  # typer turns Ctrl-C into this before we see it
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
