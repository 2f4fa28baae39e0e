"""Coaching sessions on the terminal."""

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from pipelines.reports.day_tables import clock, visible
from qm.analysis.measure_change import Change, Verdict
from qm.domain.coaching_session import CoachingSession
from qm.domain.figures import Figure
from qm.domain.text import Language, Text
from qm.services.coaching_sessions import OVERDUE, SessionPage, SessionView

LABELS = {
    "nothing": Text("Nessun colloquio.", "No session."),
    "session": Text("Colloquio", "Session"),
    "due": Text("Entro il", "Due on"),
    "agent": Text("Operatore", "Agent"),
    "topic": Text("Argomento", "Topic"),
    "state": Text("Stato", "State"),
    "change": Text("È cambiato?", "Did it change?"),
    "planned": Text("pianificato", "planned"),
    "held": Text("svolto", "held"),
    "done": Text("chiuso", "done"),
    "cancelled": Text("annullato", "cancelled"),
    "overdue": Text("scaduto", "overdue"),
    "better": Text("meglio", "better"),
    "worse": Text("peggio", "worse"),
    "unclear": Text("non si può ancora dire", "can't be told yet"),
    "goal": Text("Obiettivo", "Goal"),
    "target": Text("in almeno {share} % dei contatti", "in at least {share} % of contacts"),
    "commitment": Text("Impegno", "Commitment"),
    "outcome": Text("Esito", "Outcome"),
    "listen": Text("da ascoltare", "listen to"),
    "before": Text("prima", "before"),
    "after": Text("dopo", "after"),
    "team": Text("resto del team", "rest of the team"),
    "step.made": Text("pianificato", "planned"),
    "step.held": Text("svolto", "held"),
    "step.commented": Text("commento", "comment"),
    "step.answered": Text("impegno fatto", "commitment done"),
    "step.done": Text("chiuso", "closed"),
    "step.cancelled": Text("annullato", "cancelled"),
    "few": Text("pochi contatti", "too few contacts"),
}


def label(key: str, language: Language, **values: object) -> str:
    """A wording with its values put in."""
    return LABELS[key].said_in(language).format(**values)


def print_sessions(out: Console, page: SessionPage, language: Language) -> None:
    """A line a session."""
    if not page.items:
        out.print(label("nothing", language))
        return
    table = Table(*(label(key, language) for key in ("session", "due", "agent", "topic", "state", "change")))
    for view in page.items:
        one = view.session
        table.add_row(
            one.id, one.due.isoformat(), visible(one.agent.name), visible(view.title.said_in(language)),
            _state(view, language), _change(view.change, language),
        )  # fmt: skip
    out.print(table)


def print_session(out: Console, view: SessionView, zone: str, language: Language) -> None:
    """One session whole; times as the clocks of `zone` show them."""
    one = view.session
    out.print(RichText(visible(f"{one.agent.name} · {view.title.said_in(language)}"), style="bold"))
    due = f"{label('due', language)} {one.due.isoformat()}"
    out.print(RichText(visible(f"{one.id} · {_state(view, language)} · {due} · {one.supervisor}")))
    share = f" ({label('target', language, share=round(100 * one.target))})" if one.target else ""
    for key, text in (("goal", one.goal + share), ("commitment", one.commitment), ("outcome", one.outcome)):
        if text:
            out.print(RichText(visible(f"{label(key, language)}: {text}")))
    for clip in one.clips:
        seconds = f" {clock(clip.start_s)}-{clock(clip.end_s)}" if clip.end_s > clip.start_s else ""
        quote = f" «{clip.quote}»" if clip.quote else ""
        out.print(RichText(visible(f"{label('listen', language)}: {clip.contact_id}{seconds}{quote}")))
    _print_change(out, one, view.change, language)
    for step in one.history:
        at, what = step.at.astimezone(ZoneInfo(zone)), label(f"step.{step.kind.value}", language)
        text = f": {step.text}" if step.text else ""
        out.print(RichText(visible(f"{at:%Y-%m-%d %H:%M} · {step.by} · {what}{text}"), style="dim"))


def _print_change(out: Console, one: CoachingSession, change: Change | None, language: Language) -> None:
    if change is None:
        return
    out.print(f"{label('change', language)} {_change(change, language)}")
    for name, figures in ((one.agent.name, change.own), (label("team", language), change.team)):
        sides = zip(("before", "after"), figures, strict=True)
        told = ", ".join(f"{label(side, language)} {_share(figure, language)}" for side, figure in sides)
        out.print(RichText(visible(f"  {name}: {told}")))


def _state(view: SessionView, language: Language) -> str:
    return label(OVERDUE if view.is_overdue else view.session.state.value, language)


def _change(change: Change | None, language: Language) -> str:
    if change is None:
        return "–"
    before, after = change.own
    verdict = label(change.verdict.value, language)
    if change.verdict is Verdict.UNCLEAR:
        return f"{verdict} (n={before.n}, {after.n})"
    return f"{verdict} ({_share(before, language)}; {_share(after, language)})"


def _share(figure: Figure, language: Language) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"{label('few', language)} (n={figure.n})"
    value, lo, hi = (round(100 * each) for each in (figure.value, figure.lo, figure.hi))
    return f"{value} % [{lo}; {hi}] (n={figure.n})"
