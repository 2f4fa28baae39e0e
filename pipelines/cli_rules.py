"""Commands about forms and rules: `score`, `replay`, `rules`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.command import CommandContext, emit_json
from pipelines.explain import explain
from qm.analysis.measure_talk import measure_talk
from qm.documents import load
from qm.domain.contact import Agent, Contact, Direction, Medium
from qm.domain.transcript import Transcript
from qm.errors import InputError, NotFoundError
from qm.rules.lint import lock_faults, prove, read_lock, write_lock
from qm.rules.pack import Pack
from qm.services.scoring import evaluate
from qm.wording import say

rules = typer.Typer(no_args_is_help=True, help="Rule packs.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(score)
    app.command()(replay)
    app.add_typer(rules, name="rules")


def score(
    transcript: Annotated[Path, typer.Argument(help="A transcript/1 document, as `qm transcribe --json` prints it.")],
    form: Annotated[str, typer.Option(help="Id of the form.")],
    process: Annotated[str, typer.Option(help="The contact's process.")] = "",
    direction: Annotated[Direction, typer.Option(help="Who began the contact.")] = Direction.INBOUND,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Score one transcript on one form, without keeping anything."""
    context = CommandContext.open()
    pack = _pack(context, form)
    try:
        document = load(Transcript, transcript.read_bytes(), str(transcript))
    except OSError as error:
        raise InputError("file.unreadable", f"{transcript}: {error.strerror}", "give a transcript") from error
    medium = Medium.VOICE if document.recording else Medium.CHAT
    contact = Contact(
        transcript.name, medium, datetime(1970, 1, 1, tzinfo=UTC), Agent("", "", ""), process=process,
        direction=direction, language=document.language,
    )  # fmt: skip
    evaluation = evaluate(contact, document, measure_talk(document), pack, context.wiring.thresholds)
    if as_json:
        emit_json(evaluation)
        return
    for answer in evaluation.answers:
        title = pack.form.criterion(answer.criterion_id).title.said_in(context.language)
        shown = say(f"answer.{answer.answer}", context.language)
        context.out.print(f"{shown:<18} {title}: {say(f'reason.{answer.reason}', context.language)}", markup=False)
    value = evaluation.score.value
    context.out.print("-" if value is None else f"{value:.1f} [{evaluation.score.lo:.1f}, {evaluation.score.hi:.1f}]")


def replay(evaluation: Annotated[str, typer.Argument(help="Id of an evaluation.")]) -> None:
    """Do an evaluation again and compare the bytes."""
    context = CommandContext.open()
    result = context.wiring.scoring.replay(evaluation)
    if not result.is_identical:
        raise InputError("replay.different", f"evaluation '{evaluation}' came out differently", "report this")
    context.out.print(f"{evaluation}: byte-identical ({len(result.again.encode())} bytes)")


def _pack(context: CommandContext, form: str) -> Pack:
    for pack in context.wiring.packs:
        if pack.form.id == form:
            return pack
    known = ", ".join(context.wiring.forms)
    raise NotFoundError("form.unknown", f"no form '{form}'", f"known: {known}")


@rules.command()
def check() -> None:
    """Read every pack, and compare it with the lock."""
    context = CommandContext.open()
    packs = context.wiring.packs
    faults = lock_faults(packs, read_lock(context.settings.rules))
    for fault in faults:
        print(fault, file=sys.stderr)
    for pack in packs:
        context.out.print(f"{pack.id} {pack.version}: {len(pack.rules)} rules, {pack.sha256[:12]}", markup=False)
    if faults:
        raise typer.Exit(2)


@rules.command()
def lock() -> None:
    """Lock packs whose version is new; a changed pack under its old version is refused."""
    context = CommandContext.open()
    refused = write_lock(context.settings.rules, context.wiring.packs)
    for fault in refused:
        print(fault, file=sys.stderr)
    if refused:
        raise typer.Exit(2)


@rules.command("test")
def prove_rules() -> None:
    """Run every rule's cases."""
    context = CommandContext.open()
    results, faults = prove(context.settings.rules, context.wiring.packs, context.wiring.thresholds)
    failed = [result for result in results if not result.holds]
    for result in failed:
        case = result.case
        context.errors.print(
            f"{case.place}: {case.rule_id}: {case.name}: expected {case.expect}, got {result.answer.answer} "
            f"({result.answer.reason})", markup=False,
        )  # fmt: skip
    for fault in faults:
        print(fault, file=sys.stderr)
    context.out.print(f"{len(results) - len(failed)} of {len(results)} cases hold, {len(faults)} faults")
    if failed or faults:
        raise typer.Exit(2)


@rules.command("explain")
def explain_answer(
    contact: Annotated[str, typer.Argument(help="Id of a contact.")],
    criterion: Annotated[str, typer.Argument(help="Id of a criterion.")],
) -> None:
    """Print how an answer came about: each condition with its verdict and the words or measures it rests on."""
    context = CommandContext.open()
    for line in explain(context, contact, criterion):
        context.out.print(line, markup=False)
