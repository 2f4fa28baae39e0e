"""Relative importance against its definition, and its laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.voc.share_importance import (
    correlations,
    draw_orders,
    explained,
    lmg,
    moments_by_block,
    share_importance,
)


def made(seed=1, n=400, clusters=20):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=n)
    columns = np.column_stack([base, base + rng.normal(size=n), rng.normal(size=n)])
    outcome = (columns[:, 0] + 0.5 * columns[:, 2] + rng.normal(size=n) > 0).astype(float)
    return columns, outcome, np.arange(0, n, n // clusters)


def r_squared(columns, outcome):
    fitted = np.column_stack([np.ones(len(outcome)), columns])
    rest = outcome - fitted @ np.linalg.lstsq(fitted, outcome, rcond=None)[0]
    return 1 - rest.var() / outcome.var()


def by_definition(columns, outcome, group):
    """Mean over all orders of what the group adds to R² when it comes in."""
    gains = []
    for order in itertools.permutations(range(columns.shape[1])):
        before = list(order[: order.index(group)])
        gains.append(
            r_squared(columns[:, [*before, group]], outcome)
            - (r_squared(columns[:, before], outcome) if before else 0.0)
        )
    return np.mean(gains)


def test_shares_are_the_mean_gains_over_all_orders():
    columns, outcome, starts = made()
    matrix = correlations(moments_by_block(columns, outcome, starts).sum(axis=0))
    gains = lmg(matrix, [[0], [1], [2]], draw_orders(3, np.random.default_rng(0)))
    assert gains == pytest.approx([by_definition(columns, outcome, one) for one in range(3)], abs=1e-9)
    assert gains.sum() == pytest.approx(r_squared(columns, outcome))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_gains_add_up_and_none_is_negative(seed):
    rng = np.random.default_rng(seed)
    columns, outcome = rng.normal(size=(80, 9)), rng.normal(size=80)
    matrix = correlations(moments_by_block(columns, outcome, np.arange(80)).sum(axis=0))
    gains = lmg(matrix, [[0, 1], *[[one] for one in range(2, 9)]], draw_orders(8, rng))
    assert gains.sum() == pytest.approx(explained(matrix))
    assert gains.min() >= 0


def test_shares_have_intervals_and_sum_to_one():
    columns, outcome, starts = made(n=2000)
    blocks = moments_by_block(columns, outcome, starts)
    figures = share_importance(blocks, [[0], [1], [2]], 2000, np.random.default_rng(1))
    assert sum(figure.value for figure in figures) == pytest.approx(1, abs=1e-3)
    assert all(figure.lo < figure.value < figure.hi for figure in figures)


def test_noise_isn_t_shared_out():
    rng = np.random.default_rng(5)
    columns, outcome = rng.normal(size=(500, 3)), (rng.random(500) < 0.5).astype(float)
    blocks = moments_by_block(columns, outcome, np.arange(0, 500, 25))
    figures = share_importance(blocks, [[0], [1], [2]], 500, rng)
    assert {figure.value for figure in figures} == {None}
