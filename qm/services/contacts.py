"""Read contacts: the list with its filters, and one contact whole."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from qm.domain.contact import Contact
from qm.domain.evaluation import Brief, Evaluation
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.retention import GONE
from qm.domain.run import ItemState, Quarantine, StoppedPage
from qm.domain.survey import SurveyResponse
from qm.errors import NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.contact_list import Choices, ContactQuery, ListedContact
from qm.services.keep_out import contact_within
from qm.services.remembered import Remembered
from qm.services.settling import counted_of
from qm.services.view_evaluation import form_score, view_counted, view_evaluation
from qm.services.views import ContactPage, ContactRow, ContactView, EvaluationView, FormScore, SurveyView

__all__ = ["ContactFilter", "ContactService", "form_score", "view_evaluation"]


@dataclass(frozen=True)
class ContactFilter:
    """What the list is narrowed to; empty means everything. `failed` keeps contacts with a missed automatic fail."""

    agent_id: str = ""
    team: str = ""
    process: str = ""
    medium: str = ""
    state: str = ""
    failed: bool = False
    open_only: bool = False

    def query(self, forms: Iterable[str], scope: Scope) -> ContactQuery:
        """The same for the store, for somebody who sees that scope."""
        return ContactQuery(tuple(sorted(forms)), **vars(self), scope=scope)


class ContactService:
    """Reads contacts with everything known of them.

    Args:
        forms: by id, to name criteria and sections.
        scope: whose contacts are shown; all others are as if they weren't there.
        remembered: keeps the choices of filters for a moment, by scope.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], scope: Scope = WHOLE,
        remembered: Remembered[Choices] | None = None,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._scope = scope
        self._remembered = remembered

    def seen_by(self, scope: Scope) -> "ContactService":
        """The same for somebody who sees that scope."""
        return ContactService(self._unit_of_work, self._forms, scope, self._remembered)

    def page(self, wanted: ContactFilter, cursor: str = "", size: int = 50, reader: str = "") -> ContactPage:
        """One page of the list in order of start; `cursor` is the last id of the page before.

        Args:
            reader: login; what others answered on forms that they are still to review isn't told: neither as a score
                nor by a filter that rests on answers.

        Raises:
            NotFoundError: the cursor names no contact of this filter.
        """
        with self._unit_of_work() as unit:
            page = unit.contacts.page(wanted.query(self._forms, self._scope), cursor, size)
            blind = unit.work_queues.blind_pairs(reader) if reader else frozenset()
        by_answers, unseen = wanted.failed or wanted.open_only, {contact_id for contact_id, _ in blind}
        rows = tuple(
            _listed(line, self._forms, blind)
            for line in page.items if not (by_answers and line.contact.id in unseen)
        )  # fmt: skip
        after = page.items[-1].contact.id if page.has_more and page.items else ""
        return ContactPage(rows, after, page.total, page.is_longer)

    def choices(self) -> Choices:
        """Values to filter by: (value, label) pairs of agent, team, process and medium."""
        if self._remembered is None:
            return self._choices()
        return self._remembered.get(self._scope, self._choices)

    def _choices(self) -> Choices:
        with self._unit_of_work() as unit:
            return unit.contacts.choices(self._scope)

    def get(self, contact_id: str, reader: str = "") -> ContactView:
        """One contact whole.

        Args:
            reader: login; of forms that they are still to review for a work queue they see the machine's answers only.

        Raises:
            NotFoundError: no such contact.
        """
        with self._unit_of_work() as unit:
            contact = contact_within(unit, contact_id, self._scope)
            state = unit.work.state(contact_id)
            quarantine = unit.work.quarantine_of(contact_id)
            evaluations = unit.evaluations.of_contact(contact_id) if quarantine is None else ()
            scored = unit.work.published(contact_id, "signals") not in (None, GONE) and quarantine is None
            transcript = unit.outputs.transcript(contact_id) if scored else None
            surveys = _surveys_of(unit, contact_id)
            blind = unit.work_queues.blind_forms(contact_id, reader) if reader else frozenset()
            shown = tuple(self._counted(unit, contact_id, evaluations, blind))
            is_done = state is ItemState.DONE
            row = _row(
                contact, state, tuple((e.counted or e).score for e in shown) if is_done else (),
                surveys[-1].response if surveys else None, quarantine.code if quarantine else "",
                transcript.grade.letter if is_done and transcript and transcript.grade else "",
            )  # fmt: skip
            if transcript is not None and transcript.recording is not None:
                row = replace(row, duration_s=transcript.recording.duration_s)
            return ContactView(
                row=row,
                contact=contact,
                transcript=transcript,
                signals=unit.outputs.signals(contact_id) if scored else None,
                evaluations=shown,
                surveys=surveys,
                quarantine=quarantine,
                has_audio=contact.medium.value == "voice" and unit.outputs.recording(contact_id) is not None,
            )

    def _counted(
        self, unit: Unit, contact_id: str, evaluations: Iterable[Evaluation], blind: Collection[str]
    ) -> Iterator[EvaluationView]:
        """Each evaluation as the machine's, with what counts beside it but for forms that are `blind`.

        Those of forms that aren't in force any more are left out: nothing tells what their criteria were.
        """
        reviews, disputes = unit.reviews.of_contact(contact_id), unit.disputes.of_contact(contact_id)
        for machine in evaluations:
            if machine.form_id not in self._forms:
                continue
            if machine.form_id in blind:
                yield view_evaluation(machine, self._forms[machine.form_id])
                continue
            counted, found = counted_of(self._forms, machine, reviews, disputes)
            yield view_counted(machine, self._forms[machine.form_id], counted, found)

    def recording(self, contact_id: str) -> str:
        """The stored object of a contact's recording.

        Raises:
            NotFoundError: no such contact, or it has no recording.
        """
        with self._unit_of_work() as unit:
            contact = contact_within(unit, contact_id, self._scope)
            sha256 = unit.outputs.recording(contact_id)
        if sha256 is None or contact.medium.value != "voice":
            raise NotFoundError(
                "contact.no_recording", f"contact '{contact_id}' has no recording", "see its quarantine"
            )
        return sha256

    def stopped(self, cursor: str = "", size: int = 50) -> StoppedPage:
        """A page of what stopped, with its retry command; `cursor` is the `next_cursor` of the page before."""
        with self._unit_of_work() as unit:
            return unit.work.stopped(cursor, size)

    def quarantine(self) -> tuple[Quarantine, ...]:
        """Everything that stopped, with its retry command."""
        with self._unit_of_work() as unit:
            return unit.work.quarantined()


def _listed(line: ListedContact, forms: Mapping[str, Form], blind: Collection[tuple[str, str]]) -> ContactRow:
    is_done = line.state is ItemState.DONE
    told = [brief for brief in line.briefs if (line.contact.id, brief.form_id) not in blind]
    scores = _scores(told, forms) if is_done else ()
    return _row(line.contact, line.state, scores, line.response, line.code, line.grade if is_done else "")


def _scores(evaluations: Iterable[Evaluation | Brief], forms: Mapping[str, Form]) -> tuple[FormScore, ...]:
    return tuple(form_score(e, forms[e.form_id]) for e in evaluations if e.form_id in forms)


def _row(
    contact: Contact, state: ItemState, scores: tuple[FormScore, ...], survey: SurveyResponse | None, code: str,
    grade: str,
) -> ContactRow:  # fmt: skip
    return ContactRow(
        id=contact.id, started_at=contact.started_at, medium=contact.medium.value, direction=contact.direction.value,
        process=contact.process, agent_id=contact.agent.id, agent_name=contact.agent.name, team=contact.agent.team,
        kind=contact.kind.value, language=contact.language, state=state, duration_s=contact.history.talk_s,
        scores=scores, satisfaction=survey.satisfaction if survey else None, nps=survey.nps if survey else None,
        quarantine_code=code, grade=grade,
    )  # fmt: skip


def _surveys_of(unit: Unit, contact_id: str) -> tuple[SurveyView, ...]:
    found = ((unit.surveys.get(link.response_id), link) for link in unit.surveys.links_of(contact_id))
    return tuple(SurveyView(response, link) for response, link in found if response is not None)
