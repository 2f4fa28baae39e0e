"""Keep the sums that dashboards add up in step with the contacts."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from qm.analysis.sum_cells import sum_cells
from qm.documents import load
from qm.domain.evaluation import Score
from qm.domain.figure_cells import Cells
from qm.ports import Unit, UnitOfWork
from qm.ports.figures import Mark

LOCK = "figures"
AT_ONCE = 2000
"""Marks that one transaction works off."""
ON_READING = 40
"""Days of agents that a page works off before it's shown; what is more is left to the next run."""


class CellService:
    """Takes sums again where something changed.

    Args:
        zone: of the site: what a day is.
    """

    def __init__(self, writing: UnitOfWork, reading: UnitOfWork, zone: tzinfo) -> None:
        self._writing = writing
        self._reading = reading
        self._zone = zone

    def day_of(self, moment_s: float) -> date:
        """The day of a moment, by the site's clock."""
        return datetime.fromtimestamp(moment_s, self._zone).date()

    def catch_up(self) -> int:
        """Work off all marks; returns how many there were."""
        done = 0
        while worked := self._some(AT_ONCE, None):
            done += worked
        return done

    def look(self) -> bool:
        """Work off a few marks before figures are read; whether some are left, so that figures are of a moment ago."""
        with self._reading() as unit:
            if not unit.figures.is_behind():
                return False
        self._some(AT_ONCE, ON_READING)
        with self._reading() as unit:
            return unit.figures.is_behind()

    def rebuild(self) -> int:
        """Take every sum from scratch; returns the number of days."""
        with self._writing() as unit:
            unit.lock(LOCK)
            unit.figures.clear()
            days = list(self._days(unit))
            for day in days:
                unit.figures.replace(day.isoformat(), None, self._sum(unit, day))
        return len(days)

    def faults(self) -> tuple[str, ...]:
        """Days whose sums aren't what their contacts come to, once all marks are worked off."""
        self.catch_up()
        with self._reading() as unit:
            days = {day.isoformat(): day for day in self._days(unit)}
            wrong = [name for name, day in days.items() if not _equal(self._sum(unit, day), unit.figures.kept(name))]
            return tuple(sorted({*wrong, *(set(unit.figures.days()) - days.keys())}))

    def _some(self, marks: int, most: int | None) -> int:
        with self._writing() as unit:
            unit.lock(LOCK)
            wanted: dict[date, set[str]] = defaultdict(set)
            ids = []
            for mark in self._chosen(unit.figures.marks(marks), most):
                wanted[self.day_of(mark.started_s)].add(mark.agent_id)
                ids.append(mark.id)
            # Read first, then taken away: one that another transaction writes meanwhile stays for the next time.
            unit.figures.unmark(ids)
            for day, agents in sorted(wanted.items()):
                unit.figures.replace(day.isoformat(), agents, self._sum(unit, day, agents))
        return len(ids)

    def _chosen(self, marks: tuple[Mark, ...], most: int | None) -> Iterator[Mark]:
        taken: set[tuple[date, str]] = set()
        for mark in marks:
            key = self.day_of(mark.started_s), mark.agent_id
            if most is None or key in taken or len(taken) < most:
                taken.add(key)
                yield mark

    def _sum(self, unit: Unit, day: date, agents: set[str] | None = None) -> Cells:
        since, until = self._begin(day), self._begin(day + timedelta(days=1))
        return sum_cells(unit.figures.facts(since, until, agents), _score)

    def _begin(self, day: date) -> float:
        return datetime.combine(day, time(), self._zone).astimezone(UTC).timestamp()

    def _days(self, unit: Unit) -> Iterator[date]:
        span = unit.figures.span()
        if span is None:
            return
        day, last = self.day_of(span[0]), self.day_of(span[1])
        while day <= last:
            yield day
            day += timedelta(days=1)


@lru_cache(maxsize=4096)
def _score(result: str) -> Score:
    return load(Score, result)


def _equal(one: Cells, other: Cells) -> bool:
    forms = [
        {key: {name: value for name, value in sums.items() if value} for key, sums in cells.forms.items()}
        for cells in (one, other)
    ]
    return forms[0] == forms[1] and one.criteria == other.criteria and one.tallies == other.tallies
