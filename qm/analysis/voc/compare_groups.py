"""Whether a group differs from all the others together: said only where chance is an unlikely reason."""

import numpy as np

from qm.analysis.voc.group_figures import Codes, Floats
from qm.domain.survey_report import Standing

FAMILY_WISE = 0.05
"""Probability that, of groups that are all alike, any is said to differ."""
MOST_STEPS = 200
"""Distinct answers beyond which a scale is taken for continuous."""
EPSILON = 1e-9


def standings(
    values: Floats, codes: Codes, groups: int, least_n: int, *, higher_is_better: bool = True
) -> list[Standing]:
    """Each group against all others together, with Holm's (1979) correction over the groups.

    Without correction one of twenty like agents would be named "worse" every week. A group below `least_n`, or one
    whose rest is, isn't tested.
    """
    n = np.bincount(codes, minlength=groups)
    mean = np.bincount(codes, weights=values, minlength=groups) / np.maximum(n, 1)
    least = max(least_n, 2)
    tested = (n >= least) & (len(values) - n >= least)
    p = permutation_p(values, n[tested], mean[tested])
    differs = np.zeros(groups, dtype=bool)
    differs[tested] = holm(p) < FAMILY_WISE
    middle = values.mean() if len(values) else 0.0
    return [
        Standing.TOO_FEW if not tested[i]
        else Standing.NOT_DISTINGUISHABLE if not differs[i]
        else Standing.BETTER if bool(mean[i] > middle) is higher_is_better else Standing.WORSE
        for i in range(groups)
    ]  # fmt: skip


def permutation_p(values: Floats, n: Codes, mean: Floats) -> Floats:
    """Two-sided p of each group's mean, were its answers drawn from all answers without putting back.

    The permutation distribution of the mean by its first three moments, as a Pearson type III curve (Mielke, Berry and
    Brier 1981): answers are skewed and groups small, where t tests name twice as many agents as they should. With N
    answers of variance s² and skewness g: variance s²/n · (N-n)/(N-1), skewness g · (N-2n) √(N-1) / ((N-2) √(n(N-n)));
    the deviation is lessened by half a step of the scale, since answers are discrete. 1 where all answers are alike.
    """
    from scipy import stats

    total = len(values)
    deviations = values - values.mean() if total else values
    variance = float((deviations**2).mean()) if total else 0.0
    if total < 3 or variance < EPSILON:
        return np.ones(len(n))
    skewness = float((deviations**3).mean()) / variance**1.5
    spread = np.sqrt(variance / n * (total - n) / (total - 1))
    skew = skewness * (total - 2 * n) * np.sqrt(total - 1) / ((total - 2) * np.sqrt(n * (total - n)))
    away = mean - values.mean()
    z = np.sign(away) * np.maximum(np.abs(away) - _step(values) / (2 * n), 0.0) / spread
    tails = np.minimum(stats.pearson3.cdf(z, skew), stats.pearson3.sf(z, skew))
    return np.asarray(np.minimum(2 * tails, 1.0))


def holm(p: Floats) -> Floats:
    """Adjusted p values, Holm (1979): the k-th smallest of m times m - k + 1, never falling, at most 1.

    >>> [round(float(each), 3) for each in holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)) if len(p) else p
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted


def _step(values: Floats) -> float:
    """The smallest gap between answers; 0 where the scale is as good as continuous."""
    distinct = np.unique(values)
    return float(np.diff(distinct).min()) if 1 < len(distinct) <= MOST_STEPS else 0.0
