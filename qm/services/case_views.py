"""What pages, their JSON twins and commands show of detractor cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qm.domain.case import Case, CaseState
from qm.domain.case_plan import Cause, Remedy
from qm.domain.contact import Contact
from qm.domain.survey import SurveyResponse


@dataclass(frozen=True)
class CaseRow:
    """One line of the queue.

    Attributes:
        queue_day: the working day whose queue the case joined.
        next_step: `attempt`, `appointment`, `close`, or empty for a closed case.
        hours_left: working hours until `due`; negative: overdue by so many; `None` for a closed case.
        is_overdue: `due` has passed, even where no working hour has since.
        severity: `low`, `medium` or `high`.
        value: likewise, or `unknown`.
    """

    id: str
    response_id: str
    contact_id: str
    customer_id: str
    agent_id: str
    agent_name: str
    team: str
    process: str
    opened_at: datetime
    queue_day: date
    state: CaseState
    assignee: str
    severity: str
    value: str
    scores: Mapping[str, float]
    attempts: int
    is_reached: bool
    next_step: str
    due: datetime | None
    hours_left: float | None
    is_overdue: bool
    cause_id: str
    outcome: str
    stands: bool


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; what is empty doesn't narrow.

    Attributes:
        state: of `CaseState`; empty: whatever isn't closed; `all`: closed ones as well.
        severity: `low`, `medium` or `high`.
        assignee: a name; `-`: nobody yet.
        day: only cases that were in the queue of that working day or an earlier one.
    """

    state: str = ""
    severity: str = ""
    team: str = ""
    process: str = ""
    assignee: str = ""
    overdue: bool = False
    day: date | None = None


@dataclass(frozen=True)
class CaseQueue:
    """The queue, the most urgent first.

    Attributes:
        total: rows that pass the filter.
        unfinished: all cases that aren't closed and whose survey stands; the three after `withdrawn` are of these.
        withdrawn: open cases whose survey was corrected since: only to be closed.
        detractors_without_contact: responses that would open a case if their contact were known.
    """

    items: tuple[CaseRow, ...]
    total: int
    next_cursor: str
    made_at: datetime
    unfinished: int
    withdrawn: int
    overdue: int
    unassigned: int
    high: int
    detractors_without_contact: int
    teams: tuple[str, ...]
    processes: tuple[str, ...]
    assignees: tuple[str, ...]


@dataclass(frozen=True)
class CaseView:
    """One case whole.

    Attributes:
        response: what the customer said, as it stands now.
        contact: `None` where the response is linked to none any more.
        offered: what the plan's table offers to such a case.
        version: to be given back with a change, so that nobody's change is overwritten.
        zone: time zone in which times without an offset are read.
    """

    row: CaseRow
    case: Case
    version: int
    response: SurveyResponse | None
    contact: Contact | None
    causes: tuple[Cause, ...]
    remedies: tuple[Remedy, ...]
    offered: tuple[Remedy, ...]
    zone: str


@dataclass(frozen=True)
class Opened:
    """What an opening of cases found."""

    opened: int
    changed: int
    without_contact: int
