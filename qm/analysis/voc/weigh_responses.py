"""Weights that make those who answered stand for all who called: one over the probability of an answer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.analysis.voc.contact_features import Floats, learn_encoding
from qm.analysis.voc.fit_logistic import fit_logistic, room_for
from qm.domain.figures import Count
from qm.domain.selection import Balance

LEAST_CASES = 50
"""Answered contacts, and unanswered ones, that a model of answering needs."""
HIGHEST_WEIGHT = 8.0
"""Times the mean weight; heavier ones are trimmed to it: a few rare contacts must not decide a figure (Potter 1990)."""
MOST_COLUMNS = 60


@dataclass(frozen=True)
class Weighting:
    """A weight for each contact; 0 where nothing was answered.

    Attributes:
        weights: mean 1 over those who answered.
        trimmed: of those who answered, how many weights were cut.
        effective_n: `(Σw)² / Σw²` (Kish 1965): answers of equal weight that would tell as much.
        reason: why there are no weights (`all_answered`, `none_answered`, `thin`); empty where there are.
        uncovered: contacts whom the plan never asks (inclusion probability 0): the weighted figure isn't about them.
    """

    weights: Floats
    trimmed: Count
    effective_n: float
    balance: tuple[Balance, ...]
    left_out: tuple[str, ...] = ()
    reason: str = ""
    uncovered: int = 0


def weigh_responses(contacts: pd.DataFrame, answered: NDArray[np.bool_], inclusion: Floats | None = None) -> Weighting:
    r"""Inverse-probability weights from contact data.

    With an inclusion probability `π` for each contact (of the sampling plan), answering is modelled among those who
    were asked, and the weight is `1 / (π ρ(x))`; without it `ρ` is the probability of an answer at all, `1 / ρ(x)`.
    Right where, between contacts that look alike, answering doesn't depend on what would be answered (Rosenbaum &
    Rubin 1983; Little & Rubin 2019, ch. 3); the worst-case bounds say what is known without that.

    Args:
        contacts: one row each, with `with_moments`; with `inclusion`, `invited` as well.
        answered: who answered.
        inclusion: probability of being asked; NaN: not drawn by a plan, taken as never asked.
    """
    asked = np.ones(len(contacts), bool) if inclusion is None else contacts["invited"].to_numpy(bool) & (inclusion > 0)
    told = answered & asked
    reason = _why_not(told, asked)
    if reason and not (reason == "all_answered" and inclusion is not None):
        return _unweighted(answered, reason)
    base = np.ones(len(contacts)) if inclusion is None else 1 / np.where(told, inclusion, 1.0)
    uncovered = 0 if inclusion is None else int((~(inclusion > 0)).sum())
    if reason:
        weights, trimmed = _trimmed(base, told)
        return Weighting(weights, trimmed, effective_n(weights), (), (), "", uncovered)
    encoding = learn_encoding(contacts[asked], min(room_for(told[asked]), MOST_COLUMNS))
    matrix = encoding.encode(contacts)
    propensity = np.ones(len(contacts))
    propensity[asked] = fit_logistic(matrix[asked], told[asked]).probabilities(matrix[asked])
    weights, trimmed = _trimmed(base / propensity, told)
    whole = matrix if inclusion is None else matrix[inclusion > 0]
    balance = _balance(encoding.labels, matrix[told], whole, weights[told])
    return Weighting(weights, trimmed, effective_n(weights), balance, encoding.left_out, "", uncovered)


def effective_n(weights: Floats) -> float:
    """Kish's effective sample size; 0 for no weight.

    >>> effective_n(np.array([1.0, 1.0, 0.0])), round(effective_n(np.array([3.0, 1.0])), 2)
    (2.0, 1.6)
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _why_not(told: NDArray[np.bool_], asked: NDArray[np.bool_]) -> str:
    if not told.any():
        return "none_answered"
    silent = int(asked.sum() - told.sum())
    if not silent:
        return "all_answered"
    return "thin" if min(int(told.sum()), silent) < LEAST_CASES else ""


def _unweighted(answered: NDArray[np.bool_], reason: str) -> Weighting:
    weights = answered.astype(np.float64)
    return Weighting(weights, Count(0, int(answered.sum())), effective_n(weights), (), (), reason)


def _trimmed(raw: Floats, told: NDArray[np.bool_]) -> tuple[Floats, Count]:
    """Mean 1 over those who answered, cut at `HIGHEST_WEIGHT` times the mean."""
    own = raw[told] / raw[told].mean()
    cut = own > HIGHEST_WEIGHT
    own = np.minimum(own, HIGHEST_WEIGHT)
    weights = np.zeros(len(raw))
    weights[told] = own / own.mean()
    return weights, Count(int(cut.sum()), len(own))


def _balance(labels: tuple[str, ...], answered: Floats, whole: Floats, weights: Floats) -> tuple[Balance, ...]:
    """Standardised mean differences (Austin 2011)."""
    deviation = whole.std(axis=0)
    deviation = np.where(deviation < 1e-12, 1.0, deviation)
    before = (answered.mean(axis=0) - whole.mean(axis=0)) / deviation
    after = (np.average(answered, axis=0, weights=weights) - whole.mean(axis=0)) / deviation
    rows = zip(labels, before, after, strict=True)
    return tuple(Balance(name, round(float(was), 4), round(float(now), 4)) for name, was, now in rows)
