"""Severities from disagreements: the many-facet Rasch model by pairwise conditional likelihood.

Model (Linacre 1989): `logit P(met) = quality of contact x criterion - severity of the rater - difficulty of the
criterion`. In a pair of answers to the same question about the same contact, given that they differ, the probability
that it was rater i who said *met* is `1 / (1 + exp(severity_i - severity_j))`: whatever contact and criterion are like
has dropped out (Rasch 1961, Andersen 1970; pairwise Choppin 1985). So no assumption is needed about how contacts are
distributed, nor about how contacts and criteria act together. The interval is a jackknife over whole contacts, since
the pairs of one contact aren't independent (composite likelihood; Varin, Reid and Firth 2011).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from qm.analysis.estimate_quality import LEVEL
from qm.domain.figures import Figure

PRIOR_SD = 3.0
"""Log-odds. A penalty so weak that a few disagreements outweigh it; it keeps each fit of the jackknife finite."""
ROUNDS = 60
TOLERANCE = 1e-8

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Severities:
    """Estimates that sum to zero, with their covariance over contacts.

    Attributes:
        values: log-odds of *not met* against the mean.
        covariance: jackknife over contacts.
        clusters: contacts with at least one disagreement.
    """

    values: Floats
    covariance: Floats
    clusters: int

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the t interval."""
        return max(self.clusters - 1, 1)

    def intervals(self) -> tuple[Floats, Floats]:
        """95 % Student-t interval of each value."""
        reach = stats.t.ppf(0.5 + LEVEL / 2, self.freedom) * np.sqrt(np.diag(self.covariance))
        return self.values - reach, self.values + reach

    def p_values(self) -> Floats:
        """Two-sided, of "equal to the mean"; 1 where there is no spread to judge by."""
        spread = np.sqrt(np.diag(self.covariance))
        ratio = np.divide(self.values, spread, out=np.zeros_like(self.values), where=spread > 0)
        return np.asarray(2 * stats.t.sf(np.abs(ratio), self.freedom))

    def among(self, places: NDArray[np.int64]) -> "Severities":
        """Against the mean of some of them only."""
        share = np.eye(len(places)) - 1 / len(places)
        part = self.covariance[np.ix_(places, places)]
        return Severities(share @ self.values[places], share @ part @ share.T, self.clusters)


def fit_severities(counts: Floats) -> Severities:
    """Fit the severities to disagreements.

    Args:
        counts: contacts x k x k, `[c, i, j]` how often i had *met* and j *not met*; two contacts at least.

    >>> one = np.array([[0.0, 30.0], [10.0, 0.0]])
    >>> fit_severities(np.stack([one / 4] * 4)).values.round(1)  # log(30 / 10) / 2 apart from the mean, both ways
    array([-0.5,  0.5])
    """
    used = counts[counts.sum(axis=(1, 2)) > 0]
    total = used.sum(axis=0)
    values = solve_severities(total[None])[0]
    left_out = solve_severities(total[None] - used, values)
    away = left_out - left_out.mean(axis=0)
    n = len(used)
    return Severities(values, (n - 1) / max(n, 1) * away.T @ away, n)


def solve_severities(totals: Floats, start: Floats | None = None) -> Floats:
    """Penalised maximum of the pairwise likelihood for each of several tables, by Newton's method.

    Args:
        totals: tables x k x k.
        start: k values to begin from.

    Returns:
        tables x k; each row sums to zero.
    """
    tables, size = totals.shape[0], totals.shape[1]
    ease = np.zeros((tables, size)) if start is None else np.tile(-start, (tables, 1))
    pairs, weight = totals + totals.transpose(0, 2, 1), 1 / PRIOR_SD**2
    for _ in range(ROUNDS):
        chance = expit(ease[:, :, None] - ease[:, None, :])
        slope = (totals - pairs * chance).sum(axis=2) - weight * ease
        bend = pairs * chance * (1 - chance)
        curve = np.eye(size) * (bend.sum(axis=2) + weight)[:, :, None] - bend
        step = np.clip(np.linalg.solve(curve, slope[:, :, None])[:, :, 0], -1.0, 1.0)
        ease += step
        if np.abs(step).max(initial=0.0) < TOLERANCE:
            break
    return -ease


def chance_on_even_cases(effect: Figure) -> Figure:
    """A severity as people read it: how often a rater says *met* where the mean of the raters does half of the time.

    >>> chance_on_even_cases(Figure(0.0, -1.0, 1.0, 40))
    Figure(value=0.5, lo=0.2689, hi=0.7311, n=40)
    """
    if effect.value is None or effect.lo is None or effect.hi is None:
        return effect
    value, lo, hi = (round(float(expit(-x)), 4) for x in (effect.value, effect.hi, effect.lo))
    return Figure(value, lo, hi, effect.n)
