"""`qm bench answers`: how far answers learned from labels may be trusted."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext


def register(bench: typer.Typer) -> None:
    """Add this command to `qm bench`."""
    bench.command()(answers)


def answers(
    questions: Annotated[str, typer.Option(help="outcome, change, annoyed, calm.")] = "outcome,change,annoyed,calm",
    seed: Annotated[int, typer.Option(help="Of how conversations are dealt to folds.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Train on STAR's questionnaires, five folds by conversation, beside the majority and a TF-IDF peer."""
    from pipelines.commands.bench import _bench, _names

    measure = _bench("star_answers")
    measure.main(CommandContext.open(), questions=_names(questions), seed=seed, as_json=as_json)
