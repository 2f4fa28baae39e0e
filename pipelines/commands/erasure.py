"""Commands that erase, and that forbid to: `erase`, `hold set|release|list`."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.actor import login_name
from pipelines.commands.context import CommandContext, emit_json
from qm.documents import dump
from qm.domain.erasure import Certificate, ErasureKind
from qm.domain.retention import HoldKind
from qm.errors import InputError, StorageError
from qm.wording_erasure import erasure_word, tell_certificate, tell_checked, tell_hold, tell_preview

NOT_CLEAN = 1
"""Exit code where something was still found afterwards: the command worked, somebody has to look."""
hold = typer.Typer(no_args_is_help=True, help="Legal holds: nothing that is held is ever erased.")
Contact = Annotated[str, typer.Option("--contact", metavar="ID", help="Of one contact.")]
Customer = Annotated[str, typer.Option("--customer", metavar="ID", help="Of a customer: all contacts, all surveys.")]
Reason = Annotated[str, typer.Option(help="Why: a ticket's number, say. It is kept, so no names.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(erase)
    app.add_typer(hold, name="hold")


def erase(
    contact: Contact = "", customer: Customer = "", reason: Reason = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only look whether anything is left, everywhere.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="After a backup was restored by hand: erase again what it brought back.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the certificate (JSON) to a file as well.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Erase a contact or a customer everywhere, for good, and print the certificate. Figures stay as they are."""
    context = CommandContext.open()
    if again:
        _erase_again(context, as_json=as_json)
        return
    kind, value = _subject(contact, customer)
    if check:
        _check(context, kind, value, as_json=as_json)
    elif dry_run:
        _preview(context, kind, value, as_json=as_json)
    else:
        if not reason.strip():
            raise InputError("erasure.no_reason", "an erasure needs a reason", "--reason 'request 4711'")
        if not yes and not _confirmed(context, kind, value, as_json=as_json):
            return
        certificate = context.wiring.erasure.erase(kind, value, reason.strip())
        _write(out, certificate)
        _show(context, certificate, as_json=as_json)


@hold.command("set")
def set_hold(
    reason: Annotated[str, typer.Option(help="Why: a case's number, say.")], contact: Contact = "",
    customer: Customer = "", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Forbid to erase a contact, or anything of a customer, until the hold is released."""
    context = CommandContext.open()
    kind, value = _subject(contact, customer)
    made = context.wiring.holds.set(HoldKind(kind.value), value, reason, _actor(context))
    if as_json:
        emit_json(made)
    else:
        context.out.print(erasure_word("hold_set", context.language, id=made.id))


@hold.command("release")
def release_hold(
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="As `qm hold list` names it.")], as_json: AsJson = False
) -> None:
    """End a hold; what is due is erased by the next `qm retention apply`."""
    context = CommandContext.open()
    made = context.wiring.holds.release(hold_id, _actor(context))
    if as_json:
        emit_json(made)
    else:
        context.out.print(erasure_word("hold_released", context.language, id=made.id))


@hold.command("list")
def list_holds(as_json: AsJson = False) -> None:
    """Print all holds, those that stand first."""
    context = CommandContext.open()
    found = context.wiring.holds.every()
    if as_json:
        emit_json({"holds": found})
        return
    lines = [tell_hold(each, context.language) for each in found]
    for line in lines or [erasure_word("no_holds", context.language)]:
        context.out.print(line, soft_wrap=True)


def show_certificate(context: CommandContext, certificate: Certificate, *, as_json: bool) -> None:
    """Print a certificate."""
    if as_json:
        emit_json(certificate)
    else:
        for line in tell_certificate(certificate, context.language):
            context.out.print(line, soft_wrap=True)


def _show(context: CommandContext, certificate: Certificate, *, as_json: bool) -> None:
    show_certificate(context, certificate, as_json=as_json)
    if not certificate.is_clean:
        raise typer.Exit(NOT_CLEAN)


def _subject(contact: str, customer: str) -> tuple[ErasureKind, str]:
    if bool(contact.strip()) == bool(customer.strip()):
        raise InputError("erasure.no_subject", "name one contact or one customer", "--contact ID or --customer ID")
    return (ErasureKind.CONTACT, contact) if contact.strip() else (ErasureKind.CUSTOMER, customer)


def _confirmed(context: CommandContext, kind: ErasureKind, value: str, *, as_json: bool) -> bool:
    """Shown what it takes, somebody at a terminal may say yes; where nobody sits, `--yes` has to be given."""
    if as_json or not context.errors.is_terminal:
        raise InputError("erasure.not_confirmed", "nobody is here to confirm", "look with --dry-run, then give --yes")
    if value_is_known(context, kind, value):
        for line in tell_preview(context.wiring.erasure.preview(kind, value), context.language):
            context.errors.print(line, soft_wrap=True)
    sure = typer.confirm(erasure_word("ask", context.language), err=True)
    if not sure:
        context.errors.print(erasure_word("kept", context.language))
    return sure


def value_is_known(context: CommandContext, kind: ErasureKind, value: str) -> bool:
    """False where a kill came after the rows were gone: there is nothing left to preview."""
    try:
        context.wiring.erasure.preview(kind, value)
    except InputError:
        return False
    return True


def _preview(context: CommandContext, kind: ErasureKind, value: str, *, as_json: bool) -> None:
    preview = context.wiring.erasure.preview(kind, value)
    if as_json:
        emit_json(preview)
    else:
        for line in tell_preview(preview, context.language):
            context.out.print(line, soft_wrap=True)


def _check(context: CommandContext, kind: ErasureKind, value: str, *, as_json: bool) -> None:
    found = context.wiring.erasure.check(kind, value)
    if as_json:
        emit_json({"checked": found, "clean": not any(found.values())})
    else:
        for line in tell_checked(found, context.language):
            context.out.print(line, soft_wrap=True)
    if any(found.values()):
        raise typer.Exit(NOT_CLEAN)


def _erase_again(context: CommandContext, *, as_json: bool) -> None:
    certificate = context.wiring.erasure.apply_again()
    if certificate is not None:
        _show(context, certificate, as_json=as_json)
    elif as_json:
        emit_json({"certificate": None})
    else:
        context.out.print(erasure_word("nothing_back", context.language))


def _write(out: Path | None, certificate: Certificate) -> None:
    if out is None:
        return
    try:
        out.write_text(dump(certificate) + "\n", encoding="utf-8")
    except OSError as error:
        message = f"the certificate {certificate.id} can't be written to {out}: {error.strerror}"
        hint = "all was erased; `qm retention certificate` prints it again"
        raise StorageError("output.failed", message, hint) from error


def _actor(context: CommandContext) -> str:
    return context.settings.actor or login_name()
