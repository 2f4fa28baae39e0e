"""Accuracy by class of critical criteria: open contacts never count as clean, and few contacts give no value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.judge_classes import ClassState, class_figures, judge_classes
from qm.domain.evaluation import ClassScore
from qm.domain.figures import Figure

CLEAN, ERROR, OPEN = ClassState.CLEAN, ClassState.ERROR, ClassState.OPEN
STATES = st.lists(st.sampled_from([CLEAN, ERROR, OPEN, None]), max_size=60)


def score(n=1, errors=0, open_=0, name="customer"):
    return ClassScore(name, float(n - errors), float(n), n, errors, open_)


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        ([score(n=2)], CLEAN),
        ([score(n=2, errors=1)], ERROR),
        ([score(n=2, open_=1)], OPEN),
        ([score(n=2, errors=1, open_=1)], ERROR),
        ([score(n=0, open_=1)], OPEN),
        ([score(n=0)], None),
        ([score(n=3), score(n=0)], CLEAN),
        ([score(n=3), score(n=1, errors=1)], ERROR),
        ([score(n=3), score(n=1, open_=1)], OPEN),
        ([score(n=1, open_=1), score(n=1, errors=1)], ERROR),
    ],
)
def test_a_contact_is_judged_over_all_its_forms(scores, state):
    assert judge_classes(scores) == ({} if state is None else {"customer": state})


def figure(states, least=5):
    customer, business, compliance = class_figures([{} if s is None else {"customer": s} for s in states], least)
    assert not business.is_asked
    assert not compliance.is_asked
    return customer


def test_open_contacts_stand_apart_and_bound_the_value():
    found = figure([CLEAN] * 8 + [ERROR] * 2 + [OPEN] * 10 + [None] * 7)
    assert (found.accuracy.value, found.accuracy.n, found.open) == (80.0, 10, 10)
    assert (found.accuracy.lo, found.accuracy.hi) == pytest.approx((49.02, 94.33), abs=0.01)  # Wilson, 8 of 10
    assert (found.lowest, found.highest) == (40.0, 90.0)


@pytest.mark.parametrize("states", [[], [OPEN] * 30, [CLEAN] * 4, [CLEAN] * 4 + [OPEN] * 9])
def test_below_the_minimum_only_counts_are_told(states):
    found = figure(states)
    known = len(states) - states.count(OPEN)
    assert (found.accuracy, found.open) == (Figure(None, None, None, known), states.count(OPEN))
    assert (found.lowest, found.highest) == (None, None)


@given(STATES)
def test_no_decision_on_what_is_open_leaves_the_bounds(states):
    found = figure(states)
    if found.accuracy.value is None:
        return
    assert found.accuracy.lo <= found.accuracy.value <= found.accuracy.hi
    assert found.lowest <= found.accuracy.value <= found.highest
    for turned, bound in ((ERROR, found.lowest), (CLEAN, found.highest)):
        assert figure([turned if s is OPEN else s for s in states]).accuracy.value == bound


@given(STATES)
def test_an_error_more_never_raises_the_figure(states):
    before, after = figure(states, 2), figure([*states, ERROR], 2)
    if before.accuracy.value is not None:
        assert after.accuracy.value <= before.accuracy.value
        assert after.lowest <= before.lowest
