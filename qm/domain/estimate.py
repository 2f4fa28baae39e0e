"""Satisfaction where nobody was asked: of contacts, groups and days, and how far such estimates may be trusted."""

from dataclasses import dataclass

from qm.domain.figures import Count, Figure
from qm.domain.satisfied_mark import SatisfiedMark


@dataclass(frozen=True)
class ReliabilityBin:
    """Contacts of like probability: what was said of them, and how many were satisfied."""

    said: float
    satisfied: Count
    lo: float
    hi: float


@dataclass(frozen=True)
class Trust:
    """How good the probabilities are on answered contacts that they weren't learned from.

    Attributes:
        auc: that a satisfied customer gets a higher probability than another one (0.5: a coin).
        slope: of the log odds, 1 where they're as bold as they may be; below 1 they're too bold.
    """

    auc: Figure
    slope: Figure
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class GroupEstimate:
    """One group.

    Attributes:
        answered: how many were asked and answered.
        estimate: share of satisfied customers among all contacts of the group; n counts the contacts.
    """

    key: str
    name: str
    contacts: int
    answered: int
    estimate: Figure


@dataclass(frozen=True)
class DriftPoint:
    """The moving average of a day in its standard deviations; beyond ±`LIMIT` it's an alarm."""

    day: str
    average: float
    is_alarm: bool


@dataclass(frozen=True)
class Drift:
    """What the alarm says on its last day.

    Attributes:
        state: `quiet`, `up` (better than history explains), `down`, or `thin` where too few days have answers.
        since: first day of the run of days that lies on the alarm's side (Nishina 1992); empty without an alarm.
        points: mean error since then, in shares; `None` without an alarm.
    """

    state: str
    since: str
    points: float | None
    days: int
    path: tuple[DriftPoint, ...] = ()


@dataclass(frozen=True)
class DayEstimate:
    """One day.

    Attributes:
        estimate: share of satisfied customers among all contacts of the day; n counts them. No value where `reason`
            says why: `no_contacts`, `thin` (answers before that day), `one_class`, `few_days` (compared before it),
            `few_contacts` (fewer than the minimum n).
        learned_from: answers that had come in before the day.
        observed: of those of the day who answered; `None` below `LEAST_OF_DAY`.
        expected: what was said of just those, with the interval in which their share should lie.
        inside: whether it does.
        naive: share of satisfied customers in all answers before: what one would say without a model.
    """

    day: str
    contacts: int
    estimate: Figure
    learned_from: int
    observed: Count | None = None
    expected: Figure | None = None
    inside: bool | None = None
    naive: float | None = None
    spread: float | None = None
    reason: str = ""

    @property
    def error(self) -> float | None:
        """Observed less expected share; `None` where either lacks."""
        if self.observed is None or self.observed.rate is None or self.expected is None or self.expected.value is None:
            return None
        return self.observed.rate - self.expected.value


@dataclass(frozen=True)
class BackTest:
    """How the estimates of past days did.

    Attributes:
        days: compared.
        error: mean absolute error, in shares.
        naive_error: that of always saying the share of all earlier answers, on the same days.
        chance_error: what chance alone would leave of a perfect estimate with so few answers a day.
        bias: mean of observed less expected, with its interval.
        covered: days whose observed share lay inside the 95 % interval, of those that had one.
        coverage: interval of that share.
    """

    days: int
    error: float | None
    naive_error: float | None
    chance_error: float | None
    bias: Figure
    covered: Count
    coverage: tuple[float, float]
    drift: Drift

    @property
    def beats_average(self) -> bool | None:
        """Whether the error is smaller than that of always saying the average; `None` where it isn't known."""
        return None if self.error is None or self.naive_error is None else self.error < self.naive_error

    @property
    def without_interval(self) -> int:
        """Compared days that had no interval yet: the first ones, from which its width was learned."""
        return self.days - self.covered.n


@dataclass(frozen=True)
class GroupTable:
    """The groups of one kind: `all`, `team`, `agent` or `process`."""

    dimension: str
    groups: tuple[GroupEstimate, ...]


@dataclass(frozen=True)
class EstimateReport:
    """All of it for one day, as computed at one moment.

    Attributes:
        computed_at, since: ISO 8601; contacts from `since` on were looked at.
        scale: id of the scale whose satisfied customers are estimated.
        today: the estimate of `day`; `days` the days before it and itself.
        reason: why contacts and groups have no estimate (`no_answers`, `thin`, `one_class`, `no_signal`).
        contacts, answers: customers' contacts of the period, and how many of those who answered are satisfied.
        used, left_out: columns of the model of contacts.
        agent_spread: how far agents differ beyond their contacts (standard deviation of log odds); `None`: too few.
        mark: from which answer on a customer counts as satisfied; `None` in reports of earlier versions.
    """

    computed_at: str
    day: str
    since: str
    scale: str
    contacts: int
    answers: Count
    min_n: int
    today: DayEstimate
    days: tuple[DayEstimate, ...]
    test: BackTest
    reason: str
    trust: Trust | None
    used: tuple[str, ...]
    left_out: tuple[str, ...]
    agent_spread: float | None
    groups: tuple[GroupTable, ...]
    mark: SatisfiedMark | None = None
