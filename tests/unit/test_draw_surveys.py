"""Whom a day's survey goes to: shares, strata, peace for customers, and how likely each contact was."""

from collections import Counter
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.voc.draw_surveys import (
    ASKED_RECENTLY,
    LATE,
    NOT_A_CUSTOMER,
    OTHER_CONTACT,
    UNKNOWN_CUSTOMER,
    Candidate,
    allocate,
    draw,
    share_of,
    window_of,
)
from qm.domain.voc_plan import DayWindow, SamplingPlan

DAY = date(2026, 11, 20)
PLAN = SamplingPlan(date(2026, 11, 1), (0.2, 1.0))
HALF = SamplingPlan(date(2026, 11, 1), (0.5,))


def universe(count, customers=10_000, agents=4, processes=3):
    return [Candidate(f"C-{i:04}", f"K-{i % customers}", (f"p{i % processes}", f"a{i % agents}")) for i in range(count)]


def by_id(rows):
    return {row.contact_id: row for row in rows}


def test_the_share_ramps_by_month_and_stays():
    months = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31), date(2027, 5, 1)]
    assert [share_of(day, PLAN) for day in months] == [None, 0.2, 1.0, 1.0]
    assert draw(universe(10), date(2026, 10, 31), PLAN, {}) == ()


def test_a_stratified_draw_takes_its_share_and_one_of_each_stratum_at_least():
    rows = draw(universe(600), DAY, PLAN, {})
    drawn = Counter(row.stratum for row in rows if row.is_drawn)
    assert sum(drawn.values()) == 120
    assert len(drawn) == 12
    assert min(drawn.values()) >= 1
    sizes = Counter(row.stratum for row in rows)
    assert all(row.probability == drawn[row.stratum] / sizes[row.stratum] for row in rows)


def test_more_strata_than_places_are_joined_so_that_everybody_has_a_chance():
    rows = draw(universe(40, agents=40), DAY, PLAN, {})
    assert {row.stratum for row in rows} == {"p0", "p1", "p2"}
    assert {row.stratum for row in draw(universe(4, agents=4), DAY, PLAN, {})} == {"all"}
    assert all(row.probability > 0 for row in rows)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_quiet_day_leaves_nobody_without_a_chance(count):
    rows = draw(universe(count), DAY, PLAN, {})
    assert len(rows) == count
    assert sum(row.is_drawn for row in rows) == min(count, 1)


def test_at_the_full_share_all_are_asked():
    rows = draw(universe(50), date(2026, 12, 3), PLAN, {})
    assert all(row.is_drawn and row.probability == 1 for row in rows)


def test_who_was_asked_is_left_in_peace_and_who_cannot_be_known_is_the_sites_choice():
    contacts = [
        Candidate("C-1", "K-1", ("p", "a")), Candidate("C-2", "K-2", ("p", "a")), Candidate("C-3", "", ("p", "a")),
        Candidate("C-4", "K-4", ("p", "a"), is_customer=False), Candidate("C-5", "K-5", ("p", "a")),
    ]  # fmt: skip
    asked = {"K-1": DAY - timedelta(days=30), "K-2": DAY - timedelta(days=31)}
    full = SamplingPlan(date(2026, 11, 1), (1.0,))
    rows = by_id(draw(contacts, DAY, full, asked, asked_contacts={"C-5"}))
    reasons = {name: row.reason for name, row in rows.items()}
    assert reasons == {"C-1": ASKED_RECENTLY, "C-2": "", "C-3": "", "C-4": NOT_A_CUSTOMER, "C-5": ASKED_RECENTLY}
    assert [name for name, row in rows.items() if row.is_drawn] == ["C-2", "C-3"]
    assert rows["C-1"].probability == rows["C-4"].probability == 0
    shy = SamplingPlan(date(2026, 11, 1), (1.0,), ask_unknown=False)
    assert by_id(draw(contacts, DAY, shy, asked))["C-3"].reason == UNKNOWN_CUSTOMER


def test_a_customer_of_three_contacts_is_asked_about_one():
    rows = draw(universe(30, customers=10), DAY, SamplingPlan(date(2026, 11, 1), (1.0,)), {})
    assert Counter(row.customer_id for row in rows if row.is_drawn) == {f"K-{i}": 1 for i in range(10)}
    assert Counter(row.reason for row in rows) == {"": 10, OTHER_CONTACT: 20}
    assert all(row.probability == pytest.approx(1 / 3) for row in rows)


def test_drawn_twice_is_the_same_and_late_contacts_have_their_own_chance():
    early, late = universe(400)[:300], universe(400)
    first = draw(early, DAY, HALF, {})
    assert draw(early, DAY, HALF, {}, kept=first) == first
    second = by_id(draw(late, DAY, HALF, {}, kept=first))
    assert all(second[row.contact_id] == row for row in first)
    added = [second[c.contact_id] for c in late[300:]]
    assert {(row.stratum, row.probability) for row in added} == {(LATE, 0.5)}
    assert 25 <= sum(row.is_drawn for row in added) <= 75


def test_a_late_contact_of_a_customer_who_is_asked_today_is_not():
    first = draw([Candidate("C-1", "K-1", ("p", "a"))], DAY, SamplingPlan(date(2026, 11, 1), (1.0,)), {})
    later = [Candidate("C-1", "K-1", ("p", "a")), Candidate("C-2", "K-1", ("p", "a"))]
    rows = by_id(draw(later, DAY, SamplingPlan(date(2026, 11, 1), (1.0,)), {}, kept=first))
    assert (rows["C-2"].is_drawn, rows["C-2"].reason) == (False, ASKED_RECENTLY)


def test_frequencies_over_seeds_are_the_probabilities_stored():
    contacts = [*universe(13, agents=2, processes=1), Candidate("C-x", "K-0", ("p0", "a0"))]
    seeds = 3000
    hits: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for seed in range(seeds):
        for row in draw(contacts, DAY, SamplingPlan(date(2026, 11, 1), (0.4,), seed=seed), {}):
            hits[row.contact_id] += row.is_drawn
            told[row.contact_id] += row.probability
    for contact in contacts:
        expected = told[contact.contact_id] / seeds
        spread = (expected * (1 - expected) / seeds) ** 0.5
        assert abs(hits[contact.contact_id] / seeds - expected) < 5 * spread


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.data())
def test_allocation_is_whole_and_fair(sizes, data):
    total = data.draw(st.integers(len(sizes), sum(sizes)))
    places = allocate(sizes, total)
    assert sum(places) == total
    assert all(1 <= place <= size for place, size in zip(places, sizes, strict=True))
    pairs = [(s, p) for s, p in zip(sizes, places, strict=True)]
    assert all(p >= q for s, p in pairs for t, q in pairs if s > t)


@given(st.permutations(universe(25, customers=9)), st.integers(0, 99))
def test_the_order_of_contacts_does_not_matter(contacts, seed):
    plan = SamplingPlan(date(2026, 11, 1), (0.3,), seed=seed)
    assert draw(contacts, DAY, plan, {}) == draw(universe(25, customers=9), DAY, plan, {})


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times(),
    st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)  # fmt: skip
def test_days_follow_each_other_without_gap_or_overlap(day, begins_at, zone):
    window = DayWindow(begins_at.replace(tzinfo=None, microsecond=0), zone)
    utc = ZoneInfo("UTC")
    begin, end = (at.astimezone(utc) for at in window_of(day, window))
    assert end == window_of(day + timedelta(days=1), window)[0].astimezone(utc)
    assert timedelta(hours=22) <= end - begin <= timedelta(hours=26)


def test_a_day_lasts_23_or_25_hours_when_clocks_change():
    hours = {}
    for day in (date(2026, 3, 29), date(2026, 10, 25), DAY):
        begin, end = (at.astimezone(ZoneInfo("UTC")) for at in window_of(day, DayWindow(time(19, 0))))
        hours[day.month] = (end - begin) / timedelta(hours=1)
    assert hours == {3: 23, 10: 25, 11: 24}
