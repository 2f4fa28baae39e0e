"""What the reviews of a queue tell: agreement of first and second evaluators, and estimates for what wasn't drawn."""

from collections.abc import Callable, Mapping, Sequence

from qm.analysis.calibration.measure_agreement import AnswerRow, ScoreRow, agree_on_answers, agree_on_scores
from qm.analysis.estimate_reviewed import Seen, estimate_mean, estimate_share
from qm.analysis.merge_review import DECIDED, OVERRIDDEN
from qm.domain.agreement import Pair
from qm.domain.form import Form
from qm.domain.work_queue import Assignment, AssignmentState, EvaluationStep
from qm.ports.work_queues import ReviewedRow
from qm.services.queue_views import CriterionEstimate, QueueEstimates, QueueLine, QueueView

SAME = 1e-6
"""Scores that differ by less are the same."""
ValueOf = Callable[[ReviewedRow], float | None]


def queue_figures(
    line: QueueLine, rows: Sequence[Assignment], reviewed: Sequence[ReviewedRow], form: Form | None, least_n: int
) -> QueueView:
    """All figures of a queue."""
    by_step = {
        step: {row.contact_id: row for row in reviewed if row.step is step} for step in EvaluationStep
    }  # fmt: skip
    first, second = by_step[EvaluationStep.FIRST], by_step[EvaluationStep.SECOND]
    both = sorted(first.keys() & second.keys())
    pairs = [(first[contact_id], second[contact_id]) for contact_id in both]
    answers = agree_on_answers(Pair.ANALYSTS, "", [row for pair in pairs for row in _answered(*pair)], least_n)
    scores = agree_on_scores([ScoreRow(a.contact_id, (a.score, b.score)) for a, b in pairs], least_n)
    # Withdrawn ones aren't done and won't be: what is done stands for them too.
    asked = [row for row in rows if row.step is EvaluationStep.FIRST]
    estimates = _estimates(asked, first, form, least_n)
    return QueueView(line, len(both), answers, scores, estimates, least_n)


def _answered(first: ReviewedRow, second: ReviewedRow) -> list[AnswerRow]:
    """Answers that both gave: what one didn't look at is the machine's, and would count as agreement."""
    given = {criterion_id: answer for criterion_id, answer, _reason in second.answers}
    return [
        AnswerRow(first.contact_id, (answer, given[criterion_id]))
        for criterion_id, answer, _reason in first.answers if criterion_id in given
    ]  # fmt: skip


def _estimates(
    asked: Sequence[Assignment], first: Mapping[str, ReviewedRow], form: Form | None, least_n: int
) -> QueueEstimates:
    def seen(value_of: ValueOf) -> list[Seen]:
        return [
            Seen(
                one.probability, one.doubts > 0, one.contact_id in first,
                value_of(first[one.contact_id]) if one.contact_id in first else None,
            )
            for one in asked
        ]  # fmt: skip

    criteria = tuple(
        CriterionEstimate(c.id, c.title, estimate_share(seen(_wrong_on(c.id)), least_n))
        for c in (form.criteria if form else ())
    )
    return QueueEstimates(
        estimate_mean(seen(lambda row: row.score), least_n), estimate_share(seen(_differs), least_n),
        tuple(one for one in criteria if one.machine_wrong.n),
        is_provisional=any(one.state is AssignmentState.OPEN for one in asked),
    )  # fmt: skip


def _differs(row: ReviewedRow) -> float | None:
    """1 where the score changed; nothing where the machine scored the contact anew since."""
    if not row.is_current:
        return None
    if row.score is None or row.machine is None:
        return float((row.score is None) != (row.machine is None))
    return float(abs(row.score - row.machine) > SAME)


def _wrong_on(criterion_id: str) -> ValueOf:
    def wrong(row: ReviewedRow) -> float | None:
        reason = next((reason for given, _answer, reason in row.answers if given == criterion_id), None)
        return None if reason is None or reason == DECIDED else float(reason == OVERRIDDEN)

    return wrong
