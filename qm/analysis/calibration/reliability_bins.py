"""Predicted beside observed: are customers of contacts said to satisfy with 70 % satisfied 7 times of 10?"""

import numpy as np
from numpy.typing import NDArray

from qm.analysis.calibration.monotone_curve import fit_curve
from qm.analysis.estimate_quality import wilson
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.figures import Count
from qm.domain.satisfaction_map import ReliabilityBin

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
FOLDS = 5
MOST_BINS = 10
LEAST_IN_BIN = 25


def predict_unseen(scores: Floats, satisfied: Flags, agents: Codes) -> Floats:
    """Probability for each response from a curve fitted without its agent's fifth of the agents.

    The base rate stands in where the other four fifths hold one class only.
    """
    from sklearn.model_selection import GroupKFold

    said = np.empty(len(scores))
    for known, unseen in GroupKFold(FOLDS).split(scores, groups=agents):
        part = satisfied[known]
        if part.all() or not part.any():
            said[unseen] = part.mean()
            continue
        numbers = np.unique(agents[known], return_inverse=True)[1]
        order = unseen[np.argsort(scores[unseen], kind="stable")]
        said[order] = fit_curve(scores[known], part, numbers).chances(scores[order])
    return said


def reliability_bins(scores: Floats, satisfied: Flags, agents: Codes, said: Floats) -> tuple[ReliabilityBin, ...]:
    """Responses in up to ten bins of about equal n by score, the share of satisfied in each with a 95 % interval.

    The interval is Wilson's (1927), wider by the square root of the bin's design effect `1 + correlation x (answers an
    agent - 1)` (Kish 1965), since an agent's customers are alike.
    """
    parts = min(MOST_BINS, max(1, len(scores) // LEAST_IN_BIN))
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, parts + 1)[1:-1]))
    numbers = np.searchsorted(edges, scores, side="left")
    alike = _likeness(satisfied - said, said, agents)
    return tuple(
        _bin(scores[inside], satisfied[inside], agents[inside], said[inside], alike)
        for inside in (numbers == number for number in np.unique(numbers))
    )


def _likeness(rest: Floats, said: Floats, agents: Codes) -> float:
    """Correlation of two residuals of one agent, at least 0."""
    spread = np.sqrt(said * (1 - said))
    pairs = _pairs(spread, agents)
    return max(0.0, _pairs(rest, agents) / pairs) if pairs > 0 else 0.0


def _pairs(values: Floats, agents: Codes) -> float:
    """Sum over all pairs of different answers of the same agent of their product."""
    return float((np.bincount(agents, values) ** 2).sum() - (values**2).sum())


def _bin(scores: Floats, satisfied: Flags, agents: Codes, said: Floats, alike: float) -> ReliabilityBin:
    count = Count(int(satisfied.sum()), len(satisfied))
    share = count.hits / count.n
    wider = float(np.sqrt(1 + alike * ((np.bincount(agents) ** 2).sum() / count.n - 1)))
    lo, hi = wilson(count)
    lo, hi = max(0.0, share - wider * (share - lo)), min(1.0, share + wider * (hi - share))
    figure = rounded(share, lo, hi, count.n)
    return ReliabilityBin(float(scores.min()), float(scores.max()), round(float(said.mean()), 4), figure, count)
