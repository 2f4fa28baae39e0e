"""What the variance components might also be: draws from which every interval of a generalisability study is read."""

import numpy as np
from numpy.typing import NDArray

from qm.analysis.calibration.split_variance import Components, split_variance

Floats = NDArray[np.float64]
DRAWS = 2000
BLOCKS = 60
"""Contacts are left out one by one, or, where there are more, in so many blocks."""


def draw_components(found: Components, values: Floats, rng: np.random.Generator) -> Floats:
    """Generalised pivotal draws of the components (Weerahandi 1993; Burdick, Borror and Montgomery 2005).

    Each mean square times its degrees of freedom over a chi-square draw; the components follow by solving back, and
    none is below 0. Answers are *met* or *not met*, not normal: where contacts take part, the degrees of freedom are
    those that give the mean square the variance that leaving out contacts, or raters, shows (Satterthwaite 1946), at
    most the nominal ones.

    Returns:
        draws x parts.
    """
    weights = found.weights
    squares = np.maximum(weights @ found.variances, 0.0)
    freedom = np.minimum(found.freedom, _freedom_seen(found, values, weights, squares))
    drawn = squares * freedom / rng.chisquare(freedom, (DRAWS, len(freedom)))
    return np.asarray(np.maximum(np.linalg.solve(weights, drawn.T).T, 0.0))


def _freedom_seen(found: Components, values: Floats, weights: Floats, squares: Floats) -> Floats:
    spread = np.max([_spread(values, axis, weights) for axis in (0, 1) if values.shape[axis] > 2], axis=0)
    seen = np.divide(2 * squares**2, spread, out=np.full_like(squares, np.inf), where=spread > 0)
    with_contacts = np.array([0 in part for part in found.parts])
    return np.asarray(np.where(with_contacts, np.maximum(seen, 1.0), np.inf))


def _spread(values: Floats, axis: int, weights: Floats) -> Floats:
    """Variance of the mean squares by a jackknife over the levels of an axis, in blocks where there are many."""
    size = values.shape[axis]
    blocks = np.array_split(np.arange(size), min(BLOCKS, size))
    left = np.array([weights @ split_variance(np.delete(values, block, axis=axis)).variances for block in blocks])
    return np.asarray((len(blocks) - 1) / len(blocks) * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
