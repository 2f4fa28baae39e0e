"""The day of a contact centre: from one closing time to the next, by the clock of the site."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class DayWindow:
    """All moments that belong to one day's work: from `begins_at` up to `ends_at`, which belongs to the next one.

    Attributes:
        day: the date on which it closes, and by which people call it.
    """

    day: date
    begins_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """True where the moment belongs to this day."""
        return self.begins_at <= moment < self.ends_at

    def is_over(self, now: datetime) -> bool:
        """True once it has closed."""
        return self.ends_at <= now


def window_of(moment: datetime, closes: time, zone: tzinfo) -> DayWindow:
    """The window that a contact belongs to, by the moment at which it began.

    Windows follow one another without a gap: from closing time to closing time. So of a site that works from 08:00 to
    20:00, what comes at 22:00 or at 07:00 belongs to the window that closes next, and no contact is left without a day.
    A window has 23 or 25 hours where the clocks change in it. A closing time that is told twice on such a day counts
    the first time; one that is left out counts as it would have by the old time.

    Args:
        moment: aware.
        closes: end of the site's working day, by its clock.

    >>> from zoneinfo import ZoneInfo
    >>> window_of(datetime(2026, 11, 21, 18, 30, tzinfo=UTC), time(19), ZoneInfo("Europe/Rome")).day.isoformat()
    '2026-11-22'
    """
    today = moment.astimezone(zone).date()
    day = next(each for each in _around(today) if moment < _closing(each, closes, zone))
    return DayWindow(day, _closing(day - timedelta(days=1), closes, zone), _closing(day, closes, zone))


def _around(today: date) -> list[date]:
    return [today + timedelta(days=days) for days in (-1, 0, 1, 2)]


def _closing(day: date, closes: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, closes, tzinfo=zone).astimezone(UTC)
