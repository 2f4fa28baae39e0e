"""Who said *met* where another said *not met*: the only answers that tell severities apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Disagreements:
    """Disagreements within strata, by contact.

    Attributes:
        ids: raters (or criteria), in the order of the last two axes.
        counts: contacts x ids x ids; `[c, i, j]` is how often, in contact c, i had *met* and j *not met*.
        shared: ids x ids; strata in which both have an answer.
        met: *met* answers of each id.
        answered: answers of each id.
    """

    ids: tuple[str, ...]
    counts: NDArray[np.float64]
    shared: NDArray[np.float64]
    met: NDArray[np.int64]
    answered: NDArray[np.int64]

    @property
    def total(self) -> NDArray[np.float64]:
        """Disagreements over all contacts."""
        return np.asarray(self.counts.sum(axis=0))

    def only(self, places: NDArray[np.int64]) -> "Disagreements":
        """The same among some of the ids only."""
        return Disagreements(
            tuple(self.ids[i] for i in places), self.counts[:, places][:, :, places],
            self.shared[np.ix_(places, places)], self.met[places], self.answered[places],
        )  # fmt: skip


def once_each(ratings: "pd.DataFrame") -> "pd.DataFrame":
    """The latest answer of each rater on each criterion of each contact; a rater who answers twice counts once."""
    ordered = ratings.sort_values("at", kind="stable")
    return ordered.drop_duplicates(["rater", "contact_id", "criterion"], keep="last")


def count_disagreements(ratings: "pd.DataFrame", facet: str) -> Disagreements:
    """Disagreements between the levels of `facet` where all else is the same.

    Args:
        ratings: rater, contact_id, criterion, value (1 met, 0 not met); one row an answer.
        facet: `rater` (strata are contact x criterion) or `criterion` (strata are contact x rater).
    """
    other = "criterion" if facet == "rater" else "rater"
    table = ratings.pivot(index=["contact_id", other], columns=facet, values="value").sort_index()
    values = table.to_numpy(dtype=float)
    met, missed = (values == 1).astype(float), (values == 0).astype(float)
    contacts = table.index.get_level_values(0).to_numpy()
    starts = np.flatnonzero(np.r_[True, contacts[1:] != contacts[:-1]]) if len(contacts) else np.empty(0, int)
    size = values.shape[1]
    counts = np.zeros((len(starts), size, size))
    for row, (first, last) in enumerate(zip(starts, np.r_[starts[1:], len(contacts)], strict=True)):
        counts[row] = met[first:last].T @ missed[first:last]
    known = met + missed
    return Disagreements(
        tuple(str(column) for column in table.columns), counts, known.T @ known,
        met.sum(axis=0).astype(np.int64), known.sum(axis=0).astype(np.int64),
    )  # fmt: skip


def groups_that_share(found: Disagreements) -> NDArray[np.int64]:
    """A number for each id; equal where a chain of shared strata joins them."""
    return np.asarray(connected_components(found.shared > 0, directed=False)[1], dtype=np.int64)


def apart_both_ways(found: Disagreements) -> NDArray[np.int64]:
    """Places of the largest set within which finite estimates exist.

    Between any two parts of it somebody said *met* against the other part, and somebody *not met* (Ford 1957; for
    Rasch models Fischer 1981). Whoever is outside always differed in the same direction, or never differed.
    """
    if not len(found.ids):
        return np.empty(0, np.int64)
    labels = connected_components(found.total > 0, directed=True, connection="strong")[1]
    return np.flatnonzero(labels == np.bincount(labels).argmax())
