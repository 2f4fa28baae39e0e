"""`qm bench objects`: what the object store costs."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext


def register(bench: typer.Typer) -> None:
    """Add this command to `qm bench`."""
    bench.command()(objects)


def objects(
    count: Annotated[int, typer.Option(min=10, help="Recordings.")] = 200,
    kilobytes: Annotated[int, typer.Option(min=1, help="Size of each, in KiB.")] = 1024,
    large_mb: Annotated[int, typer.Option(min=1, help="Size of the one that is streamed, in MiB.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Store, fetch and play recordings in a folder and in a bucket: milliseconds of each, and memory."""
    from pipelines.commands.bench import _bench

    measure = _bench("object_stores")
    measure.main(CommandContext.open(), count=count, kilobytes=kilobytes, large_mb=large_mb, as_json=as_json)
