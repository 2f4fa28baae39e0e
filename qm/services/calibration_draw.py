"""Which contacts a calibration session could be drawn from, and what is known of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from qm.analysis.calibration.draw_calibration import Candidate
from qm.analysis.calibration.pair_raters import answers_given
from qm.analysis.calibration.report_calibration import differing
from qm.domain.calibration import CalibrationSession
from qm.domain.voc_names import CANNOT_TELL, MET, NOT_MET
from qm.domain.voc_plan import Scale, VocPlan
from qm.ports import Unit

if TYPE_CHECKING:
    import pandas as pd

SCALES_BY_WEIGHT = ("satisfaction", "nps", "csat", "ces")
"""Of several answers of a customer, the first of these says whether they were satisfied."""


def candidates_of(
    unit: Unit, form_id: str, plan: VocPlan, since: datetime | None = None, until: datetime | None = None
) -> list[Candidate]:
    """Customers' contacts that the machine evaluated on the form, without those of earlier sessions on it.

    Raters remember what they discussed, so no contact is drawn twice.
    """
    table = unit.facts.contacts(since, until, columns=["kind"], answers=True)
    prefix = f"c:{form_id}/"
    columns = [name for name in table.columns if name.startswith(prefix)]
    sessions = [session for session in unit.calibration.every() if session.form_id == form_id]
    drawn = {contact.contact_id for session in sessions for contact in session.contacts}
    codes = table[columns].to_numpy()
    told = (codes == MET) | (codes == NOT_MET) | (codes == CANNOT_TELL)
    kept = told.any(axis=1) & (table["kind"] == "customer").to_numpy() & ~table["contact_id"].isin(drawn).to_numpy()
    rates = disagreement_rates(unit, sessions)
    weights = [rates.get(name.removeprefix(prefix), 0.0) for name in columns]
    doubts = (codes == CANNOT_TELL).sum(axis=1) + told @ weights if columns else []
    satisfied = _satisfied(unit, plan)
    return [
        Candidate(contact_id, satisfied.get(contact_id), float(doubts[place]))
        for place, contact_id in enumerate(table["contact_id"])
        if kept[place]
    ]


def disagreement_rates(unit: Unit, sessions: Sequence[CalibrationSession]) -> dict[str, float]:
    """Share of questions on which raters differed, by criterion, over closed sessions; absent where none was asked."""
    asked: Counter[str] = Counter()
    differed: Counter[str] = Counter()
    for session in sessions:
        if session.closed_at:
            given = answers_given(unit.calibration.sheets(session.id))
            asked.update(criterion for (_, criterion), by_rater in given.items() if len(by_rater) > 1)
            differed.update(criterion for _, criterion in differing(given))
    return {criterion: differed[criterion] / times for criterion, times in asked.items()}


def _satisfied(unit: Unit, plan: VocPlan) -> Mapping[str, bool]:
    """Whether the customer was satisfied, by contact; of several responses the one with the last id."""
    surveys = unit.facts.surveys()
    linked = surveys[surveys["contact_id"] != ""]
    scales = {scale.id: scale for scale in plan.scales}
    found: dict[str, bool] = {}
    for name in reversed(SCALES_BY_WEIGHT):
        if name in scales:
            found |= _by_scale(linked, scales[name])
    return found


def _by_scale(linked: "pd.DataFrame", scale: Scale) -> dict[str, bool]:
    rows = linked[linked[scale.column].notna()]
    answers = zip(rows["contact_id"], rows[scale.column], strict=True)
    return {contact: scale.is_satisfied(value) for contact, value in answers}
