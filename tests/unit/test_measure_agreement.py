"""What is told of agreement, what is refused and why, and that the intervals hold what they promise."""

import numpy as np
import pytest

from benchmarks.voc_agreement import ANSWER_WORLDS, RATER_SAMPLES, measure, truth_of
from qm.analysis.calibration.agreement_icc import ICCS, cronbach_alpha, intraclass
from qm.analysis.calibration.agreement_kappas import Weighting, cohen_kappa, gwet_ac
from qm.analysis.calibration.measure_agreement import AnswerRow, ScoreRow, agree_on_answers, agree_on_scores
from qm.domain.agreement import Coefficient, Pair, Unsaid
from qm.domain.evaluation import Answer

MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.CANNOT_TELL
KAPPAS = (Coefficient.KAPPA, Coefficient.ALPHA)


def told(*pairs, least_n=5):
    rows = [AnswerRow(f"C{n}", pair) for n, pair in enumerate(pairs)]
    return agree_on_answers(Pair.ANALYSTS, "c", rows, least_n)


def test_too_few_contacts_give_no_number_but_their_n():
    found = told(*[(MET, NOT_MET)] * 9)
    assert {one.reason for one in found.measured} == {Unsaid.TOO_FEW}
    assert {one.figure.n for one in found.measured} == {9}
    assert told(*[(MET, NOT_MET)] * 15, least_n=20).of(Coefficient.PERCENT).reason is Unsaid.TOO_FEW


def test_nothing_answered_twice_is_said():
    found = told((MET, None), (None, NOT_MET), (MET, OPEN))
    assert (found.contacts, found.of(Coefficient.PERCENT).reason) == (0, Unsaid.NOBODY_TWICE)
    assert agree_on_scores([ScoreRow("C", (80.0, None))], 5)[0].reason is Unsaid.NOBODY_TWICE
    assert agree_on_scores([], 5)[0].reason is Unsaid.NOBODY_TWICE


def test_where_all_answers_are_the_same_kappa_is_refused_and_ac1_is_not_certain():
    found = told(*[(MET, MET)] * 30)
    assert [found.of(one).reason for one in KAPPAS] == [Unsaid.ONE_ANSWER] * 2
    for name in (Coefficient.PERCENT, Coefficient.AC1):
        figure = found.of(name).figure
        assert (figure.value, figure.hi) == (1.0, 1.0)
        assert 0.75 < figure.lo < 0.97


def test_a_handful_of_other_answers_is_too_little_for_kappa():
    found = told(*[(MET, MET)] * 40, *[(NOT_MET, MET)] * 4)
    assert [found.of(one).reason for one in KAPPAS] == [Unsaid.RARE_ANSWER] * 2
    assert told(*[(MET, MET)] * 40, *[(NOT_MET, MET)] * 5).of(Coefficient.KAPPA).reason is None


def test_cannot_tell_is_no_answer_and_not_applicable_is_one():
    found = told(*[(MET, MET)] * 10, *[(NOT_MET, NOT_MET)] * 10, *[(NA, MET)] * 5, *[(OPEN, MET)] * 7)
    assert (found.contacts, found.answers["not_applicable"], found.answers["cannot_tell"]) == (25, 5, 0)
    assert found.of(Coefficient.PERCENT).figure.value == pytest.approx(20 / 25)
    assert (found.met.hits, found.met.n) == (25, 45)


def test_rows_of_one_contact_count_as_one_contact():
    rows = [AnswerRow(f"C{n % 12}", (MET, MET) if n % 3 else (NOT_MET, MET)) for n in range(120)]
    pooled = agree_on_answers(Pair.ANALYSTS, "", rows, 5)
    apart = agree_on_answers(Pair.ANALYSTS, "", [AnswerRow(f"C{n}", r.answers) for n, r in enumerate(rows)], 5)
    assert (pooled.contacts, apart.contacts) == (12, 120)
    width = [one.figure.hi - one.figure.lo for one in (pooled.measured[0], apart.measured[0])]
    assert width[0] > 1.5 * width[1]


def test_equal_scores_and_no_difference_are_said():
    same = agree_on_scores([ScoreRow(f"C{n}", (80.0, 80.0)) for n in range(20)], 5)
    assert {one.reason for one in same} == {Unsaid.SAME_SCORES}
    never = agree_on_scores([ScoreRow(f"C{n}", (float(n), float(n))) for n in range(20)], 5)
    assert {one.reason for one in never} == {Unsaid.NO_DIFFERENCE}


def test_the_icc_takes_contacts_that_all_scored_once_each():
    dice = np.random.default_rng(3)
    rows = [ScoreRow(f"C{n}", (b := 10.0 * n, b + dice.normal(), None if n < 4 else b)) for n in range(20)]
    found = agree_on_scores([*rows, *rows], 5)
    assert {one.coefficient: one.figure.n for one in found} == {
        Coefficient.WEIGHTED_KAPPA: 20, Coefficient.SCORE_ALPHA: 20, Coefficient.ICC: 16,
    }  # fmt: skip
    assert all(0.99 < one.figure.value <= one.figure.hi for one in found)


def test_the_interval_of_shrout_and_fleiss_is_the_published_one():
    found = intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    ends = {name: (round(found[name].lo, 2), round(found[name].hi, 2)) for name in ICCS}
    # psych::ICC prints these; Shrout and Fleiss (1979) give no upper ones
    assert ends["ICC1"] == (-0.13, 0.72)
    assert ends["ICC2"] == (0.02, 0.76)
    assert ends["ICC3"] == (0.34, 0.95)
    assert ends["ICC3k"] == (0.68, 0.99)


def test_cronbach_equals_the_consistency_of_means():
    scores = np.random.default_rng(1).normal(size=(25, 4)) + np.arange(25)[:, None] / 5
    assert cronbach_alpha(scores).value == pytest.approx(intraclass(scores)["ICC3k"].value, abs=2e-6)
    assert cronbach_alpha([[1, 2], [1, 2]]).value is None


def test_weights_give_credit_for_near_answers():
    near = [[1, 2], [2, 3], [3, 3], [1, 1], [2, 2], [3, 2]]
    plain, linear, quadratic = (cohen_kappa(near, weighting) for weighting in Weighting)
    assert plain < linear < quadratic
    assert gwet_ac(near) < gwet_ac(near, Weighting.QUADRATIC)


@pytest.mark.parametrize("name", ["2 raters, 90 % met, 5 % errors", "3 raters, 50 % met, 10 % errors, 1 in 5 missing"])
def test_intervals_hold_the_truth(name):
    """A small run of `qm bench voc --parts agreement`; an interval that covered 80 of 100 would fail it."""
    world, generator = ANSWER_WORLDS[name], np.random.default_rng(11)
    truth = truth_of(name, world, np.random.default_rng(1))
    held = {coefficient: [] for coefficient in truth}
    for repetition in range(100):
        for one in measure(name, world, 50, generator, repetition):
            if one.reason is None:
                held[one.coefficient].append(one.figure.lo <= truth[one.coefficient] <= one.figure.hi)
    assert all(len(each) > 70 for each in held.values())
    assert {coefficient: np.mean(each) > 0.88 for coefficient, each in held.items()} == dict.fromkeys(truth, True)


@pytest.mark.parametrize("sample", RATER_SAMPLES.values())
def test_icc_intervals_hold_the_truth(sample):
    generator, held = np.random.default_rng(4), 0
    for _ in range(200):
        figure = intraclass(sample.make(40, generator))["ICC2"]
        held += figure.lo <= sample.truth <= figure.hi
    assert held > 176
