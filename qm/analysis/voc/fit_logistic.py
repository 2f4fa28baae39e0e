"""A logistic model that never fails on separated data, and how sure its probabilities are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE = 0.5
"""Penalty on half the sum of squared coefficients of standardised columns: too little to bend an estimate that the data
carries, enough that a column which separates the classes keeps a finite one (le Cessie & van Houwelingen 1992)."""
COLUMNS_PER_CASE = 10
"""Cases of the rarer class that a column needs (Peduzzi et al. 1996)."""


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients, the intercept first, and their covariance.

    Attributes:
        bread: inverse of the penalised information.
        covariance: sandwich (Huber 1967, White 1982), so it holds where the variance isn't quite binomial.
    """

    coefficients: Floats
    bread: Floats
    covariance: Floats

    def log_odds(self, matrix: Floats) -> Floats:
        """Of each row."""
        return np.asarray(matrix @ self.coefficients[1:] + self.coefficients[0])

    def probabilities(self, matrix: Floats) -> Floats:
        """Of each row, 0 to 1."""
        return expit(self.log_odds(matrix))

    def spreads(self, matrix: Floats) -> Floats:
        """Standard error of each row's log odds."""
        rows = with_intercept(matrix)
        return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", rows, self.covariance, rows)))

    def mean_variance(self, matrix: Floats) -> float:
        """Variance of the mean probability of the rows, as far as it comes from the coefficients (delta method)."""
        rows = with_intercept(matrix)
        p = self.probabilities(matrix)
        slope = (rows * (p * (1 - p))[:, None]).mean(axis=0)
        return float(slope @ self.covariance @ slope)


def room_for(labels: NDArray[np.bool_]) -> int:
    """Columns that so many cases bear; 0 where one class is missing."""
    return int(min(labels.sum(), (~labels).sum()) // COLUMNS_PER_CASE)


def fit_logistic(matrix: Floats, labels: NDArray[np.bool_], groups: NDArray[np.int64] | None = None) -> LogisticFit:
    """Fit on standardised columns.

    Args:
        groups: number of the cluster of each row; the covariance is then clustered, times G/(G-1).

    Raises:
        ValueError: one class only.
    """
    from sklearn.linear_model import LogisticRegression

    if labels.all() or not labels.any():
        raise ValueError("labels: need both classes")
    if matrix.shape[1]:
        model = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky", tol=1e-6).fit(matrix, labels)
        coefficients = np.concatenate([model.intercept_, model.coef_[0]])
    else:
        coefficients = np.array([np.log(labels.mean() / (1 - labels.mean()))])
    rows = with_intercept(matrix)
    p = expit(rows @ coefficients)
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[0] = 0.0
    bread = np.linalg.inv((rows * (p * (1 - p))[:, None]).T @ rows + np.diag(ridge))
    scores = rows * (labels - p)[:, None]
    if groups is not None:
        count = int(groups.max()) + 1
        summed = np.zeros((count, rows.shape[1]))
        np.add.at(summed, groups, scores)
        scores = summed * np.sqrt(count / max(count - 1, 1))
    return LogisticFit(coefficients, np.asarray(bread, np.float64), np.asarray(bread @ (scores.T @ scores) @ bread))


def expit(log_odds: Floats) -> Floats:
    """Probability of log odds, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * log_odds)))


def with_intercept(matrix: Floats) -> Floats:
    """The matrix with a first column of ones."""
    return np.column_stack([np.ones(len(matrix)), matrix])
