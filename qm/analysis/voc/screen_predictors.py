"""Which predictors can be looked at, why the others can't, and which ones go together too much to be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from qm.analysis.voc.driver_columns import MOSTLY, Predictor
from qm.domain.drivers import LeftOut
from qm.domain.figures import Count

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LEAST_KNOWN = 50
"""Contacts with a value below which a predictor isn't looked at."""
LEAST_LEVEL = 15
"""Contacts with *yes*, and with *no*, below which the two aren't compared."""
LEAST_GAP = 10
"""Contacts below which a kind of gap isn't told apart, but filled with the mean."""
SAME = 1e-6
"""Share of a column's variance that the others leave over, below which it's the same as they."""
LIKE_R = 0.7
LIKE_VIF = 5.0
"""From here on effects can hardly be told apart: variance five times that of independent predictors (Belsley 1980)."""


@dataclass(frozen=True)
class Column:
    """One column of the design: a predictor's value (`is_value`) or one of its kinds of gaps."""

    owner: int
    is_value: bool
    values: Floats


def screen(predictors: Sequence[Predictor], satisfied: Floats) -> tuple[list[Predictor], list[LeftOut]]:
    """Those with enough contacts on either side, and for each of the others what is missing.

    Args:
        satisfied: 1 or 0 of each row.
    """
    kept, left_out = [], []
    for predictor in predictors:
        reason = _reason(predictor, satisfied)
        if not reason:
            kept.append(predictor)
        else:
            left_out.append(leave_out(predictor, satisfied, reason))
    return kept, left_out


def leave_out(predictor: Predictor, satisfied: Floats, reason: str, like: str = "") -> LeftOut:
    """A predictor that nothing is said of, with the plain counts."""
    present, absent = counts_of(predictor, satisfied)
    n = int(predictor.known.sum())
    return LeftOut(predictor.key, predictor.kind, reason, n, present, absent, like)


def counts_of(predictor: Predictor, satisfied: Floats) -> tuple[Count, Count]:
    """Satisfied customers among *yes* and among *no*; empty where it's no yes/no."""
    if predictor.step:
        return Count(0, 0), Count(0, 0)
    sides = (predictor.values == 1, predictor.values == 0)
    present, absent = (Count(int(satisfied[side].sum()), int(side.sum())) for side in sides)
    return present, absent


def _reason(predictor: Predictor, satisfied: Floats) -> str:
    known = predictor.known
    n = int(known.sum())
    if not n:
        return "never_applied" if predictor.may_be_sparse else "not_delivered"
    if np.ptp(predictor.values[known]) == 0:
        return "always_same"
    if not predictor.may_be_sparse and n < (1 - MOSTLY) * len(satisfied):
        return "mostly_missing"
    if n < LEAST_KNOWN:
        return "few_known"
    return "" if predictor.step else _reason_of_levels(*counts_of(predictor, satisfied))


def _reason_of_levels(present: Count, absent: Count) -> str:
    if min(present.n, absent.n) < LEAST_LEVEL:
        return "few_level"
    return "separated" if {present.rate, absent.rate} & {0.0, 1.0} else ""


def make_columns(predictors: Sequence[Predictor], satisfied: Floats) -> list[Column]:
    """Values first, gaps filled with their mean; then a column for each kind of gap that has enough rows.

    With its own column beside it a gap takes no part in the effect of the value, whatever it's filled with.
    """
    values = [
        Column(number, True, np.where(one.known, one.values, np.nanmean(one.values)))
        for number, one in enumerate(predictors)
    ]  # fmt: skip
    gaps = [
        Column(number, False, gap.astype(np.float64))
        for number, one in enumerate(predictors) for gap in one.gaps if _is_told_apart(gap, satisfied)
    ]  # fmt: skip
    return values + gaps


def _is_told_apart(gap: Mask, satisfied: Floats) -> bool:
    n, hits = int(gap.sum()), int(satisfied[gap].sum())
    return n >= LEAST_GAP and len(gap) - n >= LEAST_GAP and 0 < hits < n


def independent(correlation: Floats) -> list[int]:
    """Columns that aren't the same as those before them (Gram-Schmidt on the correlations)."""
    left, kept = correlation.copy(), []
    for column in range(len(left)):
        rest = left[column, column]
        if rest > SAME:
            kept.append(column)
            left = left - np.outer(left[:, column], left[column]) / rest
    return kept


def inflation(correlation: Floats) -> Floats:
    """Variance inflation factor of each column: 1 / (1 - R² of it on all others) (Marquardt 1970)."""
    return np.diag(np.linalg.inv(correlation))


def find_alike(correlation: Floats, vif: Floats) -> list[list[int]]:
    """Groups of columns whose effects can't be told apart: correlated by 0.7 or more, or with a high inflation.

    A column that only several others together can tell is put with the one it's most like.
    """
    size = len(correlation)
    joined = (np.abs(correlation) >= LIKE_R) & ~np.eye(size, dtype=bool)
    lonely = np.flatnonzero((vif >= LIKE_VIF) & ~joined.any(axis=1)).tolist() if size > 1 else []
    for column in lonely:
        like = np.abs(correlation[column])
        like[column] = 0
        partner = int(np.argmax(like))
        joined[column, partner] = joined[partner, column] = True
    _count, label = connected_components(joined, directed=False)
    groups = [np.flatnonzero(label == one).tolist() for one in np.unique(label)]
    return [group for group in groups if len(group) > 1]
