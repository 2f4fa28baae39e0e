"""Did the agent's next contacts change after a coaching session, beyond what changed for the team anyway?

A criterion is talked about *because* its share was low, and what is picked for being low is higher the next time by
itself (regression to the mean, Galton 1886). Two things keep that from being told as success: contacts that began
after the picking are the "before" where there are enough; where there aren't, the period that it was picked from
counts with an interval that holds for all of the form's criteria at once (Bonferroni), whichever was picked, and the
limits of both sides are taken against each other: put together by squares, the picking's bias came through (7 %
false "better" in a simulation of no effect with the worst of twelve picked, see the test; so, below 5 %).
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from qm.analysis.estimate_quality import LEVEL, Z, wilson
from qm.domain.figures import Count, Figure


class Verdict(StrEnum):
    """`unclear`: the interval of the difference holds zero, or there are too few contacts."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Change:
    """Shares of contacts in which a criterion was met, before and after a session.

    Attributes:
        own: (before, after) of the agent.
        team: (before, after) of the others in the team over the same time.
        difference: after less before of the agent, -1 to 1.
        beyond_team: the same less the team's difference: what the verdict rests on where the team has enough contacts.
        is_picked_period: "before" holds contacts that the item was picked from; its interval is the wider one.
        has_control: the team had enough contacts in both times.
        lacking: contacts still missing before anything can be told.
    """

    own: tuple[Figure, Figure]
    team: tuple[Figure, Figure]
    difference: Figure
    beyond_team: Figure
    verdict: Verdict
    is_picked_period: bool
    has_control: bool
    lacking: int


@dataclass(frozen=True)
class Counted:
    """Counts of met among met and not met.

    Attributes:
        picked: of the agent's in the time that the item was picked from.
        fresh: of the agent's that began after the picking and before the session was held.
        after: of the agent's that began after the session was held.
        team_picked, team_fresh, team_after: of the team's others in the same times.
    """

    picked: Count
    fresh: Count
    after: Count
    team_picked: Count
    team_fresh: Count
    team_after: Count


def measure_change(counted: Counted, criteria: int, least: int) -> Change:
    """The change with intervals, and a plain verdict.

    The difference of two shares has Newcombe's (1998, method 10) hybrid score interval; the difference of two such
    differences is put together in the same way (MOVER, Zou and Donner 2008). Without a control the agent's own
    difference decides.

    Args:
        criteria: how many of the form's criteria the one was picked from.
        least: contacts needed on each side before a value is shown.
    """
    is_fresh = counted.fresh.n >= least
    before, team_before = (
        (counted.fresh, counted.team_fresh) if is_fresh else (counted.picked, counted.team_picked)
    )  # fmt: skip
    z = Z if is_fresh else NormalDist().inv_cdf(1 - (1 - LEVEL) / (2 * max(criteria, 1)))
    own = _Difference.of(before, counted.after) if is_fresh else _Difference.of_picked(before, counted.after, z)
    team = _Difference.of(team_before, counted.team_after)
    can_tell = min(before.n, counted.after.n) >= least
    has_control = can_tell and min(team_before.n, counted.team_after.n) >= least
    beyond = own.less(team) if has_control else None
    decisive = (beyond or own) if can_tell else None
    return Change(
        own=(_share(before, least, z), _share(counted.after, least)),
        team=(_share(team_before, least), _share(counted.team_after, least)),
        difference=_figure(own if can_tell else None, counted.after.n),
        beyond_team=_figure(beyond, counted.after.n), verdict=_verdict(decisive), is_picked_period=not is_fresh,
        has_control=has_control, lacking=max(0, least - counted.after.n),
    )  # fmt: skip


@dataclass(frozen=True)
class _Difference:
    value: float
    lo: float
    hi: float

    @classmethod
    def of(cls, before: Count, after: Count) -> "_Difference":
        """After less before; everything is possible where one is empty."""
        if not before.n or not after.n:
            return cls(0.0, -1.0, 1.0)
        p, q = before.hits / before.n, after.hits / after.n
        (lo_p, hi_p), (lo_q, hi_q) = wilson(before), wilson(after)
        return cls(q - p, q - p - math.hypot(q - lo_q, hi_p - p), q - p + math.hypot(hi_q - q, p - lo_p))

    @classmethod
    def of_picked(cls, before: Count, after: Count, z: float) -> "_Difference":
        """The same where "before" was picked for what it is: the limits against each other."""
        if not before.n or not after.n:
            return cls(0.0, -1.0, 1.0)
        (lo_p, hi_p), (lo_q, hi_q) = wilson(before, z), wilson(after)
        return cls(after.hits / after.n - before.hits / before.n, lo_q - hi_p, hi_q - lo_p)

    def less(self, other: "_Difference") -> "_Difference":
        """This one without what the other one changed."""
        value = self.value - other.value
        lo = value - math.hypot(self.value - self.lo, other.hi - other.value)
        return _Difference(value, lo, value + math.hypot(self.hi - self.value, other.value - other.lo))


def _verdict(decisive: _Difference | None) -> Verdict:
    if decisive is None or decisive.lo <= 0 <= decisive.hi:
        return Verdict.UNCLEAR
    return Verdict.BETTER if decisive.value > 0 else Verdict.WORSE


def _share(count: Count, least: int, z: float = Z) -> Figure:
    if count.n < max(least, 1):
        return Figure(None, None, None, count.n)
    lo, hi = wilson(count, z)
    return Figure(round(count.hits / count.n, 4), round(lo, 4), round(hi, 4), count.n)


def _figure(difference: _Difference | None, n: int) -> Figure:
    if difference is None:
        return Figure(None, None, None, n)
    return Figure(round(difference.value, 4), round(difference.lo, 4), round(difference.hi, 4), n)
