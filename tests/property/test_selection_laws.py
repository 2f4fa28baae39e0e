"""Laws of bounds, weights and the alarm, whatever the answers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.voc.bound_figures import bounds, weighted_mean
from qm.analysis.voc.watch_drift import watch_drift
from qm.analysis.voc.weigh_responses import effective_n

ANSWERS = st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=1, max_size=60)


def points_of(answers):
    return np.array([np.nan if answer is None else answer for answer in answers])


@given(ANSWERS, st.data())
def test_whatever_the_silent_think_the_mean_lies_in_the_bounds(answers, data):
    points = points_of(answers)
    whole = [data.draw(st.floats(0, 10)) if answer is None else answer for answer in answers]
    found = bounds(points, 0.0, 10.0)
    assert found.lo - 1e-3 <= np.mean(whole) <= found.hi + 1e-3
    assert found.n == len(answers)


@given(ANSWERS, st.floats(0.1, 9), st.integers(0, 2**31))
def test_weights_matter_only_by_their_proportions_and_the_figure_stays_on_the_scale(answers, factor, seed):
    points = points_of(answers)
    weights = np.random.default_rng(seed).uniform(0.2, 5, len(points))
    one, other = (weighted_mean(points, part, 2, 0.0, 10.0) for part in (weights, factor * weights))
    assert one.n == other.n == int((~np.isnan(points)).sum())
    if one.value is None:
        return
    assert 0 <= one.lo <= one.value <= one.hi <= 10
    np.testing.assert_allclose([one.value, one.lo, one.hi], [other.value, other.lo, other.hi], atol=2e-4)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_effective_n_is_at_most_n(weights):
    found = effective_n(np.array(weights))
    assert 1 - 1e-9 <= found <= len(weights) + 1e-9


@given(st.lists(st.floats(-1, 1), min_size=10, max_size=60))
def test_the_alarm_is_the_mirror_of_that_of_mirrored_errors(errors):
    days = [f"{number:03d}" for number in range(len(errors))]
    one = watch_drift(days, errors, [0.1] * len(errors))
    other = watch_drift(days, [-error for error in errors], [0.1] * len(errors))
    assert [point.is_alarm for point in one.path] == [point.is_alarm for point in other.path]
    assert {one.state, other.state} in ({"quiet"}, {"up", "down"})
