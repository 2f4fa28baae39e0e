"""What may drive satisfaction, as columns: criteria, contact history, measures of the conversation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.analysis.voc.voc_columns import MET, NOT_APPLICABLE, NOT_MET, answer_columns, measure_column
from qm.domain.drivers import EITHER, DriverKind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
REPEAT_DAYS = 7
"""Same customer again within so many days is a repeat contact; the industry's usual window."""
MINUTES = {"wait": ("wait_s", 1.0), "ivr": ("ivr_s", 1.0), "talk": ("talk_s", 5.0)}
"""Column in seconds, and the minutes that the effect is told for."""
YES_NO = ("transfer", "hold", "repeat", "resolved", "came_back")
MEASURE_STEPS = {
    "silence_share": 0.1, "agent_talk_share": 0.1, "agent_interruption_count": 1.0, "agent_words_per_minute": 20.0,
    "agent_response_delay_median_s": 1.0, "agent_longest_monologue_s": 10.0,
}  # fmt: skip
"""Measures of a conversation that a person can act on, and the change that the effect is told for."""
MOSTLY = 0.5
"""A share of values missing from which on a predictor isn't known well enough to be used."""


@dataclass(frozen=True)
class Predictor:
    """One column of numbers and what stands in its gaps.

    Attributes:
        values: NaN where it has no value.
        gaps: kinds of rows without a value, told apart: *not applicable* isn't *cannot tell*.
        step: 0: yes (1) or no (0).
        may_be_sparse: criteria that seldom apply are used all the same, history that was seldom delivered isn't.
    """

    key: str
    kind: DriverKind
    values: Floats
    gaps: tuple[Mask, ...] = ()
    step: float = 0.0
    may_be_sparse: bool = False

    @property
    def known(self) -> Mask:
        """Rows with a value."""
        return ~np.isnan(self.values)


def gather_predictors(
    joined: pd.DataFrame, form_id: str, leave_out: Sequence[str] = ()
) -> tuple[list[Predictor], Predictor | None]:
    """All predictors of surveyed contacts, and *a transfer or a hold*.

    Args:
        joined: one row a response, with its contact's columns; `repeat` and `came_back` beside them where known.
        leave_out: keys that aren't looked at.
    """
    history = {name: _known(joined, column) / 60 for name, (column, _step) in MINUTES.items()}
    history |= {name: _yes_no(joined, name) for name in YES_NO}
    if np.isnan(history["resolved"]).sum() < MOSTLY * len(joined):
        del history["came_back"]  # the customer's own word is better than a guess from a return
    found = [_criterion(name, joined[name].to_numpy()) for name in answer_columns(joined, form_id)] if form_id else []
    steps = {name: step for name, (_column, step) in MINUTES.items()}
    found += [_timed(name, DriverKind.HISTORY, values, steps.get(name, 0.0)) for name, values in history.items()]
    found += [
        _timed(measure_column(name), DriverKind.MEASURE, _known(joined, measure_column(name)), step)
        for name, step in MEASURE_STEPS.items() if measure_column(name) in joined
    ]  # fmt: skip
    either = _timed(EITHER, DriverKind.HISTORY, either_of(history["transfer"], history["hold"]), 0.0)
    can_be = not {"transfer", "hold"} & set(leave_out)
    return [one for one in found if one.key not in leave_out], either if can_be else None


def mark_repeats(contacts: pd.DataFrame) -> pd.DataFrame:
    """For each contact whether the same customer had one within 7 days before (`repeat`) and after (`came_back`).

    1 or 0; NaN where the customer isn't known, or nobody can tell since the table begins or ends too near.

    Args:
        contacts: columns `contact_id`, `customer_id`, `started_at`; as many days as there are.
    """
    marks = pd.DataFrame({"contact_id": contacts["contact_id"], "repeat": np.nan, "came_back": np.nan})
    if contacts.empty:
        return marks
    customers, names = pd.factorize(contacts["customer_id"])
    moments = contacts["started_at"].astype("datetime64[ns, UTC]").astype("int64").to_numpy()
    order = np.lexsort((moments, customers))
    window = REPEAT_DAYS * 86_400 * 10**9
    same = customers[order][1:] == customers[order][:-1]
    near = same & (np.diff(moments[order]) <= window)
    before, after = np.zeros(len(order)), np.zeros(len(order))
    before[order[1:]] = near
    after[order[:-1]] = near
    before[(before == 0) & (moments < moments.min() + window)] = np.nan
    after[(after == 0) & (moments > moments.max() - window)] = np.nan
    unknown = np.asarray(names == "")[customers]
    marks["repeat"], marks["came_back"] = np.where(unknown, np.nan, before), np.where(unknown, np.nan, after)
    return marks


def either_of(one: Floats, other: Floats) -> Floats:
    """1 where either happened, 0 where neither did; NaN where that isn't known.

    >>> either_of(np.array([1.0, 0.0, np.nan]), np.array([np.nan, 0.0, 0.0])).tolist()
    [1.0, 0.0, nan]
    """
    happened = (one == 1) | (other == 1)
    return np.where(happened, 1.0, np.where(np.isnan(one) | np.isnan(other), np.nan, 0.0))


def _yes_no(joined: pd.DataFrame, name: str) -> Floats:
    if name == "transfer":
        return _any(_known(joined, "transfers"))
    if name == "hold":
        # One of both may be missing: a count of 0 with no time, or a time with no count.
        counted, timed = _any(_known(joined, "holds")), _any(_known(joined, "hold_s"))
        return np.where(np.isnan(counted), timed, np.where(np.isnan(timed), counted, np.fmax(counted, timed)))
    return _known(joined, name)


def _any(values: Floats) -> Floats:
    return np.where(np.isnan(values), np.nan, (values > 0).astype(float))


def _known(joined: pd.DataFrame, column: str) -> Floats:
    if column not in joined:
        return np.full(len(joined), np.nan)
    values: Floats = joined[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def _criterion(key: str, codes: NDArray[np.int8]) -> Predictor:
    values = np.where(codes == MET, 1.0, np.where(codes == NOT_MET, 0.0, np.nan))
    applies_not = codes == NOT_APPLICABLE
    return Predictor(
        key, DriverKind.CRITERION, values, (applies_not, np.isnan(values) & ~applies_not), may_be_sparse=True
    )


def _timed(key: str, kind: DriverKind, values: Floats, step: float) -> Predictor:
    return Predictor(key, kind, values, (np.isnan(values),), step)


def rows_of(predictor: Predictor, rows: Mask | NDArray[np.int64]) -> Predictor:
    """The same predictor over some of the rows, or over all in another order."""
    gaps: Iterable[Mask] = (gap[rows] for gap in predictor.gaps)
    return Predictor(
        predictor.key, predictor.kind, predictor.values[rows], tuple(gaps), predictor.step, predictor.may_be_sparse
    )
