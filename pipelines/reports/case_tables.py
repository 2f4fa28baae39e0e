"""Reports of detractor cases on the terminal and as CSV."""

from rich.console import Console
from rich.table import Table

from qm.domain.case_plan import CasePlan
from qm.domain.case_report import CaseReport, TeamCases
from qm.domain.figures import Figure
from qm.domain.text import Language, Text
from qm.services.case_views import CaseQueue, CaseView
from qm.wording_cases import case_word, hours_text, moment_text, part_text, scores_text, tell_change

LABELS = {
    "queue": Text("Casi da lavorare", "Cases to work on"),
    "nothing": Text("Nessun caso con questi criteri.", "No case of this kind."),
    "case": Text("Caso", "Case"),
    "due": Text("Entro", "Due"),
    "left": Text("Ore rimaste", "Hours left"),
    "severity": Text("Gravità", "Severity"),
    "scores": Text("Voti", "Scores"),
    "customer": Text("Cliente", "Customer"),
    "agent": Text("Operatore", "Agent"),
    "who": Text("Assegnato a", "Assigned to"),
    "next": Text("Prossimo passo", "Next step"),
    "counts": Text(
        "{n} aperti, {overdue} in ritardo, {unassigned} da assegnare; {withdrawn} da chiudere (sondaggio corretto); "
        "{without} scontenti senza contatto",
        "{n} open, {overdue} overdue, {unassigned} nobody's; {withdrawn} to be closed (survey corrected); "
        "{without} unhappy customers without a contact",
    ),
    "contact": Text("Contatto", "Contact"),
    "comment": Text("Commento", "Comment"),
    "value": Text("Valore del cliente", "Customer value"),
    "offered": Text("Si può offrire", "May be offered"),
    "withdrawn": Text("Il sondaggio è stato corretto: il cliente non risulta più insoddisfatto.",
                      "The survey was corrected: the customer no longer counts as unhappy."),
    "history": Text("Storia", "History"),
    "product": Text("sistema", "system"),
    "report": Text("Casi aperti dal {since} al {until}", "Cases opened from {since} to {until}"),
    "opened": Text("aperti", "opened"),
    "closed": Text("chiusi", "closed"),
    "reached": Text("raggiunti", "reached"),
    "recovered": Text("recuperati (tra i raggiunti)", "recovered (of those reached)"),
    "attempt_kept": Text("primo tentativo in tempo", "first attempt in time"),
    "close_kept": Text("chiusi in tempo", "closed in time"),
    "team": Text("Team", "Team"),
    "everybody": Text("Tutti", "Everybody"),
    "no_team": Text("Senza team", "No team"),
    "cause": Text("Causa", "Cause"),
    "side": Text("Lato", "Side"),
    "share": Text("Quota (95 %)", "Share (95 %)"),
    "without_cause": Text("{n} casi ancora senza causa", "{n} cases without a cause yet"),
    "age": Text("Età dei casi aperti (ore lavorative)", "Age of open cases (working hours)"),
    "overdue_of": Text("{hits} in ritardo su {n}", "{hits} overdue of {n}"),
    "first_attempt": Text("Ore fino al primo tentativo (mediana)", "Hours to the first attempt (median)"),
    "closing": Text("Ore fino alla chiusura (mediana)", "Hours to closing (median)"),
    "note": Text("Intervalli al 95 %; sotto {n} casi solo il conteggio. Chi è ancora nei tempi non è contato.",
                 "95 % intervals; below {n} cases only the count. Who still has time isn't counted."),
    "corrected": Text("{n} casi ritirati da un sondaggio corretto: fuori da ogni cifra",
                      "{n} cases withdrawn by a corrected survey: in no figure"),
    "opening": Text("{opened} casi aperti, {changed} aggiornati; {without} scontenti senza contatto",
                    "{opened} cases opened, {changed} updated; {without} unhappy customers without a contact"),
}  # fmt: skip
SHARES = ("reached", "recovered", "attempt_kept", "close_kept")


def label(key: str, language: Language, **values: object) -> str:
    """A label with its values filled in."""
    return LABELS[key].said_in(language).format(**values)


def print_queue(console: Console, queue: CaseQueue, plan: CasePlan, language: Language) -> None:
    """The queue as a table, the most urgent first."""
    columns = ("case", "due", "left", "severity", "scores", "customer", "agent", "who", "next")
    table = Table(*(label(name, language) for name in columns), title=label("queue", language), title_justify="left")
    for row in queue.items:
        left = hours_text(row.hours_left, plan.calendar.day_h, is_overdue=row.is_overdue, language=language)
        table.add_row(
            row.id, moment_text(row.due, plan.calendar.zone) if row.due else "", left,
            case_word(f"severity.{row.severity}", language), scores_text(row.scores, language), row.customer_id,
            f"{row.agent_name} ({row.team})" if row.agent_name else "", row.assignee,
            case_word(f"next.{row.next_step}", language) if row.next_step else
            case_word(f"outcome.{row.outcome}", language), style="bold" if row.is_overdue else None,
        )  # fmt: skip
    if queue.items:
        console.print(table)
    else:
        console.print(label("nothing", language))
    counts = {"n": queue.unfinished, "overdue": queue.overdue, "unassigned": queue.unassigned}
    console.print(
        label("counts", language, **counts, withdrawn=queue.withdrawn, without=queue.detractors_without_contact)
    )


def print_case(console: Console, view: CaseView, plan: CasePlan, language: Language) -> None:
    """One case: what is known, what may be offered, and its history."""
    row = view.row
    left = hours_text(row.hours_left, plan.calendar.day_h, is_overdue=row.is_overdue, language=language)
    state = case_word(f"state.{row.state}", language)
    outcome = f", {case_word(f'outcome.{row.outcome}', language)}" if row.outcome else ""
    console.print(f"{row.id}: {state}{outcome}" + (f", {left}" if left else ""), style="bold")
    if not row.stands:
        console.print(label("withdrawn", language))
    pairs = [
        ("scores", scores_text(row.scores, language)), ("severity", case_word(f"severity.{row.severity}", language)),
        ("value", case_word(f"value.{row.value}", language)), ("customer", row.customer_id),
        ("contact", row.contact_id), ("agent", f"{row.agent_name} {row.team}".strip()), ("who", row.assignee),
        ("comment", view.response.comment if view.response else ""),
        ("offered", ", ".join(f"{r.title.said_in(language)} [{r.id}]" for r in view.offered)),
    ]  # fmt: skip
    for name, text in pairs:
        if text:
            console.print(f"  {label(name, language)}: {text}")
    console.print(f"  {label('history', language)}:")
    for change in view.case.history:
        who = change.who or label("product", language)
        console.print(f"    {moment_text(change.at, view.zone)} {who}: {tell_change(change, plan, language)}")
        if change.note:
            console.print(f"      «{change.note}»")


def print_report(console: Console, report: CaseReport, plan: CasePlan, language: Language) -> None:
    """The weekly report as tables."""
    zone = plan.calendar.zone
    days = {"since": moment_text(report.since, zone)[:10], "until": moment_text(report.until, zone)[:10]}
    heads = [label(name, language) for name in ("team", "opened", "closed", *SHARES)]
    table = Table(*heads, title=label("report", language, **days), title_justify="left")
    for team in (report.whole, *report.teams):
        name = label("everybody", language) if team is report.whole else team.team or label("no_team", language)
        table.add_row(name, str(team.opened), str(team.closed), *_shares(team, language))
    console.print(table)
    console.print(label("note", language, n=report.min_n))
    causes = Table(*(label(name, language) for name in ("cause", "side", "share")))
    for cause in report.causes:
        title = cause.title.said_in(language) if cause.title else cause.id
        causes.add_row(title, case_word(f"side.{cause.side}", language), part_text(cause.part, language))
    if report.causes:
        console.print(causes)
    _print_rest(console, report, language)


def _print_rest(console: Console, report: CaseReport, language: Language) -> None:
    if report.without_cause:
        console.print(label("without_cause", language, n=report.without_cause))
    if report.withdrawn:
        console.print(label("corrected", language, n=report.withdrawn))
    ages = Table(label("age", language), "")
    for group in report.ages:
        high = f"{group.high_h:g}" if group.high_h is not None else "…"
        counts = {"hits": group.overdue.hits, "n": group.overdue.n}
        ages.add_row(f"{group.low_h:g}-{high}", label("overdue_of", language, **counts))
    console.print(ages)
    for name, figure in (("first_attempt", report.first_attempt_h), ("closing", report.closing_h)):
        console.print(f"{label(name, language)}: {_hours(figure, language)}")


def _shares(team: TeamCases, language: Language) -> list[str]:
    return [part_text(getattr(team, name), language) for name in SHARES]


def _hours(figure: Figure, language: Language) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"n={figure.n}"
    text = f"{figure.value:.1f} ({figure.lo:.1f}-{figure.hi:.1f}), n={figure.n}"
    return text.replace(".", ",") if language is Language.ITALIAN else text
