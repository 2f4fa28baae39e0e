"""Whether a rater has become more severe or more lenient than before, against the other raters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.calibration.count_disagreements import (
    apart_both_ways,
    count_disagreements,
    groups_that_share,
    once_each,
)
from qm.analysis.calibration.fit_severity import Severities, fit_severities
from qm.analysis.calibration.rater_severity import LEAST_APART, LEAST_CONTACTS, effects_of
from qm.analysis.estimate_quality import LEVEL
from qm.analysis.voc.compare_groups import holm
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.calibration_study import Drift, FacetEffect
from qm.domain.figures import Figure

if TYPE_CHECKING:
    import pandas as pd

Fitted = tuple[tuple[str, ...], Severities]


def by_period(ratings: "pd.DataFrame") -> "list[tuple[str, pd.DataFrame]]":
    """The answers by calendar month; a contact belongs to the month of its first answer, with all its answers."""
    once = once_each(ratings)
    first = once.groupby("contact_id")["at"].transform("min")
    return [(str(month), part) for month, part in once.groupby(first.dt.strftime("%Y-%m"))]


def severities_over_time(
    periods: "Sequence[tuple[str, pd.DataFrame]]",
) -> tuple[tuple[str, tuple[FacetEffect, ...]], ...]:
    """Each rater's severity in each period, against the mean of that period."""
    return tuple((name, effects_of(count_disagreements(part, "rater"))) for name, part in periods)


def find_drift(periods: "Sequence[tuple[str, pd.DataFrame]]") -> tuple[Drift, ...]:
    """Each rater's change in each period after the first, against all periods before.

    Contacts differ from period to period, so only the raters themselves join the periods: a change is against the
    average change of the raters common to both times, and one that all raters make together can't be seen. With few
    raters, one who changes moves this average for the others: read the largest change first. The p-value is Welch's
    (1947), from the two jackknife variances, then Holm's over all raters and periods.

    Args:
        periods: name and answers, the earliest first (`by_period`).
    """
    import pandas as pd

    drifts: list[Drift] = []
    for place in range(1, len(periods)):
        before = pd.concat([part for _, part in periods[:place]])
        drifts += _changes(periods[place][0], periods[place][1], _fit(before), _fit(periods[place][1]))
    adjusted = iter(holm(np.array([drift.p_value for drift in drifts if drift.p_value is not None])))
    return tuple(d if d.p_value is None else replace(d, p_value=round(float(next(adjusted)), 6)) for d in drifts)


def _fit(ratings: "pd.DataFrame") -> Fitted | None:
    """Raters of the largest group with enough disagreements, and their severities."""
    found = count_disagreements(ratings, "rater")
    groups = groups_that_share(found)
    found = found.only(np.flatnonzero(groups == np.bincount(groups).argmax()))
    enough = found.total.sum(axis=0) + found.total.sum(axis=1) >= LEAST_APART
    found = found.only(np.flatnonzero(enough))
    found = found.only(apart_both_ways(found))
    if len(found.ids) < 2 or (found.counts.sum(axis=(1, 2)) > 0).sum() < LEAST_CONTACTS:
        return None
    return found.ids, fit_severities(found.counts)


def _changes(period: str, ratings: "pd.DataFrame", before: Fitted | None, now: Fitted | None) -> list[Drift]:
    contacts = ratings.groupby("rater")["contact_id"].nunique()
    common = [name for name in now[0] if name in before[0]] if before and now else []
    drifts = [
        Drift(str(name), period, int(n), Figure(None, None, None, int(n)), why="not_comparable")
        for name, n in contacts.items() if name not in common or len(common) < 2
    ]  # fmt: skip
    if before and now and len(common) > 1:
        drifts += _compared(period, contacts, common, _among(before, common), _among(now, common))
    return drifts


def _among(fitted: Fitted, common: Sequence[str]) -> Severities:
    return fitted[1].among(np.array([fitted[0].index(name) for name in common]))


def _compared(
    period: str, contacts: "pd.Series[int]", common: Sequence[str], before: Severities, now: Severities
) -> list[Drift]:
    change = now.values - before.values
    parts = np.diag(before.covariance), np.diag(now.covariance)
    spread = np.sqrt(parts[0] + parts[1])
    freedom = _welch(parts, (before.freedom, now.freedom))
    reach = stats.t.ppf(0.5 + LEVEL / 2, freedom) * spread
    ratio = np.divide(change, spread, out=np.zeros_like(change), where=spread > 0)
    chance = 2 * stats.t.sf(np.abs(ratio), freedom)
    return [
        Drift(
            name, period, int(contacts[name]),
            rounded(change[i], change[i] - reach[i], change[i] + reach[i], int(contacts[name])),
            float(chance[i]),
        )
        for i, name in enumerate(common)
    ]  # fmt: skip


def _welch(parts: tuple[NDArray[np.float64], NDArray[np.float64]], freedom: tuple[int, int]) -> NDArray[np.float64]:
    """Degrees of freedom of a difference of two independent estimates (Satterthwaite 1946, Welch 1947)."""
    below = parts[0] ** 2 / freedom[0] + parts[1] ** 2 / freedom[1]
    whole = (parts[0] + parts[1]) ** 2
    return np.divide(whole, below, out=np.full_like(whole, min(freedom)), where=below > 0)
