"""Themes beside criteria: which is missed more often where customers speak of a theme, and which reads like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from qm.analysis.estimate_quality import wilson
from qm.analysis.voc.voc_columns import MET, NOT_MET
from qm.domain.comment import ThemeCriterion, ThemeLikeness
from qm.domain.figures import Count

FALSE_DISCOVERIES = 0.05
"""Expected share of wrong links among those that are said to stand."""
LEAST_UNMET = 5
"""A criterion that was missed (or met) less often than this isn't tested: no answer would be worth having."""
LEAST_LIKENESS = 0.5
"""Cosine below which a question isn't said to read like a theme."""
MOST_LIKE = 2

Criterion = tuple[str, str]
"""Form id and criterion id."""


@dataclass(frozen=True)
class _Pair:
    theme: int
    link: ThemeCriterion


def link_criteria(
    present: NDArray[np.bool_], answers: Mapping[Criterion, NDArray[np.int8]], least_n: int
) -> tuple[list[tuple[ThemeCriterion, ...]], int]:
    """For each theme the criteria it was tested with, the surest first, and how many pairs were tested.

    Fisher's exact test of "not met" against "met" with and without the theme; other answers are left out. Adjusted
    after Benjamini and Hochberg (1995) over all pairs. Association only: it doesn't tell what is cause of what.

    Args:
        present: of each comment with a contact, which theme it speaks of, shape (n, themes).
        answers: codes by criterion, shape (n,).
        least_n: answered comments needed on both sides.
    """
    pairs = [
        _Pair(theme, link)
        for criterion, codes in answers.items()
        for theme in range(present.shape[1])
        for link in _test(present[:, theme], codes, criterion, least_n)
    ]
    adjusted = _adjust([pair.link.p for pair in pairs])
    found: list[list[ThemeCriterion]] = [[] for _theme in range(present.shape[1])]
    for pair, p in zip(pairs, adjusted, strict=True):
        found[pair.theme].append(replace(pair.link, p_adjusted=round(p, 6), stands=p < FALSE_DISCOVERIES))
    return [tuple(sorted(links, key=lambda link: (link.p, link.form_id, link.criterion_id))) for links in found], len(
        pairs
    )


def find_like_criteria(
    means: NDArray[np.float32], questions: Sequence[tuple[Criterion, NDArray[np.float32]]]
) -> list[tuple[ThemeLikeness, ...]]:
    """For each theme the criteria whose title reads like it, by cosine, the likest first.

    Args:
        means: a vector of unit length for each theme.
        questions: of each criterion its wordings, one row each; the likest wording counts.
    """
    found = []
    for mean in means:
        cosines = [(float((rows @ mean).max()), criterion) for criterion, rows in questions if len(rows)]
        like = sorted((pair for pair in cosines if pair[0] >= LEAST_LIKENESS), key=lambda pair: (-pair[0], pair[1]))
        found.append(tuple(ThemeLikeness(*criterion, round(value, 3)) for value, criterion in like[:MOST_LIKE]))
    return found


def difference_interval(left: Count, right: Count) -> tuple[float, float, float]:
    """Difference of two shares with its 95 % interval from the two Wilson intervals (Newcombe 1998, method 10).

    >>> [round(x, 3) for x in difference_interval(Count(56, 70), Count(48, 80))]
    [0.2, 0.052, 0.334]
    """
    p, q = left.rate or 0.0, right.rate or 0.0
    (p_lo, p_hi), (q_lo, q_hi) = wilson(left), wilson(right)
    lo = p - q - float(np.hypot(p - p_lo, q_hi - q))
    hi = p - q + float(np.hypot(p_hi - p, q - q_lo))
    return p - q, max(-1.0, lo), min(1.0, hi)


def fisher_p(left: Count, right: Count) -> float:
    """Two-sided p of Fisher's (1935) exact test: all tables at most as likely as this one, together.

    scipy's own takes a hundred times as long, and here are thousands of pairs.

    >>> round(fisher_p(Count(3, 4), Count(1, 4)), 4)
    0.4857
    """
    hits, n = left.hits + right.hits, left.n + right.n
    here = np.arange(max(0, hits - right.n), min(hits, left.n) + 1)
    logs = -sum(gammaln(cells + 1) for cells in (here, left.n - here, hits - here, right.n - hits + here))
    logs += sum(gammaln(sides + 1) for sides in (left.n, right.n, hits, n - hits)) - gammaln(n + 1)
    likely = np.exp(logs)
    return min(1.0, float(likely[likely <= likely[left.hits - here[0]] * (1 + 1e-7)].sum()))


def _test(
    speaks: NDArray[np.bool_], codes: NDArray[np.int8], criterion: Criterion, least_n: int
) -> list[ThemeCriterion]:
    with_theme, without = (_unmet(codes[side]) for side in (speaks, ~speaks))
    missed = with_theme.hits + without.hits
    answered = with_theme.n + without.n
    if min(with_theme.n, without.n) < least_n or min(missed, answered - missed) < LEAST_UNMET:
        return []
    p = fisher_p(with_theme, without)
    difference, lo, hi = (round(value, 4) for value in difference_interval(with_theme, without))
    return [ThemeCriterion(*criterion, with_theme, without, difference, lo, hi, round(p, 6), 1.0, False)]


def _unmet(codes: NDArray[np.int8]) -> Count:
    return Count(int((codes == NOT_MET).sum()), int(((codes == NOT_MET) | (codes == MET)).sum()))


def _adjust(p: Sequence[float]) -> list[float]:
    if not p:
        return []
    from scipy import stats

    adjusted: list[float] = stats.false_discovery_control(p, method="bh").tolist()
    return adjusted
