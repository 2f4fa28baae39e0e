"""Commands about the audit trail: `audit verify`, `audit list`, `audit export`."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from pipelines.commands.context import CommandContext, emit_json
from qm.domain.audit import Head, Verification
from qm.domain.text import Language
from qm.errors import InputError, StorageError
from qm.ports.audit import AuditFilter
from qm.services.audit import AuditRow, verify_export
from qm.wording_audit import action_word, actor_word, audit_word, kind_word, tell_check, tell_details

NOT_WHOLE = 1
"""Exit code of a chain that doesn't hold: the command worked, somebody has to look."""
MOST_ROWS = 100_000
audit = typer.Typer(no_args_is_help=True, help="The audit trail: who did or looked at what.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Since = Annotated[str, typer.Option(help="From that moment or day on: 2026-11-22 or 2026-11-22T19:00+01:00.")]


class Format(StrEnum):
    """What an export is written as; only JSONL can be checked again."""

    JSONL = "jsonl"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(audit, name="audit")


@audit.command("verify")
def verify(
    start: Annotated[int, typer.Option("--from", min=1, help="Number of the first event to check.")] = 1,
    expect: Annotated[str, typer.Option(metavar="SEQ:HASH", help="A link that was noted down and must be there.")] = "",
    file: Annotated[Path | None, typer.Option(help="Check an export (JSONL) instead; needs no database.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the chain against itself and what was noted down; print its end, and the first broken place otherwise."""
    context = CommandContext.open()
    head = _head(expect)
    found = _verify_file(file, head) if file else context.wiring.audit.verify(start, head)
    if as_json:
        emit_json(found)
    else:
        for line in tell_check(found, context.language, is_export=file is not None):
            context.out.print(line, soft_wrap=True)
    if file is None and start == 1:
        _note_down(context, found)
    if not found.is_whole:
        raise typer.Exit(NOT_WHOLE)


@audit.command("list")
def list_events(
    contact: Annotated[str, typer.Option(help="Only events about this contact.")] = "",
    subject: Annotated[str, typer.Option(help="Only events about this case, run, session …")] = "",
    actor: Annotated[str, typer.Option(help="Only what this person or process did.")] = "",
    action: Annotated[str, typer.Option(help="Like recording.played; with a dot at its end, all of that kind.")] = "",
    since: Since = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="Events at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Print events, the latest first."""
    context = CommandContext.open()
    if contact and subject:
        raise InputError("audit.two_subjects", "--contact and --subject exclude each other", "give one of them")
    kind = "contact" if contact else ""
    wanted = AuditFilter(kind, contact or subject, actor, action, _moment(since, context.settings.timezone))
    page = context.wiring.audit.page(wanted, size=limit)
    if as_json:
        emit_json(page)
    elif not page.items:
        context.out.print(audit_word("nothing", context.language))
    else:
        context.out.print(_table(page.items, context.language))


@audit.command("export")
def export(
    since: Since = "",
    form: Annotated[Format, typer.Option("--format", help="jsonl can be checked again by `verify --file`.")] = (
        Format.JSONL
    ),
    details: Annotated[bool, typer.Option("--details", help="Also what changed and why: may hold personal data.")] = (
        False
    ),
    out: Annotated[Path | None, typer.Option(help="File to write; standard output where it isn't given.")] = None,
) -> None:
    """Write the trail from a moment on; that it was exported becomes its last event."""
    context = CommandContext.open()
    moment = _moment(since, context.settings.timezone)
    pieces = context.wiring.audit.export(moment, as_csv=form is Format.CSV, with_details=details)
    if out is None:
        sys.stdout.writelines(pieces)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        message = f"can't write {out}: {error.strerror}"
        raise InputError("file.unwritable", message, "give another place") from error


def _head(text: str) -> Head | None:
    try:
        return Head.read(text) if text else None
    except ValueError as error:
        raise InputError("audit.bad_head", str(error), "take it from the output of `qm audit verify`") from None


def _verify_file(path: Path, head: Head | None) -> Verification:
    try:
        with path.open(encoding="utf-8") as lines:
            return verify_export(lines, str(path), head)
    except OSError as error:
        raise InputError("file.unreadable", f"can't read {path}: {error.strerror}", "check the path") from error
    except UnicodeDecodeError as error:
        raise InputError("audit.bad_export", f"{path} isn't a text file", "only JSONL can be checked") from error


def _note_down(context: CommandContext, found: Verification) -> None:
    try:
        context.wiring.audit.note_down(found)
    except StorageError as error:  # what was found is told already, and counts on a database that is only read too
        print(f"warning: the check wasn't noted down: {error}", file=sys.stderr)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day or moment; without an offset in the site's time zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError("audit.bad_moment", f"'{text[:60]}' isn't a moment", "write 2026-11-22T19:00") from None


def _table(rows: tuple[AuditRow, ...], language: Language) -> Table:
    table = Table()
    for name in ("seq", "at", "actor", "action", "subject", "details"):
        table.add_column(audit_word(name, language), overflow="fold")
    for row in rows:
        table.add_row(
            str(row.seq), f"{row.at[:10]} {row.at[11:19]}", actor_word(row.actor, language),
            action_word(row.action, language),
            f"{kind_word(row.subject_kind, language)} {row.subject}", "; ".join(tell_details(vars(row), language)),
        )  # fmt: skip
    return table
