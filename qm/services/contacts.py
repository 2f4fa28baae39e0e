"""Read contacts: the list with its filters, and one contact whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qm.domain.contact import Contact
from qm.domain.evaluation import Brief, Evaluation
from qm.domain.form import Form
from qm.domain.run import ItemState, Quarantine
from qm.domain.survey import SurveyResponse
from qm.errors import NotFoundError
from qm.ports import ObjectStore, Unit, UnitOfWork
from qm.services.view_evaluation import form_score, view_evaluation
from qm.services.views import ContactPage, ContactRow, ContactView, FormScore, SurveyView

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

    def lets_through(self, row: ContactRow) -> bool:
        """True where the row is wanted."""
        wanted = (
            (self.agent_id, row.agent_id), (self.team, row.team), (self.process, row.process),
            (self.medium, row.medium), (self.state, row.state.value),
        )  # fmt: skip
        if any(value and value != actual for value, actual in wanted):
            return False
        if self.failed and not any(score.failed_by for score in row.scores):
            return False
        return not self.open_only or any(score.open for score in row.scores)


class ContactService:
    """Reads contacts with everything known of them.

    Args:
        forms: by id, to name criteria and sections.
    """

    def __init__(self, unit_of_work: UnitOfWork, forms: Mapping[str, Form], objects: ObjectStore) -> None:
        self._unit_of_work = unit_of_work
        self._forms = forms
        self._objects = objects

    def page(self, wanted: ContactFilter, cursor: str = "", size: int = 50) -> ContactPage:
        """One page of the list in order of start; `cursor` is the last id of the page before.

        Raises:
            NotFoundError: the cursor names no contact of this filter.
        """
        with self._unit_of_work() as unit:
            rows = [row for row in _rows(unit, self._forms) if wanted.lets_through(row)]
        start = 0
        if cursor:
            ids = [row.id for row in rows]
            if cursor not in ids:
                raise NotFoundError("page.bad_cursor", "the cursor names no contact of this list", "start without it")
            start = ids.index(cursor) + 1
        part = rows[start : start + size]
        more = start + size < len(rows)
        return ContactPage(tuple(part), part[-1].id if more and part else "", len(rows))

    def choices(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Values to filter by: (value, label) pairs of agent, team, process and medium."""
        with self._unit_of_work() as unit:
            contacts = list(unit.contacts.every())
        return {
            "agent": tuple(sorted({(c.agent.id, c.agent.name) for c in contacts}, key=lambda pair: pair[1])),
            "team": tuple(sorted({(c.agent.team, c.agent.team) for c in contacts})),
            "process": tuple(sorted({(c.process, c.process) for c in contacts if c.process})),
            "medium": tuple(sorted({(c.medium.value, c.medium.value) for c in contacts})),
        }

    def get(self, contact_id: str) -> ContactView:
        """One contact whole.

        Raises:
            NotFoundError: no such contact.
        """
        with self._unit_of_work() as unit:
            contact = unit.contacts.get(contact_id)
            state = unit.work.state(contact_id)
            quarantine = next((q for q in unit.work.quarantined() if q.subject == contact_id), None)
            evaluations = unit.evaluations.of_contact(contact_id) if quarantine is None else ()
            scored = unit.work.published(contact_id, "signals") is not None and quarantine is None
            transcript = unit.outputs.transcript(contact_id) if scored else None
            surveys = _surveys_of(unit, contact_id)
            is_done = state is ItemState.DONE
            row = _row(
                contact, state, _scores(evaluations, self._forms) if is_done else (),
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
                evaluations=tuple(view_evaluation(e, self._forms[e.form_id]) for e in evaluations),
                surveys=surveys,
                quarantine=quarantine,
                has_audio=contact.medium.value == "voice" and unit.outputs.recording(contact_id) is not None,
            )

    def audio_path(self, contact_id: str) -> Path:
        """The recording's bytes.

        Raises:
            NotFoundError: no such contact, or it has no recording.
            ObjectMissingError: the stored object is gone.
        """
        with self._unit_of_work() as unit:
            contact = unit.contacts.get(contact_id)
            sha256 = unit.outputs.recording(contact_id)
        if sha256 is None or contact.medium.value != "voice":
            raise NotFoundError(
                "contact.no_recording", f"contact '{contact_id}' has no recording", "see its quarantine"
            )
        return self._objects.path(sha256)

    def quarantined(self) -> frozenset[str]:
        """Contacts in quarantine; entries about files and rows aren't among them."""
        with self._unit_of_work() as unit:
            states = unit.work.states()
        return frozenset(contact_id for contact_id, state in states.items() if state is ItemState.QUARANTINED)

    def quarantine(self) -> tuple[Quarantine, ...]:
        """Everything that stopped, with its retry command."""
        with self._unit_of_work() as unit:
            return unit.work.quarantined()


def _rows(unit: Unit, forms: Mapping[str, Form]) -> Iterator[ContactRow]:
    states = unit.work.states()
    codes = {entry.subject: entry.code for entry in unit.work.quarantined()}
    answers = {response.id: response for response in unit.surveys.every()}
    linked: dict[str, SurveyResponse] = {}
    for link in unit.surveys.links():
        if link.contact_id:
            linked[link.contact_id] = answers[link.response_id]
    by_contact: dict[str, list[Brief]] = {}
    for brief in unit.evaluations.briefs():
        by_contact.setdefault(brief.contact_id, []).append(brief)
    grades = unit.outputs.grades()
    for contact in unit.contacts.every():
        state = states.get(contact.id, ItemState.WAITING)
        scores = _scores(by_contact.get(contact.id, []), forms) if state is ItemState.DONE else ()
        grade = grades.get(contact.id, "") if state is ItemState.DONE else ""
        yield _row(contact, state, scores, linked.get(contact.id), codes.get(contact.id, ""), grade)


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
