"""Figures from sums, and the rule that tells agents apart."""

import numpy as np
import pytest

from qm.analysis.compare_agents import Moments, Stands, change_of, mean_of, share_of, tell_apart
from qm.analysis.estimate_quality import mean_figure


def moments(values):
    return Moments(len(values), float(sum(values)), float(sum(v * v for v in values)))


@pytest.mark.parametrize("values", [[80.0, 90.0, 70.0], [100.0] * 5, [0.0], [], [99.9, 100.0]])
def test_sums_give_the_figure_that_values_give(values):
    expected, found = mean_figure(values, 2, 0.0, 100.0), mean_of(moments(values), 2, 0.0, 100.0)
    assert found.n == expected.n
    assert (found.value is None) == (expected.value is None)
    if found.value is not None:
        assert (found.value, found.lo, found.hi) == pytest.approx((expected.value, expected.lo, expected.hi), abs=1e-3)


def test_a_change_has_no_value_below_the_minimum():
    assert change_of(moments([1.0, 2.0, 3.0]), moments([1.0]), 3, 100).value is None
    assert share_of(1, 2, 10).value is None


def test_a_change_is_covered_as_often_as_it_says():
    chance = np.random.default_rng(3)
    hits = 0
    for _ in range(1000):
        now, before = chance.normal(70, 15, 30), chance.normal(65, 10, 20)
        figure = change_of(moments(now), moments(before), 2, 100)
        hits += figure.lo <= 5 <= figure.hi
    assert 0.93 <= hits / 1000 <= 0.97


def score_like(chance, size):
    """Most contacts have the full mark, few have much less."""
    return np.where(chance.random(size) < 0.9, 100.0, 40.0)


@pytest.mark.parametrize(("agents", "n"), [(5, 10), (40, 10), (200, 10), (30, 60)])
@pytest.mark.parametrize("draw", [score_like, lambda chance, size: chance.normal(80, 12, size)])
def test_equal_agents_are_told_apart_in_few_worlds(agents, n, draw):
    chance = np.random.default_rng(11)
    worlds = 200
    wrong = 0
    for _ in range(worlds):
        values = draw(chance, (agents, n))
        stands = tell_apart({str(place): moments(row) for place, row in enumerate(values)}, 10, 100)
        wrong += any(each is not Stands.ALIKE for each in stands.values())
    assert wrong / worlds <= 0.05 + 2.6 * (0.05 * 0.95 / worlds) ** 0.5


def test_an_agent_far_below_is_told():
    chance = np.random.default_rng(5)
    values = {str(n): moments(chance.normal(80, 10, 40)) for n in range(20)}
    values["low"] = moments(chance.normal(60, 10, 40))
    values["new"] = moments([10.0, 20.0])
    stands = tell_apart(values, 10, 100)
    assert stands["low"] is Stands.BELOW
    assert stands["new"] is Stands.UNKNOWN
    assert tell_apart({"new": values["new"]}, 10, 100) == {"new": Stands.UNKNOWN}


def test_agents_without_any_spread_are_not_told_apart_by_a_hair():
    assert set(tell_apart({"a": moments([100.0] * 10), "b": moments([99.9] * 10)}, 10, 100).values()) == {Stands.ALIKE}
