"""`qm figures`: the sums that dashboards add up."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from qm.errors import StorageError

figures = typer.Typer(no_args_is_help=True, help="The sums that dashboards add up.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(figures, name="figures")


@figures.command()
def rebuild(as_json: AsJson = False) -> None:
    """Take every sum from scratch; needed after QM_TIMEZONE was changed."""
    context = CommandContext.open()
    days = context.wiring.cells.rebuild()
    if as_json:
        emit_json({"days": days})
    else:
        context.out.print(str(days))


@figures.command()
def check(as_json: AsJson = False) -> None:
    """Compare every sum with what its contacts come to."""
    context = CommandContext.open()
    wrong = context.wiring.cells.faults()
    if as_json:
        emit_json({"wrong": wrong})
    elif not wrong:
        context.out.print("ok")
    if wrong:
        raise StorageError("figures.wrong", f"{len(wrong)} days, from {wrong[0]} on", "run `qm figures rebuild`")
