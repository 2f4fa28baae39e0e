"""Contacts of a run in numbers: scores, critical classes, NPS and satisfaction, with n and interval or not at all."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from qm.analysis.estimate_quality import mean_figure, nps_figure
from qm.analysis.judge_classes import ClassFigure, class_figures, judge_classes
from qm.domain.contact import Contact
from qm.domain.evaluation import Brief
from qm.domain.form import Form
from qm.domain.people import WHOLE
from qm.domain.run import ItemState
from qm.domain.survey import SurveyResponse
from qm.ports import UnitOfWork
from qm.services.views import DayFigures, GroupFigures

GroupKey = Callable[[Contact], tuple[str, str]]
Evaluated = Mapping[str, Sequence[Brief]]
"""Evaluations by contact."""


class FigureService:
    """Computes figures from what is published. Test and mystery contacts never count."""

    def __init__(self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], min_n: int) -> None:
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._min_n = min_n
        self._noted = {(f.id, c.id) for f in forms.values() for c in f.criteria if not c.is_scored}

    def of(self, contact_ids: Collection[str]) -> DayFigures:
        """Figures over these contacts, however many others there are."""
        with self._unit_of_work() as unit:
            contacts = unit.contacts.some(contact_ids, WHOLE)
            states = {contact_id: state for contact_id, state in unit.work.states().items() if contact_id in contacts}
            done = {contact_id for contact_id, state in states.items() if state is ItemState.DONE}
            evaluated = _by_contact(unit.evaluations.briefs(sorted(done)))
            responses = {response.id: response for response in unit.surveys.every()}
            links = unit.surveys.links()
        linked = [(contacts[k.contact_id], responses[k.response_id]) for k in links if k.contact_id in contacts]
        counted = [contacts[contact_id] for contact_id in sorted(done) if contacts[contact_id].counts_for_agent]
        groups = (counted, evaluated, linked)
        briefs = [brief for own in evaluated.values() for brief in own]
        left = [(brief.form_id, name) in self._noted for brief in briefs for name in brief.left]
        ids = [contact.id for contact in counted]
        unlinked = tuple(link for link in links if not link.contact_id)
        return DayFigures(
            contacts=len(contacts), done=len(done),
            quarantined=sum(state is ItemState.QUARANTINED for state in states.values()),
            cannot_tell=sum(brief.cannot_tell for brief in briefs), answers=sum(brief.asked for brief in briefs),
            people_only=len(left), noted_only=sum(left), min_n=self._min_n,
            form_titles=tuple((form.id, form.title) for form in self._forms.values()),
            teams=self._groups(*groups, lambda c: (c.agent.team, c.agent.team)),
            agents=self._groups(*groups, lambda c: (c.agent.id, c.agent.name)),
            responses=len(responses), linked=len(linked),
            unlinked=unlinked, unlinked_n=len(unlinked),
            classes=self._classes(ids, evaluated),
            form_classes=tuple((form_id, self._classes(ids, evaluated, form_id)) for form_id in self._forms),
        )  # fmt: skip

    def _groups(
        self, contacts: Sequence[Contact], evaluated: Evaluated, linked: Sequence[tuple[Contact, SurveyResponse]],
        key: GroupKey,
    ) -> tuple[GroupFigures, ...]:  # fmt: skip
        members: dict[tuple[str, str], list[str]] = defaultdict(list)
        answers: dict[tuple[str, str], list[SurveyResponse]] = defaultdict(list)
        for contact in contacts:
            members[key(contact)].append(contact.id)
        for contact, response in linked:
            if contact.counts_for_agent:
                answers[key(contact)].append(response)
        return tuple(
            self._group(group, ids, evaluated, answers[group])
            for group, ids in sorted(members.items(), key=lambda pair: pair[0][1])
        )

    def _group(
        self, group: tuple[str, str], ids: Sequence[str], evaluated: Evaluated, answers: Sequence[SurveyResponse]
    ) -> GroupFigures:
        values: dict[str, list[float]] = defaultdict(list)
        for evaluation in (e for contact_id in ids for e in evaluated.get(contact_id, ())):
            if evaluation.score.value is not None:
                values[evaluation.form_id].append(evaluation.score.value)
        scores = [(form_id, mean_figure(values[form_id], self._min_n, 0.0, 100.0)) for form_id in self._forms]
        nps = [r.nps for r in answers if r.nps is not None]
        satisfaction = [float(r.satisfaction) for r in answers if r.satisfaction is not None]
        return GroupFigures(
            group[0], group[1], len(ids), tuple(scores), nps_figure(nps, self._min_n),
            mean_figure(satisfaction, self._min_n, 0.0, 10.0), self._classes(ids, evaluated),
        )  # fmt: skip

    def _classes(self, ids: Iterable[str], evaluated: Evaluated, form_id: str = "") -> tuple[ClassFigure, ...]:
        """Accuracy by class over contacts; on one form where one is named."""
        own = ([e for e in evaluated.get(contact_id, ()) if form_id in ("", e.form_id)] for contact_id in ids)
        states = (judge_classes(score for e in each for score in e.score.classes) for each in own)
        return class_figures(states, self._min_n)


def _by_contact(evaluations: Iterable[Brief]) -> Evaluated:
    found: dict[str, list[Brief]] = defaultdict(list)
    for evaluation in evaluations:
        found[evaluation.contact_id].append(evaluation)
    return found
