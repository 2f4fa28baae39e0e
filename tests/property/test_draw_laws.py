"""Draws: probabilities add up and are kept, bounds hold, the same seed draws the same, estimates are unbiased."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.draw_contacts import draw, inclusion_probabilities, plan_draw, systematic
from qm.domain.work_queue import Allocation, FrameRow, Method, QueuePlan, Quota, Risk, Stratifier
from qm.errors import InputError

DAY = date(2026, 11, 20)
RISKS = st.lists(st.sampled_from(list(Risk)), unique=True).map(tuple)
PLAN = QueuePlan("q", "form", DAY, DAY, 1, (Quota("ada", 5000),))


@st.composite
def frames(draw_one, most=40):
    rows = draw_one(
        st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("XY"), RISKS), min_size=1, max_size=most)
    )
    return [FrameRow(f"C-{n}", agent, team, "p", risks=risks) for n, (agent, team, risks) in enumerate(rows)]


@st.composite
def plans(draw_one, frame):
    return replace(
        PLAN, size=draw_one(st.integers(1, len(frame))), method=draw_one(st.sampled_from(Method)),
        by=draw_one(st.sampled_from(Stratifier)), allocation=draw_one(st.sampled_from(Allocation)),
        agent_min=draw_one(st.sampled_from([0, 0, 1, 2])), agent_max=draw_one(st.sampled_from([0, 0, 3, 9])),
    )  # fmt: skip


@given(st.data())
def test_probabilities_add_up_to_the_size_and_bounds_hold(data):
    frame = data.draw(frames())
    plan = data.draw(plans(frame))
    try:
        drawable = plan_draw(frame, plan)
    except InputError as error:
        if error.code != "queue.agent_bounds":
            raise
        return
    chances = [chance for group in drawable.probabilities for chance in group]
    assert sum(chances) == pytest.approx(plan.size)
    assert all(0 < chance <= 1 for chance in chances)
    drawn = draw(drawable, np.random.default_rng(plan.seed))
    assert len(drawn) == plan.size == len({one.row.contact_id for one in drawn})
    assert drawn == draw(drawable, np.random.default_rng(plan.seed))
    for stratum in drawable.strata:
        got = sum(one.stratum == stratum.name for one in drawn)
        assert abs(got - stratum.expected) < 1 + 1e-6
    if plan.agent_min or plan.agent_max:
        for agent in {row.agent_id for row in frame}:
            own = sum(row.agent_id == agent for row in frame)
            got = sum(one.row.agent_id == agent for one in drawn)
            assert min(plan.agent_min, own, plan.agent_max or own) <= got <= (plan.agent_max or own)


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=30), st.data())
def test_what_is_capped_leaves_the_rest_in_proportion(sizes, data):
    n = data.draw(st.integers(1, len(sizes)))
    chances = inclusion_probabilities(sizes, n)
    assert sum(chances) == pytest.approx(n)
    free = [(chance, size) for chance, size in zip(chances, sizes, strict=True) if chance < 1]
    assert all(chance / size == pytest.approx(free[0][0] / free[0][1]) for chance, size in free)


@given(st.floats(0, 1, exclude_max=True))
def test_a_start_anywhere_picks_as_many(start):
    assert len(set(systematic([0.1] * 30, start))) == 3


@pytest.mark.parametrize("method", list(Method))
def test_contacts_come_as_often_as_is_recorded_and_the_weighted_mean_is_true(method):
    generator = np.random.default_rng(7)
    frame = [
        FrameRow(f"C-{n:02}", "ABC"[n % 3], "X", "p", risks=(Risk.FAILED,) if n % 4 == 0 else ()) for n in range(30)
    ]
    # What is planted hangs on the very sign that draws contacts: an unweighted mean would be far off.
    truth = {row.contact_id: (1.0 if row.risks else 0.2) + n / 40 for n, row in enumerate(frame)}
    drawable = plan_draw(frame, replace(PLAN, size=8, method=method))
    chance = {
        row.contact_id: one
        for group, chances in zip(drawable.groups, drawable.probabilities, strict=True)
        for row, one in zip(group, chances, strict=True)
    }
    times, counts, means = 6000, dict.fromkeys(truth, 0), []
    for _ in range(times):
        drawn = draw(drawable, generator)
        for one in drawn:
            counts[one.row.contact_id] += 1
        means.append(sum(truth[one.row.contact_id] / one.probability for one in drawn) / len(frame))
    for contact_id, one in chance.items():
        assert abs(counts[contact_id] / times - one) < 5 * (one * (1 - one) / times) ** 0.5 + 1e-9
    assert np.mean(means) == pytest.approx(np.mean(list(truth.values())), abs=5 * np.std(means) / times**0.5)


def test_an_order_that_is_drawn_first_is_no_likelier():
    """The first of what is drawn is anybody, so that whoever stops half-way has a random half."""
    frame = [FrameRow(f"C-{n}", "A", "X", "p") for n in range(4)]
    drawable = plan_draw(frame, replace(PLAN, size=2))
    generator = np.random.default_rng(1)
    firsts = [draw(drawable, generator)[0].row.contact_id for _ in range(4000)]
    assert all(abs(firsts.count(row.contact_id) / 4000 - 0.25) < 0.04 for row in frame)
