"""`qm bench generative`: how a generative model's answers stand up to the check."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext


def register(bench: typer.Typer) -> None:
    """Add this command to `qm bench`."""
    bench.command()(generative)


def generative(
    count: Annotated[int, typer.Option(min=1, help="Questions to ask.")] = 500,
    url: Annotated[str, typer.Option(help="A running endpoint; QM_GENERATIVE_URL where not given.")] = "",
    weights: Annotated[Path | None, typer.Option(help="GGUF file to serve for the bench (needs xllamacpp).")] = None,
    replies: Annotated[Path | None, typer.Option(help="Folder that keeps replies, to go on later.")] = None,
    seed: Annotated[int, typer.Option(help="Of the drawn questions.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Ask a real model, and count the answers that pass without proof."""
    from pipelines.commands.bench import _bench

    context = CommandContext.open()
    measure = _bench("generative")
    measure.main(
        context, count=count, url=url or ("" if weights else context.settings.generative_url), weights=weights,
        replies=replies, seed=seed, as_json=as_json,
    )  # fmt: skip
