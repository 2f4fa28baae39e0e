"""Commands that hand contacts to other programs: as a table, or each as a vCon."""

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext
from qm.errors import InputError, StorageError
from qm.parquet_file import require_parquet, write_parquet
from qm.services.contact_export import ContactExport, ExportWish

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


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("export.bad_day", f"'{text[:40]}' isn't a day", "write 2026-11-20") from None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(export, name="export")
