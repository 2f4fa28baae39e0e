"""How likely each customer was satisfied whom nobody asked, from what is known of the contact."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.analysis.estimate_quality import Z, wilson
from qm.analysis.voc.contact_features import Encoding, Floats, learn_encoding
from qm.analysis.voc.estimate_groups import OwnEffects
from qm.analysis.voc.fit_logistic import LogisticFit, expit, fit_logistic, room_for
from qm.domain.estimate import ReliabilityBin, Trust
from qm.domain.figures import Count, Figure

LEAST_ANSWERS = 100
LEAST_OF_CLASS = 25
"""Satisfied customers, and others, without which no probability is told."""
MOST_COLUMNS = 80
FOLDS = 5
BINS = 5


@dataclass(frozen=True)
class SatisfactionModel:
    """A model of satisfied customers.

    Attributes:
        held_out: probability of each answered contact, by a model that was learned without its agent (or its fold).
        reason: why there is no model (`no_answers`, `thin`, `one_class`, `no_signal`); empty where there is.
        left_out: columns there was no room for, or that were delivered too rarely.
    """

    answers: Count
    encoding: Encoding | None = None
    fit: LogisticFit | None = None
    held_out: Floats | None = None
    trust: Trust | None = None
    reason: str = ""
    left_out: tuple[str, ...] = ()


def learn_satisfaction(
    answered: pd.DataFrame, satisfied: NDArray[np.bool_], generator: np.random.Generator, extra: tuple[str, ...] = ()
) -> SatisfactionModel:
    """Learn on answered contacts.

    Logistic regression with splines on history, hour, process and team, and on `extra` columns (criteria, measures),
    at most one column for twenty of the rarer class. It's refused where its probabilities, made for agents that it
    didn't learn from, can't be told from a coin: the 95 % interval of the AUC reaches 0.5.

    Args:
        answered: contacts with an answer, with `with_moments`.
        generator: deals agents to folds.
    """
    count = Count(int(satisfied.sum()), len(satisfied))
    if reason := _why_not(count):
        return SatisfactionModel(count, reason=reason)
    encoding = learn_encoding(answered, min(room_for(satisfied) // 2, MOST_COLUMNS), extra)
    matrix = encoding.encode(answered)
    held_out = _cross_fit(matrix, satisfied, _folds(answered["agent_id"], generator))
    trust = judge(held_out, satisfied)
    if trust.auc.lo is None or trust.auc.lo <= 0.5:
        return SatisfactionModel(count, trust=trust, reason="no_signal", left_out=encoding.left_out)
    return SatisfactionModel(
        count, encoding, fit_logistic(matrix, satisfied), held_out, trust, "", encoding.left_out
    )  # fmt: skip


def estimate_contacts(
    model: SatisfactionModel, own: OwnEffects, contacts: pd.DataFrame
) -> tuple[Floats, Floats, Floats]:
    """Probability of a satisfied customer for each contact, with its 95 % interval.

    The interval is of the probability, made on the log odds: from the coefficients and the agent's own effect.
    """
    if model.fit is None or model.encoding is None:
        raise ValueError(f"model: there is none ({model.reason})")
    matrix = model.encoding.encode(contacts)
    shift, variance = own.of(contacts["agent_id"])
    odds, reach = model.fit.log_odds(matrix) + shift, Z * np.sqrt(model.fit.spreads(matrix) ** 2 + variance)
    return expit(odds), expit(odds - reach), expit(odds + reach)


def judge(held_out: Floats, satisfied: NDArray[np.bool_]) -> Trust:
    """AUC (Mann-Whitney; interval by DeLong, DeLong & Clarke-Pearson 1988), calibration slope (Cox 1958), bins."""
    odds = np.log(np.clip(held_out, 1e-9, 1 - 1e-9) / np.clip(1 - held_out, 1e-9, 1 - 1e-9))
    fit = fit_logistic(odds[:, None], satisfied)
    slope, error = float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1]))
    n = len(satisfied)
    told = Figure(round(slope, 4), round(slope - Z * error, 4), round(slope + Z * error, 4), n)
    return Trust(auc_figure(held_out, satisfied), told, _bins(held_out, satisfied))


def auc_figure(scores: Floats, labels: NDArray[np.bool_]) -> Figure:
    """Area under the ROC curve with DeLong's interval; no value with fewer than two of a class."""
    from scipy.stats import rankdata

    yes, no = scores[labels], scores[~labels]
    if min(len(yes), len(no)) < 2:
        return Figure(None, None, None, len(scores))
    ranks = rankdata(np.concatenate([yes, no]))
    above = (ranks[: len(yes)] - rankdata(yes)) / len(no)
    below = 1 - (ranks[len(yes) :] - rankdata(no)) / len(yes)
    area = float(above.mean())
    error = float(np.sqrt(above.var(ddof=1) / len(yes) + below.var(ddof=1) / len(no)))
    return Figure(
        round(area, 4), round(max(0.0, area - Z * error), 4), round(min(1.0, area + Z * error), 4), len(scores)
    )  # fmt: skip


def _why_not(count: Count) -> str:
    if not count.n:
        return "no_answers"
    if count.hits in (0, count.n):
        return "one_class"
    few = count.n < LEAST_ANSWERS or min(count.hits, count.n - count.hits) < LEAST_OF_CLASS
    return "thin" if few else ""


def _folds(agents: pd.Series, generator: np.random.Generator) -> NDArray[np.int64]:
    """Whole agents to folds, so that no agent's habits are known in advance; single contacts with few agents."""
    codes, names = pd.factorize(agents)
    if len(names) >= 2 * FOLDS:
        return np.asarray(generator.permutation(len(names))[codes] % FOLDS, np.int64)
    return np.asarray(generator.permutation(len(agents)) % FOLDS, np.int64)


def _cross_fit(matrix: Floats, labels: NDArray[np.bool_], folds: NDArray[np.int64]) -> Floats:
    found = np.full(len(labels), labels.mean())
    for fold in range(FOLDS):
        own = folds == fold
        rest = labels[~own]
        if own.any() and rest.any() and not rest.all():
            found[own] = fit_logistic(matrix[~own], rest).probabilities(matrix[own])
    return found


def _bins(held_out: Floats, satisfied: NDArray[np.bool_]) -> tuple[ReliabilityBin, ...]:
    order = np.argsort(held_out, kind="stable")
    found = []
    for rows in np.array_split(order, BINS):
        count = Count(int(satisfied[rows].sum()), len(rows))
        lo, hi = wilson(count)
        found.append(ReliabilityBin(round(float(held_out[rows].mean()), 4), count, round(lo, 4), round(hi, 4)))
    return tuple(found)
