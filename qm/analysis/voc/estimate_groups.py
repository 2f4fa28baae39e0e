"""What is an agent's own beyond their contacts, and the share of satisfied customers of a group, had all been asked."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from qm.analysis.estimate_quality import Z
from qm.analysis.voc.contact_features import Floats
from qm.domain.estimate import GroupEstimate
from qm.domain.figures import Figure

LEAST_AGENTS = 5
"""Agents with answers, below which nobody's own share can be told from their contacts'."""


@dataclass(frozen=True)
class OwnEffects:
    """Agents' own effects on the log odds of a satisfied customer.

    Attributes:
        by_agent: effect and variance; agents without answers aren't in it.
        variance: between agents; what is known of an agent who has no answers. `None`: too few agents have any.
    """

    by_agent: Mapping[str, tuple[float, float]]
    variance: float | None

    def of(self, agents: pd.Series) -> tuple[Floats, Floats]:
        """Effect and variance for each contact's agent."""
        codes, names = pd.factorize(agents)
        unknown = (0.0, self.variance or 0.0)
        table = np.array([self.by_agent.get(str(name), unknown) for name in names]).reshape(-1, 2)
        return table[codes, 0], table[codes, 1]


def learn_own(agents: pd.Series, satisfied: NDArray[np.bool_], held_out: Floats) -> OwnEffects:
    r"""Empirical Bayes on the log odds.

    An agent's answers give `b = Σ (y - p) / Σ p (1-p)`, one Newton step from 0, with variance `v = 1 / Σ p (1-p)`.
    True effects are taken as normal with variance `A` (Fay & Herriot 1979), A by the adjusted likelihood, which stays
    above 0 (Li & Lahiri 2010). The effect is `γ b` with `γ = A / (A + v)` and variance `γ v + 2 v² (A + v)⁻³ var A`,
    `var A = 2 / Σ (A + v)⁻²` (Prasad & Rao 1990; Datta & Lahiri 2000).

    Args:
        held_out: probabilities by models that the agent's own answers didn't shape.
    """
    codes, names = pd.factorize(agents)
    if len(names) < LEAST_AGENTS:
        return OwnEffects({}, None)
    information = np.maximum(np.bincount(codes, held_out * (1 - held_out)), 1e-9)
    b, v = np.bincount(codes, satisfied - held_out) / information, 1 / information
    between = _between(b, v)
    gamma = between / (between + v)
    doubt = 2 / float(((between + v) ** -2).sum())
    variance = gamma * v + 2 * v**2 / (between + v) ** 3 * doubt
    rows = zip(names, gamma * b, np.minimum(variance, between + doubt**0.5), strict=True)
    return OwnEffects({str(name): (float(shift), float(wide)) for name, shift, wide in rows}, between)


def estimate_groups(
    table: pd.DataFrame, key: str, name: str, model_variance: float, least_n: int
) -> tuple[GroupEstimate, ...]:
    r"""Observed answers and modelled rest: `(Σ answered y + Σ others p) / N`, by name.

    The variance of the realised share is `Σ_agents (Σ others p(1-p) / N)² w + ((N-m)/N)² M + Σ others p(1-p) / N²`,
    with w that of the agent's effect and M that of the model. Where all contacts were answered nothing is uncertain.

    Args:
        table: one row a contact: `key`, `name`, `agent_id`, `p`, `w`, `y` (1, 0, NaN: not answered).
        model_variance: of a mean probability, from the model's coefficients.
        least_n: contacts, below which a group gets no value.
    """
    told = table["y"].notna()
    doubt = (table["p"] * (1 - table["p"])).where(~told, 0.0)
    parts = table.assign(
        shown=table[name], group=table[key], one=told.astype(float), hits=table["y"].fillna(0.0),
        rest=table["p"].where(~told, 0.0), doubt=doubt,
    )  # fmt: skip
    parts = parts[parts["group"] != ""]
    sums = parts.groupby("group", sort=True).agg(
        shown=("shown", "last"), contacts=("one", "size"), answered=("one", "sum"), hits=("hits", "sum"),
        rest=("rest", "sum"), doubt=("doubt", "sum"),
    )  # fmt: skip
    by_agent = parts.groupby(["group", "agent_id"]).agg(doubt=("doubt", "sum"), w=("w", "first"))
    sums["own"] = (by_agent["doubt"] ** 2 * by_agent["w"]).groupby("group").sum()
    rows = sums.sort_values("shown", kind="stable").reset_index().to_dict("records")
    return tuple(_group(row, model_variance, least_n) for row in rows)


def _group(row: Mapping[str, float | str], model_variance: float, least_n: int) -> GroupEstimate:
    n, m = int(row["contacts"]), int(row["answered"])
    key, name = str(row["group"]), str(row["shown"])
    if n < max(least_n, 1):
        return GroupEstimate(key, name, n, m, Figure(None, None, None, n))
    hits, rest, doubt, own = (float(row[part]) for part in ("hits", "rest", "doubt", "own"))
    value = (hits + rest) / n
    reach = Z * math.sqrt(own / n**2 + ((n - m) / n) ** 2 * model_variance + doubt / n**2)
    # The answered ones are certain: the share can't leave what they and the others can make.
    lo, hi = max(hits / n, value - reach), min((hits + n - m) / n, value + reach)
    return GroupEstimate(key, name, n, m, Figure(round(value, 4), round(lo, 4), round(hi, 4), n))


def _between(b: Floats, v: Floats) -> float:
    def minus_likelihood(log_a: float) -> float:
        whole = math.exp(log_a) + v
        return float(0.5 * (np.log(whole) + b**2 / whole).sum() - log_a)

    top = math.log(4 * max(float((b**2).max()), float(v.min())))
    return math.exp(float(optimize.minimize_scalar(minus_likelihood, bounds=(top - 20, top), method="bounded").x))
