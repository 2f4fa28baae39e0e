"""What surveys say of a period: counts, scales with intervals and targets, by group and over time."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qm.domain.figures import Figure
from qm.domain.text import Text


class TargetState(StrEnum):
    """A figure beside its target; decided by the interval, not by the value."""

    REACHED = "reached"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"


class Standing(StrEnum):
    """A group beside all the others together; there is no ranking beyond that."""

    BETTER = "better"
    WORSE = "worse"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class ReportScale:
    """A scale as a report tells it.

    Attributes:
        low: lowest value of the figure: of an NPS -100, else of the scale.
        digits: decimals that are worth showing.
    """

    id: str
    title: Text
    low: float
    high: float
    digits: int
    higher_is_better: bool = True


@dataclass(frozen=True)
class ScaleFigures:
    """One scale in one group or period.

    Attributes:
        figure: the mean, of NPS the net promoter score.
        satisfied: share of satisfied customers, 0 to 1; of NPS the share of promoters.
        target: what the figure should reach; `state` is `None` where there is none.
        standing: beside the other groups; `None` of a total and of periods.
    """

    scale: str
    figure: Figure
    satisfied: Figure
    target: float | None = None
    state: TargetState | None = None
    satisfied_target: float | None = None
    satisfied_state: TargetState | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class ReportGroup:
    """A process, team, agent or channel; or the whole.

    Attributes:
        id: empty where the contacts don't say.
        invited: contacts whose customer was asked; of them `started` opened the survey and `answered` answered.
        rate: answered among invited, 0 to 1.
        delay_h: median hours from the invitation to the answer; `None` where no answer has both times.
    """

    id: str
    name: str
    invited: int
    started: int
    answered: int
    rate: Figure
    delay_h: float | None
    scales: tuple[ScaleFigures, ...]


@dataclass(frozen=True)
class TimePoint:
    """A day, week or month of contacts; `begins_on` is its first date."""

    begins_on: date
    invited: int
    answered: int
    scales: tuple[ScaleFigures, ...]


@dataclass(frozen=True)
class ReportMilestone:
    """Something that happened within the time line."""

    on: date
    title: Text


@dataclass(frozen=True)
class SurveyReport:
    """A report over the contacts of a period.

    Attributes:
        since: first day, and `until` the last one; of the contacts found where no period was asked for.
        by: what the groups are.
        step: `day`, `week` or `month`.
        unlinked: responses of the period that belong to no known contact: they are in no figure.
        beside: responses to test and mystery contacts: likewise.
        scales: those on which anybody answered, in the plan's order; every group and period tells all of them.
    """

    since: date | None
    until: date | None
    by: str
    step: str
    min_n: int
    contacts: int
    unlinked: int
    beside: int
    scales: tuple[ReportScale, ...]
    total: ReportGroup
    groups: tuple[ReportGroup, ...]
    line: tuple[TimePoint, ...]
    milestones: tuple[ReportMilestone, ...]
