"""Commands about weights: `models`."""

from typing import Annotated

import typer

from models.catalogue import CATALOGUE, Weights, faults_of, fetch
from pipelines.commands.context import CommandContext
from pipelines.engines import diariser_weights, find_source
from qm.errors import NotFoundError, WeightsError

models = typer.Typer(no_args_is_help=True, help="Weights of the recogniser.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(models, name="models")


@models.command("list")
def list_models() -> None:
    """Print the catalogue and what of it is here."""
    context = CommandContext.open()
    for weights in CATALOGUE.values():
        faults = faults_of(weights, context.settings.weights)
        state = "here, verified" if not faults else "; ".join(faults)
        context.out.print(
            f"{weights.name:<26} {weights.bytes / 1e6:>6.0f} MB  {weights.licence}  {weights.purpose}: {state}",
            markup=False,
        )


@models.command("fetch")
def fetch_models(
    name: Annotated[str, typer.Argument(help="Of the catalogue; what the settings need where it isn't given.")] = "",
) -> None:
    """Download weights and verify them; nothing happens where they are here already."""
    context = CommandContext.open()
    settings, progress = context.settings, context.wiring.progress
    if not name:
        source = find_source(settings, progress)
        source.provide()
        context.out.print(f"{source.name}: verified, in {source.folder}", markup=False)
    for wanted in [name] if name else diariser_weights(settings):
        folder = fetch(_weights(wanted), settings.weights, offline=settings.offline, progress=progress)
        context.out.print(f"{wanted}: verified, in {folder}", markup=False)


@models.command("verify")
def verify_models() -> None:
    """Check the bytes of every fetched file against the catalogue."""
    context = CommandContext.open()
    wrong = []
    for weights in CATALOGUE.values():
        if (context.settings.weights / weights.name).is_dir():
            faults = faults_of(weights, context.settings.weights)
            context.out.print(f"{weights.name}: {'; '.join(faults) or 'ok'}", markup=False)
            wrong.extend(faults)
    if wrong:
        raise WeightsError("weights.altered", "; ".join(wrong), "delete the files and run `qm models fetch`")


def _weights(name: str) -> Weights:
    if name not in CATALOGUE:
        raise NotFoundError("weights.unknown", f"no weights '{name}'", "known: " + ", ".join(CATALOGUE))
    return CATALOGUE[name]
