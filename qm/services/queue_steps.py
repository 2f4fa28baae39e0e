"""What handing in a review does to work queues: the assignment is done, and perhaps a second evaluator is asked."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qm.domain.review import Review
from qm.domain.work_queue import Assignment, EvaluationStep, WorkQueue
from qm.ports import Unit
from qm.services.queue_plans import can_review


def note_handed_in(unit: Unit, review: Review, now: datetime) -> None:
    """Mark what was asked of the reviewer as done, in the transaction that hands the review in."""
    for one in unit.work_queues.done_by(review.contact_id, review.form_id, review.reviewer, now):
        if one.step is EvaluationStep.FIRST and one.wants_second:
            _ask_second(unit, one, now)


def _ask_second(unit: Unit, first: Assignment, now: datetime) -> None:
    """Whoever has the fewest of the queue for their quota; nobody where nobody else can."""
    queue = unit.work_queues.get(first.queue_id)
    if (login := _second(unit, queue, first)) is None:
        return
    day = now.astimezone(ZoneInfo(queue.zone)).date() + timedelta(days=queue.plan.due_days)
    second = replace(first, step=EvaluationStep.SECOND, analyst=login, due=day, wants_second=False)
    if unit.work_queues.add_one(second):
        told = {"to": login, "step": second.step.value, "contacts": 1}
        unit.audit.note("assignment.added", "queue", queue.id, actor=first.analyst, after=told)


def _second(unit: Unit, queue: WorkQueue, first: Assignment) -> str | None:
    reviewed = {review.reviewer for review in unit.reviews.of_contact(first.contact_id, first.form_id)}
    rows = unit.work_queues.counts([queue.id], queue.plan.until)
    load = Counter({quota.login: 0 for quota in queue.plan.analysts})
    for row in rows:
        load[row.analyst] += row.n if row.step == EvaluationStep.SECOND.value else 0
    able = [
        quota for quota in queue.plan.analysts
        if quota.login not in {first.analyst, *reviewed} and can_review(unit, quota.login, queue.scope)
    ]  # fmt: skip
    return min(able, key=lambda quota: (load[quota.login] / quota.n, quota.login)).login if able else None
