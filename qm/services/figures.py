"""The day in numbers: scores, NPS and satisfaction by team and agent, each with n and interval or not at all."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from qm.analysis.estimate_quality import mean_figure, nps_figure
from qm.domain.contact import Contact
from qm.domain.evaluation import Answer, Evaluation
from qm.domain.form import Form
from qm.domain.run import ItemState
from qm.domain.survey import SurveyResponse
from qm.ports import UnitOfWork
from qm.services.views import DayFigures, GroupFigures

GroupKey = Callable[[Contact], tuple[str, str]]


class FigureService:
    """Computes figures from what is published. Test and mystery contacts never count."""

    def __init__(self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], min_n: int) -> None:
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._min_n = min_n

    def day(self, only: Collection[str] | None = None) -> DayFigures:
        """Figures over the contacts named in `only`; over everything in the database where it isn't given."""
        with self._unit_of_work() as unit:
            contacts = {c.id: c for c in unit.contacts.every() if only is None or c.id in only}
            states = {contact_id: state for contact_id, state in unit.work.states().items() if contact_id in contacts}
            done = {contact_id for contact_id, state in states.items() if state is ItemState.DONE}
            evaluations = [e for e in unit.evaluations.every() if e.contact_id in done]
            responses = {response.id: response for response in unit.surveys.every()}
            links = unit.surveys.links()
        linked = [(contacts[k.contact_id], responses[k.response_id]) for k in links if k.contact_id in contacts]
        counted = [contacts[contact_id] for contact_id in sorted(done) if contacts[contact_id].counts_for_agent]
        groups = (counted, evaluations, linked)
        counts = [answer for e in evaluations for answer in e.answers]
        return DayFigures(
            contacts=len(contacts), done=len(done),
            quarantined=sum(state is ItemState.QUARANTINED for state in states.values()),
            cannot_tell=sum(answer.answer is Answer.CANNOT_TELL for answer in counts), answers=len(counts),
            min_n=self._min_n,
            form_titles=tuple((form.id, form.title) for form in self._forms.values()),
            teams=self._groups(*groups, lambda c: (c.agent.team, c.agent.team)),
            agents=self._groups(*groups, lambda c: (c.agent.id, c.agent.name)),
            responses=len(responses), linked=len(linked),
            unlinked=tuple(link for link in links if not link.contact_id),
        )  # fmt: skip

    def _groups(
        self, contacts: Sequence[Contact], evaluations: Sequence[Evaluation],
        linked: Sequence[tuple[Contact, SurveyResponse]], key: GroupKey,
    ) -> tuple[GroupFigures, ...]:  # fmt: skip
        members: dict[tuple[str, str], set[str]] = defaultdict(set)
        for contact in contacts:
            members[key(contact)].add(contact.id)
        return tuple(
            self._group(group, ids, evaluations, [r for c, r in linked if c.counts_for_agent and key(c) == group])
            for group, ids in sorted(members.items(), key=lambda pair: pair[0][1])
        )

    def _group(
        self, group: tuple[str, str], ids: set[str], evaluations: Sequence[Evaluation], answers: list[SurveyResponse]
    ) -> GroupFigures:
        own = [e for e in evaluations if e.contact_id in ids and e.score.value is not None]
        scores = []
        for form_id in self._forms:
            values = [e.score.value for e in own if e.form_id == form_id and e.score.value is not None]
            scores.append((form_id, mean_figure(values, self._min_n, 0.0, 100.0)))
        nps = [r.nps for r in answers if r.nps is not None]
        satisfaction = [float(r.satisfaction) for r in answers if r.satisfaction is not None]
        return GroupFigures(
            group[0], group[1], len(ids), tuple(scores), nps_figure(nps, self._min_n),
            mean_figure(satisfaction, self._min_n, 0.0, 10.0),
        )  # fmt: skip
