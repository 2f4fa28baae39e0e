"""What matters, what doesn't, and the clear statements in the place of numbers that mean nothing."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.voc_drivers import EFFECTS, FORM, look, make_world, simulate
from qm.analysis.voc.driver_columns import Predictor, either_of, gather_predictors, mark_repeats
from qm.analysis.voc.find_drivers import LEAST_AGENTS, Options, find_drivers
from qm.analysis.voc.voc_columns import answer_column
from qm.domain.drivers import DriverKind, Verdict
from qm.domain.figures import Count

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def found():
    return look(make_world(RNG(4), 40, 4000, 8), has_importance=True)


def flag(key, values):
    values = np.asarray(values, dtype=float)
    return Predictor(key, DriverKind.HISTORY, values, (np.isnan(values),))


def simple(seed=1, n=1200, agents=24, **flags):
    """Satisfied by half, by chance; flags beside it."""
    rng = RNG(seed)
    satisfied = (rng.random(n) < 0.6).astype(float)
    agent = np.array([f"A{one % agents:02d}" for one in range(n)])
    return satisfied, agent, [flag(key, make(rng, satisfied)) for key, make in flags.items()]


def coin(rng, satisfied):
    return (rng.random(len(satisfied)) < 0.5).astype(float)


def test_planted_effects_matter_and_others_don_t(found):
    verdicts = {effect.key: effect.verdict for effect in found.effects}
    assert verdicts[answer_column(FORM, "k00")] is Verdict.MATTERS
    assert verdicts["transfer"] is Verdict.MATTERS
    null = [answer_column(FORM, f"k{one:02d}") for one in range(len(EFFECTS), 8)]
    assert Verdict.MATTERS not in {verdicts[key] for key in null}
    assert found.effect_of("transfer").points.hi < 0


def test_an_effect_carries_n_levels_and_importance(found):
    effect = found.effect_of(answer_column(FORM, "k00"))
    assert effect.points.n == effect.present.n + effect.absent.n < found.satisfied.n  # some answers don't apply
    assert effect.importance.lo <= effect.importance.value <= effect.importance.hi
    assert effect.p <= effect.p_bh <= effect.p_holm <= 1
    shares = [one.importance.value for one in found.effects]
    assert sum(shares) + found.circumstances.value == pytest.approx(1, abs=0.01)


def test_a_transfer_or_a_hold_is_told_in_one(found):
    assert found.either.key == "transfer_or_hold"
    assert found.effect_of("transfer").points.value < found.either.points.value < 0


def test_what_wasn_t_delivered_is_named_and_never_taken_for_zero(found):
    reasons = {one.key: one.reason for one in found.left_out}
    assert reasons == {"ivr": "not_delivered", "resolved": "not_delivered", "came_back": "not_delivered"}


def test_order_of_rows_and_names_of_agents_make_no_difference():
    world = make_world(RNG(7), 20, 900, 4)
    shuffled = RNG(1).permutation(900)
    agents = world.table["agent_id"].to_numpy()
    one = find_drivers(world.satisfied, agents, gather_predictors(world.table, FORM)[0])
    table = world.table.iloc[shuffled].reset_index(drop=True)
    renamed = np.array([f"{10_000 - int(name[1:])}" for name in agents[shuffled]])
    other = find_drivers(world.satisfied[shuffled], renamed, gather_predictors(table, FORM)[0])
    by_key = {effect.key: effect for effect in other.effects}
    for effect in one.effects:
        assert effect.points.value == pytest.approx(by_key[effect.key].points.value, abs=2e-3)
        assert effect.points.hi == pytest.approx(by_key[effect.key].points.hi, abs=2e-3)


@pytest.mark.parametrize(
    ("satisfied", "agents", "reason"),
    [
        ([], [], "none_surveyed"),
        ([1, 0] * 100, ["A1"] * 200, "one_agent"),
        ([1, 0] * 20, ["A1", "A2"] * 20, "few_contacts"),
        ([1] * 200, ["A1", "A2"] * 100, "one_class"),
        ([0] * 200, ["A1", "A2"] * 100, "one_class"),
        ([0] + [1] * 199, ["A1", "A2"] * 100, "few_on_one_side"),
        ([1, 0, 0] * 100, ["A1", "A2", "A3"] * 100, "few_agents"),
    ],
)
def test_what_can_t_be_said_is_refused_with_its_reason(satisfied, agents, reason):
    told = find_drivers(np.array(satisfied, dtype=float), np.array(agents, dtype=str), [])
    assert (told.refused, told.effects) == (reason, ())
    assert told.satisfied == Count(sum(satisfied), len(satisfied))


def test_without_a_usable_predictor_nothing_is_told():
    satisfied, agents, _none = simple()
    told = find_drivers(satisfied, agents, [flag("hold", np.zeros(len(satisfied)))])
    assert told.refused == "no_predictors"
    assert told.left_out[0].reason == "always_same"


def test_a_level_with_one_class_only_gets_counts_in_the_place_of_an_effect():
    def cursed(rng, satisfied):
        return ((satisfied == 0) & (rng.random(len(satisfied)) < 0.2)).astype(float)

    satisfied, agents, predictors = simple(hold=cursed, repeat=coin)
    told = find_drivers(satisfied, agents, predictors)
    (left,) = told.left_out
    assert (left.key, left.reason, left.present.hits) == ("hold", "separated", 0)
    assert left.present.n == predictors[0].values.sum()
    assert [effect.key for effect in told.effects] == ["repeat"]


def test_a_combination_that_separates_is_refused():
    rng = RNG(2)
    one, other = rng.normal(size=900), rng.normal(size=900)
    satisfied = (one + other > 0).astype(float)
    agents = np.array([f"A{place % 30:02d}" for place in range(900)])
    timed = [Predictor(key, DriverKind.HISTORY, values, (), 1.0) for key, values in (("wait", one), ("talk", other))]
    assert find_drivers(satisfied, agents, timed).refused == "separated"


def test_few_contacts_with_a_level_are_left_out_with_their_number():
    def seldom(_rng, satisfied):
        return (np.arange(len(satisfied)) % 200 == 0).astype(float)

    told = find_drivers(*simple(hold=seldom, repeat=coin))
    assert (told.left_out[0].reason, told.left_out[0].present.n) == ("few_level", 6)


def test_the_same_answers_twice_are_told_once():
    satisfied, agents, predictors = simple(hold=coin, repeat=coin)
    twin = Predictor("transfer", DriverKind.HISTORY, predictors[0].values.copy(), ())
    told = find_drivers(satisfied, agents, [*predictors, twin])
    assert [(one.key, one.reason, one.like) for one in told.left_out] == [("transfer", "same_as", "hold")]


def test_predictors_that_go_together_are_named():
    satisfied, agents, predictors = simple(hold=coin, repeat=coin)
    nearly = np.where(RNG(3).random(len(satisfied)) < 0.05, 1 - predictors[0].values, predictors[0].values)
    told = find_drivers(satisfied, agents, [*predictors, flag("transfer", nearly)])
    assert told.alike == (("hold", "transfer"),)
    assert told.effect_of("hold").vif > 4
    assert told.effect_of("repeat").vif < 1.1


def test_what_only_few_agents_do_is_left_out():
    satisfied, agents, predictors = simple(hold=coin, repeat=coin)
    few = np.where(np.isin(agents, ["A00", "A01", "A02"]), predictors[0].values, 0.0)
    told = find_drivers(satisfied, agents, [flag("hold", few), predictors[1]])
    assert [(one.key, one.reason) for one in told.left_out] == [("hold", "few_agents")]


def test_nothing_to_see_differs_from_not_enough_to_see():
    large = find_drivers(*simple(n=20_000, hold=coin))
    small = find_drivers(*simple(n=200, hold=coin))
    assert [large.effects[0].verdict, small.effects[0].verdict] == [Verdict.NEGLIGIBLE, Verdict.UNCLEAR]


def test_thin_data_are_looked_at_one_by_one():
    told = look(make_world(RNG(5), 14, 240, 20))
    assert not told.is_joint
    assert told.effects
    assert {effect.importance.value for effect in told.effects} == {None}


def test_a_gap_isn_t_an_answer():
    """A criterion that applies to few contacts counts those only; *cannot tell* never counts as missed."""
    satisfied, agents, predictors = simple(hold=coin)
    gaps = np.where(np.arange(len(satisfied)) % 3 == 0, np.nan, predictors[0].values)
    told = find_drivers(satisfied, agents, [flag("hold", gaps)])
    assert told.effects[0].points.n == 800


def test_repeats_look_seven_days_around_and_know_where_they_can_t():
    days = [1, 5, 20, 29, 10, 10]
    table = pd.DataFrame({
        "contact_id": list("abcdef"), "customer_id": ["K1", "K1", "K1", "K2", "", ""],
        "started_at": pd.to_datetime([f"2026-10-{day:02d}" for day in days], utc=True),
    })  # fmt: skip
    marks = mark_repeats(table)
    assert marks["repeat"].fillna(-1).tolist() == [-1, 1, 0, 0, -1, -1]
    assert marks["came_back"].fillna(-1).tolist() == [1, 0, 0, -1, -1, -1]
    assert mark_repeats(table.iloc[:0]).empty


def test_a_hold_is_known_from_its_count_or_its_time():
    table = pd.DataFrame({
        "holds": [0.0, np.nan, np.nan, 1.0], "hold_s": [np.nan, 12.0, np.nan, np.nan],
        "transfers": [np.nan, 2.0, 0.0, 0.0],
    })  # fmt: skip
    by_key = {one.key: one.values for one in gather_predictors(table, "")[0]}
    assert np.nan_to_num(by_key["hold"], nan=-1).tolist() == [0, 1, -1, 1]
    assert np.nan_to_num(either_of(by_key["transfer"], by_key["hold"]), nan=-1).tolist() == [-1, 1, -1, 1]


def test_keys_can_be_left_out():
    table = make_world(RNG(1), 20, 300, 2).table
    predictors, either = gather_predictors(table, FORM, ["hold", answer_column(FORM, "k00")])
    assert {"hold", answer_column(FORM, "k00")}.isdisjoint(one.key for one in predictors)
    assert either is None


def test_the_margin_is_the_readers():
    world = simple(n=20_000, hold=coin)
    assert find_drivers(*world, options=Options(margin=0.01)).effects[0].verdict is Verdict.UNCLEAR


def test_intervals_cover_what_was_planted_with_few_agents():
    """The full simulation, 1,000 repetitions, is `qm bench voc --parts drivers`."""
    tally = simulate(40, 3, LEAST_AGENTS + 5, 600, 4)
    assert 0.9 <= tally.all_covered.rate <= 0.99
    assert tally.families.rate <= 0.15
