"""Use case: propose a form from what customers say, and judge it beside the one that is in use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from qm.documents import dump, load
from qm.domain.comment import Theme, ThemeReport
from qm.domain.derived_form import DerivedForm, Fate, NewCriterion, ProposedCriterion, Validity
from qm.domain.drivers import Drivers
from qm.domain.form import Form
from qm.domain.voc_plan import VocPlan
from qm.domain.weights import weigh
from qm.errors import NotFoundError
from qm.ports import UnitOfWork
from qm.rules.derive_pack import new_id
from qm.services.comments import KIND as THEMES
from qm.services.drivers import DriverRequest, DriverService, Surveyed, gather_surveyed

if TYPE_CHECKING:
    from qm.analysis.voc.driver_columns import Predictor

KIND = "derived_form"
"""Of the saved reports; the id is the form's."""
LEAST_THEME = 20
"""Comments that a theme needs before a question is proposed for it."""
MOST_NEW = 3
LIKE = 0.6
"""A criterion whose question reads at least so much like a theme covers it already."""
_SEED = 1


@dataclass(frozen=True)
class _Found:
    """What the data gives."""

    surveyed: Surveyed
    predictors: "list[Predictor]"
    drivers: Drivers


@dataclass(frozen=True)
class DerivedView:
    """What page and JSON show.

    Attributes:
        proposal: `None` where none was made.
        known: forms that there are proposals for.
    """

    proposal: DerivedForm | None
    known: tuple[str, ...]


class DeriveService:
    """Proposals of forms."""

    def __init__(self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], plan: VocPlan) -> None:
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._drivers = DriverService(unit_of_work, forms, plan)

    def view(self, form_id: str = "") -> DerivedView:
        """The proposal for a form, the newest of all where none is named; and for which forms there are some."""
        with self._unit_of_work() as unit:
            documents = unit.documents.every(KIND)
        proposals = [load(DerivedForm, document, f"proposal for {name}") for name, document in documents]
        proposals.sort(key=lambda one: one.computed_at, reverse=True)
        chosen = next((one for one in proposals if form_id in ("", one.form_id)), None)
        return DerivedView(chosen, tuple(one.form_id for one in proposals))

    def propose(self, request: DriverRequest, needs: Mapping[str, Collection[str]], now: datetime) -> DerivedForm:
        """Work a proposal out and keep it.

        Args:
            needs: by criterion, those whose answers its rule asks for.

        Raises:
            InputError: the plan has no such scale.
            NotFoundError: no such form.
        """
        if request.form_id not in self._forms:
            raise NotFoundError("form.unknown", f"no form '{request.form_id}'", f"known: {', '.join(self._forms)}")
        form, found = self._forms[request.form_id], self._find(request)
        told = found.drivers
        derived = DerivedForm(
            form.id, form.title, form.version, request.scale_id, now.isoformat(timespec="seconds"),
            told.satisfied.n, told.agents, _refusal(form, told),
        )  # fmt: skip
        if not derived.refused:
            themes = self._themes()
            derived = replace(
                derived, criteria=_criteria(form, told, needs, themes), new=_new(form, themes),
                validity=_validity(form, found, request),
            )  # fmt: skip
        with self._unit_of_work() as unit:
            unit.documents.save(KIND, form.id, dump(derived))
        return derived

    def _find(self, request: DriverRequest) -> _Found:
        from qm.analysis.voc.driver_columns import gather_predictors
        from qm.analysis.voc.find_drivers import Options, find_drivers

        scale = self._drivers.scale(request.scale_id)
        with self._unit_of_work() as unit:
            surveyed = gather_surveyed(unit, scale, request.since, request.until)
        predictors, _either = gather_predictors(surveyed.joined, request.form_id, request.leave_out)
        agents = surveyed.joined["agent_id"].to_numpy(dtype=str)
        options = Options(margin=request.margin, has_importance=False)
        return _Found(surveyed, predictors, find_drivers(surveyed.satisfied, agents, predictors, options=options))

    def _themes(self) -> tuple[Theme, ...]:
        with self._unit_of_work() as unit:
            document = unit.documents.get(THEMES, "comments")
        return load(ThemeReport, document, "themes of comments").themes if document else ()


def _refusal(form: Form, drivers: Drivers) -> str:
    from qm.analysis.voc.derive_weights import fates_of

    if drivers.refused:
        return drivers.refused
    if not drivers.is_joint:
        return "thin"
    return "" if Fate.DRIVER in fates_of(form, drivers).values() else "nothing_drives"


def _criteria(
    form: Form, drivers: Drivers, needs: Mapping[str, Collection[str]], themes: tuple[Theme, ...]
) -> tuple[ProposedCriterion, ...]:
    from qm.analysis.voc.derive_weights import fates_of, points_of, shares_of
    from qm.analysis.voc.voc_columns import answer_column

    fates = keep_needed(fates_of(form, drivers), needs)
    points = points_of(form, fates, drivers)
    order = [criterion.id for criterion in form.criteria]
    before, after = weigh(form, set(order)), shares_of(points, order)
    reasons = {one.key: one.reason for one in drivers.left_out}
    return tuple(
        ProposedCriterion(
            one.id, one.title, fates[one.id], points.get(one.id, 0), round(before.get(one.id, 0.0), 4),
            round(after[one.id], 4), drivers.effect_of(answer_column(form.id, one.id)),
            reasons.get(answer_column(form.id, one.id), ""), _themes_of(form.id, one.id, themes),
        )
        for one in form.criteria
    )  # fmt: skip


def keep_needed(fates: Mapping[str, Fate], needs: Mapping[str, Collection[str]]) -> dict[str, Fate]:
    """Dropped criteria stay where the rule of one that stays asks for their answer.

    >>> keep_needed({"a": Fate.IDLE, "b": Fate.DRIVER}, {"b": ["a"]})["a"]
    <Fate.NEEDED: 'needed'>
    """
    found = dict(fates)
    while True:
        asked = {need for name, fate in found.items() if not fate.is_dropped for need in needs.get(name, ())}
        lost = [name for name in asked if name in found and found[name].is_dropped]
        if not lost:
            return found
        found |= dict.fromkeys(lost, Fate.NEEDED)


def _themes_of(form_id: str, criterion_id: str, themes: tuple[Theme, ...]) -> tuple[str, ...]:
    return tuple(
        theme.id
        for theme in themes
        if any(
            (row.form_id, row.criterion_id, row.stands) == (form_id, criterion_id, True) and row.difference > 0
            for row in theme.criteria
        )
    )


def _new(form: Form, themes: tuple[Theme, ...]) -> tuple[NewCriterion, ...]:
    """Questions for themes that detractors speak of more often than others do, and that no question covers."""
    found = [
        NewCriterion(new_id(theme.id), theme.id, theme.name, theme.centre, theme.n)
        for theme in themes
        if theme.n >= LEAST_THEME and _troubles(theme) and not _is_covered(theme, form.id)
    ]
    return tuple(found[:MOST_NEW])


def _troubles(theme: Theme) -> bool:
    here, elsewhere = theme.detractors.rate, theme.detractors_elsewhere.rate
    return here is not None and elsewhere is not None and here > elsewhere


def _is_covered(theme: Theme, form_id: str) -> bool:
    is_like = any(row.form_id == form_id and row.likeness >= LIKE for row in theme.likeness)
    return is_like or any(row.form_id == form_id and row.stands for row in theme.criteria)


def _validity(form: Form, found: _Found, request: DriverRequest) -> Validity | None:
    """Old and new form on agents that the new one wasn't derived from; the derivation is done again in each fold."""
    from qm.analysis.voc.derive_weights import fates_of, points_of, score_by_points
    from qm.analysis.voc.driver_columns import rows_of
    from qm.analysis.voc.find_drivers import Options, find_drivers
    from qm.analysis.voc.validate_form import validate_form
    from qm.analysis.voc.voc_columns import answer_columns, score_column

    joined, satisfied = found.surveyed.joined, found.surveyed.satisfied
    agents = joined["agent_id"].to_numpy(dtype=str)
    answers = joined[answer_columns(joined, form.id)]
    options = Options(margin=request.margin, has_importance=False)
    equal = {criterion.id: 1 for criterion in form.criteria}

    def score(train: "np.ndarray", test: "np.ndarray") -> "np.ndarray":
        part = [rows_of(one, train) for one in found.predictors]
        drivers = find_drivers(satisfied[train], agents[train], part, options=options)
        fates = fates_of(form, drivers)
        # A fold in which nothing stands out has nothing but equal weights to offer.
        points = points_of(form, fates, drivers) if Fate.DRIVER in fates.values() else equal
        return score_by_points(answers[test], form.id, points)

    old = joined[score_column(form.id)].to_numpy(dtype=np.float64)
    return validate_form(old, satisfied, agents, score, np.random.default_rng(_SEED))
