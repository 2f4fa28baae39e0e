"""Krippendorff's alpha: disagreement observed against disagreement expected, for four levels of measurement."""

from enum import StrEnum
from typing import Any

import numpy as np

from qm.analysis.calibration.agreement_table import Array, RatingTable, Tally, by_category, rating_table, sum_by_contact


class Level(StrEnum):
    """What distances between values mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def coincidences(table: RatingTable) -> Tally:
    """How often two raters gave each pair of values, flattened: `Σ pairs_kl / (m_i − 1)`, a row counts once a rater."""
    counts = by_category(table)
    raters = counts.sum(1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    scale = np.where(raters >= 2, 1 / np.maximum(raters - 1, 1), 0.0)
    return Tally(sum_by_contact((pairs * scale[:, None, None]).reshape(len(pairs), -1), table))


def alpha_of(total: Array, scale: tuple[float, ...], level: Level) -> Array:
    """`α = 1 − (n − 1) Σ o_kl δ²_kl / Σ n_k n_l δ²_kl` of one total or many; NaN where all values are the same."""
    seen = total.reshape(*total.shape[:-1], len(scale), len(scale))
    values = seen.sum(-1)
    n = values.sum(-1)
    apart = _distances(values, np.asarray(scale), level)
    found = (seen * apart).sum((-2, -1))
    expected = ((values[..., None, :] @ apart)[..., 0, :] * values).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, 1 - (n - 1) * found / expected, np.nan))


def _distances(values: Array, scale: Array, level: Level) -> Array:
    """Squared distances δ² (Krippendorff 2011); the ordinal ones depend on how often each value was given."""
    if level is Level.NOMINAL:
        return np.asarray(1 - np.eye(len(scale)))
    if level is Level.ORDINAL:
        rank = np.cumsum(values, -1) - values / 2
        return np.asarray((rank[..., :, None] - rank[..., None, :]) ** 2)
    apart = (scale[:, None] - scale) ** 2
    if level is Level.RATIO:
        both = (scale[:, None] + scale) ** 2
        apart = np.divide(apart, both, out=np.zeros_like(apart), where=both > 0)
    return np.asarray(apart)


def krippendorff_alpha(ratings: Any, level: Level = Level.NOMINAL) -> float | None:
    """Krippendorff's alpha (Computing Krippendorff's Alpha-Reliability, 2011); ratings may be missing.

    Rows that fewer than two raters rated don't count. Krippendorff's data C: nominal 0.743, ordinal 0.815,
    interval 0.849, ratio 0.797. `None` where all values are the same, or nothing was rated twice.

    >>> round(krippendorff_alpha([[1, 1], [2, 2], [1, 2], [2, 2]]), 3)
    0.533
    """
    table = rating_table(ratings)
    value = float(alpha_of(coincidences(table).total, table.scale, level))
    return None if np.isnan(value) else value
