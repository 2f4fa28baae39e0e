"""`qm transcribe`: one recording, nothing kept."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.recognise import recognise
from pipelines.reports.day_tables import clock
from pipelines.stages.voices import tell_apart
from qm.analysis.assemble_transcript import assemble_transcript
from qm.domain.contact import Agent, Contact, Medium
from qm.domain.text import Language
from qm.domain.transcript import Transcript, Turn
from qm.errors import InputError
from qm.rules.cues import agent_cues
from qm.wording import say


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(transcribe)


def transcribe(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    language: Annotated[str, typer.Option(help="it or en; detected where it isn't given.")] = "",
    agent_channel: Annotated[int | None, typer.Option(min=0, max=1, help="Channel of the agent.")] = None,
    process: Annotated[str, typer.Option(help="Of the vocabulary to expect.")] = "",
    queue: Annotated[str, typer.Option(help="Of the vocabulary to expect.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Transcribe one recording, without keeping anything."""
    context = CommandContext.open()
    # A file by itself has no contact data; roles come from `--agent-channel` or from what is said.
    stranger = Contact(
        file.name, Medium.VOICE, datetime.now(UTC), Agent("", "", ""), agent_channel=agent_channel,
        language=language, process=process, queue=queue,
    )  # fmt: skip
    transcript = _transcript(context, file, stranger)
    if as_json:
        emit_json(transcript)
        return
    for turn in transcript.turns:
        context.out.print(_line(turn, context.language), markup=False)
    for finding in transcript.quality:
        at = f" ({clock(finding.start_s)}-{clock(finding.end_s or finding.start_s)})" if finding.start_s else ""
        context.errors.print(f"{finding.code}: {finding.message}{at}", markup=False)
    if transcript.grade:
        reasons = ", ".join(say(f"grade.{reason}", context.language) for reason in transcript.grade.reasons)
        grade = say(f"grade.{transcript.grade.letter}", context.language)
        context.errors.print(f"{transcript.grade.letter}: {grade}" + (f" ({reasons})" if reasons else ""), markup=False)


def _line(turn: Turn, language: Language) -> str:
    """Who, when and what; suspected words in brackets."""
    who = say(f"role.{turn.role}", language)
    text = " ".join(f"[?{word.text}]" if word.suspect else word.text for word in turn.words) or turn.text
    return f"{clock(turn.start_s):>6}  {who:<10} {text}"


def _transcript(context: CommandContext, file: Path, stranger: Contact) -> Transcript:
    try:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError("file.unreadable", f"{file}: {error.strerror}", "give a recording") from error
    wiring = context.wiring
    audio = wiring.audio_reader.read(file, sha256)
    terms = wiring.vocabulary.terms(stranger)
    (recognition,) = recognise((audio,), (stranger.language,), (terms,), wiring.engine)
    voices = tell_apart(recognition, file, wiring.audio_reader, wiring.voice_engine)
    return assemble_transcript(stranger, recognition, voices, agent_cues(wiring.packs).get(recognition.language, ()))
