"""Commands about recognition: `transcribe`, `models`."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import CATALOGUE, Weights, faults_of, fetch
from pipelines.command import CommandContext, emit_json
from pipelines.reports import clock
from pipelines.stages.roles import transcript_of
from qm.analysis.check_recording import check_recording
from qm.domain.contact import Agent, Contact, Medium
from qm.domain.recognition import Recognition
from qm.domain.transcript import Transcript
from qm.errors import InputError, NotFoundError, WeightsError
from qm.wording import say

models = typer.Typer(no_args_is_help=True, help="Weights of the recogniser.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(transcribe)
    app.add_typer(models, name="models")


def transcribe(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    language: Annotated[str, typer.Option(help="it or en; detected where it isn't given.")] = "",
    agent_channel: Annotated[int | None, typer.Option(min=0, max=1, help="Channel of the agent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Transcribe one recording, without keeping anything."""
    context = CommandContext.open()
    transcript = _transcript(context, file, language, agent_channel)
    if as_json:
        emit_json(transcript)
        return
    for turn in transcript.turns:
        who = say(f"role.{turn.role}", context.language)
        context.out.print(f"{clock(turn.start_s):>6}  {who:<10} {turn.text}", markup=False)
    for finding in transcript.quality:
        context.errors.print(f"{finding.code}: {finding.message}", markup=False)


def _transcript(context: CommandContext, file: Path, language: str, agent_channel: int | None) -> Transcript:
    try:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError("file.unreadable", f"{file}: {error.strerror}", "give a recording") from error
    audio = context.wiring.audio_reader.read(file, sha256)
    findings = check_recording(audio.blocks(), audio.rate_hz, audio.recording.sample_rate_hz)
    engine = context.wiring.engine
    speech = engine.transcribe((audio,), (language,))[0]
    recognition = Recognition(
        audio.recording,
        speech.language,
        speech.language_confidence,
        speech.channels,
        engine.describe(),
        findings,
        speech.activity,
    )
    # A file by itself has no contact data; roles come from `--agent-channel` or from what is said.
    stranger = Contact(file.name, Medium.VOICE, datetime.now(UTC), Agent("", "", ""), agent_channel=agent_channel)
    return transcript_of(stranger, recognition)


@models.command("list")
def list_models() -> None:
    """Print the catalogue and what of it is here."""
    context = CommandContext.open()
    for weights in CATALOGUE.values():
        faults = faults_of(weights, context.settings.weights)
        state = "here, verified" if not faults else "; ".join(faults)
        context.out.print(
            f"{weights.name:<16} {weights.bytes / 1e6:>6.0f} MB  {weights.licence}  {weights.purpose}: {state}",
            markup=False,
        )


@models.command("fetch")
def fetch_models(
    name: Annotated[str, typer.Argument(help="Of the catalogue; QM_MODEL where it isn't given.")] = "",
) -> None:
    """Download weights and verify them; nothing happens where they are here already."""
    context = CommandContext.open()
    weights = _weights(name or context.settings.model)
    folder = fetch(
        weights,
        context.settings.weights,
        offline=context.settings.offline,
        progress=context.wiring.progress,
    )
    context.out.print(f"{weights.name}: verified, in {folder}", markup=False)


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
