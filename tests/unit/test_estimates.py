"""Estimates of contacts, groups and days, the back-test and its alarm: on made contacts with planted truths."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.voc_made import answering_odds, made_contacts, satisfaction_odds
from qm.analysis.voc.draw_surveys import window_of
from qm.analysis.voc.estimate_days import LEAST_DAYS, back_test, estimate_days, with_service_days
from qm.analysis.voc.estimate_groups import OwnEffects, estimate_groups, learn_own
from qm.analysis.voc.estimate_satisfaction import auc_figure, estimate_contacts, learn_satisfaction
from qm.analysis.voc.fit_logistic import expit, fit_logistic
from qm.analysis.voc.watch_drift import LIMIT, WEIGHT, watch_drift
from qm.domain.voc_plan import DayWindow


@pytest.fixture(scope="module")
def asked():
    """Contacts, true probability, outcome, who answered, and the model."""
    generator = np.random.default_rng(21)
    contacts = made_contacts(generator, 4000, 16)
    own = generator.normal(0, 0.5, 16)[contacts["agent_id"].str[1:].astype(int)]
    p = expit(satisfaction_odds(contacts) + own)
    y = generator.random(4000) < p
    told = generator.random(4000) < expit(answering_odds(contacts))
    model = learn_satisfaction(contacts[told], y[told], generator)
    return contacts, p, y, told, model, learn_own(contacts["agent_id"][told], y[told], model.held_out)


def test_most_intervals_of_unasked_contacts_hold_the_true_probability(asked):
    contacts, p, _y, told, model, own = asked
    value, lo, hi = estimate_contacts(model, own, contacts[~told])
    held = ((lo <= p[~told]) & (p[~told] <= hi)).mean()
    assert held > 0.88
    assert ((lo < value) & (value < hi)).all()
    assert (hi - lo).mean() < 0.6
    assert model.trust.auc.lo > 0.6
    assert sum(part.satisfied.n for part in model.trust.bins) == told.sum()


def test_groups_hold_the_realised_share_and_agents_are_shrunk(asked):
    contacts, _p, y, told, model, own = asked
    value, _lo, _hi = estimate_contacts(model, own, contacts)
    table = contacts.assign(p=value, w=own.of(contacts["agent_id"])[1], y=np.where(told, y, np.nan))
    variance = model.fit.mean_variance(model.encoding.encode(contacts))
    truth = pd.Series(y).groupby(contacts["agent_id"].to_numpy()).mean()
    groups = estimate_groups(table, "agent_id", "agent_name", variance, 10)
    held = [group.estimate.lo <= truth[group.key] <= group.estimate.hi for group in groups]
    assert sum(held) >= 12
    assert [group.name for group in groups] == sorted(group.name for group in groups)
    assert sum(group.answered for group in groups) == told.sum()


def test_a_group_that_answered_whole_has_no_doubt_left_and_a_small_one_no_value():
    table = pd.DataFrame({
        "team": ["North"] * 20 + ["South"] * 3, "agent_id": "A", "p": 0.5, "w": 0.1,
        "y": [1.0] * 15 + [0.0] * 5 + [np.nan] * 3,
    })  # fmt: skip
    north, south = estimate_groups(table, "team", "team", 0.01, 5)
    assert (north.estimate.value, north.estimate.lo, north.estimate.hi) == (0.75, 0.75, 0.75)
    assert south.estimate.value is None
    assert south.estimate.n == 3


def test_with_few_agents_nobodys_own_share_is_claimed():
    own = learn_own(pd.Series(["A", "B"] * 50), np.ones(100, bool), np.full(100, 0.5))
    assert own == OwnEffects({}, None)
    shift, variance = own.of(pd.Series(["A", "C"]))
    assert shift.tolist() == variance.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("n", "satisfied", "reason"), [(0, 0, "no_answers"), (80, 40, "thin"), (200, 200, "one_class"), (200, 10, "thin")]
)
def test_thin_or_one_sided_answers_are_refused(n, satisfied, reason):
    contacts = made_contacts(np.random.default_rng(22), n, 5)
    model = learn_satisfaction(contacts, np.arange(n) < satisfied, np.random.default_rng(1))
    assert model.reason == reason
    with pytest.raises(ValueError, match=reason):
        estimate_contacts(model, OwnEffects({}, None), contacts)


def test_answers_that_contact_data_says_nothing_of_are_refused():
    generator = np.random.default_rng(23)
    contacts = made_contacts(generator, 600, 12)
    model = learn_satisfaction(contacts, generator.random(600) < 0.6, generator)
    assert model.reason == "no_signal"
    assert model.trust.auc.lo <= 0.5


def test_separated_data_keep_finite_coefficients():
    labels = np.arange(200) < 100
    fit = fit_logistic(np.where(labels, 1.0, -1.0)[:, None], labels)
    assert np.isfinite(fit.coefficients).all()
    assert 0.9 < fit.probabilities(np.array([[1.0]]))[0] < 1
    with pytest.raises(ValueError, match="both classes"):
        fit_logistic(np.ones((3, 1)), np.ones(3, bool))


def test_auc_is_that_of_mann_and_whitney():
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert auc_figure(scores, labels).value == 0.75
    assert auc_figure(scores, np.ones(4, bool)).value is None


@pytest.fixture(scope="module")
def season():
    """Contacts of 40 days with day and answers."""
    generator = np.random.default_rng(31)
    contacts = with_service_days(made_contacts(generator, 4000, 12, 40), DayWindow())
    y = (generator.random(4000) < expit(satisfaction_odds(contacts))).astype(float)
    told = generator.random(4000) < 0.35
    at = (contacts["started_at"] + pd.Timedelta(hours=4)).where(pd.Series(told))
    return contacts, np.where(told, y, np.nan), at


def estimated(contacts, satisfied, at):
    begins = {day: window_of(day, DayWindow())[0] for day in sorted(set(contacts["service_day"]))}
    return estimate_days(contacts, satisfied, at, begins, max(begins))


def test_days_are_estimated_in_advance_and_compared(season):
    days = estimated(*season)
    test = back_test(days)
    assert days[0].reason == "thin"
    assert days[-1].estimate.lo < days[-1].estimate.value < days[-1].estimate.hi
    assert [day.learned_from for day in days] == sorted(day.learned_from for day in days)
    assert test.days >= 25
    assert test.covered.rate >= 0.8
    assert test.error < test.naive_error + 0.02
    assert test.drift.state == "quiet"
    assert test.without_interval == LEAST_DAYS
    assert test.beats_average is (test.error < test.naive_error)


def test_answers_of_a_day_and_later_change_nothing_in_its_estimate(season):
    contacts, satisfied, at = season
    last = max(contacts["service_day"])
    turned = np.where((contacts["service_day"] == last).to_numpy(), 1 - satisfied, satisfied)
    assert estimated(contacts, turned, at)[-1].estimate == estimated(contacts, satisfied, at)[-1].estimate


def test_a_change_that_history_does_not_see_sounds_the_alarm(season):
    contacts, satisfied, at = season
    late = (contacts["service_day"] > date(2026, 1, 28)).to_numpy()
    spoiled = np.where(late & ~np.isnan(satisfied) & (np.arange(4000) % 3 > 0), 0.0, satisfied)
    drift = back_test(estimated(contacts, spoiled, at)).drift
    assert drift.state == "down"
    assert "2026-01-15" <= drift.since <= "2026-02-02"
    assert drift.points < -0.2


def test_without_answers_no_day_is_told(season):
    contacts, satisfied, at = season
    days = estimated(contacts, np.full(len(satisfied), np.nan), at)
    assert {day.reason for day in days} == {"thin"}
    assert all(day.estimate.value is None for day in days)
    test = back_test(days)
    assert (test.days, test.error, test.drift.state) == (0, None, "thin")
    assert test.beats_average is None


def test_one_sided_answers_are_told_as_such(season):
    contacts, satisfied, at = season
    days = estimated(contacts, np.where(np.isnan(satisfied), np.nan, 1.0), at)
    assert days[-1].reason == "one_class"


def test_the_alarm_follows_its_formula():
    days = [f"d{number:02d}" for number in range(12)]
    drift = watch_drift(days, [0.0] * 6 + [3.0] * 6, [1.0] * 12)
    assert drift.state == "up"
    assert drift.since == "d06"
    assert drift.points == 3.0
    first = watch_drift(days, [LIMIT + 0.01] + [0.0] * 11, [1.0] * 12).path
    assert first[0].is_alarm  # on the first day the average is the error itself, in its own standard deviations
    assert not first[-1].is_alarm
    assert 0 < WEIGHT < 1
    assert watch_drift(days[:9], [9.0] * 9, [1.0] * 9).state == "thin"
