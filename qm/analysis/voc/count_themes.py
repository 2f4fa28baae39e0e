"""How many speak of a theme, what they say, and where: counts with intervals, nothing below the minimum n."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qm.analysis.voc.group_figures import share_figure
from qm.domain.comment import Sentiment, SentimentCount, ThemeGroup
from qm.domain.figures import Count

if TYPE_CHECKING:
    import pandas as pd

DETRACTOR_AT_MOST, PROMOTER_AT_LEAST = 6, 9
"""NPS (Reichheld 2003)."""
GROUPS = ("process", "team", "month")
"""Columns that themes are counted by."""


def count_sentiments(sentiments: Sequence[Sentiment]) -> SentimentCount:
    """How many of each."""
    return SentimentCount(**{kind.value: sum(found is kind for found in sentiments) for kind in Sentiment})


def join_sentiments(sentiments: Sequence[Sentiment]) -> Sentiment:
    """Of several passages of one comment: what those that say something agree on.

    >>> join_sentiments([Sentiment.NEUTRAL, Sentiment.NEGATIVE]).value
    'negative'
    >>> join_sentiments([Sentiment.POSITIVE, Sentiment.NEGATIVE]).value
    'untold'
    """
    told = {found for found in sentiments if found in (Sentiment.POSITIVE, Sentiment.NEGATIVE)}
    if len(told) == 1:
        return told.pop()
    if told:
        return Sentiment.UNTOLD
    return Sentiment.NEUTRAL if Sentiment.NEUTRAL in sentiments else Sentiment.UNTOLD


def count_detractors(nps: NDArray[np.float64]) -> Count:
    """NPS 0 to 6, of those who gave one (not NaN)."""
    given = nps[~np.isnan(nps)]
    return Count(int((given <= DETRACTOR_AT_MOST).sum()), len(given))


def check_sentiments(sentiments: Sequence[Sentiment], nps: NDArray[np.float64]) -> Count:
    """Comments read as praise by promoters and as complaint by detractors, of those by either that were read as either.

    The site's own test of the reading, on what its customers meant. People who are content leave a single complaint as
    well, so it needn't reach all.
    """
    pairs = [
        (sentiment is Sentiment.POSITIVE, bool(score >= PROMOTER_AT_LEAST))
        for sentiment, score in zip(sentiments, nps, strict=True)
        if sentiment in (Sentiment.POSITIVE, Sentiment.NEGATIVE)
        and (score >= PROMOTER_AT_LEAST or score <= DETRACTOR_AT_MOST)
    ]
    return Count(sum(praised is promoted for praised, promoted in pairs), len(pairs))


def count_by_group(owners: "pd.DataFrame", speaks: NDArray[np.bool_], least_n: int) -> tuple[ThemeGroup, ...]:
    """The share that speaks of a theme by process, team and month; comments whose group isn't known are left out."""
    import pandas as pd

    groups = []
    for by in GROUPS:
        known = owners[by] != ""
        counted = (
            pd.Series(speaks, index=owners.index)[known].groupby(owners[by][known], sort=True).agg(["sum", "size"])
        )
        for key, hits, n in counted.itertuples():
            count = Count(int(hits), int(n))
            groups.append(ThemeGroup(by, str(key), count, share_figure(count, least_n)))
    return tuple(groups)
