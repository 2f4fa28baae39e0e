"""How well a score ranks satisfied above other customers, the interval knowing that an agent's contacts are alike."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.figures import Figure

Floats = NDArray[np.float64]


def rank_by_score(scores: Floats, satisfied: NDArray[np.bool_], agents: NDArray[np.int64]) -> Figure:
    """Area under the ROC curve with a 95 % interval: P(score of a satisfied > score of another), ties count half.

    The variance is that of Obuchowski (1997) for clustered data: placement values of both classes are summed by agent,
    so that it also holds the covariance between an agent's satisfied and other customers. Interval on the logit scale
    with Student's t of agents - 1; without a value where a class is empty or there are fewer than two agents.

    >>> rank_by_score(np.array([1.0, 2, 3, 4]), np.array([False, True, False, True]), np.array([0, 0, 1, 1])).value
    0.75
    """
    n, count = len(scores), int(agents.max(initial=-1)) + 1
    yes, no = scores[satisfied], scores[~satisfied]
    if not len(yes) or not len(no) or count < 2:
        return Figure(None, None, None, n)
    above, below = _placements(yes, no), 1 - _placements(no, yes)
    area = float(above.mean())
    by_yes = np.bincount(agents[satisfied], above - area, count) / len(yes)
    by_no = np.bincount(agents[~satisfied], below - area, count) / len(no)
    variance = count / (count - 1) * float(((by_yes + by_no) ** 2).sum())
    lo, hi = _interval(area, variance, count)
    return rounded(area, lo, hi, n)


def _placements(values: Floats, others: Floats) -> Floats:
    """For each value, the share of the others below it; ties half."""
    ordered = np.sort(others)
    below, up_to = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((below + up_to) / 2 / len(others), dtype=np.float64)


def _interval(area: float, variance: float, count: int) -> tuple[float, float]:
    if not 0 < area < 1 or variance == 0:
        # Perfect ranking has no spread to go by: as many successes as agents (Clopper and Pearson 1934).
        reach = float(stats.beta.ppf((1 - LEVEL) / 2, count, 1))
        return max(0.0, area - (1 - reach)), min(1.0, area + (1 - reach))
    middle, spread = np.log(area / (1 - area)), np.sqrt(variance) / (area * (1 - area))
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * spread
    return float(1 / (1 + np.exp(reach - middle))), float(1 / (1 + np.exp(-reach - middle)))
