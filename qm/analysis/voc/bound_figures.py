"""A headline figure three times: as answered, weighted, and at worst, whatever the silent ones think."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL, mean_figure
from qm.analysis.voc.contact_features import Floats
from qm.analysis.voc.weigh_responses import effective_n
from qm.domain.figures import Figure
from qm.domain.selection import Bounds, Headline
from qm.domain.voc_plan import Scale


def points_of(scales: tuple[Scale, ...], answers: pd.DataFrame) -> Mapping[str, tuple[Floats, float, float]]:
    """Each headline's points a row (NaN: not answered) with lowest and highest.

    NPS is 100 for 9-10, -100 for 0-6, else 0 (Reichheld 2003); the other scales give their mean and the share of
    satisfied customers.
    """
    found: dict[str, tuple[Floats, float, float]] = {}
    for scale in scales:
        if scale.column not in answers:
            continue
        raw = answers[scale.column].to_numpy(np.float64, na_value=np.nan)
        unknown = np.isnan(raw)
        if unknown.all():
            continue
        if scale.is_nps:
            points = np.where(raw >= 9, 100.0, np.where(raw <= 6, -100.0, 0.0))
            found["nps"] = (np.where(unknown, np.nan, points), -100.0, 100.0)
            continue
        satisfied = raw >= scale.satisfied_at_least if scale.higher_is_better else raw <= scale.satisfied_at_least
        found[f"mean:{scale.id}"] = (raw, float(scale.low), float(scale.high))
        found[f"share:{scale.id}"] = (np.where(unknown, np.nan, satisfied), 0.0, 1.0)
    return found


@dataclass(frozen=True)
class Members:
    """Contacts of one group, a value each.

    Attributes:
        weights: of `Weighting`, 0 where nothing was answered; `None` where there are no weights.
        invited: who was asked; `None` where nobody knows who was asked in vain.
    """

    dimension: str
    group: str
    name: str
    weights: Floats | None
    invited: NDArray[np.bool_] | None


def compare_figure(figure_id: str, points: Floats, low: float, high: float, members: Members, least_n: int) -> Headline:
    """Raw, weighted and bounded.

    Args:
        points: a value for each member, NaN where there's no answer.
    """
    told = ~np.isnan(points)
    raw = mean_figure(points[told].tolist(), least_n, low, high)
    weights = members.weights
    weighted = (
        Figure(None, None, None, int(told.sum())) if weights is None
        else weighted_mean(points, weights, least_n, low, high)
    )  # fmt: skip
    asked = None if members.invited is None else bounds(points[members.invited | told], low, high)
    own_n = 0.0 if weights is None else effective_n(weights[told])
    return Headline(
        figure_id, members.dimension, members.group, members.name, low, high, raw, weighted, asked,
        bounds(points, low, high), round(own_n, 1),
    )  # fmt: skip


def bounds(points: Floats, low: float, high: float) -> Bounds | None:
    r"""Worst case (Manski 1989): every silent contact at the lowest, then at the highest; `None` for no contact.

    >>> bounds(np.array([10.0, np.nan]), 0.0, 10.0)
    Bounds(lo=5.0, hi=10.0, n=2)
    """
    n = len(points)
    if not n:
        return None
    silent, total = int(np.isnan(points).sum()), float(np.nansum(points))
    return Bounds(round((total + silent * low) / n, 4), round((total + silent * high) / n, 4), n)


def weighted_mean(points: Floats, weights: Floats, least_n: int, low: float, high: float) -> Figure:
    r"""Mean with weights, and its 95 % interval.

    `m = Σ w y / Σ w` (Hájek 1971), `Var m = n/(n-1) Σ w² (y - m)² / (Σ w)²` (Taylor linearisation; Särndal, Swensson &
    Wretman 1992, 5.7), Student's t with the effective n less one. That the weights were estimated makes the truth
    vary less than this says, never more (Lunceford & Davidian 2004); taking that off as well covered 92 to 93 % only.
    No value below `least_n`.
    """
    told = ~np.isnan(points) & (weights > 0)
    n = int(told.sum())
    if n < max(least_n, 2):
        return Figure(None, None, None, n)
    own, y = weights[told], points[told]
    mean = float(np.average(y, weights=own))
    squares = float(((own * (y - mean)) ** 2).sum())
    if np.ptp(y) == 0:  # all answers alike: no spread to weigh, the plain interval says how little that proves
        return mean_figure(y.tolist(), least_n, low, high)
    free = max(effective_n(own) - 1, 1.0)
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, free)) * math.sqrt(squares * (n / (n - 1))) / float(own.sum())
    return Figure(round(mean, 4), round(max(low, mean - reach), 4), round(min(high, mean + reach), 4), n)
