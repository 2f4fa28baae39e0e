"""What goes with satisfied customers: effects with intervals, importance, and what predicts nothing so far.

One logistic model holds all predictors against each other; agents are the clusters. What a predictor does is told as
its average marginal effect in percentage points. This is association: nobody drew lots who gets a transfer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qm.analysis.voc.clustered_margins import ClusteredLogit, Contrast, Margin, fit_clustered, margins
from qm.analysis.voc.driver_columns import Predictor, rows_of
from qm.analysis.voc.driver_design import DriverDesign, make_design, without_doubles
from qm.analysis.voc.screen_predictors import (
    counts_of,
    find_alike,
    inflation,
    leave_out,
    screen,
)
from qm.analysis.voc.share_importance import explained, share_importance
from qm.domain.drivers import Drivers, Effect, Verdict
from qm.domain.figures import Count, Figure
from qm.numerics import sum_with_one_thread

Floats = NDArray[np.float64]
LEAST_CONTACTS = 100
"""Surveyed contacts below which no model is made."""
LEAST_SIDE = 20
"""Satisfied, and not satisfied, below which no model is made."""
LEAST_AGENTS = 10
"""With fewer clusters no correction makes an interval hold (Pustejovsky & Tipton 2018 go down to about ten)."""
LEAST_DF = 4.0
"""Degrees of freedom below which the t interval isn't to be relied on (Tipton 2015)."""
EVENTS_A_COLUMN = 5
"""Of the rarer outcome; with fewer a joint model is biased (Vittinghoff & McCulloch 2007), each is looked at alone."""
FAMILY_LEVEL = 0.04
"""A little under 5 %: the p-values rest on an approximation, and 5 % is to hold all the same."""
HINT_LEVEL = 0.05
MARGIN = 3.0
"""Percentage points; an effect whose whole interval lies inside is negligible for coaching."""
_POINTS = 100.0


@dataclass(frozen=True)
class Options:
    """How to look.

    Attributes:
        margin: percentage points.
        seed: of the orders drawn for the importance.
        has_importance: False leaves the importance out, which takes most of the time.
    """

    margin: float = MARGIN
    seed: int = 1
    has_importance: bool = True


def find_drivers(
    satisfied: Floats, agents: NDArray[np.str_], predictors: Sequence[Predictor], *,
    either: Predictor | None = None, options: Options | None = None,
) -> Drivers:  # fmt: skip
    """Effects of all predictors on the probability of a satisfied customer.

    Args:
        satisfied: 1 or 0 of each surveyed contact.
        agents: whom each belongs to.
        either: a predictor that stands in the place of `transfer` and `hold` in a second model.

    Returns:
        With `refused` set where nothing can be said: one class only, too few contacts or agents, separation.
    """
    sum_with_one_thread()  # thousands of small matrices: threads only wait for each other, ten times as long
    options = options or Options()
    order = np.argsort(agents, kind="stable").astype(np.int64)
    satisfied = satisfied[order]
    names, clusters = np.unique(agents[order], return_inverse=True)
    predictors = [rows_of(one, order) for one in predictors]
    told = Drivers(
        _refusal(satisfied, len(names)), Count(int(satisfied.sum()), len(satisfied)), len(names),
        is_joint=True, margin=options.margin,
    )  # fmt: skip
    if told.refused:
        return told
    kept, left_out = screen(predictors, satisfied)
    kept, same = without_doubles(kept, satisfied)
    told = replace(told, left_out=tuple(left_out + same))
    if not kept:
        return replace(told, refused="no_predictors")
    design = make_design(kept, satisfied, clusters)
    events = min(told.satisfied.hits, told.satisfied.n - told.satisfied.hits)
    if events < EVENTS_A_COLUMN * len(design.columns):
        return _alone(told, design, options)
    told = _joint(told, design, options)
    return (
        told if either is None or told.refused else replace(told, either=_either(design, rows_of(either, order), told))
    )


def _refusal(satisfied: Floats, agents: int) -> str:
    n, hits = len(satisfied), int(satisfied.sum())
    if not n:
        return "none_surveyed"
    if agents < 2:
        return "one_agent"
    if n < LEAST_CONTACTS:
        return "few_contacts"
    if hits in (0, n):
        return "one_class"
    if min(hits, n - hits) < LEAST_SIDE:
        return "few_on_one_side"
    return "few_agents" if agents < LEAST_AGENTS else ""


def _joint(told: Drivers, design: DriverDesign, options: Options) -> Drivers:
    model = fit_clustered(design.matrix, design.satisfied, design.clusters)
    if model is None:
        return replace(told, refused="separated")
    numbers = range(len(design.predictors))
    found = margins(model, [_contrast(design, number) for number in numbers])
    importance, circumstances = _importance(design, options)
    vif = inflation(design.correlation[:-1, :-1])
    values = [design.value_column(number) - 1 for number in numbers]
    alike = find_alike(design.correlation[np.ix_(values, values)], vif[values])
    told = _with_effects(told, design, found, importance, vif[values].tolist())
    keys = [tuple(design.predictors[number].key for number in group) for group in alike]
    whole = round(explained(design.correlation), 4)
    return replace(told, explained=whole, circumstances=circumstances, alike=tuple(keys))


def _importance(design: DriverDesign, options: Options) -> tuple[list[Figure], Figure]:
    """Importance of each predictor's value, and of all gaps together: whether a question applies is nobody's doing."""
    n = len(design.satisfied)
    values = [[design.value_column(number) - 1] for number in range(len(design.predictors))]
    gaps = [number for number, column in enumerate(design.columns) if not column.is_value]
    nothing = Figure(None, None, None, n)
    if not options.has_importance:
        return [nothing] * len(values), nothing
    groups = [*values, gaps] if gaps else values
    figures = share_importance(design.blocks, groups, n, np.random.default_rng(options.seed))
    return figures[: len(values)], figures[-1] if gaps else nothing


def _contrast(design: DriverDesign, number: int) -> Contrast:
    predictor = design.predictors[number]
    return Contrast(design.value_column(number), predictor.known, predictor.step or None)


def _alone(told: Drivers, design: DriverDesign, options: Options) -> Drivers:
    """Each predictor in a model of its own: data is too thin to hold them against each other."""
    found: list[Margin] = []
    kept: list[Predictor] = []
    left_out = list(told.left_out)
    for predictor in design.predictors:
        alone = make_design([predictor], design.satisfied, design.clusters)
        model = fit_clustered(alone.matrix, alone.satisfied, alone.clusters)
        if model is None:
            left_out.append(leave_out(predictor, design.satisfied, "separated"))
            continue
        kept.append(predictor)
        found += margins(model, [_contrast(alone, 0)])
    told = replace(told, is_joint=False, left_out=tuple(left_out), margin=options.margin)
    nothing = [Figure(None, None, None, told.satisfied.n)] * len(kept)
    return _with_effects(told, replace(design, predictors=kept), found, nothing, [1.0] * len(kept))


def _with_effects(
    told: Drivers, design: DriverDesign, found: Sequence[Margin], importance: Sequence[Figure], vif: Sequence[float]
) -> Drivers:
    """Effects of all that rest on enough agents, the largest first; the others are left out."""
    firm = [number for number, margin in enumerate(found) if margin.df >= LEAST_DF]
    loose = [
        leave_out(design.predictors[number], design.satisfied, "few_agents")
        for number in range(len(found)) if number not in firm
    ]  # fmt: skip
    holm, false_rate = adjust([found[number].p for number in firm])
    effects = [
        _effect(design, number, found[number], adjusted, importance[number], vif[number], told.margin)
        for number, adjusted in zip(firm, zip(holm, false_rate, strict=True), strict=True)
    ]
    effects.sort(key=lambda effect: (-abs(effect.points.value or 0.0), effect.key))
    return replace(told, effects=tuple(effects), left_out=(*told.left_out, *loose))


def adjust(p_values: Sequence[float]) -> tuple[list[float], list[float]]:
    """p-values adjusted over the family: Holm (1979), and Benjamini & Hochberg (1995).

    Holm: the k-th smallest of m times m - k + 1, never below one before it, at most 1.

    >>> [[round(p, 3) for p in kind] for kind in adjust([0.01, 0.04, 0.03])]
    [[0.03, 0.06, 0.06], [0.03, 0.04, 0.04]]
    """
    if not p_values:
        return [], []
    order = np.argsort(p_values)
    stepped = np.sort(p_values) * np.arange(len(order), 0, -1)
    holm = np.empty(len(order))
    holm[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return holm.tolist(), stats.false_discovery_control(p_values).tolist()


def _effect(
    design: DriverDesign, number: int, margin: Margin, adjusted: tuple[float, float], importance: Figure, vif: float,
    within: float,
) -> Effect:  # fmt: skip
    predictor = design.predictors[number]
    value, reach = _POINTS * margin.effect, _POINTS * margin.reach
    figure = Figure(
        round(value, 3), round(max(-_POINTS, value - reach), 3), round(min(_POINTS, value + reach), 3),
        int(predictor.known.sum()),
    )  # fmt: skip
    present, absent = counts_of(predictor, design.satisfied)
    holm, false_rate = adjusted
    return Effect(
        predictor.key, predictor.kind, predictor.step, figure, present, absent, margin.p, holm, false_rate,
        round(margin.df, 1), importance, round(vif, 2), _verdict(figure, holm, false_rate, within),
    )  # fmt: skip


def _verdict(points: Figure, holm: float, false_rate: float, margin: float) -> Verdict:
    if holm < FAMILY_LEVEL:
        return Verdict.MATTERS
    if false_rate < HINT_LEVEL:
        return Verdict.HINT
    inside = points.lo is not None and points.hi is not None and -margin < points.lo and points.hi < margin
    return Verdict.NEGLIGIBLE if inside else Verdict.UNCLEAR


def _either(design: DriverDesign, either: Predictor, told: Drivers) -> Effect | None:
    """The effect of a transfer or a hold, in a model without the two apart."""
    others = [one for one in design.predictors if one.key not in ("transfer", "hold")]
    kept, _left_out = screen([either], design.satisfied)
    kept, _same = without_doubles([*others, *kept], design.satisfied)
    if not kept or kept[-1] is not either:
        return None
    joined = make_design(kept, design.satisfied, design.clusters)
    model: ClusteredLogit | None = fit_clustered(joined.matrix, joined.satisfied, joined.clusters)
    if model is None:
        return None
    margin = margins(model, [_contrast(joined, len(kept) - 1)])[0]
    if margin.df < LEAST_DF:
        return None
    nothing = Figure(None, None, None, told.satisfied.n)
    # A question of its own, asked beforehand: no family to adjust for.
    return _effect(joined, len(kept) - 1, margin, (margin.p, margin.p), nothing, 1.0, told.margin)
