"""Laws of severities and of variance components."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qm.analysis.calibration.fit_severity import fit_severities, solve_severities
from qm.analysis.calibration.split_variance import split_variance

SIZES = st.integers(2, 5)


@st.composite
def disagreements(draw):
    size = draw(SIZES)
    counts = draw(arrays(np.int64, (draw(st.integers(3, 8)), size, size), elements=st.integers(0, 6))).astype(float)
    counts[:, range(size), range(size)] = 0
    counts[:2] += 1 - np.eye(size)  # everybody differed from everybody both ways, on two contacts
    return counts


@given(disagreements())
@settings(max_examples=60, deadline=None)
def test_severities_sum_to_nothing_and_turn_with_the_answers(counts):
    found = fit_severities(counts)
    assert abs(found.values.sum()) < 1e-6
    turned = fit_severities(counts.transpose(0, 2, 1))
    assert np.allclose(turned.values, -found.values, atol=1e-6)
    assert np.allclose(turned.covariance, found.covariance, atol=1e-6)


@given(disagreements(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_names_dont_matter(counts, shuffler):
    order = list(range(counts.shape[1]))
    shuffler.shuffle(order)
    renamed = fit_severities(counts[:, order][:, :, order])
    assert np.allclose(renamed.values, fit_severities(counts).values[order], atol=1e-6)


@given(disagreements())
@settings(max_examples=60, deadline=None)
def test_one_more_not_met_makes_nobody_else_look_stricter_beside_that_rater(counts):
    total = counts.sum(axis=0)
    more = total.copy()
    more[1, 0] += 1  # the second says met once more where the first says not met
    before, after = solve_severities(np.stack([total, more]))
    assert after[0] - after[1] >= before[0] - before[1] - 1e-9


@given(arrays(np.float64, (6, 3, 4), elements=st.floats(-50, 50, width=32)), st.floats(-100, 100), st.floats(0.1, 10))
@settings(max_examples=60, deadline=None)
def test_components_dont_move_with_the_scale(cube, shift, factor):
    plain, moved = split_variance(cube).variances, split_variance(cube * factor + shift).variances
    assert np.allclose(moved, plain * factor**2, atol=1e-6 * (1 + factor**2) * 2500)
