"""What detractor cases ask of the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qm.domain.case import Case
from qm.domain.case_plan import Severity
from qm.domain.people import WHOLE, Scope


@dataclass(frozen=True)
class CaseQuery:
    """Which cases are wanted; what is empty doesn't narrow.

    Attributes:
        now: what was due before it is overdue.
        state: of `CaseState`; empty: whatever isn't closed, unless `with_closed`.
        assignee: `None`: whoever has it; empty: nobody.
        opened_before: only cases opened before that moment.
    """

    now: datetime
    state: str = ""
    with_closed: bool = False
    severity: Severity | None = None
    team: str = ""
    process: str = ""
    assignee: str | None = None
    overdue: bool = False
    opened_before: datetime | None = None
    scope: Scope = WHOLE


@dataclass(frozen=True)
class CasePage:
    """Cases of a list by urgency, and how many the list has."""

    cases: tuple[Case, ...]
    total: int
    is_more: bool


@dataclass(frozen=True)
class CaseTally:
    """What a head of the list tells; all but `withdrawn` and the names are of open cases whose survey stands.

    Attributes:
        withdrawn: open cases whose survey was corrected since.
        teams: of the contacts of all cases that were asked for; likewise the two after it.
    """

    unfinished: int
    withdrawn: int
    overdue: int
    unassigned: int
    high: int
    teams: tuple[str, ...]
    processes: tuple[str, ...]
    assignees: tuple[str, ...]


class CaseStore(Protocol):
    """Cases, each written only over the version that its writer saw."""

    def save(self, case: Case, seen: int) -> None:
        """Insert a case, or put it in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def get(self, case_id: str) -> Case:
        """One case.

        Raises:
            NotFoundError: no such case; the hint names one with nearly that id.
        """
        ...

    def page(self, wanted: CaseQuery, after: str = "", size: int | None = None) -> CasePage:
        """Cases by urgency: those whose clock runs, by deadline; then withdrawn ones, then closed ones.

        Args:
            after: id of the last case of the page before.
            size: cases a page; all of them where it isn't given.

        Raises:
            NotFoundError: `after` isn't in this list.
        """
        ...

    def tally(self, wanted: CaseQuery) -> CaseTally:
        """Counts and names over the scope; of the filters only `with_closed` matters, and only to the names."""
        ...

    def every(self) -> tuple[Case, ...]:
        """All cases by id."""
        ...
