"""Laws of agreement: who is who and which code stands for what doesn't matter; nobody agrees more than always."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.calibration.agreement_alpha import Level, krippendorff_alpha
from qm.analysis.calibration.agreement_kappas import (
    Weighting,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
)
from qm.analysis.calibration.draw_calibration import Candidate, draw_calibration
from qm.analysis.calibration.measure_agreement import AnswerRow, agree_on_answers
from qm.domain.agreement import Pair
from qm.domain.calibration import Purpose
from qm.domain.evaluation import Answer

COEFFICIENTS = (percent_agreement, cohen_kappa, fleiss_kappa, gwet_ac, brennan_prediger, krippendorff_alpha)
CELL = st.sampled_from([0.0, 1.0, 2.0, float("nan")])


@st.composite
def tables(draw):
    raters = draw(st.integers(2, 4))
    return np.array(draw(st.lists(st.lists(CELL, min_size=raters, max_size=raters), min_size=3, max_size=25)))


def values(table):
    return [None if (value := one(table)) is None else round(value, 9) for one in COEFFICIENTS]


@given(tables(), st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(table, dice):
    rows, raters, names = list(range(len(table))), list(range(table.shape[1])), [0.0, 1.0, 2.0]
    for each in (rows, raters, names):
        dice.shuffle(each)
    renamed = np.select([table == 0, table == 1, table == 2], names, np.nan)
    assert values(renamed[rows][:, raters]) == values(table)


@given(tables())
def test_nobody_agrees_more_than_always(table):
    for value in values(table):
        assert value is None or value <= 1 + 1e-9
    assert values(table)[0] is None or values(table)[0] >= 0


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=2, max_size=20), st.integers(2, 4))
def test_who_always_agrees_gets_1(given_answers, raters):
    table = np.repeat(np.array(given_answers)[:, None], raters, axis=1)
    several = len(set(given_answers)) > 1
    # one answer only: chance explains everything, so kappa, alpha and, of one category, Brennan say nothing
    assert values(table) == ([1.0] * 6 if several else [1.0, None, None, 1.0, None, None])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=25))
def test_of_two_raters_weighted_kappa_is_cohens_formula(pairs):
    table = np.array(pairs, dtype=float)
    scale = np.unique(table)
    ours = cohen_kappa(table, Weighting.QUADRATIC)
    chance = ((table[:, :1] - table[:, 1]) ** 2).mean()
    if len(scale) < 2 or chance == 0:
        assert ours is None
    else:
        assert abs(ours - (1 - ((table[:, 0] - table[:, 1]) ** 2).mean() / chance)) < 1e-9


@given(tables())
def test_two_values_have_one_alpha(table):
    table = np.where(table == 2, 1.0, table)
    levels = [krippendorff_alpha(table, level) for level in (Level.NOMINAL, Level.ORDINAL, Level.INTERVAL)]
    assert len({None if level is None else round(level, 9) for level in levels}) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([None, *Answer])] * 3), min_size=12, max_size=40), st.integers(0, 9))
def test_a_value_lies_in_its_interval_and_a_seed_gives_the_same(rows, seed):
    table = [AnswerRow(f"C{n}", row) for n, row in enumerate(rows)]
    found = agree_on_answers(Pair.ANALYSTS, "c", table, 5, seed)
    assert found == agree_on_answers(Pair.ANALYSTS, "c", table, 5, seed)
    for one in found.measured:
        assert (one.reason is None) == (one.figure.value is not None)
        assert one.reason or one.figure.lo <= one.figure.value <= one.figure.hi <= 1


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=40), st.integers(1, 20), st.sampled_from(list(Purpose)),
    st.integers(0, 5),
)  # fmt: skip
def test_a_draw_is_no_larger_than_asked_and_names_nobody_twice(doubts, size, purpose, seed):
    candidates = [
        Candidate(f"C{n}", (None, True, False)[n % 3], doubt if doubt > 1e-6 else 0.0) for n, doubt in enumerate(doubts)
    ]
    drawn = draw_calibration(candidates, purpose, size, seed)
    ids = [one.contact_id for one in drawn]
    assert len(ids) == len(set(ids)) <= size
    assert drawn == draw_calibration(candidates[::-1], purpose, size, seed)
    possible = {
        Purpose.RANDOM: len(candidates),
        Purpose.RATED: sum(one.is_satisfied is not None for one in candidates),
        Purpose.DISAGREEMENT: sum(one.doubt > 0 for one in candidates),
    }[purpose]
    assert len(ids) == min(size, possible)


def test_a_contact_is_drawn_as_often_as_is_said():
    candidates = [Candidate(f"C{n}", doubt=float(n)) for n in range(1, 13)]
    times = dict.fromkeys((one.contact_id for one in candidates), 0)
    said = {}
    for seed in range(1500):
        for one in draw_calibration(candidates, Purpose.DISAGREEMENT, 4, seed):
            times[one.contact_id] += 1
            said[one.contact_id] = one.probability
    assert all(abs(times[contact] / 1500 - said[contact]) < 0.05 for contact in said)
    assert abs(sum(said.values()) - 4) < 1e-9
