"""Agreement: do the 95 % intervals hold the true coefficient in 93 to 97 of 100 cases?

Worlds with known truth: raters who err at a known rate on contacts of which a known share is met, some ratings missing,
several questions of one contact alike, three answers; and scores of raters who are each more or less strict. The true
coefficient is that of a sample of 100,000 contacts. What the product refuses to tell isn't counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.calibration.agreement_icc import intraclass
from qm.analysis.calibration.measure_agreement import (
    AnswerRow,
    ScoreRow,
    agree_on_answers,
    agree_on_scores,
    true_answer_values,
    true_score_values,
)
from qm.analysis.estimate_quality import wilson
from qm.domain.agreement import Coefficient, Measured, Pair
from qm.domain.evaluation import Answer
from qm.domain.figures import Count

ANSWERS = (Answer.NOT_MET, Answer.MET, Answer.NOT_APPLICABLE)
SIZES = (30, 60, 150)
LARGE = 100_000
SPREAD = 8.0
"""Standard deviation of contacts' true scores."""
TARGET = ">= 0.93 and <= 0.97"
Codes = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """How ratings come about: `make(n, generator)` gives rows x raters, NaN where missing; `rows` of them a contact."""

    make: Callable[[int, np.random.Generator], Codes]
    rows: int = 1


def erring(met: float, error: float, raters: int, *, missing: float = 0.0, rows: int = 1, alike: float = 0.0) -> World:
    """Met or not met, with a share of errors each; `alike`: correlation of the questions of one contact."""

    def make(n: int, generator: np.random.Generator) -> Codes:
        spread = 1 / alike - 1 if alike else 0.0
        chance = generator.beta(met * spread, (1 - met) * spread, n) if alike else np.full(n, met)
        truth = generator.random((n, rows)) < chance[:, None]
        wrong = generator.random((n, rows, raters)) < error
        codes = (truth[:, :, None] ^ wrong).astype(float)
        codes[generator.random(codes.shape) < missing] = np.nan
        return np.asarray(codes.reshape(n * rows, raters))

    return World(make, rows)


def guessing(shares: tuple[float, ...], guess: float, raters: int) -> World:
    """Three answers; with chance `guess` a rater answers at random."""

    def make(n: int, generator: np.random.Generator) -> Codes:
        truth = generator.choice(len(shares), n, p=shares)
        random = generator.choice(len(shares), (n, raters), p=shares)
        return np.where(generator.random((n, raters)) < guess, random, truth[:, None]).astype(float)

    return World(make)


def scoring(noise: float, strictness: tuple[float, ...]) -> World:
    """Scores round 80, in steps of 5; each rater adds noise and a strictness that stays the same."""

    def make(n: int, generator: np.random.Generator) -> Codes:
        raw = generator.normal(80, SPREAD, n)[:, None] - np.array(strictness)
        raw = raw + generator.normal(0, noise, raw.shape)
        return np.asarray(np.clip(5 * np.round(raw / 5), 0, 100))

    return World(make)


@dataclass(frozen=True)
class Sampled:
    """Scores by raters who are themselves a sample: what the ICC(2,1) is about."""

    noise: float
    strictness: float
    raters: int

    @property
    def truth(self) -> float:
        """Variance of contacts over that of scores."""
        return SPREAD**2 / (SPREAD**2 + self.strictness**2 + self.noise**2)

    def make(self, n: int, generator: np.random.Generator) -> Codes:
        """One sample of raters on one sample of contacts."""
        raw = generator.normal(80, SPREAD, n)[:, None] + generator.normal(0, self.strictness, self.raters)
        return np.asarray(raw + generator.normal(0, self.noise, raw.shape))


ANSWER_WORLDS = {
    "2 raters, 80 % met, 10 % errors": erring(0.8, 0.1, 2),
    "2 raters, 90 % met, 5 % errors": erring(0.9, 0.05, 2),
    "2 raters, 95 % met, 3 % errors": erring(0.95, 0.03, 2),
    "3 raters, 50 % met, 10 % errors, 1 in 5 missing": erring(0.5, 0.1, 3, missing=0.2),
    "3 raters, 90 % met, 3 % errors, 1 in 5 missing": erring(0.9, 0.03, 3, missing=0.2),
    "3 raters, 90 % met, 20 % errors": erring(0.9, 0.2, 3),
    "2 raters, three answers": guessing((0.75, 0.2, 0.05), 0.2, 2),
    "form of 12 questions, 2 raters, 90 % met": erring(0.9, 0.08, 2, rows=12, alike=0.2),
}
SCORE_WORLDS = {
    "scores, 2 raters": scoring(4.0, (0.0, 3.0)),
    "scores, 3 raters, noisy": scoring(8.0, (0.0, 0.0, 5.0)),
}
RATER_SAMPLES = {
    "scores, 2 raters of many": Sampled(4.0, 2.0, 2),
    "scores, 4 raters of many, noisy": Sampled(6.0, 3.0, 4),
}


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> None:
    """Print the share of intervals that hold the truth, for each world, size and coefficient, as they come."""
    figures: dict[str, BenchFigure] = {}
    for found in _found(repetitions, seed):
        figures |= found
        for label, figure in found.items():
            (context.errors.print if as_json else print)(figure_line(label, figure))
    if as_json:
        emit_json(Bench("voc-agreement", machine(), figures))


def _found(repetitions: int, seed: int) -> Iterator[dict[str, BenchFigure]]:
    for number, (name, world) in enumerate({**ANSWER_WORLDS, **SCORE_WORLDS}.items()):
        for n in SIZES:
            yield _of_world(name, world, n, repetitions, np.random.default_rng([seed, number, n]))
    for number, (name, sample) in enumerate(RATER_SAMPLES.items()):
        for n in SIZES:
            yield _of_sample(name, sample, n, repetitions, np.random.default_rng([seed, 99, number, n]))


def _of_world(
    name: str, world: World, n: int, repetitions: int, generator: np.random.Generator
) -> dict[str, BenchFigure]:
    truth = truth_of(name, world, np.random.default_rng(n))
    held = dict.fromkeys(truth, 0)
    told = dict.fromkeys(truth, 0)
    for repetition in range(repetitions):
        for one in measure(name, world, n, generator, repetition):
            if one.coefficient in truth and one.figure.lo is not None and one.figure.hi is not None:
                told[one.coefficient] += 1
                held[one.coefficient] += one.figure.lo <= truth[one.coefficient] <= one.figure.hi
    figures: dict[str, BenchFigure] = {}
    for coefficient, value in truth.items():
        figures |= _figure(f"{coefficient}, {name}, n={n}", value, held[coefficient], told[coefficient], repetitions)
    return figures


def _of_sample(
    name: str, sample: Sampled, n: int, repetitions: int, generator: np.random.Generator
) -> dict[str, BenchFigure]:
    held = 0
    for _ in range(repetitions):
        figure = intraclass(sample.make(n, generator))["ICC2"]
        held += figure.lo is not None and figure.hi is not None and figure.lo <= sample.truth <= figure.hi
    return _figure(f"{Coefficient.ICC}, {name}, n={n}", sample.truth, held, repetitions, repetitions)


def _figure(label: str, truth: float, held: int, told: int, repetitions: int) -> dict[str, BenchFigure]:
    count = Count(held, told)
    note = f"truth {truth:.2f}, told in {told} of {repetitions}"
    return {label: BenchFigure(count.rate or 0.0, "covered", told, *wilson(count), TARGET, note)}


def truth_of(name: str, world: World, generator: np.random.Generator) -> dict[Coefficient, float]:
    """The coefficients that all contacts there could be would have."""
    codes = world.make(LARGE // world.rows, generator)
    if name not in SCORE_WORLDS:
        return true_answer_values(codes)
    values = true_score_values(codes)
    del values[Coefficient.ICC]  # it speaks of raters that are a sample: `RATER_SAMPLES`
    return values


def measure(name: str, world: World, n: int, generator: np.random.Generator, seed: int) -> tuple[Measured, ...]:
    """What the product tells of one sample."""
    codes = world.make(n, generator)
    ids = [f"C{row // world.rows}" for row in range(len(codes))]
    if name in SCORE_WORLDS:
        rows = [ScoreRow(contact, tuple(map(float, row))) for contact, row in zip(ids, codes, strict=True)]
        return agree_on_scores(rows, 10, seed)
    answers = [
        AnswerRow(contact, tuple(None if np.isnan(code) else ANSWERS[int(code)] for code in row))
        for contact, row in zip(ids, codes, strict=True)
    ]
    return agree_on_answers(Pair.ANALYSTS, "", answers, 10, seed).measured
