"""The design of the drivers' model: which columns stand in it, and how they go together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qm.analysis.voc.clustered_margins import starts_of
from qm.analysis.voc.driver_columns import Predictor
from qm.analysis.voc.screen_predictors import Column, independent, leave_out, make_columns
from qm.analysis.voc.share_importance import correlations, moments_by_block
from qm.domain.drivers import LeftOut

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DriverDesign:
    """Columns that can be told apart, sorted by agent; the constant stands first in `matrix`."""

    predictors: list[Predictor]
    columns: list[Column]
    matrix: Floats
    satisfied: Floats
    clusters: NDArray[np.int64]
    correlation: Floats
    blocks: Floats

    def value_column(self, number: int) -> int:
        """Place of a predictor's value in `matrix`."""
        return 1 + next(i for i, column in enumerate(self.columns) if column.is_value and column.owner == number)


def without_doubles(kept: list[Predictor], satisfied: Floats) -> tuple[list[Predictor], list[LeftOut]]:
    """Predictors whose values aren't wholly told by those before them."""
    if not kept:
        return [], []
    values = np.column_stack([column.values for column in make_columns(kept, satisfied) if column.is_value])
    correlation = np.atleast_2d(np.corrcoef(values, rowvar=False))
    good = independent(correlation)
    same = []
    for number in sorted(set(range(len(kept))) - set(good)):
        like = max(good, key=lambda other: abs(correlation[number, other]))
        same.append(leave_out(kept[number], satisfied, "same_as", kept[like].key))
    return [kept[number] for number in good], same


def make_design(kept: list[Predictor], satisfied: Floats, clusters: NDArray[np.int64]) -> DriverDesign:
    """Columns that aren't the same as others, with their sums of products by block of clusters."""
    columns = make_columns(kept, satisfied)
    values = np.column_stack([column.values for column in columns])
    starts = starts_of(clusters)
    # Products of centred columns: sums over 100,000 rows of raw seconds would lose digits.
    spread = values.std(axis=0)
    blocks = moments_by_block((values - values.mean(axis=0)) / spread, satisfied, starts)
    good = independent(correlations(blocks.sum(axis=0))[:-1, :-1])
    places = [0, *(1 + column for column in good), len(columns) + 1]
    blocks = blocks[:, places][:, :, places]
    matrix = np.column_stack([np.ones(len(satisfied)), values[:, good]])
    columns = [columns[column] for column in good]
    return DriverDesign(kept, columns, matrix, satisfied, clusters, correlations(blocks.sum(axis=0)), blocks)
