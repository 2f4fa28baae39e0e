"""`qm bench ingest`: a large day is taken in while people look at pages."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext
from qm.errors import InputError

DATABASES = ("sqlite", "postgresql")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def ingest(
    contacts: Annotated[int, typer.Option(min=1, help="Chats of the day.")] = 20_000,
    turns: Annotated[int, typer.Option(min=1, help="Of each chat.")] = 250,
    rate: Annotated[float, typer.Option(min=0.1, help="Requests a second on the API meanwhile.")] = 50.0,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    as_json: AsJson = False,
) -> None:
    """Take a day in and publish its transcripts, beside requests on the API; latencies, troubles, turns a second."""
    from pipelines.commands.bench import _bench

    databases = databases_of(database)
    measure = _bench("ingest_load")
    measure.main(CommandContext.open(), contacts=contacts, turns=turns, rate=rate, databases=databases, as_json=as_json)


def databases_of(text: str) -> tuple[str, ...]:
    """The databases that a bench is run on.

    Raises:
        InputError: neither of them.
    """
    if text == "both":
        return DATABASES
    if text not in DATABASES:
        raise InputError("bench.unknown_part", f"no database '{text}'", f"there are {', '.join(DATABASES)}, both")
    return (text,)


def register(bench: typer.Typer) -> None:
    """Add the command."""
    bench.command()(ingest)
