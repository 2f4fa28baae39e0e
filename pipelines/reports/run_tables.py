"""Runs and workers on the terminal."""

from datetime import tzinfo
from pathlib import PurePath

from rich.console import Console
from rich.table import Table

from qm.domain.run import RunState
from qm.domain.text import Language, Text
from qm.domain.work import WorkerRow
from qm.services.runs import RunDetail, RunView
from qm.units import Seconds

LABELS = {
    "runs": Text("Elaborazioni", "Runs"),
    "none": Text("Nessuna elaborazione.", "No runs."),
    "run": Text("Id", "Id"),
    "what": Text("Cosa", "What"),
    "state": Text("Stato", "State"),
    "priority": Text("Priorità", "Priority"),
    "done": Text("fatti", "done"),
    "unchanged": Text("già fatti", "unchanged"),
    "quarantined": Text("in quarantena", "quarantined"),
    "left": Text("restano", "left"),
    "pace": Text("al minuto (n)", "a minute (n)"),
    "time_left": Text("tempo", "time left"),
    "age": Text("età", "age"),
    "began": Text("Inizio", "Began"),
    "wanted": Text("in arrivo", "being taken in"),
    "running": Text("in corso", "running"),
    "paused": Text("in pausa", "paused"),
    "cancelled": Text("annullata", "cancelled"),
    "finishing": Text("ultimo passo", "last step"),
    "over": Text("finita", "done"),
    "retry": Text("di nuovo", "again"),
    "rescore": Text("nuovi punteggi", "new scores"),
    "workers": Text("Worker", "Workers"),
    "nobody": Text("Nessuno ci lavora.", "Nobody works on it."),
    "busy": Text("al lavoro", "busy"),
    "idle": Text("in attesa", "idle"),
    "stopping": Text("si ferma", "stopping"),
    "host": Text("Macchina", "Host"),
    "version": Text("Versione", "Version"),
    "errors": Text("Errori", "Errors"),
    "given_up": Text(
        "Elaborazione {run}: annullata, {n} contatti abbandonati (la stessa giornata li rimette in lista)",
        "Run {run}: cancelled, {n} contacts given up (the same day given again wants them once more)",
    ),
    "no_worker": Text(
        "Nessun worker al lavoro: avviarne uno con `qm worker`.", "No worker is at work: start one with `qm worker`."
    ),
    "moved": Text("Elaborazione {run}: {state}, {left} contatti restano", "Run {run}: {state}, {left} contacts left"),
    "new_priority": Text("Elaborazione {run}: priorità {priority}", "Run {run}: priority {priority}"),
}
STATES = {"done": "over"}
"""States whose word differs from the label of the same name."""


def told(key: str, language: Language, **values: object) -> str:
    """A word with its values filled in."""
    return LABELS[key].said_in(language).format(**values)


def state_word(state: str, language: Language) -> str:
    """A run's or worker's state."""
    return told(STATES.get(state, state), language)


def span(seconds: Seconds | None) -> str:
    """A time as people say it: 45 s, 12 min, 3 h 20, 2 d 4 h.

    >>> [span(seconds) for seconds in (None, 45, 730, 12000, 187200)]
    ['', '45 s', '12 min', '3 h 20', '2 d 4 h']
    """
    if seconds is None:
        return ""
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    if minutes < 2:
        return f"{seconds:.0f} s"
    if hours < 1:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60:02d}" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def print_runs(
    console: Console, views: tuple[RunView, ...], workers: tuple[WorkerRow, ...], language: Language, zone: tzinfo
) -> None:
    """Open runs first, and where one waits for a worker, that."""
    if not views:
        console.print(told("none", language))
        return
    heads = (
        "run", "what", "state", "priority", "began", "done", "unchanged", "quarantined", "left", "pace", "time_left",
        "age",
    )  # fmt: skip
    table = Table(*(told(head, language) for head in heads), title=told("runs", language), title_justify="left")
    for view in views:
        table.add_row(*_row(view, language, zone))
    console.print(table)
    if not workers and any(view.state is RunState.RUNNING for view in views):
        console.print(told("no_worker", language))


def _row(view: RunView, language: Language, zone: tzinfo) -> tuple[str, ...]:
    counts = [str(view.counts[name]) for name in ("done", "unchanged", "quarantined")]
    rate = view.pace.per_minute
    pace = f"{rate:.1f} ({view.pace.n})" if rate is not None and view.state.is_open else ""
    return (
        view.id, _what(view, language), state_word(view.state.value, language), str(view.priority),
        f"{view.started_at.astimezone(zone):%Y-%m-%d %H:%M}", *counts, str(view.left), pace, span(view.left_s),
        span(view.age_s) if view.state.is_open else "",
    )  # fmt: skip


def _what(view: RunView, language: Language) -> str:
    return PurePath(view.day).name or view.day if view.kind.value == "day" else told(view.kind.value, language)


def print_run(console: Console, detail: RunDetail, language: Language, zone: tzinfo) -> None:
    """One run with its workers, and what failed."""
    print_runs(console, (detail.view,), detail.workers, language, zone)
    if detail.view.state.is_open:
        print_workers(console, detail.workers, language)
    for contact_id, error in detail.errors.items():
        console.print(f"{contact_id}: {error}", soft_wrap=True)


def print_workers(console: Console, workers: tuple[WorkerRow, ...], language: Language) -> None:
    """Who works."""
    if not workers:
        console.print(told("nobody", language))
        return
    heads = ("host", "run", "state", "version")
    table = Table(*(told(head, language) for head in heads), title=told("workers", language), title_justify="left")
    for worker in workers:
        host = f"{worker.host.partition('#')[0]} ({worker.pid})"
        table.add_row(host, worker.run_id, state_word(worker.state, language), worker.version)
    console.print(table)
