"""Train one criterion from analysts' labels, and find out what may be answered without them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qm.analysis.bound_answers import bound_side, reliability_curve, risk_table
from qm.analysis.describe_answers import Described
from qm.analysis.fit_answers import Weights, fit, folds_of, log_odds
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.trained_answers import SIDES, TrainingReport
from qm.units import Share

Floats = NDArray[np.float64]
FOLDS = 5
LEAST_LABELS = 80
"""With fewer labels neither side could show a precision of 0.90 on contacts that were held out."""
LEAST_RARER = 30
"""Of the rarer answer: what it looks like can't be learned from fewer."""
RARER_SHARE: Share = 0.10
"""A rarer share is one-sided: always giving the other answer would look right, and find nothing."""
LEAST_AGENTS = 10
"""From so many agents on whole agents are held out, so that knowing an agent's ways is no help."""
DEFAULT_TARGET: Share = 0.90
DEFAULT_SEED = 1
WEIGHING_TURNS = 3


@dataclass(frozen=True)
class AnswerModel:
    """What answers one criterion.

    Attributes:
        slope, shift: probability of *met* is `1 / (1 + exp(-(slope · log-odds + shift)))` (Platt, 1999).
        met_from, not_met_from: least probability of that answer from which it is given; `None`: never.
    """

    criterion_id: str
    weights: Weights
    slope: float
    shift: float
    met_from: Share | None
    not_met_from: Share | None


def groups_of(contacts: Sequence[str], agents: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What goes to folds as a whole: agents where every one is known and there are enough of them, else contacts."""
    enough = all(agents) and len(set(agents)) >= LEAST_AGENTS
    return ("agent", agents) if enough else ("contact", contacts)


def train(
    criterion_id: str, described: Sequence[Described], is_met: Floats, groups: Sequence[str], *,
    by: str = "contact", target: Share = DEFAULT_TARGET, seed: int = DEFAULT_SEED,
) -> tuple[AnswerModel | None, TrainingReport]:  # fmt: skip
    """A model and what cross-validation found; no model where there is too little to learn from.

    Every probability behind the report comes from a model and a calibration that didn't see the
    contact's group. Equal arguments in equal order give equal results.

    Args:
        is_met: 1 or 0 a contact, shape (n,).
        groups: what must not be in two folds.
    """
    met = int(is_met.sum())
    labels, majority = Count(met, len(is_met)), Count(max(met, len(is_met) - met), len(is_met))
    report = TrainingReport(criterion_id, labels, by, len(set(groups)), FOLDS, target, majority)
    if reasons := _shortage(labels, len(set(groups))):
        return None, replace(report, reasons=reasons)
    held_out, fold_of = cross_validate(described, is_met, groups, seed)
    probabilities = _calibrated_apart(held_out, is_met, fold_of)
    sides = tuple(bound_side(side, probabilities, is_met, target) for side in SIDES)
    thresholds = {side.answer: side.threshold for side in sides}
    report = replace(
        report, sides=sides, risk=risk_table(probabilities, is_met),
        reliability=reliability_curve(probabilities, is_met),
        brier=float(np.mean((probabilities - is_met) ** 2)),
        reasons=() if any(value is not None for value in thresholds.values()) else tuple(s.reason for s in sides[:1]),
    )  # fmt: skip
    slope, shift = calibrate(held_out, is_met)
    weights = fit(described, is_met, seed)
    model = AnswerModel(criterion_id, weights, slope, shift, thresholds[Answer.MET], thresholds[Answer.NOT_MET])
    return model, report


def cross_validate(
    described: Sequence[Described], is_met: Floats, groups: Sequence[str], seed: int
) -> tuple[Floats, NDArray[np.intp]]:
    """Log-odds of each contact from a model that didn't see its group, and the number of its fold."""
    held_out, fold_of = np.zeros(len(is_met)), np.zeros(len(is_met), dtype=np.intp)
    for number, (train_at, test_at) in enumerate(folds_of(is_met, groups, FOLDS, seed)):
        weights = fit([described[at] for at in train_at], is_met[train_at], seed)
        held_out[test_at] = log_odds(weights, [described[at] for at in test_at])
        fold_of[test_at] = number
    return held_out, fold_of


def calibrate(scores: Floats, is_met: Floats) -> tuple[float, float]:
    """Slope and shift of highest likelihood (Platt, 1999); the slope is never below 0. (1, 0) for one answer only."""
    from sklearn.linear_model import LogisticRegression

    if not 0 < is_met.sum() < len(is_met):
        return 1.0, 0.0
    model = LogisticRegression(C=1e4, max_iter=1000).fit(scores[:, None], is_met)
    return max(0.0, float(model.coef_[0][0])), float(model.intercept_[0])


def to_probability(scores: Floats, slope: float, shift: float) -> Floats:
    """Probability of *met*."""
    return np.asarray(1 / (1 + np.exp(-np.clip(slope * scores + shift, -30, 30))))


def decide(model: AnswerModel, probability: Share) -> Answer:
    """The model's answer, `CANNOT_TELL` where neither side is sure enough."""
    if model.met_from is not None and probability >= model.met_from:
        return Answer.MET
    if model.not_met_from is not None and 1 - probability >= model.not_met_from:
        return Answer.NOT_MET
    return Answer.CANNOT_TELL


def weighing_turns(model: AnswerModel, described: Described, answer: Answer) -> tuple[int, ...]:
    """Places of the turns whose words speak most for the answer, heaviest first; at most `WEIGHING_TURNS`.

    By their words' weights alone; for *cannot tell*, by size in either direction.
    """
    weights = model.weights
    worth = dict(zip(weights.words, (weights.rarity * weights.word_weights).tolist(), strict=True))
    sign = {Answer.MET: 1.0, Answer.NOT_MET: -1.0}.get(answer)
    sums = [(place, sum(worth.get(word, 0.0) for word in words)) for place, words in described.turns]
    sized = [(sign * total if sign else abs(total), place) for place, total in sums]
    return tuple(
        place for size, place in sorted(sized, key=lambda item: (-item[0], item[1]))[:WEIGHING_TURNS] if size > 0
    )


def predict(model: AnswerModel, described: Described) -> Share:
    """Calibrated probability of *met*."""
    return float(to_probability(log_odds(model.weights, [described]), model.slope, model.shift)[0])


def _calibrated_apart(scores: Floats, is_met: Floats, fold_of: NDArray[np.intp]) -> Floats:
    """Probability of each contact under a calibration fitted without its fold."""
    found = np.zeros(len(scores))
    for fold in np.unique(fold_of):
        inside = fold_of == fold
        slope, shift = calibrate(scores[~inside], is_met[~inside])
        found[inside] = to_probability(scores[inside], slope, shift)
    return found


def _shortage(labels: Count, groups: int) -> tuple[str, ...]:
    rarer = min(labels.hits, labels.n - labels.hits)
    if labels.n < LEAST_LABELS or groups < FOLDS:
        return ("too_few",)
    if rarer < RARER_SHARE * labels.n:
        return ("one_sided",)
    return ("too_few",) if rarer < LEAST_RARER else ()
