"""Commands about retention dates: `retention show|due|apply|certificates|certificate`."""

from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.erasure import NOT_CLEAN, show_certificate
from qm.wording_erasure import erasure_word, tell_due, tell_plan

retention = typer.Typer(no_args_is_help=True, help="How long what is kept, and what was erased.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(retention, name="retention")


@retention.command("show")
def show(as_json: AsJson = False) -> None:
    """Print the plan of QM_RETENTION, rule by rule."""
    context = CommandContext.open()
    plan = context.wiring.retention.plan
    if as_json:
        emit_json(plan)
        return
    for line in tell_plan(plan, context.language):
        context.out.print(line, soft_wrap=True)


@retention.command("due")
def due(as_json: AsJson = False) -> None:
    """Print what is due now; nothing is changed."""
    context = CommandContext.open()
    found = context.wiring.retention.due()
    if as_json:
        emit_json(found)
        return
    for line in tell_due(found, context.language):
        context.out.print(line, soft_wrap=True)


@retention.command("apply")
def apply(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due.")] = False, as_json: AsJson = False
) -> None:
    """Erase what is due, and print the certificate. Meant for a timer, once a day."""
    if dry_run:
        due(as_json=as_json)
        return
    context = CommandContext.open()
    certificate = context.wiring.retention.apply()
    if certificate is None:
        if as_json:
            emit_json({"certificate": None})
        else:
            context.out.print(erasure_word("nothing_due", context.language))
        return
    show_certificate(context, certificate, as_json=as_json)
    if not certificate.is_clean:
        raise typer.Exit(NOT_CLEAN)


@retention.command("certificates")
def list_certificates(as_json: AsJson = False) -> None:
    """Print all erasures, the latest first; those that weren't ended say so."""
    context = CommandContext.open()
    found = context.wiring.erasure.certificates()
    if as_json:
        emit_json({"certificates": found})
        return
    for each in found:
        kind = erasure_word(f"kind_{each.kind}", context.language)
        line = erasure_word("cert_line", context.language, id=each.id, kind=kind, by=each.by, why=each.why)
        state = f"state_{each.state}"
        told = erasure_word(state, context.language)
        context.out.print(line if told == state else f"{line}  ({told})", soft_wrap=True)
    if not found:
        context.out.print(erasure_word("no_certificates", context.language))


@retention.command("certificate")
def certificate(
    certificate_id: Annotated[str, typer.Argument(metavar="CERTIFICATE", help="As `certificates` names it.")],
    as_json: AsJson = False,
) -> None:
    """Print one certificate."""
    context = CommandContext.open()
    show_certificate(context, context.wiring.erasure.certificate(certificate_id), as_json=as_json)
