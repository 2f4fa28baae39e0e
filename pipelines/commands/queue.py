"""Commands about work queues: `queue`."""

from datetime import date
from typing import Annotated

import typer

from pipelines.commands.actor import login_name
from pipelines.commands.context import CommandContext, emit_json
from pipelines.reports.queue_tables import label, print_drawn, print_queue, print_queues
from qm.domain.work_queue import Allocation, Method, QueuePlan, Quota, Stratifier
from qm.errors import InputError

queue = typer.Typer(no_args_is_help=True, help="Work queues: draw contacts for review, see how far they are.")
QueueId = Annotated[str, typer.Argument(metavar="QUEUE", help="A queue, as `qm queue list` names it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(queue, name="queue")


@queue.command("draw")
def draw_queue(
    name: Annotated[str, typer.Argument(help="Name of the queue.")],
    form: Annotated[str, typer.Option(help="Id of the form.")],
    since: Annotated[str, typer.Option(help="First day of the contacts, 2026-11-16.")],
    until: Annotated[str, typer.Option(help="Last day.")],
    size: Annotated[int, typer.Option(help="Contacts to draw.")],
    analyst: Annotated[list[str], typer.Option(help="LOGIN=QUOTA; once for each analyst.")],
    method: Annotated[Method, typer.Option(help="How contacts are drawn.")] = Method.RANDOM,
    by: Annotated[Stratifier, typer.Option(help="Groups of a stratified draw.")] = Stratifier.AGENT,
    equal: Annotated[bool, typer.Option("--equal", help="As many of each group, rather than in proportion.")] = False,
    team: Annotated[str, typer.Option(help="Only this team.")] = "",
    process: Annotated[str, typer.Option(help="Only this process.")] = "",
    medium: Annotated[str, typer.Option(help="voice, chat or email.")] = "",
    site: Annotated[str, typer.Option(help="Only this site.")] = "",
    vendor: Annotated[str, typer.Option(help="Only this vendor.")] = "",
    agent_min: Annotated[int, typer.Option(help="Contacts of each agent at least; 0: no bound.")] = 0,
    agent_max: Annotated[int, typer.Option(help="At most; 0: no bound.")] = 0,
    days: Annotated[int, typer.Option(help="Days until due.")] = 7,
    second: Annotated[float, typer.Option(help="Share that a second evaluator reviews too, 0 to 1.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Draws the same again; 0: one is drawn.")] = 0,
    tests: Annotated[bool, typer.Option("--tests", help="Test and mystery contacts too.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Draw nothing; print what would be drawn.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw contacts for review and assign them."""
    context = CommandContext.open()
    service = context.wiring.work_queues
    allocation = Allocation.EQUAL if equal else Allocation.PROPORTIONAL
    plan = QueuePlan(
        name, form, _day("since", since), _day("until", until), size, tuple(map(_quota, analyst)), method, by,
        allocation, team, process, medium, site, vendor, agent_min, agent_max, days, second, seed, tests,
    )  # fmt: skip
    if preview:
        emit_json(service.preview(plan))
        return
    drawn = service.draw(plan, context.settings.actor or login_name())
    if as_json:
        emit_json(drawn)
    else:
        print_drawn(context.out, service.get(drawn.id).line, context.language)


@queue.command("list")
def list_queues(as_json: AsJson = False) -> None:
    """Print the latest hundred queues and how far they are."""
    context = CommandContext.open()
    page = context.wiring.work_queues.queues(size=100)
    if as_json:
        emit_json(page)
    else:
        print_queues(context.out, page, context.language)


@queue.command("show")
def show_queue(
    queue_id: QueueId, as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print its contacts with their probabilities as CSV.")] = False,
) -> None:  # fmt: skip
    """Print one queue: progress, and what its reviews tell of all contacts."""
    context = CommandContext.open()
    service = context.wiring.work_queues
    if as_csv:
        print(service.table(queue_id, context.settings.actor or login_name()), end="")
        return
    view = service.get(queue_id)
    if as_json:
        emit_json(view)
    else:
        print_queue(context.out, view, context.language)


@queue.command("withdraw")
def withdraw_queue(queue_id: QueueId, as_json: AsJson = False) -> None:
    """Take back what is still open in a queue; what is reviewed stays."""
    context = CommandContext.open()
    gone = context.wiring.assignments.withdraw_queue(queue_id, context.settings.actor or login_name())
    if as_json:
        emit_json({"withdrawn": gone})
    else:
        context.out.print(label("gone", context.language, n=gone))


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"--{name}: '{text[:60]}' isn't a day"
        raise InputError("queue.bad_field", message, "write it like 2026-11-23") from None


def _quota(text: str) -> Quota:
    login, _, number = text.rpartition("=")
    if not login or not (number.isascii() and number.isdecimal() and len(number) < 10):
        message = f"--analyst: '{text[:60]}' isn't LOGIN=QUOTA"
        raise InputError("queue.bad_field", message, "write --analyst ada=40")
    return Quota(login, int(number))
