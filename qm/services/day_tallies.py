"""Tallies of contacts by day, kind and name, added up in whichever way a page shows them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from qm.services.dashboard_views import DayCounts


class DayTallies:
    """Counts by day, kind and name.

    Args:
        tallies: each day, kind and name once.
    """

    def __init__(self, tallies: Iterable[tuple[tuple[str, ...], int]]) -> None:
        self._days: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        self._totals: dict[str, Counter[str]] = defaultdict(Counter)
        for (day, kind, name), n in tallies:
            self._days[day][kind, name] = n
            self._totals[kind][name] += n

    def total(self, kind: str, name: str) -> int:
        """Of all days."""
        return self._totals[kind][name]

    def whole(self, kind: str) -> int:
        """Of all days and names."""
        return self._totals[kind].total()

    def totals(self, kind: str) -> list[tuple[str, int]]:
        """By name, of all days."""
        return sorted(self._totals[kind].items())

    def at(self, day: str, kind: str, name: str) -> int:
        """Of one day."""
        return self._days[day].get((kind, name), 0)

    def by_day(self, kind: str, of: Mapping[str, int]) -> tuple[DayCounts, ...]:
        """Counts of each day in the order of `totals`; nothing where there is no name.

        Args:
            of: days, with the number of contacts that could have been counted.
        """
        names = [name for name, _ in self.totals(kind)]
        if not names:
            return ()
        return tuple(
            DayCounts(date.fromisoformat(day), n, tuple(self.at(day, kind, name) for name in names))
            for day, n in of.items()
        )
