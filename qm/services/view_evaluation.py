"""Lay an evaluation out by the sections of its form, with pass marks and bands."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from qm.analysis.what_counts import WhatCounts
from qm.domain.dispute import CountedBy
from qm.domain.evaluation import Answer, Brief, CriterionAnswer, Evaluation, SectionScore
from qm.domain.form import Form, Section
from qm.domain.scales import Band, band_of, passes
from qm.domain.text import Text
from qm.services.views import CriterionView, EvaluationView, FormScore, SectionView

MACHINE = CountedBy.MACHINE.value
MET, NOT_MET, CANNOT_TELL = Answer.MET.value, Answer.NOT_MET.value, Answer.CANNOT_TELL.value


def form_score(evaluation: Evaluation | Brief, form: Form, counted_by: str = "") -> FormScore:
    """The score of an evaluation with its form's title, pass mark and band.

    Args:
        counted_by: whose answers these are; empty: as the brief says, else the machine's.
    """
    score = evaluation.score
    met, missed = score.counts.get(MET, 0), score.counts.get(NOT_MET, 0)
    return FormScore(
        form_id=form.id, title=form.title, evaluation_id=evaluation.id, value=score.value, lo=score.lo, hi=score.hi,
        answered=met + missed, open=score.counts.get(CANNOT_TELL, 0), failed_by=score.failed_by,
        passed=passes(form.pass_mark, score.lo, score.hi), band=_title(band_of(form.bands, score.lo, score.hi)),
        counted_by=counted_by or (evaluation.counts if isinstance(evaluation, Brief) else MACHINE),
    )  # fmt: skip


def view_evaluation(evaluation: Evaluation, form: Form, counted_by: str = MACHINE) -> EvaluationView:
    """An evaluation laid out by the sections of its form; of one that has changed since, what it still has."""
    given = {answer.criterion_id: answer for answer in evaluation.answers}
    scores = {score.section_id: score for score in evaluation.score.sections}
    failed = evaluation.score.failed_sections
    sections = tuple(_section_view(section, given, scores, failed) for section in form.sections)
    is_partial = not form.is_answered_by(given)
    return EvaluationView(form_score(evaluation, form, counted_by), sections, evaluation, is_partial=is_partial)


def view_counted(machine: Evaluation, form: Form, counted: Evaluation, found: WhatCounts) -> EvaluationView:
    """The machine's evaluation with what counts beside it, where that's a person's."""
    own = view_evaluation(machine, form)
    if found.by is CountedBy.MACHINE:
        return own
    return replace(own, counted=view_evaluation(counted, form, found.by.value), counted_who=found.who)


def _section_view(
    section: Section, given: Mapping[str, CriterionAnswer], scores: Mapping[str, SectionScore], failed: Collection[str]
) -> SectionView:  # fmt: skip
    score = scores.get(section.id) or SectionScore(section.id, 0.0, 0.0)
    value = _value(score)
    return SectionView(
        id=section.id, title=section.title, value=None if value is None else round(value, 1),
        criteria=tuple(CriterionView(c, given[c.id]) for c in section.criteria if c.id in given),
        passed=passes(section.pass_mark, score.lo, score.hi),
        band=_title(band_of(section.bands, score.lo, score.hi)),
        failed=section.id in failed,
        sections=tuple(_section_view(inner, given, scores, failed) for inner in section.sections),
    )  # fmt: skip


def _value(score: SectionScore) -> float | None:
    """Of an evaluation from before sections had a value, met points of those answered."""
    if score.value is None and score.answered:
        return 100 * score.met / score.answered
    return score.value


def _title(band: Band | None) -> Text | None:
    return band.title if band else None
