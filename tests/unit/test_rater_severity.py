"""Severities come back, apart from who got which contact; what can't be told is said."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.voc_study_made import Rated, make_ratings
from qm.analysis.calibration.count_disagreements import count_disagreements
from qm.analysis.calibration.fit_severity import fit_severities, solve_severities
from qm.analysis.calibration.rater_drift import by_period, find_drift, severities_over_time
from qm.analysis.calibration.rater_severity import study_raters

MADE = Rated(60, np.array([-1.0, 0.0, 1.0]), np.linspace(-1, 1, 8))


def rng(seed=1):
    return np.random.default_rng(seed)


def table(rows):
    """Rows of (rater, contact, criterion, value)."""
    frame = pd.DataFrame(rows, columns=["rater", "contact_id", "criterion", "value"])
    return frame.assign(at=pd.Timestamp(2026, 1, 1, tz="UTC"))


def two_raters(values, names=("a", "b"), first=0):
    """One criterion; a pair of values a contact."""
    return table([
        (name, f"C{first + place}", "k", value)
        for place, pair in enumerate(values) for name, value in zip(names, pair, strict=True)
    ])  # fmt: skip


def whys(study):
    return {one.id: one.why for one in study.raters}


def test_planted_severities_lie_in_their_intervals():
    study = study_raters(make_ratings(MADE, rng(4)))
    for one, severity in zip(study.raters, MADE.severities, strict=True):
        assert one.effect.lo <= severity <= one.effect.hi
    assert sum(one.effect.value for one in study.raters) == pytest.approx(0, abs=1e-3)
    assert [one.stands_out for one in study.raters] == [True, False, True]
    assert study.why == ()


def test_who_gets_the_hard_contacts_isnt_severe_for_that():
    easy, hard = (
        make_ratings(Rated(60, np.zeros(3), np.full(8, difficulty)), rng(seed), first=1000 * seed)
        for seed, difficulty in ((1, -1.0), (2, 2.0))
    )
    few = {"r000": easy, "r001": hard}
    kept = pd.concat([
        part[(part["rater"] != name) | (part["contact_id"] % 4 == 0)] for name, part in few.items()
    ])  # fmt: skip
    study = study_raters(kept)
    raw = {one.id: one.answers.rate for one in study.raters}
    assert raw["r000"] < raw["r001"] - 0.2  # the bare shares say that one is much stricter
    assert not any(one.stands_out for one in study.raters)


def test_the_fit_is_the_conditional_logit_of_statsmodels():
    from statsmodels.discrete.conditional_models import ConditionalLogit

    ratings = make_ratings(Rated(40, np.array([-0.6, 0.6]), np.linspace(-1, 1, 6)), rng(3))
    stricter = (ratings["rater"] == "r001").to_numpy(dtype=float)[:, None]
    cells = ratings["contact_id"].astype(str) + ratings["criterion"]
    with pytest.warns(Warning, match="no within-group variance"):
        model = ConditionalLogit(ratings["value"].to_numpy(), stricter, groups=cells.to_numpy())
    fitted = model.fit(disp=False)
    found = solve_severities(count_disagreements(ratings, "rater").total[None])[0]
    assert found[1] - found[0] == pytest.approx(-fitted.params[0], rel=0.03)  # but for the weak penalty


def test_two_raters_by_hand():
    counts = np.tile(np.array([[0.0, 3.0], [1.0, 0.0]]), (10, 1, 1))
    fitted = fit_severities(counts)
    assert fitted.values == pytest.approx([-np.log(3) / 2, np.log(3) / 2], abs=0.02)
    assert fitted.covariance == pytest.approx(np.zeros((2, 2)), abs=1e-9)  # every contact says the same


def test_nothing_rated():
    study = study_raters(two_raters([]))
    assert (study.raters, study.criteria, study.why) == ((), (), ("nothing_rated",))


def test_one_rater_only_still_tells_difficulties():
    made = make_ratings(Rated(120, np.zeros(1), np.array([0.0, 2.0])), rng())
    study = study_raters(made)
    assert study.why == ("one_rater",)
    assert whys(study) == {"r000": "alone"}
    assert study.criteria[0].effect.hi < 0 < study.criteria[1].effect.lo


def test_raters_without_a_shared_contact_arent_compared():
    pairs = [(1, 0), (0, 1)] * 15
    both = pd.concat([two_raters(pairs), two_raters(pairs, ("c", "d"), 100)])
    study = study_raters(both)
    assert study.why == ("groups_apart",)
    assert {one.id: one.group for one in study.raters} == {"a": 0, "b": 0, "c": 1, "d": 1}
    alone = study_raters(table([("a", "C1", "k", 1), ("b", "C2", "k", 0)]))
    assert alone.why == ("nothing_shared",)
    assert all(one.effect.value is None for one in alone.raters)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ([(1, 1)] * 40, "never_apart"),
        ([(1, 0)] * 4 + [(0, 1)] * 4 + [(1, 1)] * 40, "few_apart"),
        ([(1, 0)] * 20, "only_easier"),
        ([(0, 1)] * 20, "only_harder"),
    ],
)
def test_what_cant_be_told_says_why(pairs, why):
    study = study_raters(two_raters(pairs))
    assert whys(study)["a"] == why
    assert all(one.effect.value is None and one.p_value is None for one in study.raters)


def test_differences_on_few_contacts_tell_nothing():
    rows = [(name, f"C{c}", f"k{k}", (k + (name == "a")) % 2) for c in range(5) for k in range(20) for name in "ab"]
    assert set(whys(study_raters(table(rows))).values()) == {"few_contacts"}


def test_who_answers_twice_counts_once():
    once = make_ratings(MADE, rng())
    earlier = once.assign(value=1 - once["value"], at=once["at"] - pd.Timedelta(days=1))
    assert study_raters(pd.concat([once, earlier])) == study_raters(once)


def months(stricter, seed=2):
    made = [make_ratings(Rated(40, MADE.severities, MADE.difficulties), rng(seed), 1)]
    made.append(make_ratings(Rated(40, MADE.severities + stricter, MADE.difficulties), rng(seed + 1), 2, 1000))
    return by_period(pd.concat(made))


def test_a_rater_who_becomes_stricter_is_found():
    drifts = {one.rater: one for one in find_drift(months(np.array([1.5, 0.0, 0.0])))}
    assert drifts["r000"].is_alarm
    assert drifts["r000"].change.lo > 0
    assert drifts["r000"].period == "2026-02"


def test_raters_who_stay_raise_no_alarm():
    periods = months(np.zeros(3))
    assert not any(one.is_alarm for one in find_drift(periods))
    assert [name for name, _ in severities_over_time(periods)] == ["2026-01", "2026-02"]


def test_a_newcomer_isnt_compared_with_before():
    first = make_ratings(Rated(40, MADE.severities[:2], MADE.difficulties), rng(5), 1)
    second = make_ratings(Rated(40, MADE.severities, MADE.difficulties), rng(6), 2, 1000)
    drifts = {one.rater: one for one in find_drift(by_period(pd.concat([first, second])))}
    assert drifts["r002"].why == "not_comparable"
    assert drifts["r000"].change.value is not None


def test_intervals_hold_in_a_small_simulation():
    made, draw = Rated(20, np.linspace(-0.8, 0.8, 4), np.linspace(-1, 1, 6)), rng(9)
    hits = [
        one.effect.lo <= severity <= one.effect.hi
        for _ in range(40)
        for one, severity in zip(study_raters(make_ratings(made, draw)).raters, made.severities, strict=True)
    ]
    assert 0.88 <= np.mean(hits) <= 0.995
