"""`qm bench ingest` and `qm bench workbench`: pages while a large day is taken in, and pages of a large site."""

from pathlib import Path
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


def workbench(
    contacts: Annotated[int, typer.Option(min=1, help="Contacts of the site.")] = 200_000,
    turns: Annotated[int, typer.Option(min=1, help="Of each contact.")] = 25,
    people: Annotated[int, typer.Option(min=1, help="At work at once.")] = 50,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long they are.")] = 300.0,
    think: Annotated[float, typer.Option(min=0.01, help="Seconds between two pages of one of them, on average.")] = 5.0,
    paint: Annotated[bool, typer.Option(help="Load pages in a browser that is held back, too.")] = True,
    site: Annotated[Path | None, typer.Option(help="Folder of a site that is kept: made once, measured again.")] = None,
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    as_json: AsJson = False,
) -> None:
    """Fill a site, open each kind of page alone, then all of them as many people at work do; latencies, troubles."""
    from pipelines.commands.bench import _bench

    databases = databases_of(database)
    measure = _bench("workbench_load")
    asked = measure.Asked(contacts, turns, people, seconds, think, paint=paint, site=site)
    measure.main(CommandContext.open(), asked, databases=databases, as_json=as_json)


def register(bench: typer.Typer) -> None:
    """Add the commands."""
    bench.command()(ingest)
    bench.command()(workbench)
