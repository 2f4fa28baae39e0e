"""Ratings of the same contacts by several raters, counted once so that coefficients and their intervals are cheap.

Every coefficient here is a function of sums over contacts. A `Tally` keeps what each contact adds to those sums: the
coefficient takes the total, an interval takes the same contacts weighted otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
MISSING = -1


@dataclass(frozen=True)
class RatingTable:
    """Who gave what to which row.

    Attributes:
        codes: rows x raters, positions in `scale`; -1 where this rater didn't rate this row.
        scale: the value of each code, ascending; only coefficients that weigh distances look at the values.
        contacts: contact of each row, numbered from 0; rows of one contact stand or fall together in every interval.
    """

    codes: Codes
    scale: tuple[float, ...]
    contacts: Codes

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or len(self.codes) != len(self.contacts):
            raise ValueError("codes: must be rows x raters with a contact for each row")

    @property
    def n(self) -> int:
        """Contacts that at least two raters rated on the same row."""
        return len(set(self.contacts[(self.codes != MISSING).sum(1) >= 2].tolist()))


@dataclass(frozen=True)
class Tally:
    """What each contact adds to the sums that a coefficient is made of: contacts x sums."""

    parts: Array

    @property
    def total(self) -> Array:
        """The sums over all contacts."""
        return np.asarray(self.parts.sum(0))


def rating_table(
    ratings: Any, contacts: Sequence[object] | None = None, scale: Sequence[float] | None = None
) -> RatingTable:
    """Put ratings into a table.

    Args:
        ratings: rows x raters, numbers; NaN where a rater didn't rate the row.
        contacts: the contact of each row; each row is a contact of its own where left out.
        scale: all values that can be given; those that were given where left out. Gwet's and Brennan's coefficients
            depend on how many there are.

    >>> rating_table([[1, 2], [2, float("nan")]]).codes.tolist()
    [[0, 1], [1, -1]]
    """
    given = np.asarray(ratings, dtype=float).reshape(len(ratings), -1)
    rated = ~np.isnan(given)
    values = np.unique(given[rated]) if scale is None else np.unique(np.asarray(scale, dtype=float))
    if not np.isin(given[rated], values).all():
        raise ValueError("ratings: hold a value that the scale hasn't")
    codes = np.where(rated, np.searchsorted(values, np.where(rated, given, values[0] if len(values) else 0)), MISSING)
    keys = range(len(given)) if contacts is None else contacts
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return RatingTable(codes, tuple(values.tolist()), np.array([numbers[key] for key in keys], dtype=np.int64))


def by_category(table: RatingTable) -> Array:
    """How many raters put each row into each category: rows x categories."""
    return np.asarray(one_hot(table).sum(1))


def one_hot(table: RatingTable) -> Array:
    """1 where this rater put this row into this category: rows x raters x categories."""
    return np.asarray(table.codes[:, :, None] == np.arange(len(table.scale)), dtype=float)


def sum_by_contact(rows: Array, table: RatingTable) -> Array:
    """Sums over the rows of each contact."""
    sums = np.zeros((int(table.contacts.max(initial=-1)) + 1, rows.shape[1]))
    np.add.at(sums, table.contacts, rows)
    return sums


def imagined_table(table: RatingTable) -> RatingTable:
    """Every pair of answers that two of the raters could have given, once each: what a prior is spread over."""
    raters, categories = table.codes.shape[1], len(table.scale)
    cells = list(product(combinations(range(raters), 2), product(range(categories), repeat=2)))
    codes = np.full((len(cells), raters), MISSING, dtype=np.int64)
    for row, ((first, second), (left, right)) in enumerate(cells):
        codes[row, first], codes[row, second] = left, right
    return RatingTable(codes, table.scale, np.arange(len(cells), dtype=np.int64))
