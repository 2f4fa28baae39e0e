"""What surveys say by group and over time: counts, and every scale with interval, target and standing.

Takes one row a response that is linked to a contact (columns: `qm.analysis.voc.voc_columns`). Everything is computed by
grouping columns, so that a hundred thousand responses take a fraction of a second.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.analysis.voc.compare_groups import standings
from qm.analysis.voc.group_figures import Codes, mean_figures, share_figure, share_figures
from qm.analysis.voc.response_rates import answered_mask
from qm.domain.figures import Count, Figure
from qm.domain.survey_report import ReportGroup, ReportScale, ScaleFigures, Standing, TargetState, TimePoint
from qm.domain.voc_plan import DayWindow, Scale, VocPlan

DIMENSIONS = {
    "process": ("process", "process"), "team": ("team", "team"), "agent": ("agent_id", "agent_name"),
    "channel": ("channel", "channel"),
}  # fmt: skip
"""By what groups may be told: the columns of id and name."""
DAY, WEEK, MONTH = "day", "week", "month"
STEPS = (DAY, WEEK, MONTH)
MOST_DAYS, MOST_WEEKS = 14, 60
"""Longer time lines go by week, and still longer ones by month."""
PROMOTER, DETRACTOR = 9, 6


class Grouping(NamedTuple):
    """The group of each row, and id and name of each group."""

    codes: Codes
    ids: list[str]
    names: list[str]


def with_days(table: pd.DataFrame, window: DayWindow) -> pd.DataFrame:
    """The table with `on`: the date of the day to which each contact belongs."""
    local = table["started_at"].dt.tz_convert(window.zone).dt.tz_localize(None)
    begins = pd.Timedelta(hours=window.begins_at.hour, minutes=window.begins_at.minute)
    shift = pd.Timedelta(days=1) - begins if window.begins_before else -begins
    return table.assign(on=(local + shift).dt.normalize())


def only_answered(plan: VocPlan, table: pd.DataFrame) -> VocPlan:
    """The plan with those of its scales on which anybody answered."""
    kept = tuple(s for s in plan.scales if s.column in table.columns and table[s.column].notna().any())
    return replace(plan, scales=kept)


def report_scales(plan: VocPlan) -> tuple[ReportScale, ...]:
    """The plan's scales as reports tell them."""
    return tuple(
        ReportScale(s.id, s.title, -100.0, 100.0, 0, s.higher_is_better)
        if s.is_nps
        else ReportScale(s.id, s.title, s.low, s.high, 2 if s.high - s.low < 8 else 1, s.higher_is_better)
        for s in plan.scales
    )


def group_by(table: pd.DataFrame, dimension: str) -> Grouping:
    """Groups of a dimension, by name; a group without a name comes last."""
    id_column, name_column = DIMENSIONS[dimension]
    codes, ids = pd.factorize(table[id_column], sort=False)
    names = table[name_column].to_numpy()
    last = np.zeros(len(ids), dtype=np.int64)
    last[codes] = np.arange(len(codes))  # the latest row tells an agent's present name
    named = [(str(names[last[at]]) or str(group), str(group), at) for at, group in enumerate(ids)]
    order = sorted(named, key=lambda each: (not each[1], each[0].casefold(), each[1]))
    place = np.empty(len(ids), dtype=np.int64)
    place[[at for _name, _group, at in order]] = np.arange(len(ids))
    return Grouping(place[codes], [group for _n, group, _a in order], [name for name, _g, _a in order])


def whole(table: pd.DataFrame) -> Grouping:
    """All rows as one group."""
    return Grouping(np.zeros(len(table), dtype=np.int64), [""], [""])


def group_rows(
    table: pd.DataFrame, grouping: Grouping, plan: VocPlan, least_n: int, *, compared: bool, process: str = ""
) -> tuple[ReportGroup, ...]:
    """Counts and figures of each group.

    Args:
        compared: whether the groups are held against each other.
        process: whose targets are meant; where groups are processes, each has its own.
    """
    count = len(grouping.ids)
    states = contact_counts(table, grouping)
    delays = _delays(table, grouping)
    own = grouping.ids if compared and process == PER_GROUP else [process] * count
    scales = [_scale_rows(table, grouping, scale, plan, least_n, own, compared=compared) for scale in plan.scales]
    return tuple(
        ReportGroup(
            grouping.ids[at], grouping.names[at], int(states[at, 0]), int(states[at, 1]), int(states[at, 2]),
            share_figure(Count(int(states[at, 2]), int(states[at, 0])), least_n), delays[at],
            tuple(rows[at] for rows in scales),
        )
        for at in range(count)
    )  # fmt: skip


PER_GROUP = "*"
"""Instead of a process: each group is one and has its own targets."""


def time_line(table: pd.DataFrame, plan: VocPlan, least_n: int, step: str, process: str = "") -> tuple[TimePoint, ...]:
    """A point a day, week or month from the first contact to the last, empty ones among them.

    Args:
        table: of `with_days`.
    """
    if table.empty:
        return ()
    begins = _begins(table["on"], step)
    periods = pd.date_range(begins.min(), begins.max(), freq={DAY: "D", WEEK: "7D", MONTH: "MS"}[step])
    codes = periods.get_indexer(begins)
    labels = [period.date().isoformat() for period in periods]
    grouping = Grouping(codes.astype(np.int64), labels, labels)
    rows = group_rows(table, grouping, plan, least_n, compared=False, process=process)
    return tuple(TimePoint(date.fromisoformat(row.id), row.invited, row.answered, row.scales) for row in rows)


def step_of(first: date, last: date) -> str:
    """Day, week or month: what leaves a time line readable.

    >>> step_of(date(2026, 11, 1), date(2026, 11, 7)), step_of(date(2026, 8, 1), date(2026, 11, 7))
    ('day', 'week')
    """
    days = (last - first).days + 1
    return DAY if days <= MOST_DAYS else WEEK if days <= 7 * MOST_WEEKS else MONTH


def contact_counts(table: pd.DataFrame, grouping: Grouping) -> NDArray[np.int64]:
    """Contacts invited, opened and answered by group, shape (groups, 3); several responses to one contact are one."""
    answered = answered_mask(table).to_numpy()
    started = answered | table["survey_started_at"].notna().to_numpy()
    contacts = pd.factorize(table["contact_id"])[0]
    counts = np.zeros((len(grouping.ids), 3), dtype=np.int64)
    for at, mask in enumerate((np.ones(len(table), dtype=bool), started, answered)):
        _, first = np.unique(contacts[mask], return_index=True)
        counts[:, at] = np.bincount(grouping.codes[mask][first], minlength=len(grouping.ids))
    return counts


def _begins(on: pd.Series, step: str) -> pd.Series:
    if step == WEEK:
        return on - pd.to_timedelta(on.dt.day_of_week, unit="D")
    return on - pd.to_timedelta(on.dt.day - 1, unit="D") if step == MONTH else on


def _delays(table: pd.DataFrame, grouping: Grouping) -> list[float | None]:
    hours = (table["answered_at"] - table["invited_at"]).dt.total_seconds() / 3600
    medians = hours.groupby(grouping.codes).median()
    return [
        round(float(medians[at]), 1) if at in medians.index and not np.isnan(medians[at]) else None
        for at in range(len(grouping.ids))
    ]


def _scale_rows(
    table: pd.DataFrame, grouping: Grouping, scale: Scale, plan: VocPlan, least_n: int, processes: Sequence[str], *,
    compared: bool,
) -> list[ScaleFigures]:  # fmt: skip
    """The scale in every group."""
    count = len(grouping.ids)
    column = table[scale.column]
    given = column.notna().to_numpy()
    values, codes = column.to_numpy(dtype=np.float64)[given], grouping.codes[given]
    points, low, high = _points(values, scale)
    satisfied = values >= scale.satisfied_at_least if scale.higher_is_better else values <= scale.satisfied_at_least
    figures = mean_figures(points, codes, count, least_n, low, high)
    shares = share_figures(satisfied, codes, count, least_n)
    places: list[Standing | None] = [None] * count
    if compared and count > 1:
        places = list(standings(points, codes, count, least_n, higher_is_better=scale.higher_is_better))
    rows = []
    for at in range(count):
        target = plan.target_of(scale.id, processes[at])
        share_target = plan.target_of(scale.id, processes[at], of_satisfied=True)
        state = target_state(figures[at], target, higher_is_better=scale.higher_is_better)
        share_state = target_state(shares[at], share_target)
        told = (figures[at], shares[at], target, state, share_target, share_state, places[at])
        rows.append(ScaleFigures(scale.id, *told))
    return rows


def _points(values: NDArray[np.float64], scale: Scale) -> tuple[NDArray[np.float64], float, float]:
    """What is averaged: the answers; of NPS 100 for 9 and 10, -100 for 0 to 6, else 0 (Reichheld 2003)."""
    if not scale.is_nps:
        return values, scale.low, scale.high
    points = np.where(values >= PROMOTER, 100.0, np.where(values <= DETRACTOR, -100.0, 0.0))
    return points, -100.0, 100.0


def target_state(figure: Figure, target: float | None, *, higher_is_better: bool = True) -> TargetState | None:
    """Reached where the whole interval is at the target or on its good side, missed where it's wholly on the other.

    >>> [target_state(Figure(8.0, lo, hi, 50), 7.5).value for lo, hi in ((7.6, 8.4), (7.2, 8.8), (6.0, 7.4))]
    ['reached', 'cannot_tell', 'missed']
    """
    if target is None:
        return None
    if figure.value is None or figure.lo is None or figure.hi is None:
        return TargetState.CANNOT_TELL
    if not higher_is_better:
        return target_state(Figure(-figure.value, -figure.hi, -figure.lo, figure.n), -target)
    if figure.lo >= target:
        return TargetState.REACHED
    return TargetState.MISSED if figure.hi < target else TargetState.CANNOT_TELL
