"""What holds of every form: its weights, its scores, and that it comes back from each format as it went."""

import json
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qm.analysis.measure_talk import MEASURES
from qm.domain.evaluation import Answer, CriterionAnswer, Origin
from qm.domain.form import Criterion
from qm.domain.scales import FailScope
from qm.domain.weights import is_weighed, weigh
from qm.rules.aggregate import score_form
from qm.rules.dump_form import form_tree
from qm.rules.form_table import read_table, write_table
from qm.rules.located import FaultList
from qm.rules.parse_conditions import ConditionParser
from qm.rules.parse_form import FormParser
from qm.rules.yaml_file import parse_yaml, write_yaml
from tests.property import form_strategies
from tests.property.strategies import TITLE

FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""Whole forms take long to draw."""
MET, NOT_MET, CANNOT_TELL, NA = Answer.MET, Answer.NOT_MET, Answer.CANNOT_TELL, Answer.NOT_APPLICABLE


def decided(form, answers, new):
    """Every open answer decided; of what has a value, with the best or worst share."""
    share = 1.0 if new is MET else 0.0
    return [replace(a, answer=new, share=share) if a.answer is CANNOT_TELL else a for a in answers]


# Weights


@FEW
@given(form_strategies.forms(), st.data())
def test_weights_renormalise_to_one_over_what_applies(form, data):
    ids = [criterion.id for criterion in form.criteria]
    counted = set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    weights = weigh(form, counted)
    taking_part = {c.id for c in form.criteria if c.id in counted and is_weighed(c)}
    assert set(weights) == taking_part
    assert all(share > 0 for share in weights.values())
    assert not weights or abs(sum(weights.values()) - 1) < 1e-9


@FEW
@given(form_strategies.forms())
def test_what_stays_keeps_its_proportions(form):
    """Inside a leaf section, whatever else drops out, two criteria weigh in the same proportion."""
    everything = weigh(form, {c.id for c in form.criteria})
    for section in form.every_section():
        own = [c.id for c in section.criteria if c.id in everything]
        alone = weigh(form, set(own))
        for one in own[1:]:
            assert abs(everything[one] * alone[own[0]] - everything[own[0]] * alone[one]) < 1e-9


# Scores


@FEW
@given(form_strategies.answered())
def test_scores_never_leave_their_range(made):
    form, answers = made
    score = score_form(form, answers)
    parts = [score, *score.sections]
    for part in parts:
        assert all(value is None or 0 <= value <= 100 for value in (part.value, part.lo, part.hi))
        assert (part.lo is None) == (part.hi is None)
        if part.value is not None:
            assert part.lo - 1e-6 <= part.value <= part.hi + 1e-6
        elif part.lo is not None:
            assert part.lo <= part.hi
    assert sum(score.counts.values()) == sum(c.is_scored for c in form.criteria)
    assert sum(score.not_applicable.values()) == score.counts["not_applicable"]


@FEW
@given(form_strategies.answered())
def test_bounds_are_reached_when_open_answers_are_decided(made):
    form, answers = made
    score = score_form(form, answers)
    assert score_form(form, decided(form, answers, NOT_MET)).value == score.lo
    assert score_form(form, decided(form, answers, MET)).value == score.hi


@FEW
@given(form_strategies.answered(), st.sampled_from(list(Origin)), st.booleans(), st.booleans())
def test_what_doesnt_apply_changes_no_score(made, origin, fails, bonus):
    form, answers = made
    before = score_form(form, answers)
    extra = Criterion("extra", TITLE, TITLE, TITLE, 5.0, fails, fail_scope=FailScope.SECTION, bonus=bonus and not fails)
    longer = replace(form, sections=(with_criterion(form.sections[0], extra), *form.sections[1:]))
    after = score_form(longer, [*answers, CriterionAnswer("extra", NA, "r", origin=origin)])
    assert (after.value, after.lo, after.hi, after.sections) == (before.value, before.lo, before.hi, before.sections)
    assert (after.failed_by, after.failed_sections, after.bonus) == (
        before.failed_by, before.failed_sections, before.bonus,
    )  # fmt: skip
    kind = "person" if origin is Origin.PERSON else "system"
    assert after.not_applicable[kind] == before.not_applicable[kind] + 1


def with_criterion(section, extra):
    if section.sections:
        return replace(section, sections=(with_criterion(section.sections[0], extra), *section.sections[1:]))
    return replace(section, criteria=(*section.criteria, extra))


@FEW
@given(form_strategies.answered())
def test_a_missed_automatic_fail_dominates(made):
    form, answers = made
    given_to = {answer.criterion_id: answer.answer for answer in answers}
    score = score_form(form, answers)
    missed = {c.id for c in form.criteria if c.automatic_fail and given_to[c.id] is NOT_MET}
    of_form = tuple(c.id for c in form.criteria if c.id in missed and c.fail_scope is FailScope.FORM)
    assert score.failed_by == of_form
    if of_form and score.value is not None:
        assert (score.value, score.lo, score.hi) == (0.0, 0.0, 0.0)
    for section, result in zip(form.every_section(), score.sections, strict=True):
        fails = any(c.id in missed and c.fail_scope is FailScope.SECTION for c in section.criteria)
        assert (section.id in score.failed_sections) == fails
        if fails:
            assert result.value in (0.0, None)


@FEW
@given(form_strategies.answered(), st.randoms(use_true_random=False))
def test_permuting_sections_permutes_results(made, chance: random.Random):
    form, answers = made
    shuffled = tuple(chance.sample(list(form.sections), len(form.sections)))
    before, after = score_form(form, answers), score_form(replace(form, sections=shuffled), answers)
    for left, right in ((before.value, after.value), (before.lo, after.lo), (before.hi, after.hi)):
        assert left == right or abs(left - right) <= 1e-6  # sums of floats; one digit of the rounding
    results = {section.section_id: section for section in after.sections}
    for section in before.sections:
        other = results[section.section_id]
        assert section.value == other.value or abs(section.value - other.value) <= 1e-6
    assert [section.section_id for section in after.sections] == [
        one.id for one in replace(form, sections=shuffled).every_section()
    ]


@FEW
@given(form_strategies.answered(), st.integers(0, 99))
def test_doing_better_never_scores_worse(made, place):
    form, answers = made
    at = place % len(answers)
    ends = [
        [*answers[:at], replace(answers[at], answer=given, share=None), *answers[at + 1 :]] for given in (NOT_MET, MET)
    ]
    worse, better = (score_form(form, end).value for end in ends)
    assert worse is better is None or worse <= better


# Formats


def parsed(node, faults):
    found = FaultList("f", list(faults))
    form = FormParser({}, ConditionParser(found, {}, {}, MEASURES), found).parse(node)
    assert found.faults == []
    return form


@FEW
@given(form_strategies.forms())
def test_yaml_comes_back_equal(form):
    assert parsed(*parse_yaml(write_yaml(form_tree(form)), "f")) == form


@FEW
@given(form_strategies.forms())
def test_json_comes_back_equal(form):
    assert parsed(*parse_yaml(json.dumps(form_tree(form), ensure_ascii=False), "f")) == form


@FEW
@given(form_strategies.forms())
def test_csv_comes_back_equal(form):
    assert parsed(*read_table(write_table(form_tree(form)), "f")) == form
