"""Draw contacts for review with known inclusion probabilities: random, stratified, or likelier by known signs.

All three are one design. Each contact gets a probability; all of them add up to the size of the draw; contacts are laid
end to end, group by group, in random order within each group, and every whole number after a random start picks one:
randomised systematic sampling (W. G. Madow, "On the theory of systematic sampling II", Annals of Mathematical
Statistics 20, 1949; H. O. Hartley and J. N. K. Rao, ibid. 33, 1962). The size is fixed, every contact's probability is
exactly the one that is recorded, and each group gets its expected number rounded down or up. With equal probabilities
and one group it's simple random sampling without replacement; with groups it's simple random within each.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qm.domain.work_queue import Allocation, DrawnRow, FrameRow, Method, QueuePlan, Risk, Stratifier, StratumPlan
from qm.errors import InputError

WEIGHTS: Mapping[Risk, float] = {
    Risk.FAILED: 4.0,
    Risk.CANNOT_TELL: 3.0,
    Risk.DISSATISFIED: 3.0,
    Risk.LOW_SCORE: 2.0,
    Risk.POOR_TRANSCRIPT: 1.0,
}
"""What each sign adds to a contact's size in a draw by risk: chosen, not learned."""
FLOOR = 1.0
"""Size of a contact without any sign: it can be drawn too, so that what is estimated holds for all."""
NEAR = 1e-9


@dataclass(frozen=True)
class Drawable:
    """Contacts with their probabilities, group by group in the order of their names."""

    strata: tuple[StratumPlan, ...]
    groups: tuple[tuple[FrameRow, ...], ...]
    probabilities: tuple[tuple[float, ...], ...]


def size_of(row: FrameRow) -> float:
    """The floor, and what each sign adds.

    >>> size_of(FrameRow("C-1", "A", "T", "p", risks=(Risk.FAILED, Risk.LOW_SCORE)))
    7.0
    """
    return FLOOR + sum(WEIGHTS[risk] for risk in row.risks)


def plan_draw(frame: Sequence[FrameRow], plan: QueuePlan) -> Drawable:
    """The probability of each contact under a plan.

    Args:
        frame: contacts that may be drawn.

    Raises:
        InputError: more than there are, or bounds that can't be kept with known probabilities.
    """
    if not frame:
        raise InputError("queue.nothing", "no contact can be drawn", "another period, or fewer filters")
    if plan.size > len(frame):
        message = f"{plan.size} contacts are wanted, {len(frame)} can be drawn"
        raise InputError("queue.too_many", message, f"draw {len(frame)} at most, or widen the filters")
    groups = _grouped(frame, plan)
    names = sorted(groups)
    rows = tuple(tuple(sorted(groups[name], key=lambda row: row.contact_id)) for name in names)
    sizes = [[size_of(row) if plan.method is Method.RISK else 1.0 for row in group] for group in rows]
    expected = _expected(sizes, plan)
    chances = [inclusion_probabilities(own, n) for own, n in zip(sizes, expected, strict=True)]
    strata = tuple(
        StratumPlan(name, len(group), n) for name, group, n in zip(names, rows, expected, strict=True)
    )  # fmt: skip
    return Drawable(strata, rows, tuple(chances))


def draw(drawable: Drawable, generator: np.random.Generator) -> tuple[DrawnRow, ...]:
    """Draw; in random order, so that any first part of what is drawn is a random part of it."""
    rows: list[DrawnRow] = []
    order = generator.permutation(len(drawable.groups))
    for place in order:
        group, chances = drawable.groups[place], drawable.probabilities[place]
        name = drawable.strata[place].name
        rows += [DrawnRow(group[i], chances[i], name) for i in generator.permutation(len(group))]
    picked = systematic([row.probability for row in rows], float(generator.random()))
    return tuple(rows[picked[i]] for i in generator.permutation(len(picked)))


def systematic(chances: Sequence[float], start: float) -> list[int]:
    """Places of what the numbers start, start + 1, … fall on where the chances are laid end to end.

    Args:
        chances: each in (0, 1], together a whole number.
        start: in [0, 1).

    >>> systematic([0.5, 0.5, 1.0], 0.25)
    [0, 2]
    """
    ends = np.cumsum(np.asarray(chances, dtype=np.float64))
    n = round(float(ends[-1]))
    ends[-1] = n  # sums of a hundred thousand fractions are off by a little
    # A start just below 1 must not fall behind the last end, nor one place be hit twice by rounding of equal ends.
    marks = np.minimum(start + np.arange(n), np.nextafter(float(n), 0.0))
    return [int(place) for place in np.searchsorted(ends, marks, side="right")]


def inclusion_probabilities(sizes: Sequence[float], n: float) -> tuple[float, ...]:
    """N × size ⁄ sum of sizes; what would be above 1 is taken for sure, and the rest is computed anew.

    Source: C.-E. Särndal, B. Swensson and J. Wretman, Model Assisted Survey Sampling (1992), section 3.6.2.

    Args:
        n: expected number, 0 to the number of sizes; needn't be whole.

    >>> inclusion_probabilities([1.0, 1.0, 8.0], 2)
    (0.5, 0.5, 1.0)
    """
    given = np.asarray(sizes, dtype=np.float64)
    chances, sure = np.zeros(len(given)), np.zeros(len(given), dtype=bool)
    while True:
        left = n - sure.sum()
        total = given[~sure].sum()
        if total <= 0:
            break
        chances[~sure] = left * given[~sure] / total
        above = ~sure & (chances >= 1 - NEAR)
        if not above.any():
            break
        sure |= above
        chances[sure] = 1.0
    return tuple(float(chance) for chance in chances)


def _grouped(frame: Sequence[FrameRow], plan: QueuePlan) -> dict[str, list[FrameRow]]:
    """Contacts by group; one group where nothing asks for several."""
    has_bounds = bool(plan.agent_min or plan.agent_max)
    by_agent = plan.method is Method.RISK or plan.by is Stratifier.AGENT
    if has_bounds and (plan.method is Method.RANDOM or not by_agent):
        message = "a minimum or maximum an agent needs a draw that goes by agent"
        raise InputError("queue.agent_bounds", message, "draw by risk, or stratified by agent; or leave them out")
    groups: dict[str, list[FrameRow]] = {}
    for row in frame:
        groups.setdefault(_group_of(row, plan, has_bounds=has_bounds), []).append(row)
    return groups


def _group_of(row: FrameRow, plan: QueuePlan, *, has_bounds: bool) -> str:
    if plan.method is Method.STRATIFIED:
        return {Stratifier.AGENT: row.agent_id, Stratifier.TEAM: row.team, Stratifier.PROCESS: row.process}[plan.by]
    return row.agent_id if has_bounds else ""


def _expected(sizes: Sequence[Sequence[float]], plan: QueuePlan) -> list[float]:
    """How many of each group are expected: in proportion, within bounds, together the size of the draw."""
    equal = plan.method is Method.STRATIFIED and plan.allocation is Allocation.EQUAL
    shares = [1.0 if equal else sum(own) for own in sizes]
    most = [float(min(len(own), plan.agent_max) if plan.agent_max else len(own)) for own in sizes]
    least = [min(float(plan.agent_min), high) for high in most]
    if sum(least) > plan.size:
        message = (
            f"{plan.agent_min} an agent at least are {sum(least):.0f} contacts of {len(sizes)} agents, not {plan.size}"
        )
        raise InputError("queue.agent_bounds", message, f"draw {sum(least):.0f} or more, or lower the minimum")
    if sum(most) < plan.size:
        message = (
            f"{plan.agent_max} an agent at most are {sum(most):.0f} contacts of {len(sizes)} agents, not {plan.size}"
        )
        raise InputError("queue.agent_bounds", message, f"draw {sum(most):.0f} or fewer, or raise the maximum")
    return _filled(shares, least, most, float(plan.size))


def _filled(shares: Sequence[float], least: Sequence[float], most: Sequence[float], total: float) -> list[float]:
    """`clip(c × share, least, most)` with the c at which they add up to the total, by halving."""

    def at(factor: float) -> list[float]:
        return [min(max(factor * s, lo), hi) for s, lo, hi in zip(shares, least, most, strict=True)]

    low, high = 0.0, 1.0
    while math.fsum(at(high)) < total - NEAR:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if math.fsum(at(middle)) < total else (low, middle)
    found = at(high)
    # What halving leaves over goes to those that are at no bound, so that the sum is exact.
    free = [i for i, n in enumerate(found) if least[i] < n < most[i]]
    over = total - math.fsum(found)
    for i in free:
        found[i] += over / len(free)
    return found
