"""From score to satisfied customers: found where it's there, refused where it isn't."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.voc_study_made import make_pairs, true_chances
from qm.analysis.calibration.score_to_satisfaction import map_score
from qm.analysis.voc.rank_by_score import rank_by_score


def rng(seed=1):
    return np.random.default_rng(seed)


def pairs(**changes):
    return make_pairs(600, 30, rng()).assign(**changes)


def found(table):
    return map_score(table, "form", "satisfaction")


def test_a_planted_curve_lies_in_its_band():
    study = found(make_pairs(2000, 60, rng(4), "bent"))
    truth = true_chances(np.array([point.score for point in study.curve]), "bent")
    inside = [
        point.chance.lo <= value <= point.chance.hi for point, value in zip(study.curve, truth, strict=True)
    ]  # fmt: skip
    assert np.mean(inside) > 0.9
    assert study.why == ""
    assert study.ranking.lo > 0.5


def test_the_curve_and_its_band_never_fall():
    chances = [point.chance for point in found(make_pairs(200, 20, rng(6))).curve]
    for ends in ([one.value for one in chances], [one.lo for one in chances], [one.hi for one in chances]):
        assert ends == sorted(ends)
    assert all(one.lo <= one.value <= one.hi for one in chances)


def test_bins_hold_every_answer_once_and_say_what_was_predicted():
    study = found(pairs())
    assert sum(one.satisfied.n for one in study.bins) == 600
    assert all(one.came.lo <= one.said <= one.came.hi for one in study.bins[1:-1])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (pairs().iloc[:0], "no_answers"),
        (pairs().iloc[:49], "few_answers"),
        (pairs(satisfied=1.0), "one_class"),
        (pairs(satisfied=lambda t: (np.arange(len(t)) >= 15).astype(float)), "few_of_one_class"),
        (pairs(agent_id="A1"), "one_agent"),
        (pairs(agent_id=lambda t: (np.arange(len(t)) % 9).astype(str)), "few_agents"),
        (pairs(score=80.0), "one_score"),
        (pairs(score=lambda t: 100 - t["score"]), "falls"),
    ],
)
def test_thin_or_contrary_data_are_refused(table, why):
    study = found(table)
    assert (study.why, study.curve) == (why, ())


def test_a_score_that_tells_nothing_gets_no_curve_but_its_bins():
    study = found(make_pairs(300, 30, rng(8), "flat"))
    assert (study.why, study.curve) == ("tells_nothing", ())
    assert study.bins
    assert study.ranking.lo <= 0.5 <= study.ranking.hi


def test_gaps_are_left_out():
    table = pairs()
    holes = pd.concat([table, pd.DataFrame({"score": [np.nan], "satisfied": [1.0], "agent_id": ["A"]})])
    assert found(holes) == found(table)


def test_perfect_separation_stays_finite():
    table = pairs(satisfied=lambda t: (t["score"] > 72).astype(float))
    study = found(table)
    assert study.ranking.value == 1.0
    assert 0.5 < study.ranking.lo < 1.0
    assert all(0 <= point.chance.lo <= point.chance.hi <= 1 for point in study.curve)


def test_ranking_is_the_area_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    table = pairs()
    codes = np.unique(table["agent_id"], return_inverse=True)[1]
    figure = rank_by_score(table["score"].to_numpy(), table["satisfied"].to_numpy() > 0.5, codes)
    assert figure.value == pytest.approx(roc_auc_score(table["satisfied"], table["score"]), abs=1e-4)


@pytest.mark.parametrize("satisfied", [np.zeros(4, bool), np.ones(4, bool)])
def test_no_ranking_of_one_class(satisfied):
    assert rank_by_score(np.arange(4.0), satisfied, np.array([0, 0, 1, 1])).value is None
