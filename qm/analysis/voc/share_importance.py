"""How much of what all predictors explain together each one accounts for, averaged over the orders they could come in.

The "LMG" measure: a predictor's gain in R², averaged over all orders (Lindeman, Merenda & Gold 1980; Grömping 2007).
It's the Shapley value of R². The R² is the linear one of satisfied (1) or not (0): it needs the correlations only, so
that thousands of orders take a second. Columns that belong to one predictor (its value, its gaps) enter together.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL
from qm.domain.figures import Figure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXACT_UP_TO = 6
"""Predictors up to which all orders (720) are gone through."""
ORDERS = 256
"""Orders drawn beyond that; each with its reverse, which halves the noise."""
ORDERS_WITHOUT = 96
"""Of them, for what becomes of the shares without a block: only the differences between blocks count there."""
BLOCKS = 24
"""The interval leaves out one of so many blocks of clusters at a time."""
LEAST_EXPLAINED = 0.005
"""With less explained in all (adjusted R²) there is nothing worth sharing out."""
_AT_ONCE = 64


def moments_by_block(columns: Floats, outcome: Floats, starts: Ints) -> Floats:
    """Sums of products of `[1, columns, outcome]`, block by block: (blocks, k+2, k+2).

    Args:
        starts: first row of each cluster; rows are sorted by cluster. Clusters go to blocks in turn, the largest first.
    """
    joined = np.column_stack([np.ones(len(outcome)), columns, outcome])
    ends = np.r_[starts[1:], len(outcome)]
    order = np.argsort(starts - ends, kind="stable")
    count = min(BLOCKS, len(starts))
    found = np.zeros((count, joined.shape[1], joined.shape[1]))
    for place, cluster in enumerate(order):
        rows = joined[starts[cluster] : ends[cluster]]
        found[place % count] += rows.T @ rows
    return found


def correlations(moments: Floats) -> Floats:
    """Correlations of columns and outcome from sums of products; 0 for a column without spread."""
    means = moments[0, 1:] / moments[0, 0]
    covariance = moments[1:, 1:] / moments[0, 0] - np.outer(means, means)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-9)
    found: Floats = covariance * np.outer(scale, scale)
    np.fill_diagonal(found, 1.0)
    return found


def explained(correlation: Floats) -> float:
    """R² of the last column on all others."""
    inner, with_outcome = correlation[:-1, :-1], correlation[:-1, -1]
    return float(with_outcome @ np.linalg.solve(inner, with_outcome))


def lmg(correlation: Floats, groups: Sequence[Sequence[int]], orders: Sequence[Sequence[int]]) -> Floats:
    """Mean gain in R² of each group of columns over the orders; they add up to R².

    In a Cholesky factor of the correlations, ordered and with the outcome last, the squares of the last row are the
    gains of the columns one after the other.

    >>> independent = np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])
    >>> lmg(independent, [[0], [1]], [[0, 1], [1, 0]]).round(3).tolist()
    [0.36, 0.09]
    """
    owner = np.empty(len(correlation) - 1, dtype=np.int64)
    for number, group in enumerate(groups):
        owner[list(group)] = number
    last = len(correlation) - 1
    ordered = np.array([[*itertools.chain.from_iterable(groups[one] for one in order), last] for order in orders])
    gains = np.zeros(len(groups))
    for first in range(0, len(ordered), _AT_ONCE):
        some = ordered[first : first + _AT_ONCE]
        matrices = correlation[some[:, :, None], some[:, None, :]].copy()
        # The outcome's own entry doesn't matter for its row; made larger, it keeps the matrix positive definite.
        matrices[:, -1, -1] = 2.0
        squares = np.linalg.cholesky(matrices)[:, -1, :-1] ** 2
        gains += np.bincount(owner[some[:, :-1]].ravel(), squares.ravel(), len(groups))
    return gains / len(ordered)


def draw_orders(count: int, rng: np.random.Generator) -> list[list[int]]:
    """All orders of a few groups; of more, drawn ones, each followed by its reverse."""
    if count <= EXACT_UP_TO:
        return [list(order) for order in itertools.permutations(range(count))]
    half = [rng.permutation(count).tolist() for _ in range(ORDERS // 2)]
    return [order for one in half for order in (one, one[::-1])]


def share_importance(blocks: Floats, groups: Sequence[Sequence[int]], n: int, rng: np.random.Generator) -> list[Figure]:
    """Each group's share of R² with a 95 % interval (delete-a-group jackknife, Kott 2001; Student's t).

    The shares have no value where the predictors together explain next to nothing: what is shared out would be noise.
    A predictor without any effect still gets a small share by chance; its interval then reaches down to 0.

    Args:
        blocks: as `moments_by_block` gives them.
        n: contacts, for the figures.
    """
    nothing = [Figure(None, None, None, n) for _ in groups]
    whole = blocks.sum(axis=0)
    columns = len(whole) - 2
    found = explained(correlations(whole))
    if n <= columns + 1 or 1 - (1 - found) * (n - 1) / (n - columns - 1) < LEAST_EXPLAINED:
        return nothing
    orders = draw_orders(len(groups), rng)
    try:
        shares = _shares(whole, groups, orders)
        without = np.array([_shares(whole - block, groups, orders[:ORDERS_WITHOUT]) for block in blocks])
    except np.linalg.LinAlgError:  # without one block a column stands still: the shares hang on single agents
        return nothing
    spread = np.sqrt((len(blocks) - 1) / len(blocks) * np.sum((without - without.mean(axis=0)) ** 2, axis=0))
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, len(blocks) - 1)) * spread
    return [
        Figure(round(share, 4), round(max(0.0, share - width), 4), round(min(1.0, share + width), 4), n)
        for share, width in zip(shares.tolist(), reach.tolist(), strict=True)
    ]


def _shares(moments: Floats, groups: Sequence[Sequence[int]], orders: Sequence[Sequence[int]]) -> Floats:
    gains = lmg(correlations(moments), groups, orders)
    shares: Floats = gains / max(gains.sum(), math.ulp(1.0))
    return shares
