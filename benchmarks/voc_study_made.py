"""Made calibration answers and surveys with planted effects: what `voc_study` measures against."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rated:
    """How calibration answers come about, in log-odds.

    Attributes:
        severities: of the raters.
        difficulties: of the criteria.
        cell_sd: what this contact does to this criterion, whoever looks; the larger, the more raters agree.
        mood_sd: what a rater makes of this contact as a whole.
        each: raters who get a contact, drawn at random; 0: all.
        unanswered: share of answers that are *not applicable* or *cannot tell*, the same for all raters.
    """

    contacts: int
    severities: Floats
    difficulties: Floats
    cell_sd: float = 1.5
    mood_sd: float = 0.4
    each: int = 0
    unanswered: float = 0.1


def make_ratings(made: Rated, rng: np.random.Generator, month: int = 1, first: int = 0) -> pd.DataFrame:
    """A ratings table; contacts are numbered from `first`, answers are of the given month of 2026."""
    shape = made.contacts, len(made.severities), len(made.difficulties)
    quality = rng.normal(1.0, 1.0, (shape[0], 1, 1)) + rng.normal(0, made.cell_sd, (shape[0], 1, shape[2]))
    mood = rng.normal(0, made.mood_sd, (shape[0], shape[1], 1))
    chance = expit(quality + mood - made.severities[None, :, None] - made.difficulties[None, None, :])
    values = (rng.random(shape) < chance).astype(float)
    values[np.broadcast_to(rng.random((shape[0], 1, shape[2])) < made.unanswered, shape)] = np.nan
    if made.each:
        order = rng.random(shape[:2]).argsort(axis=1)
        values[order >= made.each] = np.nan
    return as_table(values, pd.Timestamp(2026, month, 10, tz="UTC"), first)


def as_table(values: Floats, at: pd.Timestamp, first: int = 0) -> pd.DataFrame:
    """Contacts x raters x criteria as rows; NaN is left out."""
    known = np.argwhere(~np.isnan(values))
    names = [[f"{letter}{i:03}" for i in range(size)] for letter, size in zip("rk", values.shape[1:], strict=True)]
    return pd.DataFrame({
        "rater": np.array(names[0])[known[:, 1]], "contact_id": known[:, 0] + first,
        "criterion": np.array(names[1])[known[:, 2]], "value": values[tuple(known.T)], "at": at,
    })  # fmt: skip


def make_pairs(
    responses: int, agents: int, rng: np.random.Generator, shape: str = "straight", agent_sd: float = 0.4
) -> pd.DataFrame:
    """Scores with satisfied customers; agents differ in their scores and, for the same score, in their customers."""
    agent = rng.choice(agents, responses, p=rng.dirichlet(np.full(agents, 4.0)))
    better, liked = rng.normal(0, 6, agents), rng.normal(0, agent_sd, agents)
    scores = np.clip(rng.normal(72 + better[agent], 14), 0, 100)
    satisfied = rng.random(responses) < expit(log_odds(scores, shape) + liked[agent])
    return pd.DataFrame({"score": scores, "satisfied": satisfied.astype(float), "agent_id": agent.astype(str)})


def log_odds(scores: Floats, shape: str) -> Floats:
    """Planted curves: straight, bent (flat above 80), or flat."""
    if shape == "flat":
        return np.full_like(scores, 0.6)
    if shape == "bent":
        return -1.2 + 0.06 * (np.minimum(scores, 80) - 50)
    return np.asarray(-1.0 + 0.045 * (scores - 50))


def true_chances(scores: Floats, shape: str, agent_sd: float = 0.4) -> Floats:
    """Probability at each score over all agents (Gauss-Hermite over how they are liked)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    chance = expit(log_odds(scores, shape)[:, None] + agent_sd * nodes)
    return np.asarray(chance @ weights / weights.sum(), dtype=np.float64)


SPREADS = {(0,): 0.5, (1,): 0.3, (2,): 0.6, (0, 1): 0.25, (0, 2): 0.8, (1, 2): 0.2, (0, 1, 2): 0.6}
"""Planted standard deviations by axes (contact, rater, criterion), on the scale on which 0.52 and more is *met*."""
THRESHOLD = -0.52
"""About 70 of 100 answers are *met*."""


def make_cube(contacts: int, raters: int, criteria: int, rng: np.random.Generator, each: int = 0) -> Floats:
    """Answers in points, contacts x raters x criteria; the criteria are always the same, as those of a form are."""
    shape = contacts, raters, criteria
    hidden: Floats = np.zeros(shape) + SPREADS[(2,)] * norm.ppf((np.arange(criteria) + 0.5) / criteria)
    for part, spread in SPREADS.items():
        if part != (2,):
            hidden += rng.normal(0, spread, [size if axis in part else 1 for axis, size in enumerate(shape)])
    values = np.where(hidden > THRESHOLD, 100.0, 0.0)
    if each:
        values[rng.random(shape[:2]).argsort(axis=1) >= each] = np.nan
    return values
