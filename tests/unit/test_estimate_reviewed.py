"""Estimates from drawn reviews: unbiased, with intervals that hold what they promise, and silent below the minimum."""

from datetime import date

import numpy as np
import pytest

from qm.analysis.draw_contacts import draw, plan_draw
from qm.analysis.estimate_reviewed import Seen, estimate_mean, estimate_share
from qm.domain.work_queue import FrameRow, Method, QueuePlan, Quota, Risk

DAY = date(2026, 11, 20)


def test_below_the_minimum_nothing_is_said():
    seen = [Seen(0.5, False, True, 1.0)] * 4
    for estimate in (estimate_mean, estimate_share):
        assert (estimate(seen, 5).value, estimate(seen, 5).n) == (None, 4)
        assert (estimate([], 1).value, estimate([], 1).n) == (None, 0)
        assert estimate([Seen(0.5, False, True, 1.0)], 1).value is None, "one contact has no spread"


def test_nothing_is_said_while_a_whole_kind_waits():
    seen = [Seen(0.5, True, True, 1.0)] * 10 + [Seen(0.5, False, False)] * 10
    assert estimate_share(seen, 5).value is None


def test_what_is_done_first_doesnt_speak_for_the_rest():
    doubtful, plain = [Seen(0.5, True, True, 1.0)] * 10, [Seen(0.5, False, True, 0.0)] * 5
    waiting = [Seen(0.5, False, False)] * 25
    assert estimate_share(doubtful + plain + waiting, 5).value == pytest.approx(0.25)


def test_a_census_has_no_interval():
    seen = [Seen(1.0, False, True, value) for value in (0.0, 1.0, 1.0, 1.0)]
    figure = estimate_share(seen, 2)
    assert (figure.value, figure.lo, figure.hi) == (0.75, 0.75, 0.75)


def test_all_alike_still_has_an_interval():
    figure = estimate_share([Seen(0.01, False, True, 0.0)] * 30, 5)
    assert figure.value == figure.lo == 0.0
    assert 0.08 < figure.hi < 0.15


@pytest.mark.parametrize("method", [Method.RANDOM, Method.RISK])
def test_intervals_hold_the_truth_as_often_as_they_promise(method):
    generator = np.random.default_rng(3)
    frame = [FrameRow(f"C-{n:03}", "A", "X", "p", risks=(Risk.FAILED,) if n % 5 == 0 else ()) for n in range(400)]
    differs = {row.contact_id: float(generator.random() < (0.7 if row.risks else 0.2)) for row in frame}
    scores = {row.contact_id: generator.normal(50 if row.risks else 80, 10) for row in frame}
    drawable = plan_draw(frame, QueuePlan("q", "form", DAY, DAY, 60, (Quota("ada", 60),), method))
    held, means = np.zeros(2), []
    times = 800
    for _ in range(times):
        drawn = draw(drawable, generator)
        for place, (estimate, truth) in enumerate(((estimate_share, differs), (estimate_mean, scores))):
            figure = estimate([Seen(one.probability, False, True, truth[one.row.contact_id]) for one in drawn], 5)
            true = np.mean(list(truth.values()))
            held[place] += figure.lo <= true <= figure.hi
            if place:
                means.append(figure.value)
    assert np.all(held / times > 0.92)
    assert np.mean(means) == pytest.approx(np.mean(list(scores.values())), abs=0.3)
