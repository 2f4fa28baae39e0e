"""`qm bench audit`: what the audit trail costs."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext


def register(bench: typer.Typer) -> None:
    """Add this command to `qm bench`."""
    bench.command()(audit)


def audit(
    events: Annotated[int, typer.Option(min=100, help="Length of the chain.")] = 1_000_000,
    databases: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "sqlite,postgresql",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Write, check and export a long chain: events a second, and memory."""
    from pipelines.commands.bench import _bench, _names

    _bench("audit_trail").main(CommandContext.open(), events=events, databases=_names(databases), as_json=as_json)
