"""The clock of detractor cases: working days, Italian holidays, hours through the change of the clocks."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from qm.analysis.voc.case_clock import (
    after_hours,
    easter,
    hours_between,
    is_working_day,
    italian_holidays,
    last_working_day,
    next_working_day,
)
from qm.domain.case_plan import WorkCalendar

ROME = ZoneInfo("Europe/Rome")
DAYS = WorkCalendar()
HOURS = WorkCalendar(opens=time(9), closes=time(18))
EASTERS = {
    1900: (4, 15), 1954: (4, 18), 1981: (4, 19), 2000: (4, 23), 2008: (3, 23), 2011: (4, 24), 2024: (3, 31),
    2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25), 2049: (4, 18), 2100: (3, 28),
}  # fmt: skip
"""Published dates, the earliest and latest of two centuries and the exceptions of 1954, 1981 and 2049 among them."""


def at(day, hour=9, minute=0, month=11, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=ROME)


@pytest.mark.parametrize("year", EASTERS)
def test_easter_falls_on_its_published_day(year):
    assert easter(year) == date(year, *EASTERS[year])


def test_italian_holidays():
    days = italian_holidays(2027)
    assert len(days) == 13
    assert {date(2027, 3, 29), date(2027, 10, 4), date(2027, 12, 26)} <= days, "Easter Monday, San Francesco"
    assert date(2025, 10, 4) not in italian_holidays(2025), "a holiday from 2026 on"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True), (date(2026, 11, 21), False), (date(2026, 11, 22), False),
        (date(2026, 4, 6), False), (date(2026, 4, 7), True), (date(2026, 12, 8), False), (date(2026, 12, 7), True),
    ],
)  # fmt: skip
def test_weekends_and_holidays_are_off(day, works):
    assert is_working_day(day, DAYS) is works


def test_the_plan_closes_and_opens_days():
    own = replace(DAYS, closed=frozenset({date(2026, 12, 7)}), open_anyway=frozenset({date(2026, 12, 8)}))
    assert not is_working_day(date(2026, 12, 7), own)
    assert is_working_day(date(2026, 12, 8), own)
    assert is_working_day(date(2026, 4, 6), replace(DAYS, national="")), "without the country's holidays"


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(16), 24, at(17)),
        (at(20, 17), 24, at(23, 17)),  # over a weekend
        (at(20, 17), 48, at(24, 17)),
        (at(21, 12), 24, at(24, 0)),  # begun on a Saturday: the clock starts on Monday
        (at(7, 10, month=12), 24, at(9, 10, month=12)),  # over 8 December
        (at(3, 16, month=4), 24, at(7, 16, month=4)),  # over Easter and its Monday
        (at(16), 0, at(16)),
    ],
)
def test_24_and_48_hours_end_at_the_same_time_of_a_later_working_day(start, hours, end):
    assert after_hours(start, hours, DAYS) == end


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(16, 10), 4, at(16, 14)),
        (at(16, 17), 2, at(17, 10)),
        (at(16, 9), 9, at(16, 18)),  # exactly a day's work ends with it, not on the next morning
        (at(16, 22), 1, at(17, 10)),
        (at(20, 17, 30), 1, at(23, 9, 30)),
    ],
)
def test_opening_hours_are_kept(start, hours, end):
    assert after_hours(start, hours, HOURS) == end
    assert hours_between(start, end, HOURS) == pytest.approx(hours)


def test_hours_are_real_through_the_change_of_the_clocks():
    sundays = replace(DAYS, weekdays=frozenset(range(7)), national="")
    spring, autumn = at(29, 0, month=3), at(25, 0, month=10)
    assert hours_between(spring, spring + timedelta(days=1), sundays) == 23  # wall arithmetic: midnight to midnight
    assert hours_between(autumn, autumn + timedelta(days=1), sundays) == 25
    assert after_hours(at(28, 12, month=3), 24, sundays) == at(29, 13, month=3)
    assert hours_between(at(29, 1, month=3), at(29, 5, month=3), sundays) == 3
    assert after_hours(at(29, 1, month=3), 3, sundays) == at(29, 5, month=3)
    assert hours_between(at(25, 1, month=10), at(25, 5, month=10), sundays) == 5


def test_hours_back_are_negative_and_nothing_runs_on_a_sunday():
    assert hours_between(at(17), at(16), DAYS) == -24
    assert hours_between(at(21, 1), at(22, 23), DAYS) == 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [(at(16), 17), (at(20), 23), (at(21), 23), (at(16, 23, 30), 17)],
)
def test_a_case_joins_the_queue_of_the_next_working_day(moment, day):
    assert next_working_day(moment, DAYS) == date(2026, 11, day)


def test_a_calendar_without_work_is_told():
    closed = replace(DAYS, closed=frozenset(date(2026, 1, 1) + timedelta(days=place) for place in range(4400)))
    with pytest.raises(ValueError, match="ten years"):
        after_hours(at(16), 1, closed)
    with pytest.raises(ValueError, match="ten years"):
        next_working_day(at(16), closed)
    with pytest.raises(ValueError, match="negative"):
        after_hours(at(16), -1, DAYS)


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"weekdays": frozenset()}, "weekdays"), ({"weekdays": frozenset({7})}, "weekdays"),
     ({"national": "FR"}, "national"), ({"opens": time(18), "closes": time(9)}, "closes")],
)  # fmt: skip
def test_impossible_calendars_are_refused(changes, name):
    with pytest.raises(ValueError, match=name):
        WorkCalendar(**changes)


def test_the_queue_of_a_day_holds_what_came_in_before_its_last_working_day():
    moment = datetime(2026, 12, 4, 12, tzinfo=ROME)
    for hours in range(0, 24 * 12, 5):
        opened = moment + timedelta(hours=hours)
        for ahead in range(16):
            day = date(2026, 12, 4) + timedelta(days=ahead)
            last = last_working_day(day, DAYS)
            assert (next_working_day(opened, DAYS) <= day) == (opened.date() < last)


def test_a_calendar_without_working_days_has_no_last_one():
    assert last_working_day(date.min, DAYS) is None
    assert last_working_day(date.max, replace(DAYS, national="")) == date.max
