"""Contacts as columns of numbers that a model can take: learned on one table, applied to any other.

What a contact is known by before anybody listens: history, hour, process, team and the like; where they're asked for,
measures of the talk and answers of the form as well. A value that wasn't delivered is its column's median, with a
column of its own that says so; it's never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.domain.voc_names import HISTORY_COLUMNS, MET, NOT_MET
from qm.units import Share

Floats = NDArray[np.float64]
GROUPING_COLUMNS = ("process", "medium", "direction", "team", "queue", "site", "vendor", "language")
REPEAT_DAYS = 7
"""A customer who contacted us so shortly before is a repeat contact."""
LEAST_LEVEL = 20
"""Rows that a level needs for a column of its own."""
LEAST_KNOWN: Share = 0.5
"""A column that is delivered more rarely than that is left out, and named."""
KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the knots of a restricted cubic spline with four of them (Harrell 2001, table 2.3)."""


def with_moments(contacts: pd.DataFrame, zone: str) -> pd.DataFrame:
    """The table with `hour` (0 to 24) and `weekend` (1 or 0) in the zone, and `repeat`: 1 for a customer who was here.

    `repeat` looks back `REPEAT_DAYS` days only, so it's known while the contact lasts; NaN without a customer's id.
    """
    local = contacts["started_at"].dt.tz_convert(zone)
    table = contacts.assign(
        hour=local.dt.hour + local.dt.minute / 60, weekend=(local.dt.day_of_week >= 5).astype(float)
    )
    known = table.loc[table["customer_id"] != "", ["customer_id", "started_at"]]
    known = known.sort_values("started_at", kind="stable")
    since = known.groupby("customer_id")["started_at"].diff()
    table["repeat"] = (since <= pd.Timedelta(days=REPEAT_DAYS)).astype(float).reindex(table.index)
    return table


class Part(Protocol):
    """Some columns that belong together: kept or left out as one."""

    @property
    def name(self) -> str:
        """Of the column of the table, marked where the part is about its curve."""
        ...

    def columns(self, table: pd.DataFrame) -> Floats:
        """Values of shape (rows, columns)."""
        ...


@dataclass(frozen=True)
class Amount:
    """A number, seconds and counts as log(1 + x); `gaps` adds the column that says where it's unknown."""

    name: str
    is_log: bool
    median: float
    gaps: bool

    def values(self, table: pd.DataFrame) -> Floats:
        """The number itself, with the median where it's unknown."""
        raw = table[self.name].to_numpy(np.float64, na_value=np.nan)
        shown = np.log1p(np.clip(raw, 0, None)) if self.is_log else raw
        return np.where(np.isnan(shown), self.median, shown)

    def columns(self, table: pd.DataFrame) -> Floats:
        """The number, and whether it's unknown."""
        parts = [self.values(table)]
        if self.gaps:
            parts.append(table[self.name].isna().to_numpy(np.float64))
        return np.column_stack(parts)


@dataclass(frozen=True)
class Bend:
    """How an amount's effect bends: the two curved columns of its spline, straight beyond the outer knots."""

    amount: Amount
    knots: tuple[float, ...]

    @property
    def name(self) -> str:
        """Of the amount, marked as its curve."""
        return f"{self.amount.name}~"

    def columns(self, table: pd.DataFrame) -> Floats:
        """Harrell's (2001, 2.25) truncated power basis without the straight column."""
        x, knots = self.amount.values(table), self.knots
        last, before = knots[-1], knots[-2]

        def cube(knot: float) -> Floats:
            return np.clip(x - knot, 0, None) ** 3

        return np.column_stack([
            (cube(knot) - (cube(before) * (last - knot) - cube(last) * (before - knot)) / (last - before))
            / (last - knots[0]) ** 2
            for knot in knots[:-2]
        ])  # fmt: skip


@dataclass(frozen=True)
class Levels:
    """One column for each frequent level of a text column, the most frequent one left out."""

    name: str
    levels: tuple[str, ...]

    def columns(self, table: pd.DataFrame) -> Floats:
        """1 where the row is of the level."""
        raw = table[self.name].to_numpy()
        return np.column_stack([(raw == level).astype(np.float64) for level in self.levels])


@dataclass(frozen=True)
class Clock:
    """Hour of the day as a circle, and the weekend."""

    name: str = "hour"

    def columns(self, table: pd.DataFrame) -> Floats:
        """Sine, cosine, weekend."""
        angle = table["hour"].to_numpy(np.float64) * (2 * np.pi / 24)
        return np.column_stack([np.sin(angle), np.cos(angle), table["weekend"].to_numpy(np.float64)])


@dataclass(frozen=True)
class Answered:
    """A criterion: not met, and neither met nor not met."""

    name: str

    def columns(self, table: pd.DataFrame) -> Floats:
        """Two columns of 0 and 1; met is neither."""
        codes = table[self.name].to_numpy()
        return np.column_stack([codes == NOT_MET, (codes != NOT_MET) & (codes != MET)]).astype(np.float64)


@dataclass(frozen=True)
class Encoding:
    """How a table becomes a matrix.

    Attributes:
        labels: name of each column.
        left_out: what there was no room for, or was known of too few contacts.
    """

    parts: tuple[Part, ...]
    labels: tuple[str, ...]
    mean: Floats
    scale: Floats
    left_out: tuple[str, ...]

    def encode(self, table: pd.DataFrame) -> Floats:
        """Standardised columns of shape (rows, columns), as on the table that it was learned on."""
        return (_stack(self.parts, table) - self.mean) / self.scale


def learn_encoding(table: pd.DataFrame, room: int, extra: Sequence[str] = ()) -> Encoding:
    """Choose the columns that a table can bear.

    Args:
        table: with `with_moments`.
        room: most columns; what comes first has precedence: history, hour, groups, `extra`, then bends.
        extra: measure, score and answer columns.
    """
    amounts, rare = _amounts(table, (*HISTORY_COLUMNS, "repeat"))
    more, rare_more = _amounts(table, [name for name in extra if not name.startswith("c:")])
    wanted: list[Part] = [*amounts, Clock()]
    wanted += [levels for name in GROUPING_COLUMNS if (levels := _levels(table, name))]
    wanted += [*more, *(Answered(name) for name in extra if name.startswith("c:"))]
    wanted += [bend for amount in amounts if (bend := _bend(table, amount))]
    parts: list[Part] = []
    crowded: list[str] = []
    matrices: list[Floats] = []
    taken = 0
    for part in wanted:
        columns = part.columns(table)
        if (columns.std(axis=0) < 1e-12).all():
            continue
        if taken + columns.shape[1] > room:
            crowded.append(part.name)
            continue
        taken += columns.shape[1]
        parts.append(part)
        matrices.append(columns)
    matrix = np.column_stack(matrices) if matrices else np.zeros((len(table), 0))
    deviation = matrix.std(axis=0)
    return Encoding(
        tuple(parts), tuple(label for part in parts for label in _labels(part)), matrix.mean(axis=0),
        np.where(deviation < 1e-12, 1.0, deviation), (*rare, *rare_more, *crowded),
    )  # fmt: skip


def _stack(parts: Sequence[Part], table: pd.DataFrame) -> Floats:
    if not parts:
        return np.zeros((len(table), 0))
    return np.column_stack([part.columns(table) for part in parts])


def _labels(part: Part) -> list[str]:
    if isinstance(part, Levels):
        return [f"{part.name}={level}" for level in part.levels]
    if isinstance(part, Amount):
        return [part.name, f"{part.name}?"] if part.gaps else [part.name]
    if isinstance(part, Clock):
        return ["hour^", "hour>", "weekend"]
    return [part.name, f"{part.name}?" if isinstance(part, Answered) else part.name]


def _amounts(table: pd.DataFrame, names: Sequence[str]) -> tuple[list[Amount], list[str]]:
    found, rare = [], []
    for name in names:
        raw = table[name].to_numpy(np.float64, na_value=np.nan) if name in table else np.full(len(table), np.nan)
        known = ~np.isnan(raw)
        if not len(raw) or known.mean() < LEAST_KNOWN:
            rare.append(name)
            continue
        is_log = name in HISTORY_COLUMNS
        shown = np.log1p(np.clip(raw[known], 0, None)) if is_log else raw[known]
        gaps = LEAST_LEVEL <= int((~known).sum()) <= len(raw) - LEAST_LEVEL
        found.append(Amount(name, is_log, float(np.median(shown)), gaps))
    return found, rare


def _levels(table: pd.DataFrame, name: str) -> Levels | None:
    counts = table[name].value_counts() if name in table else pd.Series(dtype=int)
    frequent = sorted(counts.index[counts >= LEAST_LEVEL], key=lambda level: (-counts[level], level))
    return Levels(name, tuple(str(level) for level in frequent[1:])) if len(frequent) > 1 else None


def _bend(table: pd.DataFrame, amount: Amount) -> Bend | None:
    """`None` where the values are too few different ones for four knots."""
    knots = np.quantile(amount.values(table), KNOTS)
    return Bend(amount, tuple(float(knot) for knot in knots)) if (np.diff(knots) > 1e-9).all() else None
