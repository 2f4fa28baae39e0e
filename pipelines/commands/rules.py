"""Commands about forms and rules: `score`, `replay`, `rules`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.progress import display
from pipelines.files.transcript_file import read_transcript
from pipelines.reports.diff_report import report
from pipelines.reports.explain import explain
from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import Agent, Contact, Direction, Medium
from qm.errors import InputError, NotFoundError
from qm.rules.good_contacts import all_false_alarms, load_good_contacts
from qm.rules.lint import lock_faults, prove, read_lock, write_lock
from qm.rules.loader import load_packs
from qm.rules.pack import Pack
from qm.services.rule_diff import RuleDiffService
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
    medium: Annotated[
        Medium | None, typer.Option(help="How it was held; where not given, voice with a recording, chat without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Score one transcript on one form, without keeping anything."""
    context = CommandContext.open()
    pack = _pack(context, form)
    document = read_transcript(transcript)
    held = medium or (Medium.VOICE if document.recording else Medium.CHAT)
    contact = Contact(
        transcript.name, held, datetime(1970, 1, 1, tzinfo=UTC), Agent("", "", ""), process=process,
        direction=direction, language=document.language,
    )  # fmt: skip
    wiring = context.wiring
    evaluation = evaluate(contact, document, measure_talk(document), pack, wiring.thresholds, wiring.aids)
    if as_json:
        emit_json(evaluation)
        return
    for answer in evaluation.answers:
        title = pack.form.criterion(answer.criterion_id).title.said_in(context.language)
        shown = say(f"answer.{answer.answer}", context.language)
        value = "" if answer.value is None else f" = {answer.value}"
        reason = say(f"reason.{answer.reason}", context.language)
        context.out.print(f"{shown:<18} {title}{value}: {reason}", markup=False)
    total = evaluation.score.value
    context.out.print("-" if total is None else f"{total:.1f} [{evaluation.score.lo:.1f}, {evaluation.score.hi:.1f}]")


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
    """Run every rule's cases, and every form on the contacts known to be correct."""
    context = CommandContext.open()
    root, packs, thresholds = context.settings.rules, context.wiring.packs, context.wiring.thresholds
    results, faults = prove(root, packs, thresholds)
    contacts, found = load_good_contacts(root)
    faults.extend(found)
    alarms = all_false_alarms(packs, contacts, thresholds)
    for alarm in alarms:
        said = f"{alarm.contact.place}: {alarm.answer.criterion_id} fires on '{alarm.contact.name}'"
        context.errors.print(f"{said} ({alarm.answer.reason})", markup=False)
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
    context.out.print(f"{len(alarms)} false alarms on {len(contacts)} correct contacts")
    if failed or faults or alarms:
        raise typer.Exit(2)


@rules.command()
def diff(
    folders: Annotated[list[Path], typer.Argument(metavar="[OLD] NEW", help="Folders of packs; OLD: those in force.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Show how the answers to past contacts would change under other packs, without keeping anything."""
    if len(folders) > 2:
        raise typer.BadParameter("give one folder of packs, or two", param_hint="[OLD] NEW")
    context = CommandContext.open()
    new = _packs_in(folders[-1])
    old = _packs_in(folders[0]) if len(folders) == 2 else context.wiring.packs
    wiring = context.wiring
    service = RuleDiffService(wiring.database.unit_of_work, wiring.thresholds, wiring.rule_aids)
    with display(context.errors, context.language, quiet=as_json) as shown:
        difference = service.diff(old, new, shown.show_count)
    wiring.audit.look("quotes.viewed", "list", "rules")
    if as_json:
        emit_json(difference)
        return
    for line in report(difference, context.language):
        context.out.print(line, markup=False)


def _packs_in(folder: Path) -> tuple[Pack, ...]:
    if not folder.is_dir():
        raise InputError("rules.no_folder", f"{folder} isn't a folder", "give a folder of packs, like scoring_rules")
    return load_packs(folder, drafts=True)


@rules.command("explain")
def explain_answer(
    contact: Annotated[str, typer.Argument(help="Id of a contact.")],
    criterion: Annotated[str, typer.Argument(help="Id of a criterion.")],
) -> None:
    """Print how an answer came about: each condition with its verdict and the words or measures it rests on."""
    context = CommandContext.open()
    for line in explain(context, contact, criterion):
        context.out.print(line, markup=False)
