"""Selection: do weights take a planted bias away, and is a planted gaming agent found, nobody else accused?"""

from collections.abc import Sequence

import numpy as np

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.voc_made import answering_odds, made_contacts, satisfaction_odds
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.estimate_quality import mean_figure, wilson
from qm.analysis.voc.bound_figures import weighted_mean
from qm.analysis.voc.find_gaming import find_gaming
from qm.analysis.voc.fit_logistic import expit
from qm.analysis.voc.weigh_responses import weigh_responses
from qm.domain.figures import Count, Figure

CONTACTS = 2000
GAMING_CONTACTS = 4000
AGENTS = 20
PLANTED = "A003"
LARGE = 400_000
"""Contacts that the true share is taken over."""


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> None:
    """Simulate and print."""
    figures = measure(repetitions, seed)
    if as_json:
        emit_json(Bench("voc_selection", machine(), figures))
        return
    for name, figure in figures.items():
        context.out.print(figure_line(name, figure))


def measure(repetitions: int, seed: int) -> dict[str, BenchFigure]:
    """All figures of this bench."""
    generator = np.random.default_rng(seed)
    truth = float(expit(satisfaction_odds(made_contacts(generator, LARGE))).mean())
    pairs = [_weigh(generator) for _number in range(repetitions)]
    raw, weighted = ([pair[place] for pair in pairs] for place in (0, 1))
    found, false, others = np.array([_game(generator) for _number in range(repetitions)]).sum(axis=0)
    return {
        **_bias(raw, weighted, truth),
        "raw figure: intervals that hold the truth": _coverage(raw, truth, ""),
        "weighted figure: intervals that hold the truth": _coverage(weighted, truth, ">= 0.93 and <= 0.97"),
        "planted gaming agent found": share(int(found), repetitions, "1"),
        "reports that accuse somebody though nobody chooses": share(int(false), repetitions, "<= 0.01"),
        "reports that accuse others beside the planted agent": share(int(others), repetitions, "<= 0.01"),
    }


def share(hits: int, n: int, target: str) -> BenchFigure:
    """A share with its interval."""
    lo, hi = wilson(Count(hits, n))
    return BenchFigure(hits / n, "share", n, lo, hi, target)


def _weigh(generator: np.random.Generator) -> tuple[Figure, Figure]:
    """One period: who waits long is less satisfied and answers more rarely."""
    contacts = made_contacts(generator, CONTACTS, AGENTS)
    satisfied = generator.random(CONTACTS) < expit(satisfaction_odds(contacts))
    answered = generator.random(CONTACTS) < expit(answering_odds(contacts))
    points = np.where(answered, satisfied, np.nan)
    weighting = weigh_responses(contacts, answered)
    raw = mean_figure(points[answered].tolist(), 5, 0.0, 1.0)
    return raw, weighted_mean(points, weighting.weights, 5, 0.0, 1.0)


def _bias(raw: Sequence[Figure], weighted: Sequence[Figure], truth: float) -> dict[str, BenchFigure]:
    before, after = (np.array([figure.value for figure in figures]) - truth for figures in (raw, weighted))
    n = len(before)
    removed = 1 - abs(after.mean()) / abs(before.mean())
    reach = 1.96 * after.std(ddof=1) / n**0.5 / abs(before.mean())
    bias = {
        name: BenchFigure(
            100 * errors.mean(), "points", n, 100 * (errors.mean() - 1.96 * errors.std(ddof=1) / n**0.5),
            100 * (errors.mean() + 1.96 * errors.std(ddof=1) / n**0.5),
        )
        for name, errors in (("bias as answered", before), ("bias weighted", after))
    }  # fmt: skip
    gone = BenchFigure(removed, "share", n, max(0.0, removed - reach), min(1.0, removed + reach), ">= 0.8")
    return {**bias, "share of the bias removed": gone}


def _coverage(figures: Sequence[Figure], truth: float, target: str) -> BenchFigure:
    hits = sum(f.lo is not None and f.hi is not None and f.lo <= truth <= f.hi for f in figures)
    return share(hits, len(figures), target)


def _game(generator: np.random.Generator) -> tuple[bool, bool, bool]:
    """Found, falsely accused (nobody chooses), others accused (one chooses short contacts without a transfer)."""
    contacts = made_contacts(generator, GAMING_CONTACTS, AGENTS)
    transferred = contacts["transfers"].to_numpy()
    site = expit(-0.4 - 0.5 * transferred + 0.3 * (contacts["process"] == "sales").to_numpy())
    honest = find_gaming(contacts, generator.random(GAMING_CONTACTS) < site, generator)
    talk = contacts["talk_s"].to_numpy()
    easy = (talk < np.median(talk)) & (transferred == 0)
    chosen = np.where((contacts["agent_id"] == PLANTED).to_numpy(), np.where(easy, 0.85, 0.15), site)
    gamed = find_gaming(contacts, generator.random(GAMING_CONTACTS) < chosen, generator)
    named = {check.agent_id for check in gamed.agents if check.differs}
    return PLANTED in named, any(check.differs for check in honest.agents), bool(named - {PLANTED})
