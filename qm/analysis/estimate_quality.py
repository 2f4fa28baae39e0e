"""Figures with intervals: NPS, means, shares. Nothing is shown below the minimum n."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from scipy.special import stdtrit

from qm.domain.figures import Count, Figure

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def wilson(count: Count, z: float = Z) -> tuple[float, float]:
    r"""95 % interval of a share, Wilson (1927) score interval; another level with another `z`.

    `(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)`; (0, 1) for n = 0: nothing is known.

    >>> [round(x, 3) for x in wilson(Count(0, 10))]
    [0.0, 0.278]
    """
    if not count.n:
        return 0.0, 1.0
    n, p = count.n, count.hits / count.n
    centre = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


def mean_figure(values: Sequence[float], least_n: int, low: float, high: float) -> Figure:
    """Mean with a 95 % Student-t interval, cut to the scale `low`..`high`; empty below `least_n` (at least 2).

    With all values equal the t interval would have no width and claim certainty; the interval is then Wilson's for
    n out of n, stretched over the scale.
    """
    n = len(values)
    if n < max(least_n, 2):
        return Figure(None, None, None, n)
    mean = sum(values) / n
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    if variance == 0:
        below = (1 - wilson(Count(n, n))[0]) * (high - low)
        return Figure(round(mean, 4), round(max(low, mean - below), 4), round(min(high, mean + below), 4), n)
    reach = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) * math.sqrt(variance / n)
    return Figure(round(mean, 4), round(max(low, mean - reach), 4), round(min(high, mean + reach), 4), n)


def nps_figure(answers: Sequence[int], least_n: int) -> Figure:
    """Net promoter score, -100 to 100: share of 9-10 minus share of 0-6 (Reichheld 2003)."""
    points = [100.0 if answer >= 9 else -100.0 if answer <= 6 else 0.0 for answer in answers]
    return mean_figure(points, least_n, -100.0, 100.0)
