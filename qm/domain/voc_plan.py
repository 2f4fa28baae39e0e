"""How a site listens to its customers: scales, whom it asks, what it aims at, and when a detractor case is opened."""

from dataclasses import dataclass, field
from datetime import date, time

from qm.domain.case_plan import CasePlan
from qm.domain.text import Text
from qm.units import Share

STANDARD_IDS = frozenset({"nps", "satisfaction", "csat", "ces"})
"""Scales that every site has, each within bounds of its own that no plan changes."""


@dataclass(frozen=True)
class Scale:
    """One question of a survey that is answered by a number.

    Attributes:
        satisfied_at_least: from here on (where `higher_is_better` is false: up to here) the customer is satisfied.
        aliases: other names of its column.
    """

    id: str
    title: Text
    low: float
    high: float
    satisfied_at_least: float
    higher_is_better: bool = True
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low: must lie below high, got {self.low:g} and {self.high:g}")
        if not self.low <= self.satisfied_at_least <= self.high:
            raise ValueError(f"satisfied_at_least: must lie in {self.low:g}..{self.high:g}")

    @property
    def column(self) -> str:
        """Its column in tables of responses: its id, for scales of the site's own after `x:`."""
        return self.id if self.id in STANDARD_IDS else f"x:{self.id}"

    @property
    def is_nps(self) -> bool:
        """True where the scale is told as net promoter score, not as a mean."""
        return self.id == "nps"

    def is_satisfied(self, value: float) -> bool:
        """Whether an answer is one of a satisfied customer."""
        return value >= self.satisfied_at_least if self.higher_is_better else value <= self.satisfied_at_least


STANDARD_SCALES = (
    Scale("nps", Text("Raccomandazione (NPS)", "Would recommend (NPS)"), 0, 10, 9),
    Scale("satisfaction", Text("Soddisfazione (IS)", "Satisfaction (IS)"), 0, 10, 7),
    Scale("csat", Text("Soddisfazione (CSAT)", "Satisfaction (CSAT)"), 1, 5, 4),
    Scale("ces", Text("Facilità (CES)", "Ease (CES)"), 1, 7, 5),
)
"""NPS (Reichheld 2003), IS (satisfaction index 0-10), CSAT 1-5, CES 1-7 as agreement with "it was easy" (CES 2.0)."""


@dataclass(frozen=True)
class DayWindow:
    """What a day of contacts is, in the site's time zone: 24 hours (23 or 25 when clocks change) from `begins_at`.

    From noon on `begins_at` is a time of the evening before: a day that begins at 19:00 ends at 19:00 of its date.
    """

    begins_at: time = time(19, 0)
    zone: str = "Europe/Rome"

    @property
    def begins_before(self) -> bool:
        """Whether a day begins on the evening before its date."""
        return self.begins_at.hour >= 12


@dataclass(frozen=True)
class SamplingPlan:
    """Which contacts of a day are asked.

    Attributes:
        first_month: month of the first share; the share grows with each following month and stays at the last.
        shares: of the universe, a month each.
        strata: columns of the contact that are sampled apart (`process`, `agent_id`); empty: one simple random sample.
        quiet_days: a customer who was asked is left in peace for so many days.
        ask_unknown: whether contacts without a customer's id may be asked; nobody can tell whether they were before.
    """

    first_month: date = date(2026, 1, 1)
    shares: tuple[Share, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    strata: tuple[str, ...] = ("process", "agent_id")
    quiet_days: int = 30
    ask_unknown: bool = True
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.shares or not all(0 < share <= 1 for share in self.shares):
            raise ValueError(f"shares: each must lie above 0 and up to 1, got {self.shares}")
        if self.quiet_days < 0:
            raise ValueError(f"quiet_days: must not be negative, got {self.quiet_days}")


@dataclass(frozen=True)
class Target:
    """What a figure should reach; of one process, or of all where `process` is empty.

    Attributes:
        value: of the scale's mean (NPS: -100 to 100), or with `of_satisfied` of the share satisfied, 0 to 1.
    """

    scale: str
    value: float
    process: str = ""
    of_satisfied: bool = False


@dataclass(frozen=True)
class Milestone:
    """Something that happened, to be marked on time lines."""

    on: date
    title: Text


@dataclass(frozen=True)
class VocPlan:
    """A site's plan; the defaults serve where it gives none."""

    scales: tuple[Scale, ...] = STANDARD_SCALES
    window: DayWindow = field(default_factory=DayWindow)
    sampling: SamplingPlan = field(default_factory=SamplingPlan)
    targets: tuple[Target, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    cases: CasePlan = field(default_factory=CasePlan)

    def target_of(self, scale_id: str, process: str = "", *, of_satisfied: bool = False) -> float | None:
        """The target of a process; where it has none of its own, the one of all; `None` without either."""
        values = {t.process: t.value for t in self.targets if t.scale == scale_id and t.of_satisfied is of_satisfied}
        return values.get(process, values.get(""))

    def scale(self, scale_id: str) -> Scale:
        """A scale by its id.

        Raises:
            KeyError: no such scale.
        """
        return {scale.id: scale for scale in self.scales}[scale_id]
