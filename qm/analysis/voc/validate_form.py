"""Does a derived form predict satisfaction better than the old one? Judged on agents that it wasn't derived from.

Repeated cross-validation: agents, not contacts, are dealt into folds, since an agent's contacts are alike. Inside each
fold the whole derivation is done again on the other agents, so no contact is judged by weights that it helped to make.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL
from qm.domain.derived_form import Validity
from qm.domain.figures import Figure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
FOLDS = 5
REPEATS = 5
REPEATS_OF_LARGE, LARGE = 2, 10_000
"""With that many contacts dealing the agents anew changes little and takes long."""
Scorer = Callable[[Mask, Mask], Floats]
"""Derives a form from the rows of the first mask, and scores the rows of the second."""


@dataclass(frozen=True)
class _Ranking:
    """Area under the curve, and by agent what it owes to that agent (they add up to 0)."""

    area: float
    influence: Floats


def validate_form(
    old: Floats, satisfied: Floats, agents: NDArray[np.str_], score: Scorer, rng: np.random.Generator
) -> Validity | None:
    """Area under the ROC curve of the old score and the derived one, and their difference, each with a 95 % interval.

    Areas are taken within folds and averaged; the intervals are Student's t over agents' influence on them (DeLong et
    al. 1988, summed by agent as in Obuchowski 1997), averaged over the repeats. That new weights differ from fold to
    fold is in the estimate; how the folds depend on each other isn't in the interval (no unbiased estimate of it
    exists, Bengio & Grandvalet 2004).

    Args:
        old: scores of the form as it stands; NaN where there is none.

    Returns:
        `None` where some repeat has no fold with both kinds of customers.
    """
    names, agent = np.unique(agents, return_inverse=True)
    repeats = REPEATS_OF_LARGE if len(satisfied) > LARGE else REPEATS
    pairs = [_repeat(old, satisfied, agent, len(names), score, rng) for _ in range(repeats)]
    if any(pair is None for pair in pairs):
        return None
    both = [pair for pair in pairs if pair is not None]
    olds, news = [pair[0] for pair in both], [pair[1] for pair in both]
    n = int(np.count_nonzero(~np.isnan(old)))
    return Validity(
        _figure(olds, n), _figure(news, n), _difference(olds, news, n), len(names), min(FOLDS, len(names)), repeats
    )  # fmt: skip


def _repeat(
    old: Floats, satisfied: Floats, agent: Ints, count: int, score: Scorer, rng: np.random.Generator
) -> tuple[_Ranking, _Ranking] | None:
    fold = (rng.permutation(count) % min(FOLDS, count))[agent]
    new = np.full(len(old), np.nan)
    for number in range(min(FOLDS, count)):
        new[fold == number] = score(fold != number, fold == number)
    rows = ~np.isnan(old) & ~np.isnan(new)
    ranked = [_rank(values[rows], satisfied[rows], agent[rows], fold[rows], count) for values in (old, new)]
    return None if ranked[0] is None or ranked[1] is None else (ranked[0], ranked[1])


def _rank(scores: Floats, satisfied: Floats, agent: Ints, fold: Ints, count: int) -> _Ranking | None:
    """Areas within folds, weighed by their pairs of a satisfied and a dissatisfied customer."""
    parts = []
    for number in np.unique(fold):
        yes, no = (fold == number) & (satisfied == 1), (fold == number) & (satisfied == 0)
        if yes.any() and no.any():
            parts.append((yes.sum() * no.sum(), *_within(scores, yes, no, agent, count)))
    if not parts:
        return None
    pairs = sum(part[0] for part in parts)
    area = sum(part[0] * part[1] for part in parts) / pairs
    influence = np.sum([part[0] * part[2] for part in parts], axis=0) / pairs
    return _Ranking(float(area), influence)


def _within(scores: Floats, yes: Mask, no: Mask, agent: Ints, count: int) -> tuple[float, Floats]:
    """Area of one fold, and agents' influence, from placements: ranks among all less ranks within the own class."""
    both = stats.rankdata(np.r_[scores[yes], scores[no]])
    above = (both[: yes.sum()] - stats.rankdata(scores[yes])) / no.sum()
    below = 1 - (both[yes.sum() :] - stats.rankdata(scores[no])) / yes.sum()
    area = float(above.mean())
    influence = np.bincount(agent[yes], above - area, count) / yes.sum()
    return area, influence + np.bincount(agent[no], below - area, count) / no.sum()


def _figure(rankings: list[_Ranking], n: int) -> Figure:
    value, reach = _estimate(np.mean([one.area for one in rankings]), [one.influence for one in rankings])
    return Figure(round(value, 4), round(max(0.0, value - reach), 4), round(min(1.0, value + reach), 4), n)


def _difference(olds: list[_Ranking], news: list[_Ranking], n: int) -> Figure:
    pairs = list(zip(olds, news, strict=True))
    gain = np.mean([new.area - old.area for old, new in pairs])
    value, reach = _estimate(gain, [new.influence - old.influence for old, new in pairs])
    return Figure(round(value, 4), round(max(-1.0, value - reach), 4), round(min(1.0, value + reach), 4), n)


def _estimate(value: np.floating, influences: list[Floats]) -> tuple[float, float]:
    influence = np.mean(influences, axis=0)
    count = len(influence)
    spread = np.sqrt(count / (count - 1) * np.sum(influence**2))
    return float(value), float(stats.t.ppf(0.5 + LEVEL / 2, count - 1) * spread)
