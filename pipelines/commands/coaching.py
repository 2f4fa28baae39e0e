"""Commands about coaching: the list, and the sessions that were made from it."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.reports import day_tables, session_tables
from qm.errors import InputError
from qm.services.coaching_session_csv import sessions_csv

coaching = typer.Typer(no_args_is_help=True, help="Coaching: who to talk to about what, and what came of it.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(coaching, name="coaching")


@coaching.command("list")
def list_coaching(
    supervisor: Annotated[str, typer.Option(help="Only the agents whom this supervisor (or team) leads.")] = "",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Print who to talk to about what, with the seconds to listen to."""
    _check(as_json=as_json, as_csv=as_csv)
    context = CommandContext.open()
    rows = context.wiring.coaching.read(supervisor)
    context.wiring.audit.look("quotes.viewed", "list", "coaching")
    if as_json:
        emit_json(rows)
    elif as_csv:
        print(day_tables.coaching_csv(rows, context.language), end="")
    else:
        day_tables.print_coaching(context.out, rows, context.language)


@coaching.command("sessions")
def list_sessions(
    state: Annotated[str, typer.Option(help="planned, held, done, cancelled or overdue; all if not given.")] = "",
    supervisor: Annotated[str, typer.Option(help="Login of who made them.")] = "",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Print coaching sessions, open ones first, and whether the next contacts changed."""
    _check(as_json=as_json, as_csv=as_csv)
    context = CommandContext.open()
    found = context.wiring.coaching_sessions.page(state, supervisor)
    context.wiring.audit.look("coaching.exported" if as_csv else "quotes.viewed", "list", "coaching")
    if as_json:
        emit_json(found)
    elif as_csv:
        print(sessions_csv(found.items), end="")
    else:
        session_tables.print_sessions(context.out, found, context.language)


@coaching.command("session")
def show_session(
    session: Annotated[str, typer.Argument(metavar="SESSION", help="A session, as `qm coaching sessions` names it.")],
    as_json: AsJson = False,
) -> None:
    """Print one session: what was agreed, the seconds to listen to, what was done, whether it changed."""
    context = CommandContext.open()
    view = context.wiring.coaching_sessions.get(session)
    context.wiring.audit.look("coaching.viewed", "coaching", session)
    if as_json:
        emit_json(view)
    else:
        session_tables.print_session(context.out, view, context.wiring.plan.window.zone, context.language)


@coaching.callback()
def _coaching() -> None:
    """Coaching: who to talk to about what, and what came of it."""


def _check(*, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise InputError("coaching.two_forms", "--json and --csv exclude each other", "give one of them")
