"""Figures from sums, their change, and which agents differ from the others for certain: instead of ranks.

An agent is told apart from the others' mean only where a t test on so many agents allows it (Bonferroni): of agents who
are equal, any is told apart in at most 5 % of worlds. See docs/dashboards.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import stdtr, stdtrit

from qm.analysis.estimate_quality import LEVEL, wilson
from qm.domain.figure_cells import Sums
from qm.domain.figures import Count, Figure

DIGITS = 4


class Stands(StrEnum):
    """How an agent's mean lies to that of all others."""

    ABOVE = "above"
    BELOW = "below"
    ALIKE = "alike"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Moments:
    """What a mean and its interval need of values."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """Of at least one value."""
        return self.total / self.n

    @property
    def spread(self) -> float:
        """Sum of squared distances from the mean; never negative, whatever was rounded."""
        return max(0.0, self.squares - self.total**2 / self.n)

    def without(self, other: "Moments") -> "Moments":
        """The rest."""
        return Moments(self.n - other.n, self.total - other.total, self.squares - other.squares)


def score_moments(sums: Sums) -> Moments:
    """Of scores on a form."""
    return Moments(sums.count("scored"), sums["score_sum"], sums["score_squares"])


def nps_moments(sums: Sums) -> Moments:
    """Of promoters as 100 and detractors as -100."""
    plus, minus = sums["promoters"], sums["detractors"]
    return Moments(sums.count("nps_n"), 100 * (plus - minus), 10000 * (plus + minus))


def satisfaction_moments(sums: Sums) -> Moments:
    """Of satisfaction, 0 to 10."""
    return Moments(sums.count("satisfaction_n"), sums["satisfaction_sum"], sums["satisfaction_squares"])


def mean_of(values: Moments, least_n: int, low: float, high: float) -> Figure:
    """The same as `estimate_quality.mean_figure`, from sums."""
    n = values.n
    if n < max(least_n, 2):
        return Figure(None, None, None, n)
    variance = values.spread / (n - 1)
    if variance < 1e-9 * (high - low) ** 2:
        reach = (1 - wilson(Count(n, n))[0]) * (high - low)
    else:
        reach = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) * math.sqrt(variance / n)
    ends = (values.mean, max(low, values.mean - reach), min(high, values.mean + reach))
    return _figure(*ends, n)


def share_of(hits: int, n: int, least_n: int) -> Figure:
    """A share in hundredths with Wilson's interval; empty below `least_n` (at least 2)."""
    if n < max(least_n, 2):
        return Figure(None, None, None, n)
    lo, hi = wilson(Count(hits, n))
    return _figure(100 * hits / n, 100 * lo, 100 * hi, n)


def change_of(now: Moments, before: Moments, least_n: int, width: float) -> Figure:
    """Mean now minus mean before, with Welch's 95 % interval; n is the smaller of both.

    Args:
        width: of the scale: values that are all alike are taken to spread by 1 % of it, so that no change is certain.
    """
    n = min(now.n, before.n)
    if n < max(least_n, 2):
        return Figure(None, None, None, n)
    parts = [max(each.spread / (each.n - 1), (0.01 * width) ** 2) / each.n for each in (now, before)]
    free = sum(parts) ** 2 / sum(
        part**2 / (each.n - 1) for part, each in zip(parts, (now, before), strict=True)
    )  # fmt: skip
    reach = float(stdtrit(free, 0.5 + LEVEL / 2)) * math.sqrt(sum(parts))
    value = now.mean - before.mean
    return _figure(value, value - reach, value + reach, n)


def tell_apart(agents: Mapping[str, Moments], least_n: int, width: float) -> dict[str, Stands]:
    """How each agent's mean lies to the mean of all others' values.

    The variance is the larger of the agent's own and the pooled one, and the test has the agent's own degrees of
    freedom: scores pile up at the top of the scale, and few values of a skewed kind look surer than they are.

    Args:
        width: of the scale.
    """
    known = {name: values for name, values in agents.items() if values.n >= max(least_n, 2)}
    found = dict.fromkeys(agents, Stands.UNKNOWN)
    if len(known) < 2:
        return found
    whole = Moments(*(sum(parts) for parts in zip(*(vars(each).values() for each in known.values()), strict=True)))
    pooled = sum(each.spread for each in known.values()) / (whole.n - len(known))
    for name, values in known.items():
        rest = whole.without(values)
        variance = max(pooled, values.spread / (values.n - 1), (0.01 * width) ** 2)
        distance = (values.mean - rest.mean) / math.sqrt(variance * (1 / values.n + 1 / rest.n))
        chance = 2 * float(stdtr(values.n - 1, -abs(distance)))
        is_sure = chance < (1 - LEVEL) / len(known)
        found[name] = Stands.ALIKE if not is_sure else Stands.ABOVE if distance > 0 else Stands.BELOW
    return found


def _figure(value: float, lo: float, hi: float, n: int) -> Figure:
    return Figure(round(value, DIGITS), round(lo, DIGITS), round(hi, DIGITS), n)
