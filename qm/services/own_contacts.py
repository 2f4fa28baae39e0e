"""An agent's own contacts: the list, one of them, the agent's own answers first, taking note."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qm.analysis.estimate_quality import mean_figure
from qm.analysis.what_counts import first_review
from qm.domain.contact import Contact
from qm.domain.dispute import Dispute, DisputeState
from qm.domain.figures import Figure
from qm.domain.form import Form
from qm.domain.own_look import LONGEST_REMARK, OwnLook, OwnState, SelfAssessment
from qm.domain.people import NOBODY, Scope
from qm.domain.review import GivenAnswer, Review
from qm.domain.text import Text
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.services.contacts import ContactService
from qm.services.disputes import DisputeService
from qm.services.keep_out import contact_within
from qm.services.reviews import check_given
from qm.services.view_evaluation import form_score
from qm.services.views import ContactView, EvaluationView, FormScore

OFF, OFFERED, REQUIRED = "off", "offered", "required"
"""Whether agents answer the form themselves before they see the result."""
WEEKS = 8
"""Figures are about the contacts of so many weeks."""
MOST = 2000
"""Contacts that figures look at."""


@dataclass(frozen=True)
class OwnRow:
    """One line of an agent's list. `scores` is empty while the agent hasn't opened the result."""

    id: str
    started_at: datetime
    medium: str
    process: str
    state: OwnState
    scores: tuple[FormScore, ...]


@dataclass(frozen=True)
class OwnPage:
    """Part of the list. `next_cursor` is empty on the last page."""

    items: tuple[OwnRow, ...]
    next_cursor: str


@dataclass(frozen=True)
class OwnFigure:
    """Mean score of one's own contacts on a form, with its interval."""

    form_id: str
    title: Text
    score: Figure


@dataclass(frozen=True)
class OwnForm:
    """One form's result, as the agent sees it.

    Attributes:
        evaluation: what counts; `None` while it's hidden.
        until: when the time to contest it ends; `is_open`: whether it hasn't yet.
        comment: of the review that counts.
        assessed: the agent's own answers.
    """

    form: Form
    evaluation: EvaluationView | None
    until: datetime
    is_open: bool
    dispute: Dispute | None
    comment: str
    assessed: SelfAssessment | None


@dataclass(frozen=True)
class OwnContact:
    """One of an agent's own contacts.

    Attributes:
        view: without evaluations while they're hidden, and without what the customer wrote in a survey.
        is_hidden: the agent is asked for their own answers first; `may_skip` unless the site requires them.
    """

    view: ContactView
    look: OwnLook
    state: OwnState
    forms: tuple[OwnForm, ...]
    is_hidden: bool
    may_skip: bool
    now: datetime


class OwnContactService:
    """For one agent: the scope is theirs.

    Args:
        self_assessment: `off`, `offered` or `required`.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], now: Callable[[], datetime],
        contacts: ContactService, disputes: DisputeService, self_assessment: str, least: int, scope: Scope = NOBODY,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._now = now
        self._contacts = contacts
        self._disputes = disputes
        self._self_assessment = self_assessment
        self._least = least
        self._scope = scope

    def seen_by(self, scope: Scope) -> "OwnContactService":
        """The same for an agent. Whoever isn't one has no contacts of their own."""
        own = scope if len(scope.agents) == 1 else NOBODY
        return OwnContactService(
            self._unit_of_work, self._reading, self._forms, self._now, self._contacts.seen_by(own),
            self._disputes.seen_by(own), self._self_assessment, self._least, own,
        )  # fmt: skip

    @property
    def _agent(self) -> str:
        (agent_id,) = self._scope.agents
        return agent_id

    def page(self, cursor: str = "", size: int = 50) -> OwnPage:
        """One's own contacts, the latest first.

        Raises:
            NotFoundError: the cursor names none of them.
        """
        with self._reading() as unit:
            ids, more = unit.disputes.own(self._agent, cursor, size)
            contacts = unit.contacts.some(ids, self._scope)
            looks, disputes = unit.disputes.looks(ids), unit.disputes.of_contacts(ids)
            scores = self._scores(unit, ids)
        rows = tuple(self._row(contacts[one], looks.get(one), disputes, scores.get(one, ())) for one in ids)
        return OwnPage(rows, ids[-1] if more else "")

    def figures(self) -> tuple[OwnFigure, ...]:
        """Mean scores over one's own contacts of the last weeks; those that don't count for agents are left out."""
        since = self._now() - timedelta(weeks=WEEKS)
        with self._reading() as unit:
            ids, _more = unit.disputes.own(self._agent, size=MOST)
            found = unit.contacts.some(ids, self._scope)
            counted = [one for one, c in found.items() if c.counts_for_agent and c.started_at >= since]
            scores = [score for of_one in self._scores(unit, counted).values() for score in of_one]
        by_form = {
            form_id: [s.value for s in scores if s.form_id == form_id and s.value is not None]
            for form_id in sorted({score.form_id for score in scores})
        }
        return tuple(
            OwnFigure(form_id, self._forms[form_id].title, mean_figure(values, self._least, 0.0, 100.0))
            for form_id, values in by_form.items() if values
        )  # fmt: skip

    def get(self, contact_id: str, login: str, *, skip: bool = False) -> OwnContact:
        """One of one's own contacts; that the result was seen is noted.

        Args:
            skip: show the result without own answers first, where the site leaves that open.

        Raises:
            NotFoundError: no such contact of one's own.
        """
        view = _for_agent(self._contacts.get(contact_id))
        applying = tuple(e for e in view.evaluations if (e.counted or e).score.applies)
        with self._unit_of_work() as unit:
            contact = contact_within(unit, contact_id, self._scope)
            look = unit.disputes.look(contact_id) or OwnLook(contact_id, contact.agent.id)
            is_hidden = self._hides(look, [e.score.form_id for e in applying], skip)
            if not is_hidden and applying and look.seen_at is None:
                look = self._keep(unit, look, seen_at=self._now())
                unit.audit.note("result.seen", "contact", contact_id, actor=login)
            reviews, disputes = unit.reviews.of_contact(contact_id), unit.disputes.of_contact(contact_id)
            shown = tuple(self._form(unit, contact, e, look, reviews, disputes, is_hidden) for e in applying)
        # What counts is all that an agent is shown: marks in the transcript belong to it as well.
        told = () if is_hidden else tuple(e.counted or e for e in applying)
        view = replace(view, evaluations=told, row=replace(view.row, scores=tuple(e.score for e in told)))
        may_skip = self._self_assessment != REQUIRED
        return OwnContact(view, look, _state(look, disputes), shown, is_hidden, may_skip, self._now())

    def form(self, form_id: str) -> Form:
        """A form in force.

        Raises:
            NotFoundError: there is none of that name.
        """
        if form_id not in self._forms:
            raise NotFoundError("dispute.no_result", f"there is no form '{form_id[:60]}'", "load the page again")
        return self._forms[form_id]

    def recording(self, contact_id: str) -> str:
        """The stored object of one's own recording.

        Raises:
            NotFoundError: no such contact of one's own, or it has no recording.
        """
        return self._contacts.recording(contact_id)

    def acknowledge(self, contact_id: str, remark: str, login: str) -> OwnLook:
        """Take note of the results, once.

        Raises:
            NotFoundError: no such contact of one's own.
            InputError: the remark is too long.
            ConflictError: the results weren't seen yet, or were taken note of before.
        """
        with self._unit_of_work() as unit:
            contact_within(unit, contact_id, self._scope)
            if len(remark) > LONGEST_REMARK:
                raise InputError("own.too_long", f"a remark of more than {LONGEST_REMARK} characters", "shorten it")
            look = unit.disputes.look(contact_id)
            if look is None or look.seen_at is None:
                raise ConflictError("own.unseen", "the result wasn't opened yet", "open it first")
            if look.acknowledged_at is not None:
                raise ConflictError("own.acknowledged", "you took note of this before", "nothing is left to do")
            unit.audit.note("result.acknowledged", "contact", contact_id, actor=login)
            return self._keep(unit, look, acknowledged_at=self._now(), remark=remark.strip())

    def assess(self, contact_id: str, form_id: str, given: Sequence[GivenAnswer], login: str) -> OwnLook:
        """Hand one's own answers on a form in, before the result is seen.

        Raises:
            NotFoundError: no such contact of one's own, or no result on such a form.
            InputError: an answer that can't be given.
            ConflictError: the result was seen already, or the form was answered before.
        """
        with self._unit_of_work() as unit:
            contact = contact_within(unit, contact_id, self._scope)
            stopped = unit.work.quarantine_of(contact_id) is not None
            known = () if stopped else unit.evaluations.of_contact(contact_id)
            if form_id not in self._forms or form_id not in {e.form_id for e in known}:
                raise NotFoundError(
                    "dispute.no_result", f"there is no result on '{form_id[:60]}'", "load the page again"
                )
            look = unit.disputes.look(contact_id) or OwnLook(contact_id, contact.agent.id)
            if look.seen_at is not None:
                raise ConflictError("own.seen", "the result was opened already", "own answers come before it")
            if look.assessment_of(form_id):
                raise ConflictError("own.assessed", "you answered this form already", "it's kept as it is")
            check_given(self._forms[form_id], given)
            unit.audit.note("self_assessment.done", "contact", contact_id, actor=login, after={"form": form_id})
            own = SelfAssessment(form_id, self._now(), tuple(given))
            return self._keep(unit, look, assessments=(*look.assessments, own))

    def _keep(self, unit: Unit, look: OwnLook, **changed: object) -> OwnLook:
        after = replace(look, version=look.version + 1, **changed)  # type: ignore[arg-type]
        unit.disputes.keep_look(after, look.version)
        return after

    def _hides(self, look: OwnLook, forms: Sequence[str], skip: bool) -> bool:
        if self._self_assessment == OFF or look.seen_at is not None or not forms:
            return False
        lacking = [form_id for form_id in forms if look.assessment_of(form_id) is None]
        return bool(lacking) and not (skip and self._self_assessment == OFFERED)

    def _form(
        self, unit: Unit, contact: Contact, evaluation: EvaluationView, look: OwnLook, reviews: Iterable[Review],
        disputes: Iterable[Dispute], is_hidden: bool,
    ) -> OwnForm:  # fmt: skip
        form_id = evaluation.score.form_id
        until = self._disputes.until(unit, contact, form_id)
        dispute = next((one for one in disputes if one.form_id == form_id), None)
        counted = evaluation.counted or evaluation
        review = first_review(one for one in reviews if one.form_id == form_id)
        may = dispute is None or dispute.state in (DisputeState.OPEN, DisputeState.WITHDRAWN)
        return OwnForm(
            self._forms[form_id], None if is_hidden else counted, until, may and self._now() <= until,
            None if is_hidden else dispute, review.comment if review and not is_hidden else "",
            look.assessment_of(form_id),
        )  # fmt: skip

    def _scores(self, unit: Unit, ids: Iterable[str]) -> dict[str, tuple[FormScore, ...]]:
        found: dict[str, tuple[FormScore, ...]] = {}
        for brief in unit.evaluations.briefs(list(ids)):
            if brief.form_id in self._forms:
                score = form_score(brief, self._forms[brief.form_id])
                found[brief.contact_id] = (*found.get(brief.contact_id, ()), *([score] if score.applies else []))
        return found

    def _row(
        self, contact: Contact, look: OwnLook | None, disputes: Iterable[Dispute], scores: tuple[FormScore, ...]
    ) -> OwnRow:
        own = [dispute for dispute in disputes if dispute.contact_id == contact.id]
        is_shown = self._self_assessment == OFF or (look is not None and look.seen_at is not None)
        return OwnRow(
            contact.id, contact.started_at, contact.medium.value, contact.process, _state(look, own),
            scores if is_shown else (),
        )  # fmt: skip


def _state(look: OwnLook | None, disputes: Sequence[Dispute]) -> OwnState:
    states = {dispute.state for dispute in disputes}
    if DisputeState.OPEN in states:
        return OwnState.DISPUTED
    if DisputeState.DECIDED in states:
        return OwnState.DECIDED
    if look is None or look.seen_at is None:
        return OwnState.NEW
    return OwnState.ACKNOWLEDGED if look.acknowledged_at else OwnState.SEEN


def _for_agent(view: ContactView) -> ContactView:
    """Without words of the customer that weren't meant for the agent: scores of surveys, no comments."""
    surveys = tuple(replace(one, response=replace(one.response, comment="")) for one in view.surveys)
    return replace(view, surveys=surveys)
