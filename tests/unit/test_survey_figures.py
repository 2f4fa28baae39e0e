"""Reports over surveys: the same numbers as one by one, targets by the interval, and nobody ranked by chance."""

from datetime import date, time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.estimate_quality import mean_figure, nps_figure, wilson
from qm.analysis.voc.compare_groups import holm, permutation_p, standings
from qm.analysis.voc.group_figures import mean_figures, share_figures
from qm.analysis.voc.survey_figures import group_by, group_rows, only_answered, time_line, with_days
from qm.domain.figures import Count
from qm.domain.survey_report import Standing
from qm.domain.voc_plan import DayWindow, Target, VocPlan

PLAN = VocPlan(
    targets=(Target("nps", 0.0), Target("nps", 90.0, "vendita"), Target("satisfaction", 0.5, of_satisfied=True))
)


def table(rows):
    """Rows of (contact, agent, process, started, nps, satisfaction)."""
    columns = ["contact_id", "agent_id", "process", "started_at", "nps", "satisfaction"]
    made = pd.DataFrame(rows, columns=columns).assign(agent_name=lambda t: t["agent_id"], team="T", channel="sms")
    made["started_at"] = pd.to_datetime(made["started_at"], utc=True)
    made["answered_at"] = made["started_at"] + pd.Timedelta(hours=3)
    made["invited_at"] = made["started_at"] + pd.Timedelta(hours=1)
    made["survey_started_at"] = pd.NaT
    return made.assign(csat=np.nan, ces=np.nan, resolved=np.nan)


def many(count=60):
    processes = ("reclami", "vendita")
    days = [f"2026-11-{1 + n % 20:02} 10:00" for n in range(count)]
    return table([(f"C{n}", f"A{n % 3}", processes[n % 2], on, n % 11, (n * 7) % 11) for n, on in enumerate(days)])


groups = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10)), max_size=60)


@given(groups, st.integers(1, 8))
def test_grouped_figures_are_those_of_each_group_alone(rows, least_n):
    codes = np.array([code for code, _ in rows], dtype=np.int64)
    values = np.array([value for _, value in rows], dtype=float)
    found = mean_figures(values, codes, 4, least_n, 0.0, 10.0)
    shares = share_figures(values >= 7, codes, 4, least_n)
    for group in range(4):
        own = [float(value) for code, value in rows if code == group]
        alone = mean_figure(own, least_n, 0.0, 10.0)
        assert found[group].n == alone.n
        assert (found[group].value, found[group].lo, found[group].hi) == (
            pytest.approx((alone.value, alone.lo, alone.hi), abs=2e-4)
            if alone.value is not None
            else (None, None, None)
        )
        if shares[group].value is not None:
            lo, hi = wilson(Count(sum(value >= 7 for value in own), len(own)))
            assert (shares[group].lo, shares[group].hi) == pytest.approx((lo, hi), abs=1e-4)


def test_p_values_are_those_of_shuffled_answers():
    rng = np.random.default_rng(5)
    values = rng.choice(11, size=300, p=[0.03, 0.01, 0.01, 0.01, 0.01, 0.03, 0.05, 0.1, 0.2, 0.25, 0.3]).astype(float)
    means = np.array([rng.permutation(values)[:8].mean() for _ in range(20_000)])
    for mean in (7.0, 7.5, 9.5):
        tail = (means <= mean + 1e-9).mean() if mean < values.mean() else (means >= mean - 1e-9).mean()
        (told,) = permutation_p(values, np.array([8]), np.array([mean]))
        assert 0.75 * 2 * tail < told < 2 * 2 * tail  # never much surer than shuffling is


def test_counts_targets_and_names():
    joined = many()
    plan = only_answered(PLAN, joined)
    assert [scale.id for scale in plan.scales] == ["nps", "satisfaction"]
    rows = group_rows(joined, group_by(joined, "process"), plan, 5, compared=True, process="*")
    assert [(row.id, row.invited, row.answered, row.delay_h) for row in rows] == [
        ("reclami", 30, 30, 2.0),
        ("vendita", 30, 30, 2.0),
    ]
    nps, satisfaction = rows[1].scales
    own = joined[joined["process"] == "vendita"]["nps"]
    assert nps.figure == nps_figure([int(value) for value in own], 5)
    assert (nps.target, nps.state) == (90.0, "missed")
    assert rows[0].scales[0].target == 0.0
    assert satisfaction.satisfied.value == pytest.approx(
        (joined[joined["process"] == "vendita"]["satisfaction"] >= 7).mean(), abs=1e-4
    )
    assert satisfaction.satisfied_target == 0.5


def test_two_responses_to_a_contact_are_one_contact_and_an_invitation_is_no_answer():
    joined = table([("C1", "A1", "p", "2026-11-02 10:00", 9, 9), ("C1", "A1", "p", "2026-11-02 10:00", np.nan, np.nan),
                    ("C2", "A1", "p", "2026-11-02 10:00", np.nan, np.nan)])  # fmt: skip
    joined.loc[1:, "answered_at"] = pd.NaT
    (row,) = group_rows(joined, group_by(joined, "agent"), only_answered(PLAN, joined), 5, compared=True)
    assert (row.invited, row.started, row.answered) == (2, 1, 1)
    assert row.scales[0].figure.value is None
    assert row.scales[0].figure.n == 1


@pytest.mark.parametrize(
    ("begins_at", "at", "on"),
    [
        (time(19), "2026-11-20 17:59", date(2026, 11, 20)), (time(19), "2026-11-20 18:00", date(2026, 11, 21)),
        (time(0), "2026-11-20 22:59", date(2026, 11, 20)), (time(0), "2026-11-20 23:00", date(2026, 11, 21)),
        (time(6), "2026-11-20 04:59", date(2026, 11, 19)), (time(6), "2026-11-20 05:00", date(2026, 11, 20)),
    ],
)  # fmt: skip
def test_a_contact_belongs_to_its_day_in_the_sites_zone(begins_at, at, on):
    joined = with_days(table([("C1", "A1", "p", at, 9, 9)]), DayWindow(begins_at))
    assert joined["on"][0].date() == on


def test_a_time_line_has_empty_weeks_and_a_week_begins_on_monday():
    joined = table(
        [(f"C{n}", "A", "p", f"2026-{day} 10:00", 9, 9) for n, day in enumerate(["11-04", "11-08", "11-25"])]
    )
    joined = with_days(joined, DayWindow())
    line = time_line(joined, only_answered(PLAN, joined), 5, "week")
    assert [(point.begins_on.isoformat(), point.answered) for point in line] == [
        ("2026-11-02", 2), ("2026-11-09", 0), ("2026-11-16", 0), ("2026-11-23", 1),
    ]  # fmt: skip
    assert [p.begins_on.isoformat() for p in time_line(joined, only_answered(PLAN, joined), 5, "month")] == [
        "2026-11-01"
    ]
    assert time_line(joined.iloc[:0], PLAN, 5, "week") == ()


def test_one_group_and_no_answers_say_nothing_about_others():
    joined = table([(f"C{n}", "A", "p", "2026-11-04 10:00", 9, 9) for n in range(8)])
    (row,) = group_rows(joined, group_by(joined, "agent"), only_answered(PLAN, joined), 5, compared=True)
    assert row.scales[0].standing is None
    assert row.scales[0].figure.value == 100
    assert row.scales[0].figure.lo < 100


def test_like_agents_are_not_told_apart_and_a_worse_one_is():
    rng = np.random.default_rng(3)
    agents, each, wrong = 30, 25, 0
    codes = np.repeat(np.arange(agents), each)
    for _ in range(200):
        values = rng.choice([-100.0, 0.0, 100.0], size=agents * each, p=[0.25, 0.3, 0.45])
        wrong += any(s in (Standing.BETTER, Standing.WORSE) for s in standings(values, codes, agents, 5))
    assert wrong <= 22  # 5 % of 200 is 10; 22 is far beyond chance
    values = rng.choice([-100.0, 0.0, 100.0], size=agents * each, p=[0.25, 0.3, 0.45])
    values[codes == 4] = -100.0
    found = standings(values, codes, agents, 5)
    assert found[4] is Standing.WORSE
    assert standings(values, codes, agents, 5, higher_is_better=False)[4] is Standing.BETTER
    assert set(standings(values, codes, agents, 26)) == {Standing.TOO_FEW}


def test_equal_answers_prove_nothing():
    codes = np.repeat(np.arange(3), 6)
    assert set(standings(np.full(18, 9.0), codes, 3, 5)) == {Standing.NOT_DISTINGUISHABLE}


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(values):
    p = np.array(values)
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
