"""Detractor cases as a table for a spreadsheet."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from qm.csv_text import csv_text
from qm.domain.case import Case, ChangeKind
from qm.services.case_views import CaseRow

COLUMNS = (
    "case_id", "response_id", "contact_id", "customer_id", "agent_id", "agent_name", "team", "process", "opened_at",
    "queue_day", "attempt_due", "close_due", "state", "assignee", "severity", "customer_value", "scores", "attempts",
    "first_attempt_at", "reached", "cause", "side", "remedy", "appointment_at", "outcome", "closed_at", "answer_after",
    "score_after", "stands",
)  # fmt: skip


def cases_csv(pairs: Iterable[tuple[CaseRow, Case]], zone: str) -> str:
    """Cases as CSV, a line each; moments in the site's time zone with their offset."""
    return csv_text(COLUMNS, (_cells(row, case, ZoneInfo(zone)) for row, case in pairs))


def _cells(row: CaseRow, case: Case, zone: ZoneInfo) -> list[object]:
    def shown(moment: datetime | None) -> str:
        return moment.astimezone(zone).isoformat() if moment else ""

    cause, answer = (case.latest(kind) for kind in (ChangeKind.CAUSE, ChangeKind.ANSWER))
    after = answer.facts if answer else {}
    scores = ", ".join(f"{scale} {value:g}" for scale, value in row.scores.items())
    return [
        row.id, row.response_id, row.contact_id, row.customer_id, row.agent_id, row.agent_name, row.team, row.process,
        shown(row.opened_at), row.queue_day.isoformat(), shown(case.attempt_due), shown(case.close_due),
        row.state.value, row.assignee, row.severity, row.value, scores, row.attempts,
        shown(case.first_attempt_at), "yes" if row.is_reached else "no", row.cause_id,
        cause.facts["side"] if cause else "", case.remedy_id, shown(case.appointment_at), row.outcome,
        shown(case.closed_at), after.get("answer", ""), after.get("score", ""), "yes" if row.stands else "no",
    ]  # fmt: skip
