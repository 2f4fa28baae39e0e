"""Variance components as published, intervals that hold, and plans that follow from them."""

import numpy as np
import pytest

from benchmarks.voc_study_made import Rated, make_cube, make_ratings
from qm.analysis.calibration.draw_components import draw_components
from qm.analysis.calibration.generalise import ENDS, ScoreSpread, generalise
from qm.analysis.calibration.plan_figures import plan_figures, spread_of_agents
from qm.analysis.calibration.split_variance import split_variance

SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
"""Shrout and Fleiss (1979), table 2: six targets, four judges; ICC(2,1) 0.29, ICC(3,1) 0.71."""


def rng(seed=1):
    return np.random.default_rng(seed)


def test_two_facets_give_the_coefficients_of_shrout_and_fleiss():
    found = split_variance(SHROUT_FLEISS[:, :, None])
    contact, rater, rest = found.variances
    assert found.parts == ((0,), (1,), (0, 1))
    assert contact / (contact + rater + rest) == pytest.approx(0.29, abs=0.005)
    assert contact / (contact + rest) == pytest.approx(0.71, abs=0.005)
    assert found.freedom.tolist() == [5, 3, 15]


def test_without_gaps_mean_squares_are_those_of_the_analysis_of_variance():
    cube = rng().normal(size=(5, 3, 4))
    found = split_variance(cube)
    squares = dict(zip(found.parts, found.weights @ found.variances, strict=True))
    assert squares[(0,)] == pytest.approx(12 * cube.mean(axis=(1, 2)).var(ddof=1))
    assert squares[(2,)] == pytest.approx(15 * cube.mean(axis=(0, 1)).var(ddof=1))


def test_gaps_leave_the_components_about_where_they_are():
    cube = make_cube(200, 12, 15, rng())
    holes = cube.copy()
    holes[rng(2).random(cube.shape) < 0.2] = np.nan
    assert np.sqrt(split_variance(holes).variances) == pytest.approx(np.sqrt(split_variance(cube).variances), rel=0.15)


def test_contacts_that_nobody_shares_cant_be_split():
    cube = np.full((12, 3, 4), np.nan)
    for contact in range(12):
        cube[contact, contact % 3] = rng(contact).random(4)
    with pytest.raises(ValueError, match="told apart"):
        split_variance(cube)


def test_draws_surround_the_estimate_and_are_never_negative():
    cube = make_cube(30, 5, 10, rng())
    found = split_variance(cube)
    draws = draw_components(found, cube, rng(2))
    assert (draws >= 0).all()
    lo, hi = np.quantile(draws, ENDS, axis=0)
    assert ((lo <= np.maximum(found.variances, 0)) & (np.maximum(found.variances, 0) <= hi)).all()


def test_more_raters_tell_contacts_apart_better():
    study, spread = generalise(make_ratings(Rated(40, np.linspace(-1, 1, 4), np.zeros(8)), rng()), rng())
    assert study.why == ""
    assert spread is not None
    absolute = [one.absolute.value for one in study.dependability]
    assert absolute == sorted(absolute)
    assert all(one.absolute.value <= one.relative.value for one in study.dependability)
    assert sum(part.share for part in study.parts) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("made", "change", "why"),
    [
        (Rated(40, np.zeros(1), np.zeros(6)), {}, "one_rater"),
        (Rated(9, np.zeros(3), np.zeros(6)), {}, "few_contacts_rated"),
        (Rated(20, np.zeros(3), np.zeros(6)), {"value": 1.0}, "all_the_same"),
        (Rated(20, np.zeros(3), np.zeros(6), each=1), {}, "not_crossed"),
    ],
)
def test_what_cant_be_told_says_why(made, change, why):
    study, spread = generalise(make_ratings(made, rng()).assign(**change), rng())
    assert (study.why, study.parts, spread) == (why, (), None)


def test_nothing_rated():
    study, _ = generalise(make_ratings(Rated(10, np.zeros(2), np.zeros(2)), rng()).iloc[:0], rng())
    assert study.why == "nothing_rated"


def test_the_same_answers_give_the_same_report():
    ratings = make_ratings(Rated(20, np.zeros(3), np.zeros(5)), rng())
    assert generalise(ratings, rng(7))[0] == generalise(ratings, rng(7))[0]


def scores(agents, each, between, within, seed=1):
    codes = np.repeat(np.arange(agents), each)
    draw = rng(seed)
    return draw.normal(70, between, agents)[codes] + draw.normal(0, within, agents * each), codes


def test_spread_within_and_between_agents_comes_back():
    found = spread_of_agents(*scores(60, 40, 5.0, 12.0), rng())
    within, between = found.figures()
    assert within.lo <= 12.0 <= within.hi
    assert between.lo <= 5.0 <= between.hi


@pytest.mark.parametrize(("agents", "each", "within"), [(4, 40, 10.0), (10, 4, 10.0), (10, 1, 10.0), (10, 20, 0.0)])
def test_too_little_to_plan_from(agents, each, within):
    assert spread_of_agents(*scores(agents, each, 0.0, within), rng()) is None


def test_a_plan_by_hand():
    agents = spread_of_agents(*scores(60, 40, 5.0, 12.0), rng())
    within = agents.within[0]
    raters = ScoreSpread(np.array([100.0, 100.0]), np.array([4.0, 4.0]), np.array([25.0, 25.0]))
    rows = {row.raters: row for row in plan_figures(agents, _like(raters, len(agents.within)), 3.0, 0.8)}
    allowed = (3.0 / 1.959964) ** 2
    assert rows[0].contacts == np.ceil(within / allowed)
    assert rows[1].contacts is None  # one rater's severity alone is more than is allowed
    assert rows[5].contacts == np.ceil((within + 25) / (allowed - 4 / 5))
    assert rows[5].contacts_lo <= rows[5].contacts <= rows[5].contacts_hi


def _like(spread, size):
    return ScoreSpread(*(np.full(size, part[0]) for part in (spread.contact, spread.rater, spread.together)))


def test_without_scores_the_calibration_stands_in_and_phi_isnt_known():
    _, spread = generalise(make_ratings(Rated(40, np.linspace(-1, 1, 4), np.zeros(8)), rng()), rng())
    rows = plan_figures(None, spread, 10.0, 0.8)
    assert rows[0].raters == 1
    assert all(row.reliable_contacts is None for row in rows)
    assert plan_figures(None, None, 5.0, 0.8) == ()
