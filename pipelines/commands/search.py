"""Commands of the search: `search find|rebuild`."""

from datetime import datetime
from typing import Annotated

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.commands.progress import display
from pipelines.search_wiring import make_index, make_saved_searches, make_search
from qm.domain.search import Hit, SearchFilter
from qm.domain.transcript import Role
from qm.wording_search import search_word

search = typer.Typer(no_args_is_help=True, help="Words looked for in conversations.")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, 2026-11-23.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(search, name="search")


@search.command()
def find(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="As in the search field: docs/search.md.")],
    team: Annotated[str, typer.Option(help="Only of this team.")] = "",
    agent: Annotated[str, typer.Option(help="Only of the agent of this id.")] = "",
    role: Annotated[Role | None, typer.Option(help="Only what this party says.")] = None,
    since: Day = None,
    until: Day = None,
    size: Annotated[int, typer.Option(min=1, max=500, help="Conversations at most.")] = 20,
    cursor: Annotated[str, typer.Option(help="`next_cursor` of the page before.")] = "",
    as_json: AsJson = False,
) -> None:
    """Look for words; the latest conversations first, each with the turns in which they stand."""
    context = CommandContext.open()
    filters = SearchFilter(
        agent_id=agent, team=team, role=role, since=since.date() if since else None,
        until=until.date() if until else None,
    )  # fmt: skip
    found = make_search(context.wiring).find(words, filters, cursor, size)
    context.wiring.audit.look("search.used", "list", "search")
    if as_json:
        emit_json(found)
        return
    for hit in found.items:
        _print(context, hit)
    if not found.items:
        context.out.print(search_word("none", context.language), markup=False)
    if found.next_cursor:
        key = "cut" if found.is_cut else "more"
        context.errors.print(search_word(key, context.language, cursor=found.next_cursor), markup=False)


@search.command()
def rebuild(as_json: AsJson = False) -> None:
    """Take into the index what isn't there yet (a run does it at its end), and look for what kept searches found."""
    context = CommandContext.open()
    with display(context.errors, context.language, quiet=as_json) as bar:
        made = make_index(context.wiring).catch_up(lambda done: bar.show_count(done, 0))
    new = make_saved_searches(context.wiring).look()
    if as_json:
        emit_json({"indexed": made, "alerts": new})
    else:
        context.out.print(search_word("rebuilt", context.language, made=made, new=new), markup=False)


def _print(context: CommandContext, hit: Hit) -> None:
    started = f"{hit.started_at:%Y-%m-%d %H:%M}"
    context.out.print(f"{hit.contact_id}  {started}  {hit.agent_name}  {hit.team}", markup=False, soft_wrap=True)
    for turn in hit.turns:
        said = " ".join(f"[{text}]" if is_found else text for text, is_found in turn.pieces)
        context.out.print(f"  {turn.start_s:7.1f} s  {turn.role.value}: {said}", markup=False, soft_wrap=True)
