"""The command about what customers write and say: `comments`."""

import time
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.progress import display
from pipelines.reports import theme_tables
from qm.errors import InputError
from qm.services.comments import ThemeRequest
from qm.services.theme_export import themes_csv

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("comments")(comments)


def comments(
    since: Day = None,
    until: Day = None,
    themes: Annotated[int, typer.Option(min=1, max=100, help="Themes at most.")] = 20,
    turns: Annotated[bool, typer.Option("--turns", help="What customers said in conversations.")] = False,
    by_words: Annotated[
        bool, typer.Option("--by-words", help="Group by shared words instead of meaning; needs no sentence encoder.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet.")] = False,
) -> None:
    """Work out what customers' comments speak of, from --since to the day before --until; the page shows it."""
    context = CommandContext.open()
    if as_json and as_csv:
        raise InputError("comments.two_forms", "--json and --csv exclude each other", "give one of them")
    if since and until and since >= until:
        raise InputError(
            "comments.period", f"{since:%Y-%m-%d} isn't before {until:%Y-%m-%d}", "--until is the day after"
        )
    zone = ZoneInfo(context.wiring.plan.window.zone)
    request = ThemeRequest("turns" if turns else "comments", _begin(since, zone), _begin(until, zone), by_words, themes)
    with display(context.errors, context.language, quiet=as_json or as_csv) as bar:
        watch = theme_tables.Stopwatch(time.perf_counter, bar.show_count)
        report = context.wiring.comments.compute(request, datetime.now(zone), watch.tell)
        watch.stop()
    context.wiring.audit.look("quotes.viewed", "list", request.source)
    if as_json:
        emit_json(report)
    elif as_csv:
        print(themes_csv(report), end="")
    else:
        theme_tables.print_themes(context.out, report, context.language)
        theme_tables.print_speed(context.errors, watch, context.language)


def _begin(day: datetime | None, zone: ZoneInfo) -> datetime | None:
    return day.replace(tzinfo=zone) if day else None
