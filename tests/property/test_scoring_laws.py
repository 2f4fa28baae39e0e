"""What holds of scores whatever the form and the answers."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.form import Criterion
from qm.rules.aggregate import score_form
from tests.property.strategies import TITLE, answered_forms

MET, NOT_MET, CANNOT_TELL = Answer.MET, Answer.NOT_MET, Answer.CANNOT_TELL


def with_every(answers, old, new):
    return [replace(answer, answer=new) if answer.answer is old else answer for answer in answers]


@given(answered_forms())
def test_scores_lie_on_the_scale_and_in_their_bounds(made):
    score = score_form(*made)
    for value in (score.value, score.lo, score.hi):
        assert value is None or 0 <= value <= 100
    assert (score.lo is None) == (score.hi is None)
    if score.value is not None:
        assert score.lo <= score.value <= score.hi
    elif score.lo is not None:
        assert score.lo <= score.hi


@given(answered_forms())
def test_bounds_are_reached_when_every_open_answer_is_decided(made):
    form, answers = made
    score = score_form(form, answers)
    assert score_form(form, with_every(answers, CANNOT_TELL, NOT_MET)).value == score.lo
    assert score_form(form, with_every(answers, CANNOT_TELL, MET)).value == score.hi


@given(answered_forms(), st.integers(0, 3), st.booleans())
def test_what_doesnt_apply_changes_no_score(made, place, fails):
    form, answers = made
    before = score_form(form, answers)
    at = place % len(form.sections)
    extra = Criterion("extra", TITLE, TITLE, TITLE, 5.0, fails)
    sections = list(form.sections)
    sections[at] = replace(sections[at], criteria=(*sections[at].criteria, extra))
    longer = replace(form, sections=tuple(sections))
    after = score_form(longer, [*answers, CriterionAnswer("extra", Answer.NOT_APPLICABLE, "r")])
    assert (after.value, after.lo, after.hi, after.sections) == (before.value, before.lo, before.hi, before.sections)
    assert (after.failed_by, after.open_fails) == (before.failed_by, before.open_fails)


@given(answered_forms())
def test_a_missed_automatic_fail_dominates(made):
    form, answers = made
    given_to = {answer.criterion_id: answer.answer for answer in answers}
    failed = tuple(c.id for c in form.criteria if c.automatic_fail and given_to[c.id] is NOT_MET)
    score = score_form(form, answers)
    assert score.failed_by == failed
    if failed:
        assert (score.value, score.lo, score.hi) == (0.0, 0.0, 0.0)
    elif score.open_fails:
        assert score.lo == 0.0


@given(answered_forms(), st.randoms(use_true_random=False))
def test_order_of_sections_criteria_and_answers_only_reorders(made, chance: random.Random):
    form, answers = made

    def shuffled(items):
        return tuple(chance.sample(list(items), len(items)))

    sections = [replace(section, criteria=shuffled(section.criteria)) for section in form.sections]
    before, after = score_form(form, answers), score_form(replace(form, sections=shuffled(sections)), shuffled(answers))
    for left, right in ((before.value, after.value), (before.lo, after.lo), (before.hi, after.hi)):
        assert left == right or abs(left - right) <= 1e-6  # sums of floats; one digit of the rounding
    assert before.counts == after.counts
    assert set(before.failed_by) == set(after.failed_by)
    points = {section.section_id: section for section in after.sections}
    for section in before.sections:
        assert abs(section.met - points[section.section_id].met) < 1e-9
        assert abs(section.answered - points[section.section_id].answered) < 1e-9


@given(answered_forms(), st.integers(0, 99))
def test_doing_better_never_scores_worse(made, place):
    form, answers = made
    at = place % len(answers)
    worse = [*answers[:at], replace(answers[at], answer=NOT_MET), *answers[at + 1 :]]
    better = [*answers[:at], replace(answers[at], answer=MET), *answers[at + 1 :]]
    assert score_form(form, worse).value <= score_form(form, better).value


@given(answered_forms())
def test_each_criterion_is_counted_once(made):
    form, answers = made
    assert sum(score_form(form, answers).counts.values()) == len(form.criteria)
