"""What dashboards show; the JSON twins return the very same."""

from dataclasses import dataclass
from datetime import date

from qm.analysis.compare_agents import Stands
from qm.domain.figures import Figure
from qm.domain.milestone import Milestone
from qm.domain.text import Text


@dataclass(frozen=True)
class Period:
    """Days by the site's clock, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True)
class Frame:
    """What every dashboard says of itself.

    Attributes:
        period: `None` where there are no contacts at all.
        form_id: whose scores; empty where no form has any.
        forms: those to choose from.
        teams: likewise.
        is_behind: contacts changed a moment ago and aren't in it yet.
    """

    period: Period | None
    form_id: str
    forms: tuple[tuple[str, Text], ...]
    teams: tuple[str, ...]
    team: str
    min_n: int
    is_behind: bool


@dataclass(frozen=True)
class ScoreRow:
    """A team's or agent's figures.

    Attributes:
        contacts: done, and of a kind that counts.
        change: mean score less that of the period before, as long.
        accuracy: contacts without an error, in hundredths, by class of critical criteria, of those of which it's known.
        stands: to the mean of all others here; only agents have it.
    """

    id: str
    name: str
    contacts: int
    score: Figure
    change: Figure
    accuracy: tuple[tuple[str, Figure], ...]
    nps: Figure
    satisfaction: Figure
    stands: Stands = Stands.UNKNOWN


@dataclass(frozen=True)
class ScoreCard:
    """Teams and agents of a period."""

    frame: Frame
    whole: ScoreRow | None
    teams: tuple[ScoreRow, ...]
    agents: tuple[ScoreRow, ...]


@dataclass(frozen=True)
class HeatRow:
    """A criterion: share met in hundredths, a column a cell; `None` where it was never answered."""

    criterion_id: str
    title: Text
    cells: tuple[Figure, ...]
    whole: Figure


@dataclass(frozen=True)
class HeatMap:
    """Criteria by teams, or by agents of one team: (id, name) each."""

    frame: Frame
    by: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class TrendPoint:
    """A day, or a week by its first day."""

    day: date
    figure: Figure


@dataclass(frozen=True)
class Trend:
    """A measure over time.

    Attributes:
        low, high: ends of its scale.
    """

    frame: Frame
    measure: str
    step: str
    low: float
    high: float
    points: tuple[TrendPoint, ...]
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True)
class AgentCard:
    """One agent beside the rest of the team."""

    frame: Frame
    agent: ScoreRow
    team: ScoreRow
    trend: Trend
    criteria: tuple[HeatRow, ...]


@dataclass(frozen=True)
class Tally:
    """Contacts by a name, and the share in hundredths of those that could have it."""

    name: str
    share: Figure


@dataclass(frozen=True)
class OpenCriterion:
    """How often a criterion that was asked couldn't be told."""

    form_id: str
    criterion_id: str
    title: Text
    share: Figure


@dataclass(frozen=True)
class DayCounts:
    """Contacts of a day by name.

    Attributes:
        n: of how many.
    """

    day: date
    n: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class DataQuality:
    """Whether the figures stand on good data.

    Attributes:
        findings: what was found on recordings, among those of calls that are done.
        days: contacts that came, and that stopped, by day.
        stopped_days: contacts that stopped, by day and in the order of `quarantine`; `finding_days` likewise.
    """

    frame: Frame
    contacts: int
    done: int
    quarantined: int
    quarantine: tuple[Tally, ...]
    grades: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    missing: tuple[Tally, ...]
    days: tuple[tuple[date, int, int], ...]
    open: tuple[OpenCriterion, ...]
    findings: tuple[Tally, ...] = ()
    stopped_days: tuple[DayCounts, ...] = ()
    finding_days: tuple[DayCounts, ...] = ()
