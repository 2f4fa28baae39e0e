"""Agents whose asked contacts differ from their others: a reason to look, never a verdict.

Where somebody can choose whom the survey goes to (or put a customer off the line before it starts), asked contacts are
shorter, simpler or at other hours than the same agent's others. The whole site's way of asking (by process, by month,
never after a transfer) is taken out first; what is left is compared agent by agent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtri

from qm.analysis.voc.compare_groups import holm
from qm.analysis.voc.contact_features import Floats, learn_encoding
from qm.analysis.voc.fit_logistic import expit, fit_logistic, room_for
from qm.domain.selection import AgentCheck, Difference, GamingCheck
from qm.units import Share

FALSE_ALARMS: Share = 0.005
"""Chance that any agent of the site is named though nobody chooses."""
LEAST_ASKED = 20
"""Asked contacts, and others, that an agent's comparison needs."""
WATCHED = ("wait_s", "ivr_s", "hold_s", "holds", "transfers", "talk_s", "wrap_s", "repeat")
MOST_COLUMNS = 60
LEAST_DELIVERED: Share = 0.8


@dataclass
class _Own:
    """An agent's rows: values that are watched, asked or not."""

    rows: NDArray[np.int64]
    p: float = 1.0
    zs: Floats | None = None


def find_gaming(
    contacts: pd.DataFrame, invited: NDArray[np.bool_], generator: np.random.Generator, inclusion: Floats | None = None
) -> GamingCheck:
    r"""Compare each agent's asked contacts with their others.

    The site's probability `e` of being asked is fitted on all contacts (and on the plan's inclusion probability where
    there is one), shifted to each agent's own share. An agent's score `U = Σ (d - e) x` over normal scores `x` of what
    is watched has mean 0 and variance `V = Σ e (1-e) x x'` when the agent asks as the site does (Rao 1948). The largest
    `|U| / √V` of all that is watched is compared with what chance gives it: Bonferroni over the things, and where that
    comes near the border its distribution is drawn, since the normal one is off that far out. An agent who
    differs is taken out of the site's model, which is fitted again for the others: one who chooses must not make the
    others look odd. Holm over the agents keeps false alarms of the whole site at `FALSE_ALARMS`.

    Args:
        contacts: customers' contacts with `with_moments`.
        generator: for the draws at the border.
    """
    reason = "none_asked" if not invited.any() else "all_asked" if invited.all() else ""
    watched, names = _watched(contacts)
    owns = _owns(contacts)
    able = {agent: own for agent, own in owns.items() if _is_enough(invited[own.rows])}
    if not reason and (not able or room_for(invited) < 1 or not names):
        reason = "thin"
    if reason:
        able = {}
    found: set[str] = set()
    for _round in range(len(able)):
        expected = _site(contacts, invited, inclusion, [owns[agent].rows for agent in found])
        rest = [agent for agent in able if agent not in found]
        for agent in rest:
            _test(able[agent], watched, invited, expected, len(able), generator)
        worst = min(rest, key=lambda agent: able[agent].p, default=None)
        if worst is None or able[worst].p * len(rest) > FALSE_ALARMS:
            break
        found.add(worst)
    adjusted = dict(zip(able, holm(np.array([own.p for own in able.values()])), strict=True))
    checks = [
        _check(contacts, invited, agent, own, adjusted.get(agent), (watched, names), differs=agent in found)
        for agent, own in owns.items()
    ]
    checks.sort(key=lambda check: (not check.differs, check.agent_name, check.agent_id))
    return GamingCheck(tuple(checks), tuple(names), reason)


def _watched(contacts: pd.DataFrame) -> tuple[Floats, list[str]]:
    """Normal scores of amounts (Blom 1958), processes as 0/1, and the hour; only what is delivered and varies."""
    columns, names = [], []
    for name in WATCHED:
        raw = contacts[name].astype(float) if name in contacts else pd.Series(np.nan, index=contacts.index)
        if len(raw) and raw.notna().mean() >= LEAST_DELIVERED and raw.nunique() > 1:
            rank = raw.rank().to_numpy()
            score = ndtri((rank - 0.375) / (raw.notna().sum() + 0.25))
            columns.append(np.where(np.isnan(rank), 0.0, score))
            names.append(name)
    for level, count in contacts["process"].value_counts().items():
        share = count / max(len(contacts), 1)
        if 0.05 <= share <= 0.95:
            columns.append((contacts["process"] == level).to_numpy(np.float64))
            names.append(f"process={level}")
    if contacts["hour"].nunique() > 1:
        columns.append((contacts["hour"] / 12 - 1).to_numpy())
        names.append("hour")
    return (np.column_stack(columns) if columns else np.zeros((len(contacts), 0))), names


def _owns(contacts: pd.DataFrame) -> dict[str, _Own]:
    codes, agents = pd.factorize(contacts["agent_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(agents) + 1))
    return {
        str(agent): _Own(order[starts[place] : starts[place + 1]])
        for place, agent in enumerate(agents) if agent
    }  # fmt: skip


def _is_enough(asked: NDArray[np.bool_]) -> bool:
    return bool(min(asked.sum(), (~asked).sum()) >= LEAST_ASKED)


def _site(
    contacts: pd.DataFrame, invited: NDArray[np.bool_], inclusion: Floats | None, without: Sequence[NDArray[np.int64]]
) -> Floats:
    """Log odds of being asked as the site asks, the agents `without` left out of the fit."""
    table, extra = contacts, []
    if inclusion is not None:
        clipped = np.clip(np.nan_to_num(inclusion, nan=0.0), 0.001, 0.999)
        table, extra = contacts.assign(plan=np.log(clipped / (1 - clipped))), ["plan"]
    table = table.assign(month=(table["started_at"] - table["started_at"].min()).dt.days / 30.0)
    kept = np.ones(len(table), bool)
    for rows in without:
        kept[rows] = False
    if room_for(invited[kept]) < 1:
        kept[:] = True
    encoding = learn_encoding(table[kept], min(room_for(invited[kept]), MOST_COLUMNS), ["month", *extra])
    matrix = encoding.encode(table)
    return fit_logistic(matrix[kept], invited[kept]).log_odds(matrix)


def _test(
    own: _Own, watched: Floats, invited: NDArray[np.bool_], log_odds: Floats, agents: int,
    generator: np.random.Generator,
) -> None:  # fmt: skip
    """Set the agent's p value, and the z of each thing that is watched."""
    x, asked = watched[own.rows], invited[own.rows]
    e = _own_share(log_odds[own.rows], int(asked.sum()))
    spread = e * (1 - e)
    x = x - (spread @ x) / spread.sum()  # the agent's own share of asked contacts is no difference
    deviation = np.sqrt(spread @ x**2)
    own.zs = ((asked - e) @ x) / np.where(deviation > 1e-9, deviation, np.inf)
    largest, border = float(np.abs(own.zs).max()), FALSE_ALARMS / agents
    own.p = min(1.0, float(2 * stats.norm.sf(largest)) * len(own.zs))
    if own.p <= 10 * border:
        own.p = _drawn_p(x[:, deviation > 1e-9] / deviation[deviation > 1e-9], e, largest, int(4 / border), generator)


def _drawn_p(x: Floats, e: Floats, largest: float, draws: int, generator: np.random.Generator) -> float:
    """Share of made agents who ask as the site does and still differ as much: `(1 + hits) / (1 + draws)`."""
    hits, done, block = 0, 0, max(1, 2_000_000 // len(e))
    while done < draws and hits < 20:  # 20 hits settle that it's nothing
        count = min(block, draws - done)
        made = (generator.random((count, len(e)), dtype=np.float32) < e.astype(np.float32)) - e
        hits += int((np.abs(made @ x).max(axis=1) >= largest).sum())
        done += count
    return (1 + hits) / (1 + done)


def _own_share(log_odds: Floats, asked: int) -> Floats:
    """The site's probabilities, shifted so that they add up to the agent's asked contacts."""
    shift, e = 0.0, expit(log_odds)
    for _step in range(60):
        gap = float(asked - e.sum())
        if abs(gap) < 1e-6:
            break
        # Newton's step, kept short: far from the solution the slope is too flat to be believed.
        shift += max(-2.0, min(2.0, gap / max(float((e * (1 - e)).sum()), 1e-9)))
        e = expit(log_odds + shift)
    return e


def _check(
    contacts: pd.DataFrame, invited: NDArray[np.bool_], agent: str, own: _Own, p: float | None,
    watched: tuple[Floats, list[str]], *, differs: bool,
) -> AgentCheck:  # fmt: skip
    asked = invited[own.rows]
    differences: tuple[Difference, ...] = ()
    if differs and own.zs is not None:
        rows = contacts.iloc[own.rows]
        ps = holm(2 * stats.norm.sf(np.abs(own.zs)))
        order = sorted(range(len(ps)), key=lambda place: ps[place])
        differences = tuple(
            _difference(rows, asked, watched[1][place], float(ps[place])) for place in order if ps[place] <= 0.05
        )
    name = str(contacts["agent_name"].iat[own.rows[-1]])
    return AgentCheck(agent, name, int(asked.sum()), int((~asked).sum()), p, differs, differences)


def _difference(rows: pd.DataFrame, asked: NDArray[np.bool_], name: str, p: float) -> Difference:
    column, _equals, level = name.partition("=")
    if level:
        values = (rows[column] == level).astype(float)
        return Difference(name, round(values[asked].mean(), 4), round(values[~asked].mean(), 4), p)
    # Counts are 0 more often than not, so that their medians would hide the difference.
    middle = "mean" if column in ("holds", "transfers", "repeat", "hold_s") else "median"
    parts = rows[column][asked].agg(middle), rows[column][~asked].agg(middle)
    return Difference(name, round(float(parts[0]), 2), round(float(parts[1]), 2), p)
