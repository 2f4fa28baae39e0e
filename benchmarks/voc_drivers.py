"""Drivers: do intervals cover planted effects, are null criteria left alone, how long do 100,000 surveys take?"""

import resource
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.estimate_quality import wilson
from qm.analysis.voc.driver_columns import MEASURE_STEPS, gather_predictors
from qm.analysis.voc.find_drivers import Options, find_drivers
from qm.analysis.voc.voc_columns import CANNOT_TELL, NOT_APPLICABLE, answer_column, measure_column
from qm.domain.drivers import DriverKind, Drivers, Verdict
from qm.domain.figures import Count

FORM = "made"
EFFECTS = (0.9, 0.6, 0.4, -0.4)
"""Log odds of the first criteria; all others do nothing."""
TRANSFER, WAIT_A_MINUTE, BASE = -0.8, -0.15, 0.2
AGENT_SPREAD = 0.4
"""Of agents' own log odds: what makes contacts of one agent alike."""
RATE_SPREAD = 0.6
"""Of the log odds with which an agent meets a criterion."""
SMALL_WORLDS = {"15 agents": (15, 1200, 10), "20 agents": (20, 1500, 12), "30 agents": (30, 2500, 20)}
"""Agents, surveyed contacts, criteria."""
TRUTH_ROWS = 400_000
TARGET_COVER, TARGET_FAMILY = ">= 0.93 and <= 0.97", "< 0.05"


@dataclass(frozen=True)
class World:
    """Surveyed contacts with planted effects, and each contact's log odds without its agent's own."""

    table: pd.DataFrame
    satisfied: NDArray[np.float64]


def make_world(rng: np.random.Generator, agents: int, contacts: int, criteria: int) -> World:
    """Agents of unequal size and habits; a tenth of the answers don't apply, a few can't be told."""
    sizes = rng.multinomial(contacts, rng.dirichlet(np.full(agents, 4.0)))
    agent = np.repeat(np.arange(agents), sizes)
    columns: dict[str, Any] = {"agent_id": np.array([f"A{one:04d}" for one in range(agents)])[agent]}
    odds = BASE + rng.normal(0, AGENT_SPREAD, agents)[agent]
    for number in range(criteria):
        met = rng.random(contacts) < expit(rng.normal(1.0, RATE_SPREAD, agents))[agent]
        gap = rng.random(contacts)
        codes = np.where(gap < 0.1, NOT_APPLICABLE, np.where(gap < 0.12, CANNOT_TELL, met)).astype(np.int8)
        columns[answer_column(FORM, f"k{number:02d}")] = codes
        if number < len(EFFECTS):
            odds += EFFECTS[number] * (codes == 1)
    columns["wait_s"] = rng.gamma(1.5, 60.0, contacts)
    columns["transfers"] = (rng.random(contacts) < 0.2).astype(float)
    columns["holds"] = rng.poisson(0.4, contacts).astype(float)
    columns["talk_s"] = rng.gamma(3.0, 100.0, contacts)
    columns["repeat"] = (rng.random(contacts) < 0.15).astype(float)
    odds = odds + TRANSFER * columns["transfers"] + WAIT_A_MINUTE * columns["wait_s"] / 60
    return World(pd.DataFrame(columns), (rng.random(contacts) < expit(odds)).astype(float))


def true_points(rng: np.random.Generator, criteria: int) -> dict[str, float]:
    """Average marginal effects in points over all contacts that there could be, agents' own odds averaged over."""
    met = rng.random((TRUTH_ROWS, len(EFFECTS))) < expit(rng.normal(1.0, RATE_SPREAD, (TRUTH_ROWS, len(EFFECTS))))
    applies = rng.random((TRUTH_ROWS, len(EFFECTS))) >= 0.12
    counted = (met & applies).astype(float)
    transfer, wait = (rng.random(TRUTH_ROWS) < 0.2).astype(float), rng.gamma(1.5, 1.0, TRUTH_ROWS)
    odds = BASE + rng.normal(0, AGENT_SPREAD, TRUTH_ROWS) + counted @ np.array(EFFECTS)
    odds = odds + TRANSFER * transfer + WAIT_A_MINUTE * wait

    def gain(without: NDArray[np.float64], change: float) -> float:
        return 100 * float(np.mean(expit(without + change) - expit(without)))

    found = {answer_column(FORM, f"k{number:02d}"): 0.0 for number in range(criteria)}
    for number, effect in enumerate(EFFECTS):
        found[answer_column(FORM, f"k{number:02d}")] = gain(odds - effect * counted[:, number], effect)
    return found | {
        "transfer": gain(odds - TRANSFER * transfer, TRANSFER), "wait": gain(odds, WAIT_A_MINUTE),
        "hold": 0.0, "talk": 0.0, "repeat": 0.0,
    }  # fmt: skip


def look(world: World, *, has_importance: bool = False) -> Drivers:
    """Drivers of a made world."""
    predictors, either = gather_predictors(world.table, FORM)
    options = Options(has_importance=has_importance)
    agents = world.table["agent_id"].to_numpy()
    return find_drivers(world.satisfied, agents, predictors, either=either if has_importance else None, options=options)


@dataclass(frozen=True)
class Tally:
    """What became of planted effects over repetitions.

    Attributes:
        covered: by predictor, intervals that hold the truth.
        families: repetitions in which some criterion without effect was said to matter.
        found: planted effects of the first two criteria and the transfer that were said to matter.
    """

    covered: dict[str, Count]
    families: Count
    found: Count

    @property
    def all_covered(self) -> Count:
        """Over all predictors."""
        return Count(sum(one.hits for one in self.covered.values()), sum(one.n for one in self.covered.values()))


def simulate(repetitions: int, seed: int, agents: int, contacts: int, criteria: int) -> Tally:
    """Repeat: make a world, look for drivers, compare with what was planted."""
    truth = true_points(np.random.default_rng([seed, 1]), criteria)
    hits, seen = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0)
    false_families, found, planted = 0, 0, 0
    for repetition in range(repetitions):
        drivers = look(make_world(np.random.default_rng([seed, 2, repetition]), agents, contacts, criteria))
        matter = {effect.key for effect in drivers.effects if effect.verdict is Verdict.MATTERS}
        for effect in drivers.effects:
            low, high = effect.points.lo, effect.points.hi
            assert low is not None
            assert high is not None
            seen[effect.key] += 1
            hits[effect.key] += low <= truth[effect.key] <= high
        false_families += any(
            effect.kind is DriverKind.CRITERION and truth[effect.key] == 0 and effect.key in matter
            for effect in drivers.effects
        )
        strong = {answer_column(FORM, "k00"), answer_column(FORM, "k01"), "transfer"}
        found += len(strong & matter)
        planted += len(strong)
    covered = {key: Count(hits[key], seen[key]) for key in truth}
    return Tally(covered, Count(false_families, repetitions), Count(found, planted))


def time_large(seed: int, contacts: int = 100_000, criteria: int = 40, agents: int = 400) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory (MB) of one look at a large table."""
    rng = np.random.default_rng(seed)
    world = make_world(rng, agents, contacts, criteria)
    extra = {"ivr_s": rng.gamma(2.0, 20.0, contacts), "resolved": (rng.random(contacts) < 0.7).astype(float)}
    extra |= {measure_column(name): rng.gamma(2.0, 1.0, contacts) for name in MEASURE_STEPS}
    world = replace(world, table=world.table.assign(**extra))
    wall, processor = time.perf_counter(), time.process_time()
    look(world, has_importance=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - wall, time.process_time() - processor, peak


def main(context: CommandContext, *, repetitions: int = 1000, seed: int = 1, as_json: bool = False) -> None:
    """Print coverage, false finds and speed."""
    figures: dict[str, BenchFigure] = {}
    for name, (agents, contacts, criteria) in SMALL_WORLDS.items():
        tally = simulate(repetitions, seed, agents, contacts, criteria)
        by_predictor = [count.rate or 0.0 for count in tally.covered.values()]
        spread = f"by predictor {min(by_predictor):.3f} to {max(by_predictor):.3f}, {repetitions} each"
        figures[f"coverage, {name}"] = _share(tally.all_covered, TARGET_COVER, spread)
        figures[f"false 'matters', {name}"] = _share(tally.families, TARGET_FAMILY, f"{criteria} criteria")
        figures[f"planted found, {name}"] = _share(tally.found, "", "two criteria, transfer")
    wall, processor, peak = time_large(seed)
    figures["100,000 surveys, 40 criteria"] = BenchFigure(wall, "s", 1, target="<= 30")
    figures["processor time of that"] = BenchFigure(processor, "s", 1)
    figures["peak memory of that"] = BenchFigure(peak, "MB", 1, target="<= 2048")
    if as_json:
        emit_json(Bench("voc drivers", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def _share(count: Count, target: str, note: str) -> BenchFigure:
    low, high = wilson(count)
    return BenchFigure(count.rate or 0.0, "share", count.n, low, high, target, note)
