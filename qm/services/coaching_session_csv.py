"""Coaching sessions as a table for a spreadsheet."""

from collections.abc import Iterable

from qm.csv_text import csv_text
from qm.domain.figures import Figure
from qm.services.coaching_sessions import SessionView

SIDES = ("before", "after")
COLUMNS = (
    "session", "agent_id", "agent_name", "team", "supervisor", "form", "criterion", "state", "is_overdue", "due",
    "goal", "target", "commitment", "picked_at", "held_at", "answered_at", "outcome", "contacts_to_hear", "verdict",
    *(f"{whose}_{side}{part}" for whose in ("agent", "team") for side in SIDES for part in ("", "_lo", "_hi", "_n")),
)  # fmt: skip


def sessions_csv(views: Iterable[SessionView]) -> str:
    """A line a session; shares from 0 to 1 with their interval and n, empty until it's held."""
    return csv_text(COLUMNS, (_cells(view) for view in views))


def _cells(view: SessionView) -> list[object]:
    one, change = view.session, view.change
    figures = (*change.own, *change.team) if change else (None,) * 4
    moments = (moment.isoformat() if moment else "" for moment in (one.picked_at, one.held_at, one.answered_at))
    return [
        one.id, one.agent.id, one.agent.name, one.agent.team, one.supervisor, one.form_id, one.criterion_id,
        one.state.value, "yes" if view.is_overdue else "no", one.due.isoformat(), one.goal, one.target, one.commitment,
        *moments, one.outcome, len(one.clips), change.verdict.value if change else "",
        *(cell for figure in figures for cell in _told(figure)),
    ]  # fmt: skip


def _told(figure: Figure | None) -> tuple[object, ...]:
    return (figure.value, figure.lo, figure.hi, figure.n) if figure else ("", "", "", "")
