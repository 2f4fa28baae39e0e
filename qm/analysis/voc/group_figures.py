"""Means and shares of many groups at once, each with its 95 % interval: one pass over the answers, however many."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from qm.analysis.estimate_quality import LEVEL, wilson
from qm.domain.figures import Count, Figure

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def mean_figures(values: Floats, codes: Codes, groups: int, least_n: int, low: float, high: float) -> list[Figure]:
    """What `mean_figure` gives for each group, from n, mean and variance by group.

    Args:
        values: one an answer, without NaN.
        codes: number of each answer's group, 0 to `groups` - 1.
        groups: how many there are; one without answers has n 0 and no value.
        least_n: below it (at least 2) a group has no value.
        low: lowest value of the scale.
        high: highest value of the scale.

    >>> mean_figures(np.array([6.0, 8.0, 10.0]), np.array([0, 0, 1]), 2, 2, 0.0, 10.0)[1]
    Figure(value=None, lo=None, hi=None, n=1)
    """
    n, mean, variance = moments(values, codes, groups)
    least = max(least_n, 2)
    shown = np.maximum(n, 2)
    reach = stdtrit(shown - 1, 0.5 + LEVEL / 2) * np.sqrt(variance / shown)
    found = []
    for group in range(groups):
        if n[group] < least:
            found.append(Figure(None, None, None, int(n[group])))
            continue
        # All alike: the t interval would have no width and claim certainty; Wilson's for n of n doesn't.
        whole = Count(int(n[group]), int(n[group]))
        wide = float(reach[group]) if variance[group] > 0 else (1 - wilson(whole)[0]) * (high - low)
        found.append(_figure(float(mean[group]), wide, int(n[group]), low, high))
    return found


def share_figures(hits: NDArray[np.bool_], codes: Codes, groups: int, least_n: int) -> list[Figure]:
    """Share of hits by group, 0 to 1, with Wilson's (1927) interval; no value below `least_n`."""
    n = np.bincount(codes, minlength=groups)
    hit = np.bincount(codes[hits], minlength=groups)
    return [share_figure(Count(int(some), int(every)), least_n) for some, every in zip(hit, n, strict=True)]


def share_figure(count: Count, least_n: int) -> Figure:
    """A share, 0 to 1, with Wilson's interval; without a value below `least_n`.

    >>> share_figure(Count(1, 2), 5)
    Figure(value=None, lo=None, hi=None, n=2)
    """
    if count.rate is None or count.n < least_n:
        return Figure(None, None, None, count.n)
    lo, hi = wilson(count)
    return Figure(round(count.rate, 4), round(lo, 4), round(hi, 4), count.n)


def moments(values: Floats, codes: Codes, groups: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """n, mean and sample variance (over n - 1) by group; mean and variance are 0 where they aren't defined."""
    n = np.bincount(codes, minlength=groups)
    mean = np.bincount(codes, weights=values, minlength=groups) / np.maximum(n, 1)
    squares = np.bincount(codes, weights=(values - mean[codes]) ** 2, minlength=groups)
    return n, mean, squares / np.maximum(n - 1, 1)


def _figure(mean: float, reach: float, n: int, low: float, high: float) -> Figure:
    return Figure(round(mean, 4), round(max(low, mean - reach), 4), round(min(high, mean + reach), 4), n)
