"""A curve from score to probability that never falls, with a pointwise interval that knows of agents."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL
from qm.analysis.voc.fit_logistic import LogisticFit, expit, fit_logistic, room_for, with_intercept

Floats = NDArray[np.float64]
KNOTS = {20: (0.05, 0.275, 0.5, 0.725, 0.95), 4: (0.1, 0.5, 0.9)}
"""By the least number of columns that the data bear: quantiles of the score (Harrell 2015, table 2.3)."""


@dataclass(frozen=True)
class ScoreCurve:
    """A logistic curve on a restricted cubic spline of the score.

    Attributes:
        knots: scores; none: the curve is a straight line in log-odds.
        centres: mean of each column of the spline.
        scales: standard deviation of each.
    """

    knots: tuple[float, ...]
    centres: Floats
    scales: Floats
    fit: LogisticFit
    covariance: Floats
    clusters: int

    def chances(self, scores: Floats) -> Floats:
        """Probability at each score, rearranged so that it doesn't fall; the scores must ascend."""
        return np.sort(self.fit.probabilities(self._matrix(scores)))

    def intervals(self, scores: Floats) -> tuple[Floats, Floats]:
        """95 % interval at each of the ascending scores.

        Both ends are rearranged like the curve: where the truth doesn't fall, that never makes an interval cover less
        (Chernozhukov, Fernández-Val and Galichon 2009).
        """
        matrix = self._matrix(scores)
        rows, middle = with_intercept(matrix), self.fit.log_odds(matrix)
        spread = np.sqrt(np.einsum("ij,jk,ik->i", rows, self.covariance, rows))
        reach = stats.t.ppf(0.5 + LEVEL / 2, max(self.clusters - 1, 1)) * spread
        return np.sort(expit(middle - reach)), np.sort(expit(middle + reach))

    def _matrix(self, scores: Floats) -> Floats:
        return np.asarray((_columns(scores, self.knots) - self.centres) / self.scales)


def fit_curve(scores: Floats, satisfied: NDArray[np.bool_], agents: NDArray[np.int64]) -> ScoreCurve:
    """Fit the curve; the covariance is a jackknife over agents, one Newton step each (Bell and McCaffrey 2002: CR3).

    Args:
        agents: number of each row's agent, 0 upwards.

    Raises:
        ValueError: one class only.
    """
    knots = _knots(scores, room_for(satisfied))
    columns = _columns(scores, knots)
    centres, scales = columns.mean(axis=0), columns.std(axis=0)
    scales[scales == 0] = 1.0
    matrix = (columns - centres) / scales
    fit = fit_logistic(matrix, satisfied)
    return ScoreCurve(knots, centres, scales, fit, _jackknife(fit, matrix, satisfied, agents), int(agents.max()) + 1)


def _knots(scores: Floats, room: int) -> tuple[float, ...]:
    for least, quantiles in KNOTS.items():
        knots = np.unique(np.quantile(scores, quantiles))
        if room >= least and len(knots) == len(quantiles):
            return tuple(float(knot) for knot in knots)
    return ()


def _columns(scores: Floats, knots: tuple[float, ...]) -> Floats:
    """The score and, for each knot but the last two, a cubic that is straight outside them (Harrell 2015, 2.4.5)."""
    if not knots:
        return scores[:, None]
    first, middle, last = knots[0], knots[-2], knots[-1]
    up = [np.maximum(scores - knot, 0) ** 3 for knot in knots]
    bent = [
        up[i] - up[-2] * (last - knot) / (last - middle) + up[-1] * (middle - knot) / (last - middle)
        for i, knot in enumerate(knots[:-2])
    ]
    return np.column_stack([scores, *(column / (last - first) ** 2 for column in bent)])


def _jackknife(fit: LogisticFit, matrix: Floats, satisfied: NDArray[np.bool_], agents: NDArray[np.int64]) -> Floats:
    rows, chance = with_intercept(matrix), fit.probabilities(matrix)
    count, size = int(agents.max()) + 1, matrix.shape[1] + 1
    slopes, bends = np.zeros((count, size)), np.zeros((count, size, size))
    np.add.at(slopes, agents, rows * (satisfied - chance)[:, None])
    np.add.at(bends, agents, rows[:, :, None] * rows[:, None, :] * (chance * (1 - chance))[:, None, None])
    rest = np.linalg.inv(fit.bread)[None] - bends
    steps = np.linalg.solve(rest, slopes[:, :, None])[:, :, 0]
    away = steps - steps.mean(axis=0)
    return np.asarray((count - 1) / count * away.T @ away)
