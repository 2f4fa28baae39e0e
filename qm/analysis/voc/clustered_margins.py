"""A logistic model whose average marginal effects have intervals that hold with few agents.

Contacts of one agent are alike, so the agent is the cluster. The variance is the cluster-robust sandwich with the
"CR2" correction (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018) on the working residuals of the logistic model,
the reference distribution Student's t with Bell & McCaffrey's degrees of freedom. Plain clustered errors with a normal
quantile are too narrow with 15 to 30 agents. Nothing here is wider than columns x columns: 100,000 contacts are quick.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from qm.analysis.estimate_quality import LEVEL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FULL_LEVERAGE = 1e-8
"""A cluster that alone carries a column has a leverage of 1; its residuals tell nothing of that column."""
LARGEST_LOGIT = 15.0
"""Beyond, fitted probabilities are 0 or 1 to seven digits: the model is separated."""
HIDDEN = 0.01
"""Share of a contrast's variance that may lie in such directions before its error counts as unknown."""
SMALL_LEVERAGE = 0.15
_SERIES_TERMS = 5
"""Leaves an error below 0.15⁶ / 4, three in a million."""
_CLUSTERS_AT_ONCE = 64


@dataclass(frozen=True)
class Contrast:
    """What to change in the design: column `column` goes from 0 to 1, or up by `step`.

    Attributes:
        rows: mask of the rows that are averaged over; those where the predictor has a value.
        step: `None` for a yes/no column.
    """

    column: int
    rows: NDArray[np.bool_]
    step: float | None = None


@dataclass(frozen=True)
class ClusteredLogit:
    """A fitted model over rows sorted by cluster.

    Attributes:
        starts: first row of each cluster.
        root: L of `(X'WX)⁻¹ = L L'`.
    """

    design: Floats
    outcome: Floats
    starts: Ints
    beta: Floats
    probability: Floats
    root: Floats

    @property
    def ends(self) -> Ints:
        """One past the last row of each cluster."""
        return np.append(self.starts[1:], len(self.outcome))


@dataclass(frozen=True)
class Margin:
    """An average marginal effect in shares (0.05: five points), with its standard error.

    Attributes:
        df: degrees of freedom of the t distribution: about how many agents the effect rests on, less one.
    """

    effect: float
    error: float
    df: float
    p: float

    @property
    def reach(self) -> float:
        """Half the width of the 95 % interval; infinite where no degree of freedom is left."""
        return float(stats.t.ppf(0.5 + LEVEL / 2, self.df)) * self.error if self.df > 0 else np.inf


def fit_clustered(design: Floats, outcome: Floats, clusters: Ints) -> ClusteredLogit | None:
    """Maximum likelihood by Newton's method (statsmodels `Logit`); `None` where it doesn't exist (separation).

    Args:
        design: (n, columns), the first a constant; of full rank.
        outcome: 0 or 1.
        clusters: number of each row's cluster, ascending.
    """
    beta = _fit(design, outcome)
    if beta is None:
        return None
    probability = expit(design @ beta)
    bread = (design * (probability * (1 - probability))[:, None]).T @ design
    root = np.linalg.inv(np.linalg.cholesky(bread)).T
    return ClusteredLogit(design, outcome, starts_of(clusters), beta, probability, root)


def starts_of(clusters: Ints) -> Ints:
    """First row of each cluster of ascending numbers.

    >>> starts_of(np.array([0, 0, 1, 4])).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(np.r_[True, clusters[1:] != clusters[:-1]])


def _fit(design: Floats, outcome: Floats) -> Floats | None:
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = Logit(outcome, design, check_rank=False)
        try:
            found = model.fit(method="newton", maxiter=50, disp=False, skip_hessian=True, warn_convergence=False)
        except np.linalg.LinAlgError:
            return None
    beta: Floats = np.asarray(found.params)
    is_finite = found.mle_retvals["converged"] and np.all(np.abs(design @ beta) < LARGEST_LOGIT)
    return beta if is_finite else None


def margins(model: ClusteredLogit, contrasts: Sequence[Contrast]) -> list[Margin]:
    """Average marginal effects, one a contrast.

    `θ = mean over the contrast's rows of Λ(η with the change) - Λ(η without)`; its error by the delta method, with what
    averaging over these contacts rather than all adds to it.
    """
    logit = model.design @ model.beta
    parts = [_effect(model, contrast, logit) for contrast in contrasts]
    effects, gradients, averaging = (np.array(part) for part in zip(*parts, strict=True))
    spread, df = _spread(model, gradients.T)
    errors = np.sqrt(np.sum((spread + averaging.T) ** 2, axis=0))
    return [_margin(*values) for values in zip(effects.tolist(), errors.tolist(), df.tolist(), strict=True)]


def _margin(effect: float, error: float, df: float) -> Margin:
    p = 2 * float(stats.t.sf(abs(effect) / error, df)) if error > 0 and df > 0 else 1.0
    return Margin(effect, error, df, p)


def _effect(model: ClusteredLogit, contrast: Contrast, logit: Floats) -> tuple[float, Floats, Floats]:
    """Effect, its gradient in the coefficients and, by cluster, what averaging adds."""
    column, step, rows = contrast.column, contrast.step, contrast.rows
    slope = model.beta[column]
    before = logit - model.design[:, column] * slope if step is None else logit
    low, high = expit(before), expit(before + slope * (1.0 if step is None else step))
    n = np.count_nonzero(rows)
    change = np.where(rows, high - low, 0.0)
    effect = float(change.sum()) / n
    rise = np.where(rows, high * (1 - high), 0.0)
    gradient = (rise - np.where(rows, low * (1 - low), 0.0)) @ model.design / n
    # In the changed column itself the two designs differ from the one that was multiplied.
    gradient[column] = rise.sum() / n if step is None else gradient[column] + step * rise.sum() / n
    return effect, gradient, np.add.reduceat(np.where(rows, change - effect, 0.0), model.starts) / n


class _Tally:
    """Sums over clusters from which Bell & McCaffrey's degrees of freedom follow; one entry a contrast."""

    def __init__(self, columns: int, contrasts: int) -> None:
        self.trace, self.diagonal = np.zeros(contrasts), np.zeros(contrasts)
        self.cross = np.zeros((contrasts, columns, columns))

    def add(self, own: Floats, shared: Floats) -> None:
        """`own`: |b_g|² (clusters, contrasts); `shared`: what each cluster's b shares with the fit (…, columns, …)."""
        lost = np.sum(shared**2, axis=1)
        self.trace += np.sum(own - lost, axis=0)
        self.diagonal += np.sum((own - lost) ** 2 - lost**2, axis=0)
        by_contrast = shared.transpose(2, 1, 0)
        self.cross += by_contrast @ by_contrast.transpose(0, 2, 1)

    def degrees(self) -> Floats:
        """(Σλ)² / Σλ² of the variance estimate's quadratic form under the working model."""
        squares = self.diagonal + np.sum(self.cross**2, axis=(1, 2))
        found: Floats = np.divide(self.trace**2, squares, out=np.zeros_like(squares), where=squares > 0)
        return found


def _spread(model: ClusteredLogit, gradients: Floats) -> tuple[Floats, Floats]:
    """By cluster the CR2-adjusted influence on each contrast, and the contrasts' degrees of freedom.

    With X̃ = √W X, M = LL' = (X̃'X̃)⁻¹ and A = L'X̃g'X̃gL the adjustment (I - Hgg)^(-½) acts on scores as (I - A)^(-½)
    between L' and L, so no matrix of a cluster's contacts is ever made.
    """
    contrasts = model.root.T @ gradients
    scores = np.add.reduceat(model.design * (model.outcome - model.probability)[:, None], model.starts) @ model.root
    spread = np.empty((len(model.starts), contrasts.shape[1]))
    tally, hidden = _Tally(*contrasts.shape), np.zeros(contrasts.shape[1], dtype=bool)
    for first in range(0, len(spread), _CLUSTERS_AT_ONCE):
        some = slice(first, first + _CLUSTERS_AT_ONCE)
        grams = _grams(model, some)
        adjusted, unseen = _adjust(grams, contrasts)
        hidden |= unseen
        spread[some] = (scores[some][:, None, :] @ adjusted)[:, 0]
        shared = grams @ adjusted
        tally.add(np.sum(adjusted * shared, axis=1), shared)
    return spread, np.where(hidden, 0.0, tally.degrees())


def _adjust(grams: Floats, contrasts: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """(I - A)^(-½) times the contrasts, for each A; where A is small by the binomial series, else by eigenvalues.

    And which contrasts rest on a cluster alone: the fit follows it whatever it says, so its spread can't be seen.
    """
    found = np.repeat(contrasts[None], len(grams), axis=0)
    size = np.sqrt(np.sum(grams**2, axis=(1, 2)))
    is_small = size < SMALL_LEVERAGE
    term, small = found[is_small], grams[is_small]
    for power in range(1, _SERIES_TERMS + 1 if len(small) else 1):
        term = small @ term * ((2 * power - 1) / (2 * power))
        found[is_small] += term
    hidden = np.zeros(contrasts.shape[1], dtype=bool)
    if not is_small.all():
        values, vectors = np.linalg.eigh(grams[~is_small])
        left = 1 - values
        turned = vectors.transpose(0, 2, 1) @ contrasts
        root = np.where(left > FULL_LEVERAGE, 1 / np.sqrt(np.maximum(left, FULL_LEVERAGE)), 0.0)[:, :, None]
        found[~is_small] = vectors @ (root * turned)
        unseen = np.sum(np.where(root > 0, 0.0, turned) ** 2, axis=(0, 1))
        hidden = unseen > HIDDEN * np.sum(contrasts**2, axis=0)
    return found, hidden


def _grams(model: ClusteredLogit, some: slice) -> Floats:
    """L' X̃g' X̃g L of some clusters."""
    weight = np.sqrt(model.probability * (1 - model.probability))
    found = []
    for start, end in zip(model.starts[some], model.ends[some], strict=True):
        rows = model.design[start:end] * weight[start:end, None]
        found.append(model.root.T @ (rows.T @ rows) @ model.root)
    return np.array(found)
