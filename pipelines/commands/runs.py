"""Commands about wanted runs, and the worker that does them."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.hooks import sending
from pipelines.commands.operated import operated
from pipelines.commands.run import stoppable
from pipelines.commands.schedule import scheduling
from pipelines.reports.labels import label
from pipelines.reports.run_tables import print_run, print_runs, print_workers, state_word, told
from pipelines.runner import Step
from pipelines.work_wiring import make_executor
from pipelines.worker import ENDED, WORKABLE
from qm.domain.run import RunState
from qm.errors import PassingError
from qm.services.runs import RunService, RunView

runs = typer.Typer(no_args_is_help=True, help="See what is wanted and how far it is; pause, cancel, bring forward.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
RunId = Annotated[str, typer.Argument(help="As `qm runs list` shows it.")]
COPIES_DAYS = 1
"""Local copies of objects that the store has no more are kept no longer than that."""


@runs.command("list")
def list_(as_json: AsJson = False) -> None:
    """Open runs, then the latest others: contacts done, left, pace and time left; and who works."""
    context, service = _open()
    views, workers = service.every(), service.workers()
    if as_json:
        emit_json({"runs": views, "workers": workers})
        return
    print_runs(context.out, views, workers, context.language, context.settings.timezone)
    if workers:
        print_workers(context.out, workers, context.language)


@runs.command()
def show(run_id: RunId, as_json: AsJson = False) -> None:
    """One run: who works on it, and what stopped contacts, at length."""
    context, service = _open()
    detail = service.get(run_id)
    if as_json:
        emit_json(detail)
    else:
        print_run(context.out, detail, context.language, context.settings.timezone)


@runs.command()
def cancel(run_id: RunId, as_json: AsJson = False) -> None:
    """Give up what is left of a run; contacts that are done stay so."""
    context, service = _open()
    view = service.cancel(run_id)
    if as_json:
        emit_json(view)
    else:
        context.out.print(told("given_up", context.language, run=view.id, n=view.counts["cancelled"]), soft_wrap=True)


@runs.command()
def pause(run_id: RunId, as_json: AsJson = False) -> None:
    """Begin no more contacts of a run; those at work are ended."""
    context, service = _open()
    _tell(context, service.pause(run_id), as_json=as_json)


@runs.command()
def resume(run_id: RunId, as_json: AsJson = False) -> None:
    """Go on with a paused run."""
    context, service = _open()
    _tell(context, service.resume(run_id), as_json=as_json)


@runs.command()
def priority(
    run_id: RunId,
    value: Annotated[int, typer.Argument(min=0, max=1000, help="0: today's work; 10: back-load. Smaller goes first.")],
    as_json: AsJson = False,
) -> None:
    """Let a run go before or after others."""
    context, service = _open()
    view = service.set_priority(run_id, value)
    if as_json:
        emit_json(view)
    else:
        context.out.print(told("new_priority", context.language, run=view.id, priority=view.priority))


def _tell(context: CommandContext, view: RunView, *, as_json: bool) -> None:
    if as_json:
        emit_json(view)
    else:
        state = state_word(view.state.value, context.language)
        context.out.print(told("moved", context.language, run=view.id, state=state, left=view.left))


def _open() -> tuple[CommandContext, RunService]:
    context = CommandContext.open()
    return context, RunService(context.wiring.database.unit_of_work, context.wiring.database.reading)


def worker(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do.")] = False,
    run_id: Annotated[str, typer.Option("--run", help="Work on this run only.")] = "",
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Watch QM_WATCH as well, as `qm schedule` does.")
    ] = False,
) -> None:
    """Work on whatever is wanted, until stopped (Ctrl-C or SIGTERM: what is leased is given back)."""
    context = CommandContext.open()
    wiring = context.wiring
    wiring.packs  # noqa: B018 - a faulty pack is reported before anything is leased
    wiring.database.require_schema()
    if run_id:
        RunService(wiring.database.unit_of_work, wiring.database.reading).get(run_id)

    def watch(step: Step) -> None:
        if context.settings.log == "json":
            return  # the log says the same, for machines
        if step.outcome is not None:
            outcome = label(step.outcome.value, context.language)
            context.out.print(f"{_now(context)} {step.contact_id} {outcome}", soft_wrap=True)
        elif step.stage == ENDED:
            context.out.print(f"{_now(context)} " + label("run_ended", context.language, run=step.contact_id))

    with stoppable(context), operated(wiring, "worker"):
        _sweep(context)
        if context.settings.log != "json":
            context.errors.print(label("worker_ready", context.language))
        scope = (run_id,) if run_id else ()
        with sending(context), scheduling(context) if schedule else nullcontext():
            make_executor(wiring, None).work(scope, watch, lambda: once and _is_idle(context, run_id))


def _sweep(context: CommandContext) -> None:
    """Drop what killed processes left, and this host's copies of erased objects."""
    try:
        context.wiring.objects.sweep(datetime.now(UTC) - timedelta(days=COPIES_DAYS))
    except PassingError as error:  # work itself waits for the store; this can wait for the next start
        context.errors.print(str(error), soft_wrap=True)


def _now(context: CommandContext) -> str:
    return f"{datetime.now(context.settings.timezone):%H:%M:%S}"


def _is_idle(context: CommandContext, run_id: str) -> bool:
    """True where nothing waits and nobody is at work."""
    with context.wiring.database.reading() as unit:
        rows = [row for row in unit.tasks.runs((*WORKABLE, RunState.FINISHING)) if not run_id or row.run.id == run_id]
        # A run that is worked on isn't through before its last step; one that is still taken in waits for that.
        last_step = any(row.state is not RunState.WANTED for row in rows)
        return not last_step and not unit.tasks.has_open([row.run.id for row in rows])


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(runs, name="runs")
    app.command("worker")(worker)
