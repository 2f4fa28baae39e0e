"""What figures ask of the store."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from qm.domain.figure_cells import Cells, ContactFact, Sums
from qm.domain.milestone import Milestone
from qm.domain.people import Scope


@dataclass(frozen=True)
class Mark:
    """Contacts of an agent changed that began in a quarter of an hour."""

    started_s: float
    agent_id: str


@dataclass(frozen=True)
class CellQuery:
    """Which cells are added up.

    Attributes:
        since, until: days like 2026-11-23, both included.
        by: columns of a place, `day`, `form_id`, and for criteria `criterion_id`: one sum each.
        forms: on these only (empty text: whole contacts); all where not given.
        team, agent: of these only; `None`: of all.
        names: only these of `COUNTED` and `SUMMED`: each costs time; all where not given.
    """

    since: str
    until: str
    by: tuple[str, ...]
    scope: Scope
    forms: tuple[str, ...] | None = None
    team: str | None = None
    agent: str | None = None
    names: tuple[str, ...] | None = None


Summed = list[tuple[tuple[str, ...], Sums]]


class FigureStore(Protocol):
    """Sums by day and agent, and what changed since they were taken."""

    def marks(self, most: int) -> tuple[Mark, ...]:
        """What is marked, each quarter and agent once, the earliest first."""
        ...

    def some_marks(self, most: int) -> tuple[Mark, ...]:
        """Some of the marks, as they come: however many there are, it takes no time."""
        ...

    def is_behind(self) -> bool:
        """Whether there is any mark."""
        ...

    def unmark(self, since_s: float, until_s: float, agents: Collection[str]) -> None:
        """Take away the marks of these agents from one moment up to another (not included)."""
        ...

    def clear(self) -> None:
        """Take all cells and marks away."""
        ...

    def span(self) -> tuple[float, float] | None:
        """Moments of the first and last contact in seconds since 1970; `None` without contacts."""
        ...

    def facts(self, since_s: float, until_s: float, agents: Collection[str] | None) -> Iterable[ContactFact]:
        """Contacts that began from one moment up to another (not included), by id."""
        ...

    def replace(self, day: str, agents: Collection[str] | None, cells: Cells) -> None:
        """Put these cells in the place of the agents' (or all agents') cells of a day, and sum up its teams again."""
        ...

    def kept(self, day: str) -> Cells:
        """The agents' cells of a day as they stand."""
        ...

    def days(self) -> tuple[str, ...]:
        """Days that have cells."""
        ...

    def newest(self, scope: Scope) -> str:
        """The last day that has cells within the scope; empty without."""
        ...

    def beside(self, day: str, scope: Scope) -> tuple[str, str]:
        """The days with cells within the scope right before and after a day; empty where there is none."""
        ...

    def sums(self, wanted: CellQuery) -> Summed:
        """Added-up cells by the wanted columns."""
        ...

    def criteria(self, wanted: CellQuery) -> Summed:
        """Added-up answers by the wanted columns, by name of `CRITERION_COUNTS`."""
        ...

    def tallies(self, wanted: CellQuery) -> list[tuple[tuple[str, ...], int]]:
        """Added-up tallies by the wanted columns, which may be `kind` and `name`."""
        ...

    def names(self, agents: Collection[str]) -> dict[str, str]:
        """Names of agents, where they are known."""
        ...

    def milestones(self, since: str, until: str) -> tuple[Milestone, ...]:
        """Milestones of days, both included, by day."""
        ...

    def add_milestone(self, milestone: Milestone) -> None:
        """Insert or replace."""
        ...

    def drop_milestone(self, milestone_id: str) -> bool:
        """Take one away; whether it was there."""
        ...
