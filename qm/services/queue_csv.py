"""A work queue as a table for a statistician."""

from collections.abc import Iterator, Sequence

from qm.csv_text import csv_text
from qm.domain.work_queue import Assignment, WorkQueue

COLUMNS = (
    "queue", "method", "seed", "contacts_of_frame", "contact_id", "form", "step", "analyst", "state", "due", "position",
    "stratum", "probability", "weight", "risks", "cannot_tell", "done_at",
)  # fmt: skip


def queue_csv(queue: WorkQueue, rows: Sequence[Assignment]) -> str:
    """A line an assignment. Scores aren't in it: who is still to review mustn't read them here."""
    return csv_text(COLUMNS, _rows(queue, rows))


def _rows(queue: WorkQueue, rows: Sequence[Assignment]) -> Iterator[list[object]]:
    plan = queue.plan
    for one in rows:
        yield [
            queue.id, plan.method.value, plan.seed, queue.frame, one.contact_id, one.form_id, one.step.value,
            one.analyst, one.state.value, one.due.isoformat(), one.position, one.stratum, one.probability,
            1 / one.probability, " ".join(one.risks), one.doubts, one.done_at.isoformat() if one.done_at else "",
        ]  # fmt: skip
