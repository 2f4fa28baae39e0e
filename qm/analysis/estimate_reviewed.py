"""What reviews of a draw tell of all contacts that could have been drawn: weighted, with intervals, or nothing.

Every contact counts with the inverse of its probability (D. G. Horvitz and D. J. Thompson, Journal of the American
Statistical Association 47, 1952), divided by the sum of these weights (J. Hájek, 1971), so that nobody has to know how
many contacts a share is of. Variance after Hájek's approximation for draws of a fixed size with high entropy (J. Hájek,
Annals of Mathematical Statistics 35, 1964; Y. Tillé, Sampling Algorithms, 2006, section 8.2); groups of a stratified
draw are taken together, which makes intervals wider than they had to be, never narrower on average. Intervals of shares
by the exact binomial one with the effective number of contacts (E. Korn and B. Graubard, Survey Methodology 24, 1998).

Contacts with a *cannot tell* are reviewed first. So that a half-done queue doesn't speak for them alone, what is done
stands for what isn't within contacts with and without one apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from qm.domain.figures import Figure
from qm.units import Share

Array = npt.NDArray[np.float64]
LEVEL = 0.975


@dataclass(frozen=True)
class Seen:
    """One contact of a draw.

    Attributes:
        doubtful: the machine couldn't tell something: it's reviewed among the first.
        value: what the review found; `None` where it isn't done or says nothing about this.
        is_done: whether it was reviewed at all.
    """

    probability: Share
    doubtful: bool
    is_done: bool
    value: float | None = None


def estimate_mean(seen: Sequence[Seen], least_n: int) -> Figure:
    """Weighted mean of a number, say of scores; interval by Student's t with n - 1 degrees of freedom.

    >>> estimate_mean([Seen(1.0, False, True, 50.0), Seen(1.0, False, True, 70.0)], 2)
    Figure(value=60.0, lo=60.0, hi=60.0, n=2)
    """
    found = _weighed(seen, least_n)
    if isinstance(found, int):
        return Figure(None, None, None, found)
    values, weights = found
    mean, spread = _mean_and_error(values, weights)
    half = float(stats.t.ppf(LEVEL, len(values) - 1)) * spread if spread > 0 else 0.0
    return Figure(mean, mean - half, mean + half, len(values))


def estimate_share(seen: Sequence[Seen], least_n: int) -> Figure:
    """Weighted share of contacts whose value is 1 rather than 0.

    Where all are the same nothing varies, and the interval rests on how many contacts the weights are worth (L. Kish,
    Survey Sampling, 1965): n_eff = (sum of weights)² ⁄ sum of squares, more where most of all contacts were reviewed.
    """
    found = _weighed(seen, least_n)
    if isinstance(found, int):
        return Figure(None, None, None, found)
    values, weights = found
    share, error = _mean_and_error(values, weights)
    share = min(max(share, 0.0), 1.0)
    if np.all(weights <= 1 + 1e-9):  # every contact was looked at: nothing is estimated
        return Figure(share, share, share, len(values))
    kish = float(weights.sum() ** 2 / (weights**2).sum())
    left = 1 - min(len(values) / float(weights.sum()), 1.0)
    n = share * (1 - share) / error**2 if error > 0 and 0 < share < 1 else kish / max(left, 1e-9)
    hits = share * n
    low = float(stats.beta.ppf(1 - LEVEL, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(LEVEL, hits + 1, n - hits)) if hits < n else 1.0
    return Figure(share, min(low, share), max(high, share), len(values))


def _weighed(seen: Sequence[Seen], least_n: int) -> tuple[Array, Array] | int:
    """Values and weights, or how many there are where that is too few, or where a whole kind still waits."""
    n = sum(one.value is not None for one in seen)
    if n < max(least_n, 2):
        return n
    factor = {}
    for kind in (False, True):
        drawn = math.fsum(1 / one.probability for one in seen if one.doubtful is kind)
        done = math.fsum(1 / one.probability for one in seen if one.doubtful is kind and one.is_done)
        if drawn and not done:
            return n
        factor[kind] = drawn / done if done else 1.0
    told = [one for one in seen if one.value is not None]
    values = np.array([one.value for one in told], dtype=np.float64)
    return values, np.array([factor[one.doubtful] / one.probability for one in told])


def _mean_and_error(values: Array, weights: Array) -> tuple[float, float]:
    """The Hájek mean and its standard error, by the ratio's residuals; chances are the inverse weights."""
    n, total = len(values), float(weights.sum())
    mean = float(weights @ values) / total
    residuals = (values - mean) / total
    parts = np.maximum(1 - 1 / weights, 0.0) * n / (n - 1)
    if parts.sum() <= 0:
        return mean, 0.0
    centre = float((parts * residuals * weights).sum() / parts.sum())
    return mean, math.sqrt(float((parts * (residuals * weights - centre) ** 2).sum()))
