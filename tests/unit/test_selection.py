"""Response rates, weights, bounds and the check of asked contacts: on made contacts with planted truths."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.voc_made import answering_odds, made_contacts, made_surveys, satisfaction_odds
from qm.analysis.voc.bound_figures import Members, bounds, compare_figure, points_of, weighted_mean
from qm.analysis.voc.contact_features import with_moments
from qm.analysis.voc.find_gaming import find_gaming
from qm.analysis.voc.fit_logistic import expit
from qm.analysis.voc.response_rates import response_rates, with_states
from qm.analysis.voc.weigh_responses import effective_n, weigh_responses
from qm.domain.voc_plan import VocPlan


@pytest.fixture(scope="module")
def quarter():
    """Contacts, their satisfaction 0-1, and who answers."""
    generator = np.random.default_rng(11)
    contacts = made_contacts(generator, 3000, 15)
    satisfied = (generator.random(3000) < expit(satisfaction_odds(contacts))).astype(float)
    answered = generator.random(3000) < expit(answering_odds(contacts))
    return contacts, satisfied, answered


def states_of(contacts, answers, invited):
    surveys = made_surveys(contacts, answers, invited)
    return with_states(contacts, surveys), surveys


def test_rates_count_invited_started_answered_by_every_dimension(quarter):
    contacts, _satisfied, answered = quarter
    invited = answered | (np.arange(3000) % 2 == 0)
    states, surveys = states_of(contacts, np.where(answered, 8.0, np.nan), invited)
    tables = {table.dimension: table for table in response_rates(states, surveys, 5)}
    assert set(tables) == {"agent", "team", "process", "hour", "medium", "channel"}
    for table in tables.values():
        assert sum(group.invited for group in table.groups) == invited.sum()
        assert sum(group.answered for group in table.groups) == answered.sum()
    (sms,) = tables["channel"].groups
    assert sms.rate.value == pytest.approx(answered.sum() / invited.sum(), abs=1e-4)
    assert tables["process"].p < 0.001 < 0.05 < tables["agent"].p


def test_below_the_minimum_no_rate_is_told():
    contacts = made_contacts(np.random.default_rng(1), 30, 10)
    states, surveys = states_of(contacts, np.full(30, 7.0), np.ones(30, bool))
    agents = next(table for table in response_rates(states, surveys, 20) if table.dimension == "agent")
    assert all(group.rate.value is None and group.rate.n == group.invited for group in agents.groups)
    assert agents.p is None


def test_two_responses_to_a_contact_count_once_and_unlinked_ones_never(quarter):
    contacts, _satisfied, _answered = quarter
    few = contacts.head(3)
    surveys = pd.concat([made_surveys(few, np.array([np.nan, 9.0, np.nan]), np.array([True, True, False]))] * 2)
    surveys.iloc[0, surveys.columns.get_loc("contact_id")] = ""
    states = with_states(few, surveys)
    assert states["invited"].tolist() == [True, True, False]
    assert states["answered"].tolist() == [False, True, False]


def test_weights_bring_the_figure_of_those_who_answer_to_that_of_all(quarter):
    contacts, satisfied, answered = quarter
    weighting = weigh_responses(contacts, answered)
    points = np.where(answered, satisfied, np.nan)
    before = satisfied[answered].mean() - satisfied.mean()
    figure = weighted_mean(points, weighting.weights, 5, 0.0, 1.0)
    assert abs(figure.value - satisfied.mean()) < 0.4 * abs(before)
    assert figure.lo < satisfied.mean() < figure.hi
    assert weighting.weights[answered].mean() == pytest.approx(1)
    assert (weighting.weights[~answered] == 0).all()
    assert weighting.effective_n < answered.sum()
    wait = next(row for row in weighting.balance if row.name == "wait_s")
    assert abs(wait.after) < 0.05 < abs(wait.before)


def test_known_inclusion_probabilities_are_undone():
    generator = np.random.default_rng(3)
    contacts = made_contacts(generator, 4000, 10)
    long = contacts["talk_s"].to_numpy() > contacts["talk_s"].median()
    inclusion = np.where(long, 0.8, 0.2)
    inclusion[:40] = 0.0
    invited = generator.random(4000) < inclusion
    answered = invited & (generator.random(4000) < 0.5)
    weighting = weigh_responses(contacts.assign(invited=invited), answered, inclusion)
    points = np.where(answered, long.astype(float), np.nan)
    assert long[answered].mean() > 0.75
    assert weighted_mean(points, weighting.weights, 5, 0.0, 1.0).value == pytest.approx(0.5, abs=0.05)
    assert weighting.uncovered == 40


@pytest.mark.parametrize(
    ("answered", "reason"),
    [(np.zeros(200, bool), "none_answered"), (np.ones(200, bool), "all_answered"), (np.arange(200) < 20, "thin")],
)
def test_where_nothing_can_be_weighed_it_is_said_and_nothing_is_told(answered, reason):
    contacts = made_contacts(np.random.default_rng(2), 200, 5)
    weighting = weigh_responses(contacts, answered)
    assert weighting.reason == reason
    assert weighting.balance == ()


def test_heavy_weights_are_cut_and_counted():
    generator = np.random.default_rng(5)
    contacts = made_contacts(generator, 4000, 10)
    rare = expit(2.0 - 2.5 * (np.log1p(contacts["wait_s"].to_numpy()) - 3.0))
    weighting = weigh_responses(contacts, generator.random(4000) < rare)
    assert weighting.trimmed.hits > 0
    # Cutting at eight times the mean lowers the mean itself, so that what was cut is a little above eight afterwards.
    assert weighting.weights.max() < 16


def test_bounds_need_no_assumption_and_close_when_all_answer():
    points = np.array([100.0, -100.0, np.nan, np.nan])
    assert (bounds(points, -100.0, 100.0).lo, bounds(points, -100.0, 100.0).hi) == (-50.0, 50.0)
    told = bounds(np.array([100.0, -100.0]), -100.0, 100.0)
    assert told.lo == told.hi == 0.0
    assert bounds(np.array([]), 0.0, 1.0) is None


def test_a_headline_stays_within_its_bounds_and_says_when_it_cannot_be_weighed(quarter):
    contacts, satisfied, answered = quarter
    points = np.where(answered, satisfied, np.nan)
    weighting = weigh_responses(contacts, answered)
    members = Members("all", "", "", weighting.weights, answered | (np.arange(3000) % 2 == 0))
    one = compare_figure("share:satisfaction", points, 0.0, 1.0, members, 5)
    assert one.among_all.lo < one.among_invited.lo < one.weighted.lo < one.weighted.hi < one.among_invited.hi
    assert one.among_invited.n < one.among_all.n == 3000
    untold = compare_figure("nps", points, 0.0, 1.0, replace(members, weights=None, invited=None), 5)
    assert untold.weighted.value is None
    assert untold.weighted.n == answered.sum()
    assert untold.among_invited is None


def test_points_follow_each_scale_and_leave_out_what_nobody_answered():
    answers = pd.DataFrame(
        {"nps": [10.0, 8.0, 3.0, np.nan], "satisfaction": [7.0, 6.0, np.nan, np.nan], "csat": np.nan}
    )
    found = points_of(VocPlan().scales, answers)
    assert set(found) == {"nps", "mean:satisfaction", "share:satisfaction"}
    np.testing.assert_array_equal(found["nps"][0], [100, 0, -100, np.nan])
    np.testing.assert_array_equal(found["share:satisfaction"][0], [1, 0, np.nan, np.nan])


def test_equal_answers_keep_an_interval():
    figure = weighted_mean(np.ones(30), np.ones(30), 5, 0.0, 1.0)
    assert figure.value == 1.0
    assert figure.lo < 0.95


def asked_by(contacts, generator, *, chooser=""):
    site = expit(-0.4 - 0.5 * contacts["transfers"].to_numpy())
    easy = contacts["talk_s"].to_numpy() < contacts["talk_s"].median()
    chosen = np.where((contacts["agent_id"] == chooser).to_numpy(), np.where(easy, 0.9, 0.1), site)
    return generator.random(len(contacts)) < chosen


def test_who_asks_the_short_contacts_is_found_and_told_by_what():
    generator = np.random.default_rng(8)
    contacts = made_contacts(generator, 2400, 12)
    check = find_gaming(contacts, asked_by(contacts, generator, chooser="A003"), generator)
    assert [one.agent_id for one in check.agents if one.differs] == ["A003"]
    first = check.agents[0]
    assert first.differences[0].name == "talk_s"
    assert first.differences[0].asked < first.differences[0].others


def test_a_way_of_asking_that_all_share_accuses_nobody():
    generator = np.random.default_rng(9)
    named = 0
    for _number in range(12):
        contacts = made_contacts(generator, 1600, 8)
        check = find_gaming(contacts, asked_by(contacts, generator), generator)
        named += sum(one.differs for one in check.agents)
    assert named == 0


@pytest.mark.parametrize(("share", "reason"), [(0.0, "none_asked"), (1.0, "all_asked"), (0.02, "thin")])
def test_where_nothing_can_be_compared_it_is_said(share, reason):
    generator = np.random.default_rng(10)
    contacts = made_contacts(generator, 300, 6)
    check = find_gaming(contacts, generator.random(300) < share, generator)
    assert check.reason == reason
    assert not any(one.differs or one.p is not None for one in check.agents)


def test_one_agent_only_is_compared_with_themself_alone():
    generator = np.random.default_rng(12)
    contacts = made_contacts(generator, 400, 1)
    check = find_gaming(contacts, generator.random(400) < 0.5, generator)
    assert [one.differs for one in check.agents] == [False]


def test_undelivered_history_is_no_zero():
    contacts = made_contacts(np.random.default_rng(13), 400, 5)
    contacts["wait_s"] = np.nan
    contacts.loc[::3, "talk_s"] = np.nan
    weighting = weigh_responses(contacts, np.arange(400) % 3 == 1)
    assert "wait_s" in weighting.left_out
    assert "talk_s?" in {row.name for row in weighting.balance}


def test_effective_n_of_equal_weights_is_their_number():
    assert effective_n(np.ones(40)) == pytest.approx(40)
    assert effective_n(np.zeros(3)) == 0


def test_a_repeat_contact_is_one_of_the_same_customer_within_a_week():
    at = pd.to_datetime(["2026-03-01T10:00Z", "2026-03-05T10:00Z", "2026-03-20T10:00Z", "2026-03-20T11:00Z"], utc=True)
    table = pd.DataFrame({"started_at": at, "customer_id": ["K1", "K1", "K1", ""]})
    np.testing.assert_array_equal(with_moments(table, "Europe/Rome")["repeat"], [0, 1, 0, np.nan])
