"""From answers to a score: weights over what applies, bounds for what a person has still to decide."""

from collections import Counter
from collections.abc import Mapping, Sequence

from qm.domain.evaluation import Answer, CriterionAnswer, Score, SectionScore
from qm.domain.form import Form, Section

DIGITS = 6
"""Scores are rounded here once, so that equal work gives equal bytes."""


def score_form(form: Form, answers: Sequence[CriterionAnswer]) -> Score:
    r"""Score of 0 to 100 with bounds.

    In a section, `met points / (met + not met points)`; over sections, the mean weighted by section weight, of
    those where something was answered. *Not applicable* leaves both sums; *cannot tell* leaves them too and opens
    the bounds: `lo` counts it as not met, `hi` as met. A missed automatic fail makes all three 0; an undecided
    one makes `lo` 0.

    Returns:
        `value` is `None` where nothing was met or missed; `lo` and `hi` are `None` where nothing applied at all.
    """
    by_id = {answer.criterion_id: answer.answer for answer in answers}
    fails = [c.id for c in form.criteria if c.automatic_fail]
    failed = tuple(c for c in fails if by_id[c] is Answer.NOT_MET)
    undecided = tuple(c for c in fails if by_id[c] is Answer.CANNOT_TELL)
    value = _weighted(form, by_id, met={Answer.MET}, missed={Answer.NOT_MET})
    lo = _weighted(form, by_id, met={Answer.MET}, missed={Answer.NOT_MET, Answer.CANNOT_TELL})
    hi = _weighted(form, by_id, met={Answer.MET, Answer.CANNOT_TELL}, missed={Answer.NOT_MET})
    if failed:
        value = lo = hi = 0.0
    elif undecided and lo is not None:
        lo = 0.0
    counts = Counter(answer.answer for answer in answers)
    return Score(
        value=value,
        lo=lo,
        hi=hi,
        counts={answer.value: counts.get(answer, 0) for answer in Answer},
        sections=tuple(_section(section, by_id) for section in form.sections),
        failed_by=failed,
        open_fails=undecided,
    )


def _section(section: Section, by_id: Mapping[str, Answer]) -> SectionScore:
    # 0.0, not 0: the bytes of an evaluation must not depend on whether it was read back.
    met = sum((c.points for c in section.criteria if by_id[c.id] is Answer.MET), 0.0)
    missed = sum((c.points for c in section.criteria if by_id[c.id] is Answer.NOT_MET), 0.0)
    return SectionScore(section.id, met, met + missed)


def _weighted(form: Form, by_id: Mapping[str, Answer], met: set[Answer], missed: set[Answer]) -> float | None:
    total = weights = 0.0
    for section in form.sections:
        gained = sum(c.points for c in section.criteria if by_id[c.id] in met)
        lost = sum(c.points for c in section.criteria if by_id[c.id] in missed)
        if gained + lost:
            total += section.weight * gained / (gained + lost)
            weights += section.weight
    return round(100 * total / weights, DIGITS) if weights else None
