"""Reports of work queues on the terminal."""

from rich.console import Console
from rich.table import Table

from qm.domain.figures import Figure
from qm.domain.text import Language, Text
from qm.services.queue_views import Progress, QueueLine, QueueList, QueueView

LABELS = {
    "queues": Text("Liste di lavoro", "Work queues"),
    "nothing": Text("Nessuna lista di lavoro.", "No work queue."),
    "queue": Text("Lista", "Queue"),
    "name": Text("Nome", "Name"),
    "drawn": Text("Estratti", "Drawn"),
    "done": Text("Valutati", "Reviewed"),
    "open": Text("Da fare", "Open"),
    "overdue": Text("In ritardo", "Overdue"),
    "analyst": Text("Analista", "Analyst"),
    "made": Text("{id}: {n} contatti estratti da {of}, seme {seed}", "{id}: {n} contacts drawn from {of}, seed {seed}"),
    "left_out": Text("fuori dall'estrazione: {told}", "left out of the draw: {told}"),
    "gone": Text("{n} contatti ritirati", "{n} contacts withdrawn"),
    "score": Text("Punteggio medio valutato", "Mean reviewed score"),
    "differs": Text("Quota di contatti in cui cambia il punteggio", "Share of contacts whose score changes"),
    "provisional": Text("provvisorio: la lista non è finita", "provisional: the queue isn't finished"),
}


def label(key: str, language: Language, **values: object) -> str:
    """A wording with its values put in."""
    return LABELS[key].said_in(language).format(**values)


def print_queues(out: Console, page: QueueList, language: Language) -> None:
    """A line a queue, the latest first."""
    if not page.items:
        out.print(label("nothing", language))
        return
    table = Table(*(label(key, language) for key in ("queue", "name", "drawn", "done", "open", "overdue")))
    for line in page.items:
        table.add_row(line.queue.id, line.queue.plan.name, f"{line.queue.plan.size}", *_numbers(line.progress))
    out.print(table)


def print_drawn(out: Console, line: QueueLine, language: Language) -> None:
    """What was drawn from how many, and why contacts were left out."""
    queue = line.queue
    values = {"id": queue.id, "n": queue.plan.size, "of": queue.frame, "seed": queue.plan.seed}
    out.print(label("made", language, **values))
    if told := ", ".join(f"{reason} {n}" for reason, n in queue.left_out.items() if n):
        out.print(label("left_out", language, told=told))


def print_queue(out: Console, view: QueueView, language: Language) -> None:
    """One queue: progress by analyst, estimates with n and interval."""
    print_drawn(out, view.line, language)
    table = Table(*(label(key, language) for key in ("analyst", "done", "open", "overdue")))
    for one in view.line.analysts:
        table.add_row(one.analyst, *_numbers(one))
    out.print(table)
    for key, figure in (("score", view.estimates.score), ("differs", view.estimates.differs)):
        out.print(f"{label(key, language)}: {_told(figure)}")
    if view.estimates.is_provisional:
        out.print(label("provisional", language))


def _numbers(progress: Progress) -> tuple[str, str, str]:
    return f"{progress.done}", f"{progress.open}", f"{progress.overdue}"


def _told(figure: Figure) -> str:
    if figure.value is None:
        return f"n {figure.n}"
    return f"{figure.value:.3g} ({figure.lo:.3g}…{figure.hi:.3g}), n {figure.n}"
