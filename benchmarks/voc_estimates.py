"""Estimates: do their intervals hold the truth, on days, groups and contacts, and does the alarm sound when due?"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.voc_made import answering_odds, made_contacts, satisfaction_odds
from benchmarks.voc_selection import share
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.voc.draw_surveys import window_of
from qm.analysis.voc.estimate_days import back_test, estimate_days, with_service_days
from qm.analysis.voc.estimate_groups import estimate_groups, learn_own
from qm.analysis.voc.estimate_satisfaction import estimate_contacts, learn_satisfaction
from qm.analysis.voc.fit_logistic import expit
from qm.analysis.voc.watch_drift import watch_drift
from qm.domain.estimate import DayEstimate
from qm.domain.figures import Figure
from qm.domain.voc_plan import DayWindow

CONTACTS, AGENTS = 3000, 20
DAY_CONTACTS, DAYS = 4500, 45
AGENT_SPREAD = 0.4
DAY_SPREAD = 0.2
"""Standard deviations of agents' and days' own log odds."""
SHIFT = 1.0
"""Log odds by which customers are less satisfied in the last third of the days, unseen by contact data."""
SERIES_DAYS = 250
TARGET = ">= 0.93 and <= 0.97"


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> None:
    """Simulate and print."""
    figures = measure(repetitions, seed)
    if as_json:
        emit_json(Bench("voc_estimates", machine(), figures))
        return
    for name, figure in figures.items():
        context.out.print(figure_line(name, figure))


def measure(repetitions: int, seed: int) -> dict[str, BenchFigure]:
    """All figures of this bench."""
    generator = np.random.default_rng(seed)
    groups = pd.DataFrame([_groups(generator) for _number in range(repetitions)])
    days = pd.DataFrame([dict(_days(generator, with_change=number % 4 == 0)) for number in range(repetitions)])
    figures = {f"{name}: intervals that hold the truth": _mean(groups[name], TARGET) for name in groups}
    for name in ("estimate of a day", "answers of a day"):
        figures[f"{name}: intervals that hold the truth"] = _mean(days[name], TARGET)
    figures["error of a day's estimate"] = _mean(100 * days["error"], "", "points")
    figures["error of always saying the average"] = _mean(100 * days["naive"], "", "points")
    noticed = days["noticed"].dropna()
    figures["alarm after a planted change"] = share(int(noticed.sum()), len(noticed), "")
    figures["alarm at the end though nothing changed"] = share(int(days["alarmed"].sum()), repetitions, "")
    figures["days until a false alarm"] = _false_alarms(generator, repetitions)
    return figures


def _mean(values: "pd.Series[float]", target: str, unit: str = "share") -> BenchFigure:
    """Mean over repetitions, which are independent as contacts and days of one aren't."""
    told = values.dropna()
    reach = 1.96 * float(told.std(ddof=1)) / len(told) ** 0.5
    return BenchFigure(
        float(told.mean()), unit, len(told), float(told.mean()) - reach, float(told.mean()) + reach, target
    )


def _groups(generator: np.random.Generator) -> dict[str, float]:
    """Share of contacts, agents, teams and wholes whose interval holds the truth."""
    contacts = made_contacts(generator, CONTACTS, AGENTS)
    own = generator.normal(0, AGENT_SPREAD, AGENTS)[contacts["agent_id"].str[1:].astype(int)]
    p = expit(satisfaction_odds(contacts) + own)
    y = generator.random(CONTACTS) < p
    told = generator.random(CONTACTS) < expit(answering_odds(contacts))
    model = learn_satisfaction(contacts[told], y[told], generator)
    if model.fit is None or model.encoding is None or model.held_out is None:
        return {}
    effects = learn_own(contacts["agent_id"][told], y[told], model.held_out)
    value, lo, hi = estimate_contacts(model, effects, contacts)
    variance = model.fit.mean_variance(model.encoding.encode(contacts))
    table = contacts.assign(p=value, w=effects.of(contacts["agent_id"])[1], y=np.where(told, y, np.nan), all="all")
    found = {"contact": float(((lo <= p) & (p <= hi))[~told].mean())}
    for name, key in (("agent", "agent_id"), ("team", "team"), ("all contacts", "all")):
        truth = pd.Series(y).groupby(table[key].to_numpy()).mean()
        held = [_holds(one.estimate, truth[one.key]) for one in estimate_groups(table, key, key, variance, 10)]
        found[name] = float(np.mean(held))
    return found


def _days(generator: np.random.Generator, *, with_change: bool) -> Iterator[tuple[str, float]]:
    contacts = with_service_days(made_contacts(generator, DAY_CONTACTS, AGENTS, DAYS), DayWindow())
    number = pd.factorize(contacts["service_day"])[0]
    odds = satisfaction_odds(contacts) + generator.normal(0, DAY_SPREAD, number.max() + 1)[number]
    told = generator.random(DAY_CONTACTS) < expit(answering_odds(contacts))
    days, y = _estimated(contacts, odds, told, generator)
    truth = pd.Series(y).groupby(contacts["service_day"].to_numpy()).mean()
    test = back_test(days)
    held = [_holds(day.estimate, truth[date.fromisoformat(day.day)]) for day in days if day.estimate.value is not None]
    yield "estimate of a day", float(np.mean(held))
    yield "answers of a day", test.covered.rate if test.covered.rate is not None else np.nan
    yield "error", np.nan if test.error is None else test.error
    yield "naive", np.nan if test.naive_error is None else test.naive_error
    yield "alarmed", float(test.drift.state in ("up", "down"))
    if not with_change:  # as costly as all the rest, and its share needs fewer repetitions
        return
    worse, _y = _estimated(contacts, odds - SHIFT * (number > DAYS * 2 / 3), told, generator)
    yield "noticed", float(back_test(worse).drift.state == "down")


def _estimated(
    contacts: pd.DataFrame, odds: np.ndarray, told: np.ndarray, generator: np.random.Generator
) -> tuple[tuple[DayEstimate, ...], np.ndarray]:
    y = (generator.random(len(contacts)) < expit(odds)).astype(float)
    answered_at = (contacts["started_at"] + pd.Timedelta(hours=4)).where(pd.Series(told))
    begins = {day: window_of(day, DayWindow())[0] for day in sorted(set(contacts["service_day"]))}
    return estimate_days(contacts, np.where(told, y, np.nan), answered_at, begins, max(begins)), y


def _holds(figure: Figure, truth: float) -> bool:
    return figure.lo is not None and figure.hi is not None and figure.lo <= truth <= figure.hi


def _false_alarms(generator: np.random.Generator, repetitions: int) -> BenchFigure:
    """Mean days to the first false alarm, from series without any change (exponential, cut at their ends)."""
    hits, days = 0, 0
    names = [str(day) for day in range(SERIES_DAYS)]
    for _number in range(repetitions):
        path = watch_drift(names, generator.normal(size=SERIES_DAYS).tolist(), [1.0] * SERIES_DAYS).path
        first = next((place for place, point in enumerate(path) if point.is_alarm), None)
        hits, days = hits + (first is not None), days + (SERIES_DAYS if first is None else first + 1)
    mean = days / max(hits, 1)
    reach = 1.96 / max(hits, 1) ** 0.5
    return BenchFigure(mean, "days", repetitions, mean / (1 + reach), mean / max(1 - reach, 0.01), "about 1,000")
