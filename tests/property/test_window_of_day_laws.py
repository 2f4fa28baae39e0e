"""Every moment belongs to one day, whatever the clocks do; days follow one another."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.domain.day_window import window_of

ZONES = st.sampled_from(["Europe/Rome", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]).map(
    ZoneInfo
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
MOMENTS = st.floats(1.6e9, 2.05e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ROME = ZoneInfo("Europe/Rome")


@given(MOMENTS, TIMES, ZONES)
def test_every_moment_belongs_to_its_window(moment, closes, zone):
    window = window_of(moment, closes, zone)
    assert window.holds(moment)
    assert timedelta(hours=22) < window.ends_at - window.begins_at < timedelta(hours=26)


@given(MOMENTS, TIMES, ZONES)
def test_windows_follow_one_another_without_a_gap(moment, closes, zone):
    window = window_of(moment, closes, zone)
    after = window_of(window.ends_at, closes, zone)
    assert (after.begins_at, after.day) == (window.ends_at, window.day + timedelta(days=1))
    before = window_of(window.begins_at - timedelta(microseconds=1), closes, zone)
    assert (before.ends_at, before.day) == (window.begins_at, window.day - timedelta(days=1))


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)), TIMES, ZONES)
def test_a_later_moment_never_belongs_to_an_earlier_day(moment, later, closes, zone):
    assert window_of(moment, closes, zone).day <= window_of(moment + later, closes, zone).day


@pytest.mark.parametrize(
    ("moment", "day", "hours"),
    [
        ("2026-11-21T18:59:59+01:00", "2026-11-21", 24),
        ("2026-11-21T19:00:00+01:00", "2026-11-22", 24),
        ("2026-03-29T12:00:00+02:00", "2026-03-29", 23),  # the clocks went forward in this window
        ("2026-10-25T02:30:00+01:00", "2026-10-25", 25),  # the second half past two of that night
    ],
)
def test_days_from_seven_to_seven(moment, day, hours):
    window = window_of(datetime.fromisoformat(moment), time(19), ROME)
    assert (window.day.isoformat(), window.ends_at - window.begins_at) == (day, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-20T22:00:00+01:00", "2026-11-21"), ("2026-11-21T07:00:00+01:00", "2026-11-21"),
     ("2026-11-21T19:59:00+01:00", "2026-11-21"), ("2026-11-21T20:00:00+01:00", "2026-11-22")],
)  # fmt: skip
def test_what_comes_between_two_working_days_belongs_to_the_next(moment, day):
    assert window_of(datetime.fromisoformat(moment), time(20), ROME).day.isoformat() == day
