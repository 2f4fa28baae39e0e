"""Keep the sums that dashboards add up in step with the contacts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from qm.analysis.sum_cells import sum_cells
from qm.documents import load
from qm.domain.evaluation import Score
from qm.domain.figure_cells import Cells
from qm.ports import Unit, UnitOfWork
from qm.ports.figures import Mark

LOCK = "figures"
AT_ONCE = 40
"""Days of agents that one transaction sums: enough to share their teams' sum, few enough to hold their contacts."""
ON_READING = 4
"""Days of agents that a page sums before it's shown, some 10 ms each; what is more is left to the next run."""
MARKS = 20_000
"""Quarters of agents that are looked at together."""


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
        """Work off all marks that stand now; returns how many days of agents were summed."""
        done, is_more = 0, True
        while is_more:
            wanted, is_more = self._marked()
            for day, agents in wanted:
                self._resum(day, agents)
                done += len(agents)
        return done

    def look(self) -> bool:
        """Work off a few marks before figures are read; whether some are left, so that figures are of a moment ago."""
        with self._reading() as unit:
            marks = unit.figures.some_marks(AT_ONCE)
        if not marks:
            return False
        day, agents = self._by_day(marks)[0]
        self._resum(day, agents[:ON_READING])
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

    def _marked(self) -> tuple[list[tuple[date, list[str]]], bool]:
        """Marked agents by day, no more than one transaction takes, and whether there may be others."""
        with self._reading() as unit:
            marks = unit.figures.marks(MARKS)
        some = [
            (day, agents[at : at + AT_ONCE])
            for day, agents in self._by_day(marks) for at in range(0, len(agents), AT_ONCE)
        ]  # fmt: skip
        return some, len(marks) == MARKS

    def _by_day(self, marks: Sequence[Mark]) -> list[tuple[date, list[str]]]:
        """Marked agents of each day, both in order."""
        wanted: dict[date, set[str]] = defaultdict(set)
        for mark in marks:
            wanted[self.day_of(mark.started_s)].add(mark.agent_id)
        return [(day, sorted(wanted[day])) for day in sorted(wanted)]

    def _resum(self, day: date, agents: Collection[str]) -> None:
        with self._writing() as unit:
            unit.lock(LOCK)
            # Marks go before contacts are read: one that another transaction writes meanwhile stays for the next time.
            unit.figures.unmark(*self._span(day), agents)
            unit.figures.replace(day.isoformat(), agents, self._sum(unit, day, agents))

    def _sum(self, unit: Unit, day: date, agents: Collection[str] | None = None) -> Cells:
        return sum_cells(unit.figures.facts(*self._span(day), agents), _score)

    def _span(self, day: date) -> tuple[float, float]:
        return self._begin(day), self._begin(day + timedelta(days=1))

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
