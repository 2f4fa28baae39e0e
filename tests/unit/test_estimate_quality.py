"""Figures against published values, and none below the minimum n."""

import pytest

from qm.analysis.estimate_quality import mean_figure, nps_figure, wilson
from qm.domain.figures import Count, Figure

SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
"""Student (1908), "The probable error of a mean": additional hours of sleep, ten patients."""


@pytest.mark.parametrize(
    ("hits", "n", "lo", "hi"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_values_of_newcombe_1998(hits, n, lo, hi):
    assert wilson(Count(hits, n)) == pytest.approx((lo, hi), abs=5e-5)


def test_nothing_counted_is_no_knowledge():
    assert wilson(Count(0, 0)) == (0.0, 1.0)
    assert Count(0, 0).rate is None


def test_mean_and_t_interval_of_students_sleep_data():
    figure = mean_figure(SLEEP, 5, -24.0, 24.0)
    assert (figure.value, figure.n) == (1.58, 10)
    assert (figure.lo, figure.hi) == pytest.approx((0.7001, 2.4599), abs=5e-5)


@pytest.mark.parametrize("values", [[], [7.0], [7.0, 8.0, 9.0, 9.0]])
def test_below_the_minimum_only_n_is_told(values):
    assert mean_figure(values, 5, 0.0, 10.0) == Figure(None, None, None, len(values))


def test_one_observation_is_never_a_figure():
    assert mean_figure([7.0], 1, 0.0, 10.0).value is None


def test_equal_values_claim_no_certainty():
    figure = mean_figure([10.0] * 5, 5, 0.0, 10.0)
    assert (figure.value, figure.hi) == (10.0, 10.0)
    assert figure.lo == pytest.approx(10 * wilson(Count(5, 5))[0], abs=1e-3)


def test_interval_stays_on_the_scale():
    figure = mean_figure([0, 0, 0, 0, 10], 5, 0.0, 10.0)
    assert figure.lo == 0.0
    assert figure.hi <= 10.0


def test_nps_is_promoters_minus_detractors():
    answers = [10, 9, 9, 8, 7, 6, 0, 10, 10, 5]
    assert nps_figure(answers, 5).value == 20.0  # five of ten promote, three detract
    assert nps_figure([10] * 5, 5).value == 100.0
    assert nps_figure([0, 6, 6, 3, 1], 5).value == -100.0


@pytest.mark.parametrize("wrong", [(2, 1), (-1, 3)])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="hits"):
        Count(*wrong)
