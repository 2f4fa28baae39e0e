"""How severe each rater is and how difficult each criterion, each apart from the other and from the contacts."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qm.analysis.calibration.count_disagreements import (
    Disagreements,
    apart_both_ways,
    count_disagreements,
    groups_that_share,
    once_each,
)
from qm.analysis.calibration.fit_severity import Severities, fit_severities
from qm.analysis.voc.compare_groups import holm
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.calibration_study import FacetEffect, RaterStudy
from qm.domain.figures import Count, Figure

if TYPE_CHECKING:
    import pandas as pd

LEAST_CONTACTS = 10
"""Contacts on which raters differ; below, the jackknife's interval is no guide."""
LEAST_APART = 10
"""Disagreements of one rater; below, one more answer would turn the estimate round."""


def study_raters(ratings: "pd.DataFrame") -> RaterStudy:
    """Severity of each rater and difficulty of each criterion with 95 % intervals, or why there is none.

    A rater's severity comes from questions about a contact that several raters answered; a criterion's difficulty from
    the answers of one rater about one contact (method: `fit_severity`). Neither is moved by who got which
    contact. Difficulty is that of one answer about a contact as it comes.

    Args:
        ratings: rater, contact_id, criterion, value (1 met, 0 not met), at; other answers left out.
    """
    once = once_each(ratings)
    contacts = int(once["contact_id"].nunique())
    if once.empty:
        return RaterStudy(0, 0, (), (), why=("nothing_rated",))
    raters, criteria = (effects_of(count_disagreements(once, facet)) for facet in ("rater", "criterion"))
    return RaterStudy(contacts, len(once), raters, criteria, why=_whole(raters))


def _whole(raters: tuple[FacetEffect, ...]) -> tuple[str, ...]:
    if len(raters) == 1:
        return ("one_rater",)
    groups = {rater.group for rater in raters}
    if len(groups) == len(raters):
        return ("nothing_shared",)
    return ("groups_apart",) if len(groups) > 1 else ()


def effects_of(found: Disagreements) -> tuple[FacetEffect, ...]:
    """Estimates group by group, in order of the ids; p-values after Holm over all of them."""
    groups = groups_that_share(found)
    effects: list[FacetEffect] = []
    for group in range(groups.max(initial=-1) + 1):
        places = np.flatnonzero(groups == group)
        effects += _group_effects(found.only(places), group)
    return tuple(sorted(holm_of(effects), key=lambda effect: effect.id))


def _group_effects(found: Disagreements, group: int) -> list[FacetEffect]:
    bare = [_without_value(found, place, group) for place in range(len(found.ids))]
    inside = apart_both_ways(found)
    contacts = int((found.only(inside).counts.sum(axis=(1, 2)) > 0).sum())
    if len(inside) < 2:
        return bare
    if contacts < LEAST_CONTACTS:
        return [replace(effect, why=effect.why or "few_contacts") for effect in bare]
    fitted = fit_severities(found.only(inside).counts)
    for place, effect in zip(inside, _valued(fitted, [bare[place] for place in inside]), strict=True):
        bare[place] = effect
    return bare


def _without_value(found: Disagreements, place: int, group: int) -> FacetEffect:
    easier, harder = found.total[place].sum(), found.total[:, place].sum()
    return FacetEffect(
        found.ids[place], group, Count(int(found.met[place]), int(found.answered[place])),
        Count(int(harder), int(easier + harder)), Figure(None, None, None, int(easier + harder)),
        why=_why(found, place, easier, harder),
    )  # fmt: skip


def _why(found: Disagreements, place: int, easier: float, harder: float) -> str:
    if found.shared[place].sum() == found.shared[place, place]:
        return "alone"
    if easier + harder == 0:
        return "never_apart"
    if easier + harder < LEAST_APART:
        return "few_apart"
    if not harder:
        return "only_easier"
    if not easier:
        return "only_harder"
    return "" if place in apart_both_ways(found) else "one_sided"


def _valued(fitted: Severities, bare: list[FacetEffect]) -> list[FacetEffect]:
    lo, hi = fitted.intervals()
    return [
        replace(
            effect,
            effect=rounded(fitted.values[i], lo[i], hi[i], effect.apart.n),
            p_value=float(p_value),
        ) if not effect.why else effect
        for i, (effect, p_value) in enumerate(zip(bare, fitted.p_values(), strict=True))
    ]  # fmt: skip


def holm_of(effects: list[FacetEffect]) -> list[FacetEffect]:
    """The effects with p-values that hold over the whole family."""
    adjusted = iter(holm(np.array([effect.p_value for effect in effects if effect.p_value is not None])))
    return [e if e.p_value is None else replace(e, p_value=round(float(next(adjusted)), 6)) for e in effects]
