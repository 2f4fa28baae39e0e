"""Commands that hand contacts to other programs: as a table, or each as a vCon."""

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext
from qm import __version__
from qm.documents import dump
from qm.errors import InputError, StorageError
from qm.parquet_file import require_parquet, write_parquet
from qm.services.contact_export import ContactExport, ExportWish
from qm.services.vcon_export import VconExport

export = typer.Typer(no_args_is_help=True, help="Hand contacts to other programs.")


class Format(StrEnum):
    """Of a table."""

    CSV = "csv"
    PARQUET = "parquet"


@export.callback()
def _export() -> None:
    """Hand contacts to other programs."""


@export.command("contacts")
def export_contacts(
    out: Annotated[Path, typer.Argument(help="File to write; - prints CSV.")],
    form_of: Annotated[Format, typer.Option("--format", help="csv, or parquet (needs the extra of that name).")] = (
        Format.CSV
    ),
    since: Annotated[str, typer.Option(help="First day, like 2026-11-20.")] = "",
    until: Annotated[str, typer.Option(help="Last day.")] = "",
    form: Annotated[str, typer.Option(help="Only this form's columns.")] = "",
    comments: Annotated[bool, typer.Option("--comments", help="With what customers wrote in surveys.")] = False,
) -> None:
    """Write one row a contact; docs/formats.md names the columns."""
    context = CommandContext.open()
    wiring = context.wiring
    service = ContactExport(wiring.database.reading, wiring.forms, wiring.plan.window.zone)
    wish = ExportWish(_day(since), _day(until), form, comments)
    columns = [(column.name, column.kind) for column in service.columns(wish)]
    if form_of is Format.PARQUET:
        require_parquet()
    wiring.audit.look("contacts.exported", "list", "contacts")
    if form_of is Format.CSV and str(out) == "-":
        sys.stdout.writelines(service.csv(wish))
        return
    try:
        if form_of is Format.PARQUET:
            with out.open("wb") as target:
                write_parquet(target, columns, service.pages(wish))
        else:
            with out.open("w", encoding="utf-8", newline="") as text:
                text.writelines(service.csv(wish))
    except OSError as error:
        raise StorageError("output.failed", f"{out}: {error.strerror}", "check where it goes") from None


@export.command("vcon")
def export_vcon(
    out: Annotated[Path, typer.Argument(help="Folder to write into, a file a contact.")],
    contact_ids: Annotated[list[str] | None, typer.Option("--contact", help="This contact; may come again.")] = None,
    day: Annotated[str, typer.Option(help="All contacts of this day, like 2026-11-20.")] = "",
    inline: Annotated[bool, typer.Option("--inline", help="With the recordings inside.")] = False,
) -> None:
    """Write contacts as vCons: parties, dialog, transcript, evaluations."""
    context = CommandContext.open()
    wiring = context.wiring
    if bool(contact_ids) == bool(day):
        raise InputError("export.which", "give --contact or --day", "one of the two")
    wanted = contact_ids or _of_day(context, day)
    service = VconExport(wiring.contacts, wiring.objects, context.settings.public_url, __version__, _now)
    for contact_id in wanted:
        made = service.make(contact_id, inline=inline)
        wiring.audit.look("vcon.exported", "contact", contact_id)
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{made['uuid']}.vcon.json").write_text(dump(made), encoding="utf-8")
        except OSError as error:
            raise StorageError("output.failed", f"{out}: {error.strerror}", "check where it goes") from None
    context.out.print(f"{len(wanted)} → {out}")


def _of_day(context: CommandContext, day: str) -> list[str]:
    wiring = context.wiring
    service = ContactExport(wiring.database.reading, wiring.forms, wiring.plan.window.zone)
    at = _day(day)
    return [row[0] for page in service.pages(ExportWish(at, at)) for row in page]


def _now() -> datetime:
    return datetime.now(UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("export.bad_day", f"'{text[:40]}' isn't a day", "write 2026-11-20") from None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(export, name="export")
