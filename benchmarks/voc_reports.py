"""Survey reports: do intervals hold, is anybody called worse by chance, are draws fair, and is a million quick enough?

Worlds with known truth: answers drawn from a known distribution, agents who are all alike, days drawn under many seeds.
The database of a million contacts is made once in a scratch folder; reports are timed through the
service that pages call.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.voc_million import FORM, fill, made_form
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.estimate_quality import wilson
from qm.analysis.voc.compare_groups import standings
from qm.analysis.voc.draw_surveys import Candidate, draw
from qm.analysis.voc.group_figures import mean_figures, share_figures
from qm.domain.figures import Count, Figure
from qm.domain.survey_report import Standing
from qm.domain.voc_plan import SamplingPlan, VocPlan
from qm.services.drivers import DriverRequest, DriverService
from qm.services.survey_reports import ReportWish, SurveyReportService
from qm.storage.database import Database

COVERAGE = ">= 0.93 and <= 0.97"
SIZES = (10, 30, 100, 400)
WORLDS = {
    "mixed": (0.08, 0.02, 0.03, 0.04, 0.05, 0.08, 0.1, 0.15, 0.2, 0.13, 0.12),
    "pleased": (0.03, 0.01, 0.01, 0.01, 0.01, 0.03, 0.05, 0.1, 0.2, 0.25, 0.3),
}
"""Shares of the answers 0 to 10."""
AGENTS, ANSWERS = 40, 25
DAY = date(2026, 11, 20)
DRAWS = 300
CONTACTS, SURVEYS = 1_000_000, 100_000
ROUNDS = 5


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> None:
    """Measure and print."""
    rng = np.random.default_rng(seed)
    figures = dict(_coverage(rng, repetitions))
    figures["agents called better or worse by chance (any of 40)"] = _false_alarms(rng, repetitions)
    figures["a worse agent is found (NPS 60 lower, 25 answers)"] = _found(rng, repetitions)
    figures |= _draws(seed)
    figures |= _speed()
    bench = Bench("voc_reports", machine(), figures)
    if as_json:
        emit_json(bench)
        return
    for name, figure in figures.items():
        context.out.print(figure_line(name, figure), markup=False)


def _coverage(rng: np.random.Generator, repetitions: int) -> Iterator[tuple[str, BenchFigure]]:
    """Each repetition is a group of its own, so that the very function of the reports does all of them at once."""
    for name, shares in WORLDS.items():
        scale = np.arange(11)
        points = np.where(scale >= 9, 100.0, np.where(scale <= 6, -100.0, 0.0))
        truths = (float(points @ shares), float(scale @ shares), float(np.sum(np.array(shares)[7:])))
        for n in SIZES:
            answers = rng.choice(11, size=repetitions * n, p=shares)
            codes = np.repeat(np.arange(repetitions), n)
            told = {
                "NPS": mean_figures(points[answers], codes, repetitions, 2, -100.0, 100.0),
                "satisfaction": mean_figures(answers.astype(float), codes, repetitions, 2, 0.0, 10.0),
                "satisfied": share_figures(answers >= 7, codes, repetitions, 2),
            }
            for (what, figures), truth in zip(told.items(), truths, strict=True):
                target = COVERAGE if n >= 30 else ""
                yield (
                    f"coverage, {what}, {name}, n={n}",
                    _share(sum(_holds(f, truth) for f in figures), repetitions, target),
                )


def _holds(figure: Figure, truth: float) -> bool:
    return figure.lo is not None and figure.hi is not None and figure.lo <= truth <= figure.hi


def _false_alarms(rng: np.random.Generator, repetitions: int) -> BenchFigure:
    wrong = sum(bool(_named(_world(rng))) for _ in range(repetitions))
    return _share(wrong, repetitions, "<= 0.05")


def _found(rng: np.random.Generator, repetitions: int) -> BenchFigure:
    found = sum(3 in _named(_world(rng, worse=3)) for _ in range(repetitions))
    return _share(found, repetitions)


def _world(rng: np.random.Generator, worse: int | None = None) -> np.ndarray:
    answers = rng.choice([-100.0, 0.0, 100.0], size=(AGENTS, ANSWERS), p=[0.25, 0.3, 0.45])
    if worse is not None:
        answers[worse] = rng.choice([-100.0, 0.0, 100.0], size=ANSWERS, p=[0.55, 0.3, 0.15])
    return answers


def _named(answers: np.ndarray) -> set[int]:
    found = standings(answers.ravel(), np.repeat(np.arange(AGENTS), ANSWERS), AGENTS, 5)
    return {at for at, each in enumerate(found) if each in (Standing.BETTER, Standing.WORSE)}


def _draws(seed: int) -> dict[str, BenchFigure]:
    """Totals estimated from what was drawn (each answer over its probability) against the truth, over many seeds."""
    universe = [Candidate(f"C{i:04}", f"K{i % 700}", (f"p{i % 5}", f"a{i % 31}")) for i in range(900)]
    hits: Counter[str] = Counter()
    sizes = []
    for number in range(DRAWS):
        plan = SamplingPlan(date(2026, 11, 1), (0.2,), seed=seed * DRAWS + number)
        rows = draw(universe, DAY, plan, {})
        sizes.append(sum(1 / row.probability for row in rows if row.is_drawn))
        hits.update(row.contact_id for row in rows if row.is_drawn)
    half = 1.96 * float(np.std(sizes, ddof=1)) / DRAWS**0.5 / len(universe)
    mean = float(np.mean(sizes)) / len(universe)
    total = BenchFigure(mean, "of the true total", DRAWS, mean - half, mean + half, "1 in the interval")
    ever = BenchFigure(len(hits) / len(universe), "of contacts", len(universe), target="1")
    return {"weighted total of draws": total, "contacts that some seed draws": ever}


def _speed() -> dict[str, BenchFigure]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'quality.db'}")
        fill(database, contacts=CONTACTS, surveys=SURVEYS)
        figures = timings(database) | _drivers(database)
        database.close()
    return figures


def timings(database: Database) -> dict[str, BenchFigure]:
    """Median seconds of reports over the million, everything from reading the database to the finished figures."""
    service = SurveyReportService(database.reading, VocPlan(), 5)
    last = service.report(ReportWish(by="week")).until
    found = {}
    for by in ("process", "agent"):
        for name, wish in (("of everything", ReportWish(by=by)), ("of one day", ReportWish(last, last, by))):
            rounds = [_seconds(service, wish) for _ in range(ROUNDS)]
            walls = [wall for wall, _processor in rounds]
            own = f"{np.median([processor for _wall, processor in rounds]):.2f} s of processor time"
            figure = BenchFigure(float(np.median(walls)), "s", ROUNDS, min(walls), max(walls), "<= 2", own)
            found[f"report {name} by {by}, 1,000,000 contacts"] = figure
    return found


def _drivers(database: Database) -> dict[str, BenchFigure]:
    """Drivers from the database to the kept report; one round, since it takes half a minute."""
    service = DriverService(database.unit_of_work, {FORM: made_form()}, VocPlan())
    began, busy = perf_counter(), process_time()
    service.compute(DriverRequest(), datetime.now(UTC))
    wall, own = perf_counter() - began, f"{process_time() - busy:.1f} s of processor time"
    return {
        "drivers, 1,000,000 contacts, 100,000 surveys, 40 criteria": BenchFigure(wall, "s", 1, target="<= 30", peer=own)
    }


def _seconds(service: SurveyReportService, wish: ReportWish) -> tuple[float, float]:
    """On the clock, and of the processor: on a shared machine the two differ."""
    began, busy = perf_counter(), process_time()
    service.report(wish)
    return perf_counter() - began, process_time() - busy


def _share(hits: int, n: int, target: str = "") -> BenchFigure:
    lo, hi = wilson(Count(hits, n))
    return BenchFigure(hits / n, "of cases", n, lo, hi, target)
