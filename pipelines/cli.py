"""The command line.

Exit codes: 0 done, 1 done with quarantined items, 2 wrong use or input, 3 engine or service unavailable.
"""

import io
import os
import sys
from typing import Annotated

import typer

from pipelines.commands import (
    answers,
    audit,
    bench,
    calibrate,
    calibrate_study,
    cases,
    coaching,
    comments,
    db,
    derive,
    drivers,
    erasure,
    estimate,
    export,
    figures,
    forms,
    hooks,
    models,
    objects,
    people,
    queue,
    retention,
    rules,
    run,
    runs,
    schedule,
    search,
    selection,
    service,
    survey,
    transcribe,
)
from pipelines.commands.context import CommandContext, emit_json
from pipelines.reports import day_tables
from pipelines.reports.labels import label
from qm import __version__
from qm.errors import EngineError, QmError, RulePackError, StorageError

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Quality Equation: every contact, scored and proved."
)
run.register(app)
runs.register(app)
schedule.register(app)
transcribe.register(app)
models.register(app)
objects.register(app)
people.register(app)
rules.register(app)
forms.register(app)
coaching.register(app)
survey.register(app)
answers.register(app)
audit.register(app)
bench.register(app)
calibrate.register(app)
calibrate_study.register(calibrate.calibrate)
cases.register(app)
queue.register(app)
comments.register(app)
db.register(app)
drivers.register(app)
figures.register(app)
derive.register(forms.forms)
selection.register(survey.survey)
estimate.register(app)
erasure.register(app)
hooks.register(app)
export.register(app)
retention.register(app)
search.register(app)
service.register(app)
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
def status(
    day: Annotated[str, typer.Option(help="A day like 2026-11-23; the newest with contacts where not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show where the work stands: a day's figures, and all that is in quarantine."""
    from qm.services.days import read_day

    wanted = read_day(day)
    context = CommandContext.open()
    figures = context.wiring.days.day(wanted)
    entries = context.wiring.contacts.quarantine()
    if as_json:
        emit_json({"figures": figures, "quarantine": entries})
        return
    done, stopped = (label(key, context.language) for key in ("done", "quarantined"))
    context.out.print(f"{figures.done} / {figures.contacts} {done}, {figures.quarantined} {stopped}")
    day_tables.print_figures(context.out, figures, context.language)
    day_tables.print_classes(context.out, figures, context.language)
    day_tables.print_quarantine(context.out, entries, context.language)


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
