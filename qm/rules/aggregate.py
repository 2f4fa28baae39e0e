"""From answers to a score: weights over what applies, bounds for what a person has still to decide."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qm.domain.evaluation import Answer, ClassScore, CriterionAnswer, Origin, Score, SectionScore
from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import FULL_MARK, Critical, FailScope
from qm.domain.weights import is_weighed, weigh, worth
from qm.units import Share

DIGITS = 6
"""Scores are rounded here once, so that equal work gives equal bytes."""
Answers = Mapping[str, CriterionAnswer]


@dataclass(frozen=True)
class _Reading:
    """One way to read the answers: open ones left out, or taken as not met, or as met.

    Attributes:
        gained: share of its points by criterion, of those that count; before automatic fails.
        weights: share of the form by criterion, of those that count and are weighed.
        failed_sections: ids of leaf sections with a missed automatic fail of their own.
        failed_by: ids of missed automatic fails of the form.
    """

    gained: Mapping[str, Share]
    weights: Mapping[str, Share]
    failed_sections: frozenset[str]
    failed_by: tuple[str, ...]


def score_form(form: Form, answers: Sequence[CriterionAnswer]) -> Score:
    """Score of 0 to 100 with bounds.

    `100 x sum(weight x share of points) + bonus points`, at most 100, over the criteria that were met or missed; their
    weights add up to 1 (`qm.domain.weights.weigh`). *Not applicable* gives its weight to the rest; so does
    *cannot tell*, and opens the bounds: `lo` counts it as not met, `hi` as met. A missed automatic fail brings its
    section, or all three numbers, to 0; an undecided one does so in `lo`. What is only noted counts nowhere.

    Returns:
        `value` is `None` where nothing was met or missed; `lo` and `hi` are `None` where nothing applied at all.
    """
    by_id = {answer.criterion_id: answer for answer in answers}
    as_told, worst, best = (_read(form, by_id, taken_as) for taken_as in (None, 0.0, 1.0))
    scored = [by_id[criterion.id] for criterion in form.criteria if criterion.is_scored]
    counts = Counter(answer.answer for answer in scored)
    fails = [c.id for c in form.criteria if c.automatic_fail and c.fail_scope is FailScope.FORM]
    return Score(
        value=_total(form, as_told),
        lo=_total(form, worst),
        hi=_total(form, best),
        counts={answer.value: counts.get(answer, 0) for answer in Answer},
        sections=tuple(_section(form, section, (as_told, worst, best)) for section in form.every_section()),
        failed_by=as_told.failed_by,
        open_fails=tuple(c for c in fails if by_id[c].answer is Answer.CANNOT_TELL),
        not_applicable=_not_applicable(scored),
        classes=tuple(_class(form, name, by_id) for name in Critical if any(c.critical is name for c in form.criteria)),
        failed_sections=tuple(s.id for s in form.every_section() if s.id in as_told.failed_sections),
        bonus=_bonus(form, as_told),
    )


def _read(form: Form, by_id: Answers, taken_as: Share | None) -> _Reading:
    counted = [criterion for criterion in form.criteria if criterion.is_scored]
    shares = {c.id: share for c in counted if (share := _share(by_id[c.id], taken_as)) is not None}
    missed = {c.id for c in counted if c.automatic_fail and _is_missed(by_id[c.id], taken_as)}
    failed_by = tuple(c.id for c in counted if c.id in missed and c.fail_scope is FailScope.FORM)
    leaves = [leaf for section in form.sections for leaf in section.leaves]
    failed_sections = frozenset(
        leaf.id for leaf in leaves if any(c.id in missed and c.fail_scope is FailScope.SECTION for c in leaf.criteria)
    )
    return _Reading(shares, weigh(form, shares), failed_sections, failed_by)


def _share(answer: CriterionAnswer, taken_as: Share | None) -> Share | None:
    """Share of the points that an answer gains; `None` where it takes no part."""
    if answer.answer is Answer.NOT_APPLICABLE:
        return None
    if answer.answer is Answer.CANNOT_TELL:
        return taken_as
    if answer.share is not None:
        return answer.share
    return 1.0 if answer.answer is Answer.MET else 0.0


def _is_missed(answer: CriterionAnswer, taken_as: Share | None) -> bool:
    return answer.answer is Answer.NOT_MET or (answer.answer is Answer.CANNOT_TELL and taken_as == 0.0)


def _kept(leaf: Section, reading: _Reading) -> Iterable[Criterion]:
    """Criteria of a leaf section that count; none gains anything where the section failed."""
    return () if leaf.id in reading.failed_sections else [c for c in leaf.criteria if c.id in reading.gained]


def _bonus(form: Form, reading: _Reading) -> float:
    leaves = [leaf for section in form.sections for leaf in section.leaves]
    return sum((c.points * reading.gained[c.id] for leaf in leaves for c in _kept(leaf, reading) if c.bonus), 0.0)


def _total(form: Form, reading: _Reading) -> float | None:
    if not reading.weights:
        return None
    if reading.failed_by:
        return 0.0
    gained = sum(_weighted(section, reading) for section in form.sections)
    return round(min(FULL_MARK, FULL_MARK * gained + _bonus(form, reading)), DIGITS)


def _weighted(section: Section, reading: _Reading) -> float:
    kept = [c for leaf in section.leaves for c in _kept(leaf, reading) if is_weighed(c)]
    return sum((reading.weights[c.id] * reading.gained[c.id] for c in kept), 0.0)


def _section(form: Form, section: Section, readings: tuple[_Reading, _Reading, _Reading]) -> SectionScore:
    as_told = readings[0]
    own = [c for c in section.every_criterion if c.id in as_told.weights]
    # 0.0, not 0: the bytes of an evaluation must not depend on whether it was read back.
    met = sum((worth(form, c) * as_told.gained[c.id] for c in own), 0.0)
    value, lo, hi = (_section_value(section, reading) for reading in readings)
    return SectionScore(section.id, met, sum((worth(form, c) for c in own), 0.0), value, lo, hi)


def _section_value(section: Section, reading: _Reading) -> float | None:
    whole = sum((reading.weights.get(c.id, 0.0) for c in section.every_criterion), 0.0)
    return round(min(FULL_MARK, FULL_MARK * _weighted(section, reading) / whole), DIGITS) if whole else None


def _not_applicable(scored: Sequence[CriterionAnswer]) -> dict[str, int]:
    origins = [answer.origin for answer in scored if answer.answer is Answer.NOT_APPLICABLE]
    by_person = sum(origin is Origin.PERSON for origin in origins)
    return {"person": by_person, "system": len(origins) - by_person}


def _class(form: Form, name: Critical, by_id: Answers) -> ClassScore:
    own = [criterion for criterion in form.criteria if criterion.critical is name and criterion.is_scored]
    shares = {c.id: share for c in own if (share := _share(by_id[c.id], None)) is not None}
    answered = [c for c in own if c.id in shares]
    given = Counter(by_id[criterion.id].answer for criterion in own)
    return ClassScore(
        name=name.value,
        met=sum((worth(form, c) * shares[c.id] for c in answered), 0.0),
        answered=sum((worth(form, c) for c in answered), 0.0),
        n=len(answered),
        errors=given.get(Answer.NOT_MET, 0),
        open=given.get(Answer.CANNOT_TELL, 0),
    )
