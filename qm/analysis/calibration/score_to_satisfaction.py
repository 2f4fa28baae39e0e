"""Does a high score go with a satisfied customer? The map from score to probability, or why there is none."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qm.analysis.calibration.monotone_curve import fit_curve
from qm.analysis.calibration.reliability_bins import predict_unseen, reliability_bins
from qm.analysis.voc.rank_by_score import rank_by_score
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.figures import Count, Figure
from qm.domain.satisfaction_map import CurvePoint, SatisfactionMap

if TYPE_CHECKING:
    import pandas as pd

LEAST_RESPONSES = 50
LEAST_EACH = 20
"""Satisfied, and not satisfied: ten for each coefficient of the simplest curve (Peduzzi et al. 1996)."""
LEAST_AGENTS = 10
"""Below, an interval over agents is no guide."""
POINTS = 41
ENDS = (0.01, 0.99)
"""Quantiles of the score between which the curve is drawn: nothing is said of scores that hardly occur."""


def map_score(pairs: "pd.DataFrame", form_id: str, scale: str) -> SatisfactionMap:
    """Map a form's score to the probability of a satisfied customer.

    A logistic curve on a spline, rearranged so that it never falls (`monotone_curve`). It holds for
    customers who answered. Refused where the data are thin, and where the score doesn't tell satisfied from other
    customers: the 95 % interval of the ranking then holds 0.5, or lies below it.

    Args:
        pairs: score (0..100), satisfied (1 or 0), agent_id; rows with a gap are left out.
    """
    known = pairs.dropna(subset=["score", "satisfied"])
    scores, satisfied = known["score"].to_numpy(dtype=float), known["satisfied"].to_numpy(dtype=float) > 0.5
    agents = np.unique(known["agent_id"].to_numpy(dtype=str), return_inverse=True)[1].astype(np.int64)
    count, groups = Count(int(satisfied.sum()), len(satisfied)), int(agents.max(initial=-1)) + 1
    thin = _thin(count, groups, scores)
    if thin:
        return SatisfactionMap(form_id, scale, count, groups, Figure(None, None, None, count.n), why=thin)
    ranking = rank_by_score(scores, satisfied, agents)
    bins = reliability_bins(scores, satisfied, agents, predict_unseen(scores, satisfied, agents))
    why = _tells_nothing(ranking)
    curve = () if why else _points(scores, satisfied, agents)
    return SatisfactionMap(form_id, scale, count, groups, ranking, curve, bins, why)


def _thin(count: Count, agents: int, scores: NDArray[np.float64]) -> str:
    rarer = min(count.hits, count.n - count.hits)
    refusals = (
        (count.n == 0, "no_answers"),
        (count.n < LEAST_RESPONSES, "few_answers"),
        (rarer == 0, "one_class"),
        (rarer < LEAST_EACH, "few_of_one_class"),
        (agents == 1, "one_agent"),
        (agents < LEAST_AGENTS, "few_agents"),
        (len(scores) > 0 and np.ptp(scores) == 0, "one_score"),
    )
    return next((code for holds, code in refusals if holds), "")


def _tells_nothing(ranking: Figure) -> str:
    if ranking.hi is not None and ranking.hi < 0.5:
        return "falls"
    return "tells_nothing" if ranking.lo is None or ranking.lo <= 0.5 else ""


def _points(
    scores: NDArray[np.float64], satisfied: NDArray[np.bool_], agents: NDArray[np.int64]
) -> tuple[CurvePoint, ...]:
    low, high = np.quantile(scores, ENDS)
    grid = np.linspace(float(low), float(high), POINTS)
    curve = fit_curve(scores, satisfied, agents)
    ends = curve.intervals(grid)
    return tuple(
        CurvePoint(round(float(score), 2), rounded(chance, lo, hi, len(scores)))
        for score, chance, lo, hi in zip(grid, curve.chances(grid), *ends, strict=True)
    )
