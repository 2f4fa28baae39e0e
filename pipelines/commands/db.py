"""Commands about the database: `db upgrade`, `check`, `backup` and `restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.reports.labels import label
from qm import __version__
from qm.errors import StorageError

database = typer.Typer(no_args_is_help=True, help="The database.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(database, name="db")


@database.command()
def upgrade() -> None:
    """Create the database or bring its schema to this version."""
    context = CommandContext.open()
    place = context.wiring.database
    key = "upgraded" if place.upgrade() else "up_to_date"
    told = label(key, context.language, place=place.shown, schema=place.revision()[0])
    context.out.print(told, markup=False, soft_wrap=True)


@database.command()
def check() -> None:
    """Check schema and integrity."""
    context = CommandContext.open()
    wrong = context.wiring.database.check()
    if wrong:
        raise StorageError("database.wrong", "; ".join(wrong), "run `qm db upgrade`")
    context.out.print("ok")


@database.command("partition")
def partition_trail(as_json: AsJson = False) -> None:
    """Put PostgreSQL's audit trail into a partition a month; once a month, this month's is begun."""
    context = CommandContext.open()
    parts = context.wiring.database.partition(datetime.now(UTC))
    if as_json:
        emit_json({"partitions": parts})
        return
    for part in parts:
        context.out.print(f"{part.name}  {part.first}")


@database.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The file to make, or a folder to make it in.")],
    portable: Annotated[
        bool, typer.Option("--portable", help="Of PostgreSQL: a SQLite file, which either database takes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write one consistent file and its manifest, while others go on working."""
    context = CommandContext.open()
    store, now = context.wiring.database, datetime.now(UTC)
    if target.is_dir():
        is_dump = store.describe().startswith("PostgreSQL") and not portable
        target /= f"quality-{now:%Y%m%dT%H%M%SZ}.{'dump' if is_dump else 'db'}"
    manifest = store.back_up(target, now, __version__, portable=portable)
    if as_json:
        emit_json({"file": str(target.absolute()), "manifest": manifest})
        return
    told = {"file": str(target), "rows": sum(manifest.rows.values()), "mb": round(manifest.bytes / 1e6, 1)}
    context.out.print(label("backed_up", context.language, **told))


@database.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A backup's file; its manifest lies beside it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what the database holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into the database, verify it, and erase again what was erased since."""
    context = CommandContext.open()
    manifest = context.wiring.database.restore(source, replace=replace)
    erased = context.wiring.erasure.apply_again()
    if as_json:
        emit_json({"manifest": manifest, "erased_again": erased})
        return
    told = {"file": str(source), "rows": sum(manifest.rows.values()), "at": f"{manifest.at:%Y-%m-%d %H:%M} UTC"}
    context.out.print(label("restored", context.language, **told))
    if erased is not None:
        context.out.print(label("erased_again", context.language, certificate=erased.id))
