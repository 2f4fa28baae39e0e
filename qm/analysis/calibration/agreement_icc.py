"""Agreement of scores: the six intraclass correlations, Cronbach's alpha, and their F intervals.

Sources: Shrout and Fleiss, Psychological Bulletin 86 (1979); McGraw and Wong, Psychological Methods 1 (1996); Feldt,
Psychometrika 30 (1965). Scores are a complete table, targets x raters: what has gaps is left out before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from qm.analysis.estimate_quality import LEVEL
from qm.domain.figures import Figure

TAIL = 0.5 + LEVEL / 2
ICCS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
"""1: each target has raters of its own; 2: raters are a sample, absolute agreement; 3: these raters, consistency.
With k: of the mean of all raters."""


@dataclass(frozen=True)
class _MeanSquares:
    """Analysis of variance of targets x raters: between targets, within, between raters, residual."""

    targets: float
    within: float
    raters: float
    residual: float
    n: int
    k: int


def complete_rows(scores: Any) -> Any:
    """Rows without a gap."""
    given = np.asarray(scores, dtype=float)
    return given[~np.isnan(given).any(axis=1)]


def intraclass(scores: Any) -> Mapping[str, Figure]:
    """The six coefficients with 95 % intervals, by the names in `ICCS`.

    `ICC1 = (MSB − MSW)/(MSB + (k−1) MSW)`, `ICC2 = (MSB − MSE)/(MSB + (k−1) MSE + k (MSJ − MSE)/n)`,
    `ICC3 = (MSB − MSE)/(MSB + (k−1) MSE)`; of the mean of k raters by Spearman and Brown. The 6 targets and 4 judges
    of Shrout and Fleiss: 0.17, 0.29, 0.71, 0.44, 0.62, 0.91. No values where there are fewer than two targets or
    raters, or where all scores are the same.

    >>> round(intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    ...       ["ICC2"].value, 2)
    0.29
    """
    given = complete_rows(scores)
    n, k = given.shape
    if n < 2 or k < 2 or np.ptp(given) == 0:
        return {name: Figure(None, None, None, n) for name in ICCS}
    squares = _squares(given)
    single = {"ICC1": _one_way(squares), "ICC2": _absolute(squares), "ICC3": _consistent(squares)}
    return {name: _figure(*single[name], n) for name in single} | {
        f"{name}k": _figure(*_of_mean(single[name], k), n) for name in single
    }


def cronbach_alpha(scores: Any) -> Figure:
    """Cronbach's alpha (1951), targets x items: `k/(k−1) (1 − Σ s²_item / s²_total)`, interval of Feldt (1965).

    Equals ICC3k. 0.592 for the 15 people and 10 questions of real-statistics.com. No value where no totals differ.

    >>> round(cronbach_alpha([[1, 2], [2, 3], [3, 3], [4, 5]]).value, 3)
    0.96
    """
    given = complete_rows(scores)
    n, k = given.shape
    if n < 2 or k < 2 or given.sum(1).var() == 0:
        return Figure(None, None, None, n)
    value = k / (k - 1) * (1 - given.var(0, ddof=1).sum() / given.sum(1).var(ddof=1))
    above, below = (stats.f.ppf(part, n - 1, (n - 1) * (k - 1)) for part in (TAIL, 1 - TAIL))
    return _figure(value, 1 - (1 - value) * above, 1 - (1 - value) * below, n)


def _squares(given: Any) -> _MeanSquares:
    n, k = given.shape
    grand, rows, columns = given.mean(), given.mean(1), given.mean(0)
    between, judges = k * ((rows - grand) ** 2).sum(), n * ((columns - grand) ** 2).sum()
    total = ((given - grand) ** 2).sum()
    residual = max(total - between - judges, 0.0)
    return _MeanSquares(
        between / (n - 1), (total - between) / (n * (k - 1)), judges / (k - 1), residual / ((n - 1) * (k - 1)), n, k
    )


Triple = tuple[float, float, float]


def _one_way(m: _MeanSquares) -> Triple:
    return _from_ratio(m.targets, m.within, m.n - 1, m.n * (m.k - 1), m.k)


def _consistent(m: _MeanSquares) -> Triple:
    return _from_ratio(m.targets, m.residual, m.n - 1, (m.n - 1) * (m.k - 1), m.k)


def _from_ratio(above: float, below: float, df_above: float, df_below: float, k: int) -> Triple:
    """Value and limits of `(F − 1) / (F + k − 1)`; nobody differing within a target gives 1 without a width."""
    if below <= 0:
        return 1.0, 1.0, 1.0
    ratio = above / below
    limits = (ratio, ratio / stats.f.ppf(TAIL, df_above, df_below), ratio * stats.f.ppf(TAIL, df_below, df_above))
    value, low, high = ((limit - 1) / (limit + k - 1) for limit in limits)
    return value, low, high


def _absolute(m: _MeanSquares) -> Triple:
    """ICC(A,1) with the interval of McGraw and Wong (1996), degrees of freedom after Satterthwaite."""
    n, k = m.n, m.k
    value = (m.targets - m.residual) / (m.targets + (k - 1) * m.residual + k * (m.raters - m.residual) / n)
    if m.residual <= 0 and m.raters <= 0:
        return 1.0, 1.0, 1.0
    value = min(value, 1 - 1e-12)
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    freedom = (a * m.raters + b * m.residual) ** 2 / (
        (a * m.raters) ** 2 / (k - 1) + (b * m.residual) ** 2 / ((n - 1) * (k - 1))
    )
    above, below = stats.f.ppf(TAIL, n - 1, freedom), stats.f.ppf(TAIL, freedom, n - 1)
    rest = k * m.raters + (k * n - k - n) * m.residual
    low = n * (m.targets - above * m.residual) / (above * rest + n * m.targets)
    high = n * (below * m.targets - m.residual) / (rest + n * below * m.targets)
    return value, low, high


def _of_mean(single: Triple, k: int) -> Triple:
    value, low, high = (k * one / (1 + (k - 1) * one) for one in single)
    return value, low, high


def _figure(value: float, low: float, high: float, n: int) -> Figure:
    return Figure(round(float(value), 6), round(float(low), 6), round(float(high), 6), n)
