"""Raters, forms and customers held beside each other: computed by commands, kept, and read by pages."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from qm.analysis.calibration.generalise import ScoreSpread, generalise
from qm.analysis.calibration.plan_figures import AgentSpread, plan_figures, spread_of_agents
from qm.analysis.calibration.rater_drift import by_period, find_drift, severities_over_time
from qm.analysis.calibration.rater_severity import study_raters
from qm.analysis.calibration.score_to_satisfaction import map_score
from qm.documents import dump, load
from qm.domain.calibration import MACHINE
from qm.domain.contact import Kind
from qm.domain.figures import Figure
from qm.domain.form import Form
from qm.domain.satisfaction_map import SatisfactionMap
from qm.domain.text import Text
from qm.domain.voc_plan import Scale, VocPlan
from qm.errors import InputError, NotFoundError
from qm.ports import UnitOfWork
from qm.services.calibration import CalibrationService
from qm.services.study_views import MapReport, MapView, PlanReport, RaterReport, RaterView, Titled

if TYPE_CHECKING:
    import pandas as pd

RATERS, MAPS = "rater_study", "satisfaction_map"
"""Kinds of saved reports, by form."""
HALF_WIDTH = 5.0
PHI = 0.8
"""What a figure about a person should reach at least (Nunnally 1978 for decisions about people: 0.8 to 0.9)."""
SEED = 1
"""Of the draws behind the intervals: the same answers give the same report."""
SCALE = "satisfaction"


class RaterStudyService:
    """Use cases of calibration beyond one session.

    Args:
        reading: transactions for what only looks.
        forms: in force, by id.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], plan: VocPlan,
        calibration: CalibrationService, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._plan = plan
        self._calibration = calibration
        self._now = now

    def study(
        self, form_id: str = "", half_width: float = HALF_WIDTH, phi: float = PHI, sessions: Collection[str] = ()
    ) -> tuple[RaterReport, ...]:
        """Compute and keep a report a form, from all sessions that aren't blind (or those named).

        Raises:
            NotFoundError: no such form.
            InputError: half-width or phi can't be reached by anything.
        """
        if not 0 < half_width < 100 or not 0 < phi < 1:
            message = f"half-width {half_width:g} and phi {phi:g} can't be wanted"
            raise InputError("study.bad_target", message, "a half-width in 0..100 points, a phi between 0 and 1")
        ratings = self._calibration.ratings_table(sessions)
        reports = tuple(
            self._report(one, ratings[ratings["form_id"] == one], half_width, phi) for one in self._asked(form_id)
        )
        self._keep(RATERS, {report.form_id: dump(report) for report in reports})
        return reports

    def map_scores(self, form_id: str = "", scale_id: str = SCALE) -> tuple[MapReport, ...]:
        """Compute and keep, form by form, what the score tells of satisfaction.

        Raises:
            NotFoundError: no such form or scale.
        """
        from qm.analysis.voc.voc_columns import join_surveys

        asked, scale, made_at = self._asked(form_id), self._scale(scale_id), self._now()
        with self._reading() as unit:
            contacts = unit.facts.contacts(columns=["agent_id", "kind"], answers=True, surveyed=True)
            surveys = unit.facts.surveys()
        joined = join_surveys(surveys, contacts[contacts["kind"] == Kind.CUSTOMER.value])
        reports = tuple(MapReport(made_at, map_score(_pairs(joined, one, scale), one, scale_id)) for one in asked)
        self._keep(MAPS, {report.map.form_id: dump(report) for report in reports})
        return reports

    def raters_view(self, form_id: str = "") -> RaterView:
        """What `study` kept last of a form; of the one with most answers where none is named."""
        with self._reading() as unit:
            reports = [load(RaterReport, text) for _, text in unit.documents.every(RATERS)]
        told = {r.form_id: r for r in sorted(reports, key=lambda r: -r.study.answers) if r.study.answers}
        shown = told.get(form_id or next(iter(told), ""))
        return RaterView(self._titles(told), shown, self._titles_of_questions(shown.form_id if shown else ""))

    def map_view(self, form_id: str = "") -> MapView:
        """What `map_scores` kept last of a form; of the one that tells most where none is named."""
        with self._reading() as unit:
            reports = [load(MapReport, text) for _, text in unit.documents.every(MAPS)]
        told = {r.map.form_id: r for r in sorted(reports, key=lambda r: _telling(r.map)) if r.map.satisfied.n}
        shown = told.get(form_id or next(iter(told), ""))
        scale = {scale.id: scale.title for scale in self._plan.scales}.get(shown.map.scale) if shown else None
        return MapView(self._titles(told), shown, scale)

    def _titles(self, form_ids: Collection[str]) -> tuple[Titled, ...]:
        return tuple(Titled(one, self._forms[one].title if one in self._forms else Text(one, one)) for one in form_ids)

    def _titles_of_questions(self, form_id: str) -> tuple[Titled, ...]:
        form = self._forms.get(form_id)
        return tuple(Titled(criterion.id, criterion.title) for criterion in form.criteria) if form else ()

    def _asked(self, form_id: str) -> tuple[str, ...]:
        if form_id and form_id not in self._forms:
            raise NotFoundError("form.unknown", f"no form '{form_id}'", "known: " + ", ".join(sorted(self._forms)))
        return (form_id,) if form_id else tuple(sorted(self._forms))

    def _scale(self, scale_id: str) -> Scale:
        known = {scale.id: scale for scale in self._plan.scales}
        if scale_id not in known:
            raise NotFoundError("study.unknown_scale", f"no scale '{scale_id}'", "known: " + ", ".join(sorted(known)))
        return known[scale_id]

    def _keep(self, kind: str, documents: dict[str, str]) -> None:
        with self._unit_of_work() as unit:
            for report_id, text in documents.items():
                unit.documents.save(kind, report_id, text)

    def _report(self, form_id: str, ratings: "pd.DataFrame", half_width: float, phi: float) -> RaterReport:
        study, periods = study_raters(ratings), by_period(ratings)
        if len(periods) > 1:
            study = replace(study, drifts=find_drift(periods), periods=severities_over_time(periods))
        rng = np.random.default_rng(SEED)
        # The machine is no draw from the analysts: what it adds to their differences isn't what another analyst would.
        spread, scores = generalise(ratings[ratings["rater"] != MACHINE], rng)
        agents = self._agents(form_id, rng)
        sessions = tuple(sorted(ratings["session"].unique()))
        plan = _planned(agents, scores, half_width, phi)
        return RaterReport(form_id, self._now(), sessions, study, spread, plan)

    def _agents(self, form_id: str, rng: np.random.Generator) -> AgentSpread | None:
        from qm.analysis.voc.voc_columns import score_column

        with self._reading() as unit:
            table = unit.facts.contacts(columns=["agent_id", "kind"], answers=True)
        column = score_column(form_id)
        if column not in table:
            return None
        counted = (table["kind"] == Kind.CUSTOMER.value) & (table["agent_id"] != "") & table[column].notna()
        known = table[counted]
        codes = np.unique(known["agent_id"].to_numpy(dtype=str), return_inverse=True)[1]
        return spread_of_agents(known[column].to_numpy(dtype=float), codes, rng)


def _telling(found: SatisfactionMap) -> tuple[bool, bool, int]:
    """Forms with a map first, then those with bins, then by answers."""
    return not found.curve, not found.bins, -found.satisfied.n


def _pairs(joined: "pd.DataFrame", form_id: str, scale: Scale) -> "pd.DataFrame":
    import pandas as pd

    from qm.analysis.voc.voc_columns import score_column

    column, score = scale.column, score_column(form_id)
    if column not in joined or score not in joined:
        return pd.DataFrame({"score": [], "satisfied": [], "agent_id": []})
    answered = joined[joined[column].notna()]
    satisfied = [float(scale.is_satisfied(value)) for value in answered[column]]
    return pd.DataFrame({"score": answered[score], "satisfied": satisfied, "agent_id": answered["agent_id"]})


def _planned(agents: AgentSpread | None, scores: ScoreSpread | None, half_width: float, phi: float) -> PlanReport:
    nothing = Figure(None, None, None, 0)
    within, between = agents.figures() if agents else (nothing, nothing)
    return PlanReport(half_width, phi, within, between, plan_figures(agents, scores, half_width, phi))
