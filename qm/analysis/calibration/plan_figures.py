"""How many contacts and raters an agent's mean score needs, for a wanted precision or phi."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qm.analysis.calibration.draw_components import DRAWS
from qm.analysis.calibration.generalise import ENDS, ScoreSpread
from qm.analysis.estimate_quality import Z
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.figures import Figure
from qm.domain.generalisability import FigurePlan

Floats = NDArray[np.float64]
SHOWN_RATERS = (0, 1, 2, 3, 5, 10)
"""0: the machine, which answers the same contact always the same."""
LEAST_AGENTS = 5
LEAST_CONTACTS = 50


@dataclass(frozen=True)
class AgentSpread:
    """Variances of form scores, in points squared; the estimate first, draws after it.

    Attributes:
        within: between contacts of the same agent.
        between: between agents.
        agents: with at least two contacts.
    """

    within: Floats
    between: Floats
    agents: int
    contacts: int

    def figures(self) -> tuple[Figure, Figure]:
        """Standard deviations in points, within and between agents, with 95 % intervals."""
        return _spread(self.within, self.contacts), _spread(self.between, self.agents)


def spread_of_agents(scores: Floats, agents: NDArray[np.int64], rng: np.random.Generator) -> AgentSpread | None:
    """One-way analysis of variance, agents at random (Searle 1971, ch. 10); `None` where there's too little.

    Draws as in `qm.analysis.calibration.draw_components`, the degrees of freedom within agents lowered to what their
    differing spreads show.

    Args:
        scores: form scores, 0 to 100, without NaN.
        agents: number of each contact's agent.
    """
    count = np.bincount(agents)
    kept = count[agents] > 1
    scores, agents = scores[kept], np.unique(agents[kept], return_inverse=True)[1]
    count = np.bincount(agents)
    size, n = len(count), len(scores)
    if size < LEAST_AGENTS or n < LEAST_CONTACTS:
        return None
    mean = np.bincount(agents, scores) / count
    squares = np.bincount(agents, (scores - mean[agents]) ** 2)
    within, each = squares.sum() / (n - size), (n - (count**2).sum() / n) / (size - 1)
    among = (count * (mean - scores.mean()) ** 2).sum() / (size - 1)
    if within == 0:
        return None  # contacts that all score the same promise nothing about the next one
    away = squares - within * (count - 1)
    seen = 2 * squares.sum() ** 2 / max(float((away**2).sum()), 1e-9)
    freedom = np.array([min(n - size, max(seen, 1.0)), size - 1])
    drawn = np.array([within, among]) * freedom / rng.chisquare(freedom, (DRAWS, 2))
    table = np.vstack([[within, among], drawn])
    return AgentSpread(table[:, 0], np.maximum((table[:, 1] - table[:, 0]) / each, 0.0), size, n)


def plan_figures(
    agents: AgentSpread | None, raters: ScoreSpread | None, half_width: float, phi: float
) -> tuple[FigurePlan, ...]:
    """Contacts an agent needs, by number of analysts who share the work.

    The error variance of a mean over n contacts, each scored by one of R analysts, is `(within + together) / n + rater
    / R`: more contacts don't help against few analysts. Half-width is 1.96 times its root; phi is `between / (between
    + error)` (Brennan 2001, ch. 4). The machine's rows have no rater part: it is one rater for all, and how far it is
    from the people is agreement, not chance. Where the spread within agents isn't known, that between the contacts of
    the calibration stands in, which is rather too large.

    Args:
        half_width: wanted, in points.
        phi: wanted, below 1.
    """
    if agents is None and raters is None:
        return ()
    within = agents.within if agents else raters.contact if raters else np.zeros(1)
    between = agents.between if agents else None
    shown = [number for number in SHOWN_RATERS if (raters if number else agents) is not None]
    return tuple(_plan(number, within, between, raters, half_width, phi) for number in shown)


def _plan(
    number: int, within: Floats, between: Floats | None, raters: ScoreSpread | None, half_width: float, phi: float
) -> FigurePlan:
    shared = raters.rater / number if number and raters else np.zeros(1)
    single = within + (raters.together if number and raters else 0.0)
    needed = _needed(single, (half_width / Z) ** 2 - shared)
    lo, hi = np.quantile(needed[1:], ENDS, method="nearest") if len(needed) > 1 else (needed[0], needed[0])
    reliable = _needed(single, between * (1 - phi) / phi - shared)[0] if between is not None else np.inf
    return FigurePlan(
        number, _whole(needed[0]), _whole(min(lo, needed[0])), _whole(max(hi, needed[0])), _whole(reliable)
    )


def _needed(single: Floats, allowed: Floats | float) -> Floats:
    """Contacts until `single / n` is within what is allowed; infinite where nothing is left."""
    single, room = np.broadcast_arrays(single, allowed)
    return np.asarray(np.divide(single, room, out=np.full(single.shape, np.inf), where=room > 0))


def _whole(value: float) -> int | None:
    return int(np.ceil(max(value, 1.0))) if np.isfinite(value) else None


def _spread(variances: Floats, n: int) -> Figure:
    lo, hi = np.quantile(variances[1:], ENDS)
    return rounded(np.sqrt(variances[0]), np.sqrt(min(lo, variances[0])), np.sqrt(max(hi, variances[0])), n, 2)
