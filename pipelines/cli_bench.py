"""`qm bench`: the figures that the product states about itself."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from pipelines.command import CommandContext
from qm.errors import InputError

bench = typer.Typer(no_args_is_help=True, help="Measure.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(bench, name="bench")


@bench.command()
def batch(
    day: Annotated[Path, typer.Option(help="Day folder with expected.json beside it.")] = Path("examples/day"),
    kills: Annotated[int, typer.Option(min=0, help="Times to kill the run at a random moment.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the random moments.")] = 1,
    peer: Annotated[bool, typer.Option(help="Also time the bare engine on the same recordings.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Process a day with the real recogniser and compare every answer with the truth."""
    try:
        measure = import_module("benchmarks.batch")  # not part of the installed product
    except ImportError as error:
        hint = "run it from a checkout of the project"
        raise InputError("bench.missing", "the benchmarks aren't installed", hint) from error
    measure.main(CommandContext.open(), day, kills=kills, seed=seed, with_peer=peer, as_json=as_json)


@bench.callback()
def _bench() -> None:
    """Measure."""
