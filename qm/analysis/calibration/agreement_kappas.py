"""Agreement corrected for chance: percent, Cohen, Conger, Fleiss, Scott, Brennan and Prediger, Gwet.

All of them are `(pₐ − pₑ) / (1 − pₑ)` with the same observed agreement pₐ; they differ in the agreement pₑ that they
expect from chance. Any number of raters, ratings may be missing (Gwet, Handbook of Inter-Rater Reliability, 4th ed.
2014, chapters 2 to 5). Weights `w_kl` give partial credit for near answers; without weights only equal answers agree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from qm.analysis.calibration.agreement_table import (
    Array,
    RatingTable,
    Tally,
    by_category,
    one_hot,
    rating_table,
    sum_by_contact,
)


class Weighting(StrEnum):
    """How much credit an answer gets that is near another; `NONE`: equal answers only."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True)
class Sums:
    """A total taken apart again. Leading axes are free: one total, or thousands of weighted ones.

    Attributes:
        agreed: observed agreement, summed over rows that at least two raters rated.
        paired: how many rows those are.
        rated: rows that anybody rated.
        shares: share of each category within the row, summed over rows.
        by_rater: rows that each rater put into each category.
        weights: credit for each pair of categories, 0 to 1.
    """

    agreed: Array
    paired: Array
    rated: Array
    shares: Array
    by_rater: Array
    weights: Array


def weights_of(scale: tuple[float, ...], weighting: Weighting) -> Array:
    """Credit `w_kl = 1 − (|x_k − x_l| / range)^e`, e = 1 linear, 2 quadratic; the identity without weighting."""
    if weighting is Weighting.NONE or len(scale) < 2:
        return np.eye(len(scale))
    values = np.asarray(scale)
    apart = np.abs(values[:, None] - values) / (values[-1] - values[0])
    return np.asarray(1 - apart ** (1 if weighting is Weighting.LINEAR else 2))


def tally(table: RatingTable, weights: Array) -> Tally:
    """What each contact adds to `Sums`."""
    counts, marks = by_category(table), one_hot(table)
    raters = counts.sum(1)
    several = raters >= 2
    pairs = np.where(several, raters * (raters - 1), 1)
    agreed = np.where(several, (counts * (counts @ weights - 1)).sum(1) / pairs, 0.0)
    shares = counts / np.maximum(raters, 1)[:, None]
    columns = (agreed[:, None], several[:, None], (raters > 0)[:, None], shares, marks.reshape(len(marks), -1))
    return Tally(sum_by_contact(np.hstack(columns).astype(float), table))


def sums_of(total: Array, weights: Array) -> Sums:
    """Take a total (or many, along leading axes) apart."""
    categories = len(weights)
    by_rater = total[..., 3 + categories :]
    return Sums(
        total[..., 0], total[..., 1], total[..., 2], total[..., 3 : 3 + categories],
        by_rater.reshape(*total.shape[:-1], -1, categories), weights,
    )  # fmt: skip


def observed(sums: Sums) -> Array:
    """Observed agreement pₐ."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums.agreed / sums.paired)


def _shares(sums: Sums) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums.shares / sums.rated[..., None])


def _weighed(left: Array, right: Array, weights: Array) -> Array:
    return np.asarray(((left @ weights) * right).sum(-1))


def chance_of_pooled(sums: Sums) -> Array:
    """Scott (1955), Fleiss (1971): two answers drawn from everybody's, `Σ w_kl π_k π_l`."""
    shares = _shares(sums)
    return _weighed(shares, shares, sums.weights)


def chance_of_raters(sums: Sums) -> Array:
    """Cohen (1960), for more raters Conger (1980): each rater's own habits, averaged over pairs of raters."""
    rated = sums.by_rater.sum(-1, keepdims=True)
    habits = sums.by_rater / np.where(rated > 0, rated, 1)
    raters = (rated[..., 0] > 0).sum(-1)
    everybody = habits.sum(-2)
    own = _weighed(habits, habits, sums.weights).sum(-1)
    pairs = raters * (raters - 1)
    between = (_weighed(everybody, everybody, sums.weights) - own) / np.where(pairs > 0, pairs, 1)
    return np.asarray(np.where(pairs > 0, between, np.nan))


def chance_of_even(sums: Sums) -> Array:
    """Brennan and Prediger (1981): every category is as likely, `Σ w_kl / q²`."""
    return np.broadcast_to(sums.weights.mean(), sums.agreed.shape)


def chance_of_hard(sums: Sums) -> Array:
    """Gwet (2008, AC1; 2014, AC2): only hard contacts are guessed, `T_w / (q (q − 1)) · Σ π_k (1 − π_k)`."""
    categories = len(sums.weights)
    if categories < 2:
        return np.zeros(sums.agreed.shape)
    shares = _shares(sums)
    return np.asarray(sums.weights.sum() / (categories * (categories - 1)) * (shares * (1 - shares)).sum(-1))


Chance = Callable[[Sums], Array]
CHANCES: Mapping[str, Chance] = {
    "fleiss": chance_of_pooled, "conger": chance_of_raters, "brennan": chance_of_even, "gwet": chance_of_hard,
}  # fmt: skip


def corrected(sums: Sums, chance: Chance) -> Array:
    """`(pₐ − pₑ) / (1 − pₑ)`; NaN where chance alone explains everything (pₑ = 1) or nothing was rated twice."""
    expected = chance(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (observed(sums) - expected) / (1 - expected)
    return np.asarray(np.where(1 - expected > 1e-12, value, np.nan))


def _coefficient(ratings: Any, weighting: Weighting, chance: Chance) -> float | None:
    table = rating_table(ratings)
    weights = weights_of(table.scale, weighting)
    value = float(corrected(sums_of(tally(table, weights).total, weights), chance))
    return None if np.isnan(value) else value


def percent_agreement(ratings: Any, weighting: Weighting = Weighting.NONE) -> float | None:
    """Share of pairs of raters that agree, averaged over rows: `1/n Σ_i Σ_k r_ik (r*_ik − 1) / (r_i (r_i − 1))`.

    Gwet (2014). 0.81818 for the 12 units and 4 raters of Krippendorff's data. `None` where nothing was rated twice.

    >>> percent_agreement([[1, 1], [1, 2], [2, 2], [2, 2]])
    0.75
    """
    table = rating_table(ratings)
    weights = weights_of(table.scale, weighting)
    value = float(observed(sums_of(tally(table, weights).total, weights)))
    return None if np.isnan(value) else value


def cohen_kappa(ratings: Any, weighting: Weighting = Weighting.NONE) -> float | None:
    """Cohen's kappa (1960), weighted (1968); for more than two raters Conger's (1980), for two the same.

    `pₑ = Σ w_kl p_1k p_2l`. 0.79641 for Gwet's 100 abstracted records, 0.76282 (Conger) for Krippendorff's data.
    `None` where both only ever gave one and the same answer: chance would explain everything.

    >>> round(cohen_kappa([[1, 1]] * 20 + [[1, 0]] * 5 + [[0, 1]] * 10 + [[0, 0]] * 15), 2)
    0.4
    """
    return _coefficient(ratings, weighting, chance_of_raters)


def fleiss_kappa(ratings: Any, weighting: Weighting = Weighting.NONE) -> float | None:
    """Fleiss' kappa (1971); for two raters Scott's pi (1955). `pₑ = Σ w_kl π_k π_l`, π over all ratings.

    0.43 for Fleiss' 30 psychiatric diagnoses, 0.79624 (Scott) for Gwet's records. `None` if all are the same.

    >>> round(fleiss_kappa([[1, 1, 1], [1, 1, 2], [2, 2, 2], [2, 2, 1]]), 3)
    0.333
    """
    return _coefficient(ratings, weighting, chance_of_pooled)


scott_pi = fleiss_kappa
"""Scott's pi is Fleiss' kappa of two raters."""


def brennan_prediger(ratings: Any, weighting: Weighting = Weighting.NONE) -> float | None:
    """Brennan and Prediger (1981): `pₑ = 1/q`. 0.835 for Gwet's records.

    >>> brennan_prediger([[1, 1], [1, 2], [2, 2], [2, 2]])
    0.5
    """
    return _coefficient(ratings, weighting, chance_of_even)


def gwet_ac(ratings: Any, weighting: Weighting = Weighting.NONE) -> float | None:
    """Gwet's AC1 (2008), with weights AC2 (2014): `pₑ = T_w / (q (q − 1)) Σ π_k (1 − π_k)`.

    0.84933 for Gwet's records, 0.77544 for Krippendorff's data. 1 where everybody gave one and the same answer: unlike
    kappa it stays defined where nearly every answer is the same.

    >>> round(gwet_ac([[1, 1]] * 9 + [[1, 0]]), 3)
    0.89
    """
    return _coefficient(ratings, weighting, chance_of_hard)
