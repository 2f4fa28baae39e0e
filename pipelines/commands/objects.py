"""Commands about the object store: `objects verify`, `objects sweep`, `objects lifecycle`."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.progress import display
from qm.errors import InputError
from qm.storage.objects import make_bucket
from qm.wording_objects import object_word, tell_report

if TYPE_CHECKING:
    from qm.storage.objects.lifecycle import Lifecycle
    from qm.storage.objects.s3_bucket import Bucket

FAULTY = 1
"""Exit code where something is lost, altered or no contact's: the command worked, somebody has to look."""
LONGEST_DAYS = 36_500
objects = typer.Typer(no_args_is_help=True, help="Recordings and chats as they're kept.")
lifecycle = typer.Typer(no_args_is_help=True, help="Rules by which an S3-compatible store tidies up by itself.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    objects.add_typer(lifecycle, name="lifecycle")
    app.add_typer(objects, name="objects")


@objects.command("verify")
def verify(
    quick: Annotated[bool, typer.Option("--quick", help="Compare lists only; nothing is read.")] = False,
    drop_altered: Annotated[
        bool,
        typer.Option("--drop-altered", help="Remove altered objects; a `qm run` of their day stores them."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read every object and compare it with its name and with the database; exit code 1 where something is wrong."""
    context = CommandContext.open()
    with display(context.errors, context.language, quiet=as_json) as shown:
        report = context.wiring.object_service.verify(shown.show_count, is_quick=quick)
        if drop_altered:
            context.wiring.object_service.drop_altered(report)
    if as_json:
        emit_json(report)
    else:
        for line in tell_report(report, context.language):
            context.out.print(line, soft_wrap=True)
    if not report.is_clean:
        raise typer.Exit(FAULTY)


@objects.command("sweep")
def sweep(
    hours: Annotated[float, typer.Option("--older-than", min=0, help="Hours; what is younger is left alone.")] = 24.0,
    unnamed: Annotated[
        bool, typer.Option("--unnamed", help="Remove objects that no contact names, too; not while a run is at work.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what killed processes left behind: temporary files, unfinished uploads, copies of erased objects."""
    context = CommandContext.open()
    service, before = context.wiring.object_service, datetime.now(UTC) - timedelta(hours=hours)
    left = service.leftovers(before) if dry_run else service.sweep(before)
    whole = (service.unnamed(before) if dry_run else service.erase_unnamed(before)) if unnamed else ()
    names = [stored.sha256 for stored in whole]
    if as_json:
        emit_json({"leftovers": left, "unnamed": names, "dry_run": dry_run})
        return
    word = object_word("would" if dry_run else "swept", context.language)
    gone = [(item.kind, item.name) for item in left] + [("unnamed", name) for name in names]
    for kind, name in gone:
        context.out.print(f"{word}: {object_word(kind, context.language)} {name}", soft_wrap=True)
    if not gone:
        context.out.print(object_word("nothing_left", context.language))


@lifecycle.command("show")
def show_lifecycle(as_json: AsJson = False) -> None:
    """Print the store's rules for our objects."""
    context = CommandContext.open()
    bucket = _bucket(context)
    from qm.storage.objects.lifecycle import read_lifecycle

    _print(context, read_lifecycle(bucket), as_json=as_json)


@lifecycle.command("set")
def set_rules(
    uploads_days: Annotated[
        int, typer.Option(min=0, max=LONGEST_DAYS, help="Days of an unfinished upload; 0: no rule.")
    ] = 2,
    versions_days: Annotated[
        int, typer.Option(min=0, max=LONGEST_DAYS, help="Days of an earlier version, in a bucket with versions.")
    ] = 0,
    objects_days: Annotated[
        int,
        typer.Option(min=0, max=LONGEST_DAYS, help="Days of any object, as a last resort: it knows no legal hold."),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Put our rules into the store, in the place of those that we put there before."""
    context = CommandContext.open()
    bucket = _bucket(context)
    from qm.storage.objects.lifecycle import OBJECTS, UPLOADS, VERSIONS, set_lifecycle

    days = {UPLOADS: uploads_days, VERSIONS: versions_days, OBJECTS: objects_days}
    _print(context, set_lifecycle(bucket, {kind: n for kind, n in days.items() if n}), as_json=as_json)


def _bucket(context: CommandContext) -> "Bucket":
    address = context.settings.objects
    if not isinstance(address, str):
        hint = "objects in a folder go by `qm retention` and `qm objects sweep`"
        raise InputError("objects.no_bucket_here", f"QM_OBJECTS is a folder ({address}), which has no such rules", hint)
    return make_bucket(context.settings, address)


def _print(context: CommandContext, found: "Lifecycle", *, as_json: bool) -> None:
    if as_json:
        emit_json(found)
        return
    for kind, days in found.days.items():
        context.out.print(object_word(kind, context.language, n=days))
    if not found.days:
        context.out.print(object_word("no_rules", context.language))
    if found.others:
        context.out.print(f"{object_word('others', context.language)}: {', '.join(found.others)}")
