"""A day's share of satisfied customers from contact history alone, and how such estimates did on days that are past.

No transcript, no survey of the day is needed: the model has learned from answers that had come in before the day began.
Each past day is estimated in just that way and then compared with what its customers answered.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.estimate_quality import LEVEL, wilson
from qm.analysis.voc.contact_features import Encoding, Floats, learn_encoding
from qm.analysis.voc.fit_logistic import LogisticFit, fit_logistic, room_for
from qm.analysis.voc.survey_figures import with_days
from qm.analysis.voc.watch_drift import watch_drift
from qm.domain.estimate import BackTest, DayEstimate
from qm.domain.figures import Count, Figure
from qm.domain.voc_plan import DayWindow
from qm.units import Share

LEAST_ANSWERS = 100
LEAST_OF_CLASS = 25
LEAST_OF_DAY = 5
"""Answers that a day needs to be compared with its estimate."""
LEAST_DAYS = 10
"""Compared days without which an estimate has no interval, and so isn't told."""
REFIT_DAYS = 7
"""Past days that share a model: each learned from answers before the first of them."""
MOST_COLUMNS = 60


@dataclass(frozen=True)
class _Learned:
    encoding: Encoding
    fit: LogisticFit
    answers: Count


def with_service_days(contacts: pd.DataFrame, window: DayWindow) -> pd.DataFrame:
    """The table with `service_day`: the day that a contact is of, which by default begins the evening before.

    >>> at = pd.to_datetime(["2026-03-02T17:59Z", "2026-03-02T18:00Z"], utc=True)
    >>> with_service_days(pd.DataFrame({"started_at": at}), DayWindow())["service_day"].astype(str).tolist()
    ['2026-03-02', '2026-03-03']
    """
    return contacts.assign(service_day=with_days(contacts, window)["on"].dt.date)


def estimate_days(
    contacts: pd.DataFrame, satisfied: Floats, answered_at: pd.Series, begins: dict[date, datetime], last: date
) -> tuple[DayEstimate, ...]:
    """Every day up to `last`, each from what was known before it began.

    Args:
        contacts: customers' contacts by start, with `with_moments` and `with_service_days`.
        satisfied: 1, 0, or NaN where nobody answered.
        answered_at: when, in the order of the contacts.
        begins: first moment of each day in the table, and of `last`.
    """
    rows = contacts.groupby("service_day").indices
    told = ~np.isnan(satisfied)
    known_at = answered_at.where(answered_at.notna(), contacts["started_at"])
    found: list[DayEstimate] = []
    for block in _blocks(sorted(day for day in begins if day <= last), last):
        before = told & (known_at < begins[block[0]]).to_numpy()
        learned = _learn(contacts[before], satisfied[before] == 1)
        own = [np.asarray(rows.get(day, np.zeros(0, np.int64))) for day in block]
        # The whole block at once: reading columns of a table costs more than the arithmetic on a day's rows.
        table = contacts.iloc[np.concatenate(own)]
        matrix = np.zeros((len(table), 0)) if isinstance(learned, str) else learned.encoding.encode(table)
        ends = np.cumsum([len(part) for part in own])
        for day, part, end in zip(block, own, ends, strict=True):
            found.append(_estimate(day, matrix[end - len(part) : end], satisfied[part], learned, found))
    return tuple(found)


def _blocks(days: list[date], last: date) -> list[list[date]]:
    """Days that share a model; the last one has its own, since it's the one that people look at."""
    blocks: list[list[date]] = []
    for day in days:
        if not blocks or day == last or (day - blocks[-1][0]).days >= REFIT_DAYS:
            blocks.append([])
        blocks[-1].append(day)
    return blocks


def back_test(days: tuple[DayEstimate, ...]) -> BackTest:
    """Errors, coverage and drift over the days that can be compared."""
    told = [(day, error) for day in days if (error := day.error) is not None]
    covered = [day.inside for day, _error in told if day.inside is not None]
    count = Count(sum(covered), len(covered))
    if len(told) < LEAST_DAYS:
        nothing = Figure(None, None, None, len(told))
        return BackTest(len(told), None, None, None, nothing, count, wilson(count), watch_drift([], [], []))
    errors = np.array([error for _day, error in told])
    observed = np.array([day.observed.rate for day, _error in told if day.observed], float)
    naive = np.array([day.naive for day, _error in told], float)
    n = np.array([day.observed.n for day, _error in told if day.observed])
    chance = np.sqrt(2 / math.pi) * np.sqrt(np.clip((observed - errors) * (1 - observed + errors), 0, None) / n)
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, len(errors) - 1)) * float(errors.std(ddof=1)) / math.sqrt(len(errors))
    bias = Figure(
        round(float(errors.mean()), 4), round(float(errors.mean()) - reach, 4), round(float(errors.mean()) + reach, 4),
        len(errors),
    )  # fmt: skip
    # Before that, how much days differ isn't known yet: errors would look larger than they are, and sound the alarm.
    watched = [(day.day, error, day.spread) for day, error in told if day.spread and day.inside is not None]
    drift = watch_drift([day for day, _e, _s in watched], [e for _d, e, _s in watched], [s for _d, _e, s in watched])
    return BackTest(
        len(told), round(float(np.abs(errors).mean()), 4), round(float(np.abs(observed - naive).mean()), 4),
        round(float(chance.mean()), 4), bias, count, wilson(count), drift,
    )  # fmt: skip


def _learn(answered: pd.DataFrame, satisfied: NDArray[np.bool_]) -> _Learned | str:
    count = Count(int(satisfied.sum()), len(satisfied))
    if count.n and count.hits in (0, count.n):
        return "one_class"
    if count.n < LEAST_ANSWERS or min(count.hits, count.n - count.hits) < LEAST_OF_CLASS:
        return "thin"
    encoding = learn_encoding(answered, min(room_for(satisfied) // 2, MOST_COLUMNS))
    return _Learned(encoding, fit_logistic(encoding.encode(answered), satisfied), count)


def _estimate(
    day: date, matrix: Floats, satisfied: Floats, learned: _Learned | str, before: list[DayEstimate]
) -> DayEstimate:
    name, n = day.isoformat(), len(satisfied)
    nothing = Figure(None, None, None, n)
    if isinstance(learned, str):
        return DayEstimate(name, n, nothing, 0, reason=learned if n else "no_contacts")
    told = ~np.isnan(satisfied)
    observed = Count(int(satisfied[told].sum()), int(told.sum())) if told.sum() >= LEAST_OF_DAY else None
    if not n:
        return DayEstimate(name, 0, nothing, learned.answers.n, reason="no_contacts")
    p = learned.fit.probabilities(matrix)
    days, between = _day_variance(before)
    spread, expected, inside = None, None, None
    if observed is not None and observed.rate is not None:
        own_variance = _variance(p[told], learned.fit.mean_variance(matrix[told]))
        spread = math.sqrt(own_variance + between)
        expected = _figure(float(p[told].mean()), spread, days, observed.n)
        inside = None if days < LEAST_DAYS else _contains(expected, observed.rate)
    whole = math.sqrt(_variance(p, learned.fit.mean_variance(matrix)) + between)
    return DayEstimate(
        name, n, nothing if days < LEAST_DAYS else _figure(float(p.mean()), whole, days, n), learned.answers.n,
        observed, expected, inside, learned.answers.rate, spread, "few_days" if days < LEAST_DAYS else "",
    )  # fmt: skip


def _variance(p: Floats, of_model: float) -> float:
    return float((p * (1 - p)).sum()) / len(p) ** 2 + of_model


def _day_variance(before: list[DayEstimate]) -> tuple[int, float]:
    """Compared days so far, and how much days differ beyond chance and model (moments, at least 0)."""
    told = [
        (error, day.observed.n, day.expected.value)
        for day in before
        if (error := day.error) is not None and day.observed and day.expected and day.expected.value is not None
    ]
    if len(told) < LEAST_DAYS:
        return len(told), 0.0
    excess = [error**2 - p * (1 - p) / n for error, n, p in told]
    return len(told), max(0.0, sum(excess) / len(excess))


def _figure(value: float, spread: float, days: int, n: int) -> Figure:
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, max(days - 1, LEAST_DAYS - 1))) * spread
    return Figure(round(value, 4), round(max(0.0, value - reach), 4), round(min(1.0, value + reach), 4), n)


def _contains(figure: Figure, rate: Share) -> bool:
    return figure.lo is not None and figure.hi is not None and figure.lo <= rate <= figure.hi
