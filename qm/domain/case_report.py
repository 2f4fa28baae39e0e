"""What the weekly report about detractor cases tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qm.domain.case_plan import Side
from qm.domain.figures import Count, Figure
from qm.domain.text import Text


@dataclass(frozen=True)
class Part:
    """A share: its counts always, its value and interval only from the minimum n on."""

    count: Count
    figure: Figure


@dataclass(frozen=True)
class CauseCount:
    """How often a cause was found, among the cases with a cause. `title` is `None` where the plan no longer has it."""

    id: str
    title: Text | None
    side: Side
    part: Part


@dataclass(frozen=True)
class AgeGroup:
    """Open cases of an age, in working hours from `low_h` to below `high_h` (`None`: no limit); overdue of all."""

    low_h: float
    high_h: float | None
    overdue: Count


@dataclass(frozen=True)
class TeamCases:
    """The cases of one team's agents; of everybody where `team` is empty in `CaseReport.whole`.

    Attributes:
        reached: of those tried or past the deadline for trying; who still has time is in no share.
        recovered: of those reached.
        attempt_kept: tried by the deadline, of the same.
        close_kept: closed by the deadline, of those closed or past it.
    """

    team: str
    opened: int
    closed: int
    reached: Part
    recovered: Part
    attempt_kept: Part
    close_kept: Part


@dataclass(frozen=True)
class CaseReport:
    """The report over the cases opened in `since` <= opened < `until`.

    Attributes:
        withdrawn: opened in that time by a survey that was corrected later; in no figure.
        without_cause: cases whose cause nobody has found yet.
        answers: what customers said afterwards; `not_asked` where nobody noted it.
        ages: of all cases that are open now, whenever they were opened.
        first_attempt_h: median working hours, over the cases that were tried.
        closing_h: likewise until they were first closed.
    """

    since: datetime
    until: datetime
    made_at: datetime
    min_n: int
    opened: int
    withdrawn: int
    whole: TeamCases
    teams: tuple[TeamCases, ...]
    causes: tuple[CauseCount, ...]
    sides: Mapping[str, Part]
    without_cause: int
    outcomes: Mapping[str, int]
    answers: Mapping[str, int]
    ages: tuple[AgeGroup, ...]
    first_attempt_h: Figure
    closing_h: Figure
