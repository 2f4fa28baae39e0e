"""Variance components of crossed answers with gaps: contacts x raters x criteria, any of them."""

from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Part = tuple[int, ...]
"""Axes of an effect: `(0,)` the contact, `(0, 1)` what contact and rater do together."""


@dataclass(frozen=True)
class Components:
    """Components of variance, unbiased and therefore sometimes below 0, and what their intervals need.

    Attributes:
        parts: the effects, all combinations of axes with more than one level.
        variances: one a part.
        sizes: by axis, how many of its levels a combination of the others has (harmonic mean).
        freedom: degrees of freedom, one a part.
    """

    parts: tuple[Part, ...]
    variances: Floats
    sizes: tuple[float, ...]
    freedom: Floats

    @property
    def weights(self) -> Floats:
        """Parts x parts: mean squares are `weights @ variances`, as in a table without gaps."""
        table = np.zeros((len(self.parts), len(self.parts)))
        for row, part in enumerate(self.parts):
            for column, other in enumerate(self.parts):
                if set(part) <= set(other):
                    missing = [size for axis, size in enumerate(self.sizes) if axis not in other]
                    table[row, column] = np.prod(missing)
        return table


def split_variance(values: Floats) -> Components:
    """Components by Henderson's method I (1953), the "analogous ANOVA" of Brennan (2001, ch. 7), gaps anywhere.

    Uncorrected sums of squares of all effects are set equal to their expectations. Without gaps that is the usual
    analysis of variance. Unbiased whatever the distribution, for effects drawn at random and gaps that don't depend on
    the answers.

    Args:
        values: axes are contact, rater, criterion; NaN is a gap. An axis with one level takes no part.

    Raises:
        ValueError: the answers aren't crossed enough to tell the parts apart.
    """
    axes = tuple(axis for axis, size in enumerate(values.shape) if size > 1)
    parts = tuple(chain.from_iterable(combinations(axes, size) for size in range(len(axes) + 1)))
    known = ~np.isnan(values)
    filled = np.where(known, values - np.nanmean(values), 0.0)
    counts = {part: _over(known.astype(float), part) for part in parts}
    squares = np.array([_squares(_over(filled, part), counts[part]) for part in parts])
    squares[-1] = (filled**2).sum()
    expected = np.array([[_weight(counts, part, other) for other in parts] for part in parts])
    if np.linalg.cond(expected / expected[-1, -1]) > 1e10:
        raise ValueError("values: the parts can't be told apart; let several raters answer the same contacts")
    solved = np.linalg.solve(expected, squares)
    levels = {part: float((counts[part] > 0).sum()) for part in parts}
    freedom = [
        sum((-1) ** (len(part) - len(low)) * levels[low] for low in parts if set(low) <= set(part)) for part in parts
    ]
    return Components(parts[1:], solved[1:], _sizes(known), np.maximum(np.array(freedom[1:]), 1.0))


def _over(values: Floats, part: Part) -> Floats:
    return np.asarray(values.sum(axis=tuple(axis for axis in range(values.ndim) if axis not in part), keepdims=True))


def _squares(sums: Floats, counts: Floats) -> float:
    return float(np.divide(sums**2, counts, out=np.zeros_like(sums), where=counts > 0).sum())


def _weight(counts: dict[Part, Floats], part: Part, other: Part) -> float:
    """How much of a component is in a part's sum of squares: sum of n(part, other)² / n(part)."""
    both = counts[tuple(sorted(set(part) | set(other)))]
    below = np.broadcast_to(counts[part], both.shape)
    return float(np.divide(both**2, below, out=np.zeros_like(both), where=below > 0).sum())


def _sizes(known: NDArray[np.bool_]) -> tuple[float, ...]:
    sizes = []
    for axis in range(known.ndim):
        counts = known.sum(axis=axis)
        sizes.append(float(1 / np.mean(1 / counts[counts > 0])))
    return tuple(sizes)
