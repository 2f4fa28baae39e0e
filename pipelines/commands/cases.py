"""Commands about detractor cases: `cases`."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, TypeVar

import typer

from pipelines.commands.context import CommandContext, emit_json
from pipelines.reports import case_tables
from qm.errors import InputError
from qm.services.case_export import cases_csv
from qm.services.case_steps import Step
from qm.services.case_views import CaseFilter
from qm.wording_cases import tell_change

T = TypeVar("T")
cases = typer.Typer(no_args_is_help=True, help="Detractor cases: the queue, what was done, the weekly report.")
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="A case, as `qm cases list` names it.")]
Who = Annotated[str, typer.Option("--who", help="Your name: it goes into the case's history.")]
Note = Annotated[str, typer.Option(help="What there is to say about it.")]
At = Annotated[str, typer.Option(help="Day and time, ISO 8601; without an offset in the plan's time zone.")]
Day = Annotated[str, typer.Option(help="A day, 2026-11-23.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(cases, name="cases")


@cases.command("open")
def open_cases(as_json: AsJson = False) -> None:
    """Open a case for every unhappy answer; `qm run` and `qm survey import` do so by themselves."""
    context = CommandContext.open()
    found = context.wiring.cases.open_all()
    if as_json:
        emit_json(found)
        return
    counts = {"opened": found.opened, "changed": found.changed, "without": found.without_contact}
    context.out.print(case_tables.label("opening", context.language, **counts))


@cases.command("list")
def list_cases(
    state: Annotated[str, typer.Option(help="open, assigned, closed or all; what isn't closed if not given.")] = "",
    team: Annotated[str, typer.Option(help="Of the contact's agent.")] = "",
    severity: Annotated[str, typer.Option(help="low, medium or high.")] = "",
    assignee: Annotated[str, typer.Option(help="Who has it; - for nobody.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    day: Annotated[str, typer.Option(help="Only the queue of that working day and what is left of earlier ones.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print the queue, the most urgent first."""
    context = CommandContext.open()
    service = context.wiring.cases
    wanted = CaseFilter(state, severity, team, "", assignee, overdue, _day("day", day))
    queue = service.queue(wanted)
    if as_json:
        emit_json(queue)
    else:
        case_tables.print_queue(context.out, queue, service.plan, context.language)


@cases.command("show")
def show_case(case: CaseId, as_json: AsJson = False) -> None:
    """Print one case with its history and what may be offered."""
    context = CommandContext.open()
    service = context.wiring.cases
    view = service.get(case)
    context.wiring.audit.look("case.viewed", "case", case)
    if as_json:
        emit_json(view)
    else:
        case_tables.print_case(context.out, view, service.plan, context.language)


@cases.command("assign")
def assign_case(
    case: CaseId, who: Who, to: Annotated[str, typer.Option(help="Who gets the case.")], note: Note = ""
) -> None:
    """Give a case to somebody."""
    _take(case, "assign", Step(who, note, to=to))


@cases.command("attempt")
def note_attempt(
    case: CaseId, who: Who,
    reached: Annotated[bool, typer.Option("--reached/--not-reached", help="Whether the customer was reached.")],
    channel: Annotated[str, typer.Option(help="phone, email, sms, chat, visit or letter.")] = "phone",
    at: At = "", note: Note = "",
) -> None:  # fmt: skip
    """Note an attempt to reach the customer; now, where no time is given."""
    _take(case, "attempt", Step(who, note, at=_moment(at), channel=channel, reached=reached))


@cases.command("cause")
def find_cause(
    case: CaseId, cause: Annotated[str, typer.Argument(help="Of the plan.")], who: Who, note: Note = ""
) -> None:
    """Say why the customer was unhappy."""
    _take(case, "cause", Step(who, note, cause=cause))


@cases.command("remedy")
def offer_remedy(
    case: CaseId, remedy: Annotated[str, typer.Argument(help="Of the plan; `qm cases show` names them.")], who: Who,
    note: Note = "",
) -> None:  # fmt: skip
    """Say what was offered to the customer."""
    _take(case, "remedy", Step(who, note, remedy=remedy))


@cases.command("appointment")
def make_appointment(case: CaseId, at: At, who: Who, note: Note = "") -> None:
    """Note an appointment with the customer."""
    _take(case, "appointment", Step(who, note, at=_moment(at)))


@cases.command("close")
def close_case(
    case: CaseId, who: Who,
    outcome: Annotated[
        str, typer.Option(help="recovered, not_recovered, declined, unreachable or no_detractor; needed.")
    ] = "",
    note: Note = "",
) -> None:  # fmt: skip
    """Close a case with its outcome."""
    _take(case, "close", Step(who, note, outcome=outcome))


@cases.command("reopen")
def reopen_case(case: CaseId, who: Who, note: Note = "") -> None:
    """Take a closed case up again; the note says why."""
    _take(case, "reopen", Step(who, note))


@cases.command("answer")
def note_answer(
    case: CaseId, answer: Annotated[str, typer.Argument(help="satisfied, unsatisfied or no_answer.")], who: Who,
    score: Annotated[float | None, typer.Option(help="Satisfaction 0 to 10, where the customer gave one.")] = None,
    note: Note = "",
) -> None:  # fmt: skip
    """Note what the customer says afterwards."""
    _take(case, "answer", Step(who, note, answer=answer, score=score))


@cases.command("report")
def report_cases(since: Day = "", until: Day = "", as_json: AsJson = False) -> None:
    """Print the weekly report: the last seven days, or a week from --since, or up to the day before --until."""
    context = CommandContext.open()
    service = context.wiring.cases
    report = service.report(_day("since", since), _day("until", until))
    if as_json:
        emit_json(report)
    else:
        case_tables.print_report(context.out, report, service.plan, context.language)


@cases.command("export")
def export_cases() -> None:
    """Print every case as CSV."""
    wiring = CommandContext.open().wiring
    service = wiring.cases
    wiring.audit.look("case.exported", "list", "cases")
    print(cases_csv(service.export(), service.plan.calendar.zone), end="")


def _take(case_id: str, name: str, step: Step) -> None:
    context = CommandContext.open()
    service = context.wiring.cases
    case = service.take(case_id, name, step)
    context.out.print(f"{case.id}: {tell_change(case.history[-1], service.plan, context.language)}")


def _day(name: str, text: str) -> date | None:
    return _read(name, text, date.fromisoformat, "2026-11-23")


def _moment(text: str) -> datetime | None:
    return _read("at", text, datetime.fromisoformat, "2026-11-23T09:30")


def _read(name: str, text: str, read: Callable[[str], T], example: str) -> T | None:
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise InputError(
            "case.bad_time", f"--{name}: '{text[:60]}' can't be read", f"write it like {example}"
        ) from None
