"""From which probability on an answer may be given: the precision's lower bound decides, not its estimate."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.trained_answers import ReliabilityBin, RiskPoint, SideBound
from qm.units import Share

Floats = NDArray[np.float64]
ERROR_RATE: Share = 0.025
"""Of one side; both sides' claims hold together in 95 % of trainings (Bonferroni)."""
STEPS = 20
"""Into how many nested sets the answers of a side are cut: few tests, each with enough new answers to matter."""
STARTS = (1, 4)
"""Wrong answers that the first set of each sequence may hold: one slip among the very surest must not end it all."""
BINS = 10
RISK_POINTS = tuple(round(0.1 * step, 1) for step in range(1, 11))


def lower_bound(count: Count, error_rate: float = ERROR_RATE) -> Share:
    r"""One-sided lower bound of a share, exact (Clopper and Pearson, 1934).

    The `error_rate` quantile of Beta(hits, n - hits + 1); 0 for no hits and for n = 0.

    >>> round(lower_bound(Count(36, 36)), 4), lower_bound(Count(0, 5))
    (0.9026, 0.0)
    """
    return float(betaincinv(count.hits, count.n - count.hits + 1, error_rate)) if count.hits else 0.0


def upper_bound(count: Count, error_rate: float = 0.05) -> Share:
    """One-sided upper bound of a share, exact; 1 where all are hits and for n = 0.

    >>> round(upper_bound(Count(0, 5)), 4), upper_bound(Count(5, 5))
    (0.4507, 1.0)
    """
    misses = count.n - count.hits
    return float(betaincinv(count.hits + 1, misses, 1 - error_rate)) if misses else 1.0


def least_answers(target: Share, wrong: int, error_rate: float = ERROR_RATE) -> int:
    """How many answers it takes to show a precision of `target` with so many wrong ones among them.

    Raises:
        ValueError: the target isn't between 0 and 1; no number of answers shows a precision of 1.

    >>> least_answers(0.9, 0), least_answers(0.9, 1)
    (36, 54)
    """
    if not 0 < target < 1:
        raise ValueError(f"target: must lie between 0 and 1, got {target}")
    n = wrong + 1
    while lower_bound(Count(n - wrong, n), error_rate) < target:
        n += 1
    return n


def bound_side(answer: Answer, probabilities: Floats, is_met: Floats, target: Share) -> SideBound:
    """The threshold of one answer by fixed-sequence testing (Angelopoulos et al., 2021, "Learn then Test").

    The answers of this side are put in order of probability, and nested sets of the surest are tested in that order,
    H0: "the precision of this set is below the target", until the first that isn't rejected. The order and the sets
    come from the probabilities alone and testing stops at the first failure, so that no correction for having chosen
    among many thresholds is owed. There is a sequence for each of `STARTS` that there are answers enough for, and they
    share `ERROR_RATE` evenly; the largest set that passed in any counts. With too few answers for either, a single
    sequence begins at the least number that passes without a wrong one. The target is raised to the share of this
    answer among all, so that an answer that nearly always holds isn't given because it nearly always holds.

    Args:
        probabilities: of *met*, shape (n,), from models that weren't fitted on the contact.
        is_met: 1 or 0, shape (n,).
    """
    ours = is_met if answer is Answer.MET else 1 - is_met
    sure = probabilities if answer is Answer.MET else 1 - probabilities
    raised = max(target, float(ours.mean()) if len(ours) else 0.0)
    nothing = Count(0, 0)
    if raised >= 1:
        return SideBound(answer, None, nothing, 0.0, "one_sided")
    order = np.argsort(-sure, kind="stable")[: int(np.count_nonzero(sure > 0.5))]
    sequences = _sequences(sure[order], raised)
    if not sequences:
        return SideBound(answer, None, nothing, 0.0, "too_few")
    right = np.cumsum(ours[order])
    error_rate = ERROR_RATE / len(sequences)
    end = max(_last_passed(ends, right, raised, error_rate) for ends in sequences)
    if not end:
        return SideBound(answer, None, nothing, 0.0, "below_target")
    count = Count(int(right[end - 1]), end)
    return SideBound(answer, float(sure[order][end - 1]), count, lower_bound(count, error_rate))


def _last_passed(ends: Sequence[int], right: Floats, target: Share, error_rate: float) -> int:
    """Size of the last set before the first that isn't shown to reach the target; 0 where the first isn't."""
    last = 0
    for end in ends:
        if lower_bound(Count(int(right[end - 1]), end), error_rate) < target:
            break
        last = end
    return last


def _sequences(sure: Floats, target: Share) -> list[list[int]]:
    """Sizes of the nested sets of each sequence that there are answers enough for."""
    n = len(sure)
    for starts in (STARTS, STARTS[:1], (0,)):
        firsts = [least_answers(target, wrong, ERROR_RATE / len(starts)) for wrong in starts]
        if max(firsts) <= n:
            return [_ends(sure, first) for first in firsts]
    return []


def _ends(sure: Floats, first: int) -> list[int]:
    """Sizes from `first` on; a set ends only where the probability changes, since a threshold can't part equals."""
    n = len(sure)
    wanted = [*range(first, n, max(1, n // STEPS)), n]
    changes = np.flatnonzero(np.append(np.diff(sure) != 0, True)) + 1
    return sorted({int(changes[np.searchsorted(changes, size)]) for size in wanted})


def risk_table(probabilities: Floats, is_met: Floats, points: Sequence[Share] = RISK_POINTS) -> tuple[RiskPoint, ...]:
    """How many of the surest answers are right, by share answered; sure: far from 0.5. Empty for no answers."""
    if not len(is_met):
        return ()
    order = np.argsort(-np.abs(probabilities - 0.5), kind="stable")
    right = np.cumsum(((probabilities > 0.5) == (is_met > 0.5))[order])
    sizes = [max(1, round(point * len(order))) for point in points]
    return tuple(RiskPoint(point, Count(int(right[size - 1]), size)) for point, size in zip(points, sizes, strict=True))


def reliability_curve(probabilities: Floats, is_met: Floats, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Mean probability beside the share that is met, in bins of equal width; empty bins are left out."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            count = Count(int(is_met[inside].sum()), int(inside.sum()))
            mean = round(float(probabilities[inside].mean()), 6)
            found.append(ReliabilityBin(number / bins, (number + 1) / bins, mean, count))
    return tuple(found)
