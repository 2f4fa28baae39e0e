"""Draw the contacts of a calibration session, and say of each why and how likely it was to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qm.domain.calibration import DrawnContact, Purpose, Why


@dataclass(frozen=True)
class Candidate:
    """A contact that could be drawn.

    Attributes:
        is_satisfied: what its customer answered; `None` where nobody was asked or nothing was answered.
        doubt: how disputable its answers are, 0 and up: answers left open, answers of little confidence, and answers on
            which people differed from the machine or from each other before.
    """

    contact_id: str
    is_satisfied: bool | None = None
    doubt: float = 0.0


def draw_calibration(
    candidates: Sequence[Candidate], purpose: Purpose, size: int, seed: int
) -> tuple[DrawnContact, ...]:
    """At most `size` contacts for the purpose, by id; fewer where there aren't as many, none where there is nothing.

    *Random*: simple random sample. *Rated*: of the rated contacts, half from satisfied customers and half from the
    others as far as there are as many, so that both ends of the form are looked at. *Disagreement*: with a probability
    proportional to the doubt, drawn systematically (Madow 1949): the most doubtful are nearly sure to come, and what
    the sample says can still be weighed back. The same seed draws the same contacts.

    >>> drawn = draw_calibration([Candidate(f"C{n}") for n in range(8)], Purpose.RANDOM, 2, seed=1)
    >>> len(drawn), drawn[0].probability
    (2, 0.25)
    """
    ordered = sorted(candidates, key=lambda one: one.contact_id)
    generator = np.random.default_rng(seed)
    if purpose is Purpose.RANDOM:
        drawn = _simple([one.contact_id for one in ordered], size, Why.RANDOM, generator)
    elif purpose is Purpose.RATED:
        low = [one.contact_id for one in ordered if one.is_satisfied is False]
        high = [one.contact_id for one in ordered if one.is_satisfied]
        of_low = min(len(low), max(size // 2, size - len(high)))
        drawn = _simple(low, of_low, Why.RATED_LOW, generator)
        drawn += _simple(high, size - len(drawn), Why.RATED_HIGH, generator)
    else:
        drawn = _by_doubt({one.contact_id: one.doubt for one in ordered if one.doubt > 0}, size, generator)
    return tuple(sorted(drawn, key=lambda one: one.contact_id))


def _simple(ids: Sequence[str], size: int, why: Why, generator: np.random.Generator) -> list[DrawnContact]:
    taken = min(size, len(ids))
    if not taken:
        return []
    places = generator.choice(len(ids), taken, replace=False)
    return [DrawnContact(ids[place], why, taken / len(ids)) for place in places]


def _by_doubt(doubts: Mapping[str, float], size: int, generator: np.random.Generator) -> list[DrawnContact]:
    if not doubts:
        return []
    ids, shares = list(doubts), _shares(np.array(list(doubts.values())), min(size, len(doubts)))
    generator.shuffle(order := np.arange(len(ids)))  # else neighbours by id would never be drawn together
    ends = np.cumsum(shares[order])
    starts = generator.random() + np.arange(round(float(ends[-1])))
    places = np.minimum(np.searchsorted(ends, starts, side="right"), len(ids) - 1)
    return [
        DrawnContact(ids[place], Why.DOUBTFUL, float(shares[place])) for place in sorted(set(order[places].tolist()))
    ]


def _shares(doubts: np.ndarray, size: int) -> np.ndarray:
    """Probabilities proportional to the doubts that add up to `size`, none above 1."""
    shares = np.zeros(len(doubts))
    sure = np.zeros(len(doubts), dtype=bool)
    while True:
        rest = ~sure
        shares[sure] = 1.0
        if rest.any():
            shares[rest] = (size - sure.sum()) * doubts[rest] / doubts[rest].sum()
        above = rest & (shares >= 1.0)
        if not above.any():
            return shares
        sure |= above
