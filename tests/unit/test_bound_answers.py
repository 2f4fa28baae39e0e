"""Thresholds by lower bounds: exact intervals, fixed sequences, and what becomes of too few or one-sided answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qm.analysis.bound_answers import (
    ERROR_RATE,
    bound_side,
    least_answers,
    lower_bound,
    reliability_curve,
    risk_table,
    upper_bound,
)
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.trained_answers import SideBound


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data())
def test_bounds_are_those_of_the_binomial(n, data):
    hits = data.draw(st.integers(1, n))
    low = lower_bound(Count(hits, n))
    assert stats.binom.sf(hits - 1, n, low) == pytest.approx(ERROR_RATE, rel=1e-6)
    assert low < hits / n <= upper_bound(Count(hits, n))


@pytest.mark.parametrize(("target", "wrong"), [(0.9, 0), (0.9, 3), (0.8, 1), (0.95, 0)])
def test_least_answers_are_just_enough(target, wrong):
    n = least_answers(target, wrong)
    assert lower_bound(Count(n - wrong, n)) >= target > lower_bound(Count(n - 1 - wrong, n - 1))


@pytest.mark.parametrize("target", [0.0, 1.0, 1.5])
def test_an_impossible_target_is_refused(target):
    with pytest.raises(ValueError, match="target"):
        least_answers(target, 0)


def made(n, good, rng):
    """Probabilities of met, true where a coin of just that probability says so; `good` sharpens them."""
    probabilities = rng.beta(0.3 * good, 0.3 * good, n) if good < 1 else rng.beta(0.08, 0.08, n)
    return probabilities, (rng.random(n) < probabilities).astype(float)


def test_a_good_model_answers_and_its_bound_reaches_the_target():
    probabilities, is_met = made(800, 1, np.random.default_rng(1))
    side = bound_side(Answer.MET, probabilities, is_met, 0.9)
    assert side.threshold is not None
    assert side.lower >= 0.9
    assert side.right.n == int((probabilities >= side.threshold).sum())
    assert side.right.hits == int(is_met[probabilities >= side.threshold].sum())


def test_a_coin_never_answers():
    rng = np.random.default_rng(2)
    side = bound_side(Answer.MET, rng.random(500), (rng.random(500) < 0.5).astype(float), 0.9)
    assert (side.threshold, side.reason) == (None, "below_target")


def test_the_claim_fails_no_oftener_than_it_may():
    """400 trainings on a model whose true precision at each threshold is known: wrong claims stay within 2.5 %."""
    rng, wrong, grid = np.random.default_rng(3), 0, np.linspace(0.5, 1, 51)
    true_share = 0.75 + 0.2 * (grid - 0.5) / 0.5  # of met at this probability: the model is too sure of itself
    for _trial in range(400):
        drawn = rng.integers(0, 51, 300)
        is_met = (rng.random(300) < true_share[drawn]).astype(float)
        side = bound_side(Answer.MET, grid[drawn], np.append(is_met, np.zeros(300))[: len(drawn)], 0.9)
        if side.threshold is not None:
            wrong += true_share[grid >= side.threshold].mean() < 0.9
    assert wrong / 400 <= ERROR_RATE + 2 * np.sqrt(ERROR_RATE * (1 - ERROR_RATE) / 400)


def test_an_answer_that_nearly_always_holds_is_not_given_for_that():
    rng = np.random.default_rng(4)
    is_met = (rng.random(800) < 0.96).astype(float)
    side = bound_side(Answer.MET, rng.uniform(0.9, 1.0, 800), is_met, 0.9)  # knows nothing
    assert side.threshold is None


@pytest.mark.parametrize(("n", "reason"), [(0, "too_few"), (20, "one_sided"), (35, "one_sided")])
def test_too_few_or_one_sided_stay_with_people(n, reason):
    side = bound_side(Answer.MET, np.full(n, 0.99), np.ones(n), 0.9)
    assert (side.threshold, side.reason) == (None, reason)
    few = bound_side(Answer.NOT_MET, np.full(n, 0.99), np.ones(n), 0.9)
    assert few.threshold is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(60, 200))
def test_the_order_of_contacts_is_no_matter_and_sides_mirror(seed, n):
    rng = np.random.default_rng(seed)
    probabilities, is_met = made(n, 1, rng)
    probabilities = np.round(probabilities, 2)
    shuffled = rng.permutation(n)
    assert bound_side(Answer.MET, probabilities, is_met, 0.8) == bound_side(
        Answer.MET, probabilities[shuffled], is_met[shuffled], 0.8
    )
    mirrored = bound_side(Answer.NOT_MET, 1 - probabilities, 1 - is_met, 0.8)
    plain = bound_side(Answer.MET, probabilities, is_met, 0.8)
    assert mirrored.right == plain.right


def test_risk_and_reliability_count_everything_once():
    probabilities, is_met = made(200, 1, np.random.default_rng(5))
    assert [point.right.n for point in risk_table(probabilities, is_met)] == list(range(20, 201, 20))
    bins = reliability_curve(probabilities, is_met)
    assert sum(part.met.n for part in bins) == 200
    assert sum(part.met.hits for part in bins) == is_met.sum()
    assert all(part.lo <= part.mean <= part.hi for part in bins)
    assert risk_table(np.zeros(0), np.zeros(0)) == reliability_curve(np.zeros(0), np.zeros(0)) == ()


@pytest.mark.parametrize("wrong", [{"answer": Answer.CANNOT_TELL}, {"reason": ""}, {"threshold": 0.9}])
def test_a_bound_without_sense_is_refused(wrong):
    values = {"answer": Answer.MET, "threshold": None, "right": Count(0, 0), "lower": 0.0, "reason": "too_few"}
    with pytest.raises(ValueError, match=r"answer|reason"):
        SideBound(**(values | wrong))
