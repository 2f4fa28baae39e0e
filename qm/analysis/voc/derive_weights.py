"""From drivers to a form: which questions stay, and what each weighs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qm.analysis.voc.voc_columns import MET, NOT_MET, answer_column
from qm.domain.derived_form import Fate
from qm.domain.drivers import Drivers, Effect, Verdict
from qm.domain.form import Criterion, Form

Floats = NDArray[np.float64]
MOST_POINTS = 10
"""Of the strongest driver; the others in proportion, the least is 1."""


def fates_of(form: Form, drivers: Drivers) -> dict[str, Fate]:
    """What becomes of each question, by its id; nothing of another question's need is known here."""
    found = {effect.key: effect for effect in drivers.effects}
    return {one.id: _fate(one, found.get(answer_column(form.id, one.id))) for one in form.criteria}


def _fate(criterion: Criterion, effect: Effect | None) -> Fate:
    if criterion.bonus or not criterion.is_scored:
        return Fate.UNSCORED
    value = (effect.points.value or 0.0) if effect else 0.0
    stands = effect is not None and effect.verdict in (Verdict.MATTERS, Verdict.HINT)
    if stands and value > 0:
        return Fate.DRIVER
    if criterion.automatic_fail or criterion.critical is not None:
        return Fate.CRITICAL
    if stands:
        return Fate.AGAINST
    return Fate.IDLE if effect is not None and effect.verdict is Verdict.NEGLIGIBLE else Fate.TRIAL


def points_of(form: Form, fates: Mapping[str, Fate], drivers: Drivers) -> dict[str, int]:
    """Points of the questions that stay: drivers in proportion to their effect, the others the least.

    A driver of 8 points of satisfaction beside the strongest of 16 has 5 of 10.
    """
    gains = {
        one.id: effect.points.value or 0.0
        for one in form.criteria
        if fates[one.id] is Fate.DRIVER and (effect := drivers.effect_of(answer_column(form.id, one.id)))
    }
    largest = max(gains.values(), default=1.0)
    points = {name: max(1, round(MOST_POINTS * gain / largest)) for name, gain in gains.items()}
    staying = (Fate.CRITICAL, Fate.TRIAL, Fate.NEEDED)
    return points | {name: 1 for name, fate in fates.items() if fate in staying}


def score_by_points(answers: pd.DataFrame, form_id: str, points: Mapping[str, int]) -> Floats:
    """Share of the points met, of those met or not met; NaN where there are none of either.

    Args:
        answers: the answer columns of contacts.
    """
    met, answered = np.zeros(len(answers)), np.zeros(len(answers))
    for criterion_id, weight in points.items():
        column = answer_column(form_id, criterion_id)
        if column in answers:
            codes = answers[column].to_numpy()
            met += weight * (codes == MET)
            answered += weight * ((codes == MET) | (codes == NOT_MET))
    found: Floats = np.divide(met, answered, out=np.full(len(answers), np.nan), where=answered > 0)
    return found


def shares_of(points: Mapping[str, int], order: Sequence[str]) -> dict[str, float]:
    """Share of each question in the points of all; 0 for those without."""
    total = sum(points.values())
    return {name: points.get(name, 0) / total if total else 0.0 for name in order}
