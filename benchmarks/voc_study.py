"""Do the intervals of calibration hold: severity, difficulty, drift, the map of scores, variance components.

`qm bench voc --parts study`: planted truths, found again so many times. Variance components take a fifth of the
repetitions, since each leaves out every contact and rater in turn.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.voc_study_made import Rated, make_cube, make_pairs, make_ratings, true_chances
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.calibration.count_disagreements import count_disagreements
from qm.analysis.calibration.draw_components import draw_components
from qm.analysis.calibration.fit_severity import fit_severities
from qm.analysis.calibration.generalise import ENDS, scores_spread
from qm.analysis.calibration.rater_drift import find_drift
from qm.analysis.calibration.rater_severity import study_raters
from qm.analysis.calibration.score_to_satisfaction import map_score
from qm.analysis.calibration.split_variance import split_variance
from qm.analysis.estimate_quality import wilson
from qm.domain.calibration_study import FacetEffect
from qm.domain.figures import Count

Floats = NDArray[np.float64]
Figures = Iterator[tuple[str, BenchFigure]]
COVERS = "0.93 to 0.97"
MANY = 3000
"""Contacts from which the true difficulties of answers as they come are taken."""
DESIGNS = {
    "20 contacts, 4 raters": Rated(20, np.linspace(-0.8, 0.8, 4), np.linspace(-1.5, 1.5, 10)),
    "60 contacts, 6 raters": Rated(60, np.linspace(-1, 1, 6), np.linspace(-1.5, 1.5, 15), cell_sd=2.0),
    "60 contacts, 3 of 8 raters each": Rated(60, np.linspace(-1, 1, 8), np.linspace(-1.5, 1.5, 10), each=3),
    "40 contacts, 90 % met": Rated(40, np.linspace(-1, 1, 5), np.linspace(-3, -1, 10)),
}
PERIODS = 4
CUBES = {"30 x 5 x 12": (30, 5, 12, 0), "60 x 4 x 20": (60, 4, 20, 0), "40 x 3 of 8 x 10": (40, 8, 10, 3)}
PAIRS = {
    "150 answers, 15 agents": (150, 15, "straight"), "400 answers, 40 agents, bent": (400, 40, "bent"),
    "2,000 answers, 60 agents, bent": (2000, 60, "bent"),
}  # fmt: skip


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> None:
    """Print every figure with its n and interval."""
    figures = dict(measure(repetitions, seed))
    bench = Bench("voc_study", machine(), figures)
    if as_json:
        emit_json(bench)
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure))


def measure(repetitions: int, seed: int) -> Figures:
    """All figures of this part."""
    parts: tuple[Callable[[int, np.random.Generator], Figures], ...] = (_severity, _drift, _maps, _flat, _components)
    for number, part in enumerate(parts):
        yield from part(repetitions, np.random.default_rng([seed, number]))


def _severity(repetitions: int, rng: np.random.Generator) -> Figures:
    for name, made in DESIGNS.items():
        difficulties = _difficulties_as_they_come(made, rng)
        severe, difficult, false = [], [], 0
        for _ in range(repetitions):
            study = study_raters(make_ratings(made, rng))
            severe += _covered(study.raters, made.severities)
            difficult += _covered(study.criteria, difficulties)
            alike = Rated(
                made.contacts, np.zeros(len(made.severities)), made.difficulties, made.cell_sd, each=made.each
            )
            false += any(one.stands_out for one in study_raters(make_ratings(alike, rng)).raters)
        yield f"severity covered: {name}", _share(severe, COVERS)
        yield f"difficulty covered: {name}", _share(difficult, COVERS)
        yield f"any like rater singled out: {name}", _rate(false, repetitions, "<= 0.05")


def _difficulties_as_they_come(made: Rated, rng: np.random.Generator) -> Floats:
    """Difficulty of one answer about a contact as it comes: what the contact does to the criterion is part of it."""
    many = Rated(MANY, made.severities, made.difficulties, made.cell_sd, made.mood_sd, made.each)
    rounds = [count_disagreements(make_ratings(many, rng), "criterion").total for _ in range(10)]
    return fit_severities(np.array(rounds)).values


def _covered(effects: tuple[FacetEffect, ...], truth: Floats) -> list[bool]:
    return [
        one.effect.lo <= value <= one.effect.hi
        for one, value in zip(effects, truth, strict=True)
        if one.effect.lo is not None and one.effect.hi is not None
    ]


def _drift(repetitions: int, rng: np.random.Generator) -> Figures:
    for name in ("20 contacts, 4 raters", "60 contacts, 3 of 8 raters each"):
        false = found = 0
        made = DESIGNS[name]
        stricter = Rated(
            made.contacts, made.severities + np.eye(len(made.severities))[0], made.difficulties, each=made.each
        )
        for _ in range(repetitions):
            months = [(str(m), make_ratings(made, rng, m, 1000 * m)) for m in range(1, PERIODS + 1)]
            false += any(drift.is_alarm for drift in find_drift(months))
            months[-1] = (str(PERIODS), make_ratings(stricter, rng, PERIODS, 1000 * PERIODS))
            found += any(drift.is_alarm and drift.rater == "r000" for drift in find_drift(months))
        yield f"any false alarm in {PERIODS} months: {name}", _rate(false, repetitions, "<= 0.05")
        yield f"a change by 1 log-odds found: {name}", _rate(found, repetitions, "")


def _maps(repetitions: int, rng: np.random.Generator) -> Figures:
    for name, (answers, agents, shape) in PAIRS.items():
        curve: list[bool] = []
        refused = 0
        for _ in range(repetitions):
            found = map_score(make_pairs(answers, agents, rng, shape), "form", "scale")
            truth = true_chances(np.array([point.score for point in found.curve]), shape)
            refused += bool(found.why)
            curve += [
                (point.chance.lo or 0) <= value <= (point.chance.hi or 0)
                for point, value in zip(found.curve, truth, strict=True)
            ]
        yield f"map covered: {name}", _share(curve, COVERS)
        yield f"map refused although there is one: {name}", _rate(refused, repetitions, "")


def _flat(repetitions: int, rng: np.random.Generator) -> Figures:
    drawn = sum(not map_score(make_pairs(300, 30, rng, "flat"), "form", "scale").why for _ in range(repetitions))
    yield "map drawn where the score tells nothing", _rate(drawn, repetitions, "<= 0.025")


def _components(repetitions: int, rng: np.random.Generator) -> Figures:
    rounds = max(repetitions // 5, 10)
    for name, (contacts, raters, criteria, each) in CUBES.items():
        truth = np.mean([split_variance(make_cube(400, 300, criteria, rng)).variances for _ in range(6)], axis=0)
        covered, relative, absolute = [], [], []
        for _ in range(rounds):
            cube = make_cube(contacts, raters, criteria, rng, each)
            found = split_variance(cube)
            draws = draw_components(found, cube, rng)
            lo, hi = np.quantile(draws, ENDS, axis=0)
            covered += [bool(x) for place, x in enumerate((lo <= truth) & (truth <= hi)) if found.parts[place] != (2,)]
            right, seen = scores_spread(found, truth[None]), scores_spread(found, draws)
            relative.append(_within(seen.relative(1)[1:], right.relative(1)[1]))
            absolute.append(_within(seen.absolute(1)[1:], right.absolute(1)[1]))
        yield f"components covered: {name}", _share(covered, "")
        yield f"G covered: {name}", _share(relative, ">= 0.93")
        yield f"phi covered: {name}", _share(absolute, ">= 0.93")


def _within(draws: Floats, truth: float) -> bool:
    lo, hi = np.quantile(draws, ENDS)
    return bool(lo <= truth <= hi)


def _share(hits: list[bool], target: str) -> BenchFigure:
    return _rate(sum(hits), len(hits), target)


def _rate(hits: int, n: int, target: str) -> BenchFigure:
    lo, hi = wilson(Count(hits, n))
    return BenchFigure(round(hits / n, 4), "share", n, round(lo, 4), round(hi, 4), target)
