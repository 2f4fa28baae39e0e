"""The clock of detractor cases: it runs on working days only, and through the hours that the site works."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from qm.domain.case_plan import WorkCalendar

HOUR = timedelta(hours=1)
FIXED_HOLIDAYS = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
"""Month and day of Italy's public holidays (law 260 of 1949 and its changes); Sundays aside."""
SAINT_FRANCIS, SAINT_FRANCIS_SINCE = (10, 4), 2026
"""A public holiday again from 2026 (law 151 of 2025)."""
LONGEST_WAIT_DAYS = 3660
"""A calendar that offers no working time for ten years is a mistake in the plan."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, printed by Meeus 1991).

    >>> easter(2026), easter(2027)
    (datetime.date(2026, 4, 5), datetime.date(2027, 3, 28))
    """
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leaps - correction + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    shift = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def italian_holidays(year: int) -> frozenset[date]:
    """Italy's public holidays of a year; local ones (the patron saint) belong into the plan.

    >>> date(2026, 4, 6) in italian_holidays(2026)
    True
    """
    days = {date(year, month, day) for month, day in FIXED_HOLIDAYS}
    if year >= SAINT_FRANCIS_SINCE:
        days.add(date(year, *SAINT_FRANCIS))
    return frozenset(days | {easter(year), easter(year) + timedelta(days=1)})


def is_working_day(day: date, calendar: WorkCalendar) -> bool:
    """Whether the clock runs at all on a day."""
    if day in calendar.open_anyway:
        return True
    is_holiday = day in calendar.closed or (calendar.national == "IT" and day in italian_holidays(day.year))
    return day.weekday() in calendar.weekdays and not is_holiday


def next_working_day(moment: datetime, calendar: WorkCalendar) -> date:
    """The working day after the one that a moment falls on, in the calendar's time zone: whose queue a case joins.

    Raises:
        ValueError: the calendar has no working day for ten years.
    """
    day = moment.astimezone(ZoneInfo(calendar.zone)).date()
    for _ in range(LONGEST_WAIT_DAYS):
        day += timedelta(days=1)
        if is_working_day(day, calendar):
            return day
    raise ValueError(f"calendar: no working day in the ten years after {moment.date()}")


def last_working_day(day: date, calendar: WorkCalendar) -> date | None:
    """That day, or the last working day before it: cases of earlier days are in its queue. `None`: there is none."""
    for back in range(min(LONGEST_WAIT_DAYS, day.toordinal() - 1)):
        if is_working_day(found := day - timedelta(days=back), calendar):
            return found
    return None


def hours_between(start: datetime, end: datetime, calendar: WorkCalendar) -> float:
    """Working hours from `start` to `end`, as they elapse (an hour that daylight saving skips isn't counted).

    Negative where `end` lies before `start`; 0 where no working time lies between.
    """
    if end < start:
        return -hours_between(end, start, calendar)
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # within one zone Python would reckon by the wall
    parts = (_overlap(opens, closes, start, end) for opens, closes in _windows(start, calendar, until=end))
    return sum(parts, timedelta()) / HOUR


def after_hours(start: datetime, hours: float, calendar: WorkCalendar) -> datetime:
    """The moment by which so many working hours have passed since `start`; aware, UTC.

    For 0 hours `start` itself. A length that ends exactly with a day's work ends there, not on the next morning.

    Raises:
        ValueError: negative hours, or a calendar without working time for ten years.
    """
    if hours < 0:
        raise ValueError(f"hours: must not be negative, got {hours:g}")
    left = timedelta(hours=hours)
    start = start.astimezone(UTC)  # as above
    if not left:
        return start
    for opens, closes in _windows(start, calendar):
        begun = max(opens, start)
        if closes > begun and closes - begun >= left:
            return begun + left
        left -= max(closes - begun, timedelta())
    raise ValueError(f"calendar: {hours:g} working hours don't fit into the ten years after {start.date()}")


def _windows(
    start: datetime, calendar: WorkCalendar, until: datetime | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Working time by day from the day of `start` on, as instants: days are those of the wall, lengths are real."""
    zone = ZoneInfo(calendar.zone)
    first = start.astimezone(zone).date()
    days = (until.astimezone(zone).date() - first).days + 1 if until else LONGEST_WAIT_DAYS
    for place in range(days):
        day = first + timedelta(days=place)
        if is_working_day(day, calendar):
            last = day if calendar.closes != time(0, 0) else day + timedelta(days=1)
            yield _instant(day, calendar.opens, zone), _instant(last, calendar.closes, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _overlap(opens: datetime, closes: datetime, start: datetime, end: datetime) -> timedelta:
    return max(min(closes, end) - max(opens, start), timedelta())
