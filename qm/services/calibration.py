"""Calibration sessions: drawn, scored blind by people and the machine, closed, and told what they found.

Sheets are kept apart from evaluations: nothing that is answered here reaches an agent's figures.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from qm.analysis.calibration.draw_calibration import draw_calibration
from qm.analysis.calibration.pair_raters import answers_given
from qm.documents import dump, load
from qm.domain.calibration import MACHINE, CalibrationSession, DrawnContact, Purpose, Sheet, SheetAnswer
from qm.domain.evaluation import Answer
from qm.domain.form import Form
from qm.domain.people import Person
from qm.domain.scales import CriterionType
from qm.domain.trained_answers import AnswerLabel
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.services.audit_notes import note_sheets
from qm.services.calibration_draw import candidates_of
from qm.services.calibration_labels import report_labels
from qm.services.calibration_report import report_session
from qm.services.calibration_views import SessionReport, SessionRow, SessionView, SheetLine
from qm.services.view_calibration import lines_of, row_of

if TYPE_CHECKING:
    import pandas as pd

Now = Callable[[], datetime]
REPORT = "calibration"
"""Kind of the saved reports, by session."""


@dataclass(frozen=True)
class Wanted:
    """A session as it is asked for.

    Attributes:
        expert: empty: the key is what most of the raters answer.
        seed: of the draw.
    """

    form_id: str
    purpose: Purpose
    size: int
    raters: tuple[str, ...]
    due_at: datetime
    expert: str = ""
    title: str = ""
    seed: int = 1
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class GivenAnswer:
    """One line that a rater hands in."""

    contact_id: str
    criterion_id: str
    answer: Answer
    note: str = ""


class CalibrationService:
    """Use cases of calibration.

    Args:
        reading: transactions for what only looks.
        now: the clock.
        min_n: below so many contacts no coefficient is told.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], plan: VocPlan, now: Now,
        min_n: int,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._plan = plan
        self._now = now
        self._min_n = min_n

    def open(self, wanted: Wanted) -> CalibrationSession:
        """Draw the contacts and keep what the machine answered on them, as it is now.

        Raises:
            NotFoundError: no such form.
            InputError: nothing to draw from, or the session can't be as it's wanted.
        """
        form = self._form(wanted.form_id)
        criteria = tuple(c.id for c in form.criteria if c.is_scored and c.type is CriterionType.YES_NO)
        if not criteria:
            message = f"form '{form.id}' has no yes-or-no question that counts"
            raise InputError("calibration.no_questions", message, "calibrate another form")
        now = self._now()
        with self._unit_of_work() as unit:
            unit.lock("calibration")
            candidates = candidates_of(unit, form.id, self._plan, wanted.since, wanted.until)
            drawn = draw_calibration(candidates, wanted.purpose, wanted.size, wanted.seed)
            if not drawn:
                message = f"no contact to draw for '{wanted.purpose}' on form '{form.id}' ({len(candidates)} evaluated)"
                raise InputError("calibration.no_contacts", message, "try --purpose random, or a longer time")
            session = _session(wanted, form, criteria, drawn, now, len(unit.calibration.every()))
            unit.calibration.save(session)
            for contact in drawn:
                unit.calibration.save_sheet(_machine_sheet(unit, session, contact.contact_id))
            asked = {"form": form.id, "contacts": len(drawn), "raters": session.people, "due_at": session.due_at}
            unit.audit.note("calibration.opened", "session", session.id, after=asked)
        return session

    def rows(self) -> tuple[SessionRow, ...]:
        """Every session with how far its raters are, the one due last first."""
        with self._reading() as unit:
            sessions = [(session, unit.calibration.sheets(session.id)) for session in unit.calibration.every()]
        return tuple(row_of(session, sheets, self._title_form(session), self._now()) for session, sheets in sessions)

    def view(self, session_id: str) -> SessionView:
        """One session; with what it found once it isn't blind any more."""
        with self._reading() as unit:
            session = unit.calibration.get(session_id)
            row = row_of(session, unit.calibration.sheets(session_id), self._title_form(session), self._now())
            report = None if session.is_blind(self._now()) else self._report(unit, session)
        return SessionView(row, session.contacts, report)

    def sheet(self, session_id: str, rater: str) -> tuple[SheetLine, ...]:
        """The questions for one rater, with what this rater answered before and with nobody else's answers.

        Raises:
            NotFoundError: no such session, or nobody of that name takes part.
        """
        with self._reading() as unit:
            session = unit.calibration.get(session_id)
            _check_rater(session, rater)
            own = [sheet for sheet in unit.calibration.sheets(session_id) if sheet.rater == rater]
        return lines_of(session, own, self._form(session.form_id))

    def rater(self, session_id: str, person: Person) -> str:
        """As whom somebody answers in a session, whether they take part or not; or `NotFoundError`."""
        with self._reading() as unit:
            return unit.calibration.get(session_id).rater_of(person.login, person.name)

    def submit(self, session_id: str, rater: str, answers: Sequence[GivenAnswer], actor: str = "") -> SessionRow:
        """Take a rater's answers; of the contacts that they are about, they replace what was there.

        Args:
            actor: the login for the audit trail; empty: it names the rater.

        Raises:
            NotFoundError: no such session, or nobody of that name takes part.
            InputError: it's closed, the deadline is past, or an answer is about nothing that was asked.
        """
        now = self._now()
        with self._unit_of_work() as unit:
            unit.lock("calibration")
            session = unit.calibration.get(session_id)
            _check_rater(session, rater)
            _check_open(session, now)
            check_asked(session, answers)
            handed_in = [
                Sheet(session.id, rater, contact_id, now, tuple(
                    SheetAnswer(a.criterion_id, a.answer, a.note) for a in answers if a.contact_id == contact_id
                ))
                for contact_id in dict.fromkeys(answer.contact_id for answer in answers)
            ]  # fmt: skip
            touched = {sheet.contact_id for sheet in handed_in}
            earlier = [s for s in unit.calibration.sheets(session_id) if s.rater == rater and s.contact_id in touched]
            for sheet in handed_in:
                unit.calibration.save_sheet(sheet)
            note_sheets(unit, session.id, actor or rater, earlier, handed_in)
            sheets = unit.calibration.sheets(session_id)
        return row_of(session, sheets, self._title_form(session), now)

    def session(self, session_id: str) -> CalibrationSession:
        """One session, to know what it asks; or `NotFoundError`."""
        with self._reading() as unit:
            return unit.calibration.get(session_id)

    def close(self, session_id: str) -> SessionReport:
        """Take no more answers, and keep what was found. Closing again changes nothing."""
        with self._unit_of_work() as unit:
            unit.lock("calibration")
            session = unit.calibration.get(session_id)
            if session.closed_at is None:
                session = replace(session, closed_at=self._now())
                unit.calibration.save(session)
                unit.audit.note("calibration.closed", "session", session.id)
            report = self._report(unit, session)
            unit.documents.save(REPORT, session.id, dump(report))
        return report

    def report(self, session_id: str) -> SessionReport:
        """What a session found.

        Raises:
            NotFoundError: no such session.
            InputError: it's still blind.
        """
        with self._reading() as unit:
            session = unit.calibration.get(session_id)
            if session.is_blind(self._now()):
                message = f"{session.id} is blind until {session.due_at.isoformat(timespec='minutes')}"
                raise InputError("calibration.blind", message, f"wait, or close it: `qm calibrate close {session.id}`")
            return self._report(unit, session)

    def report_labels(self, form_id: str, labels: Sequence[AnswerLabel]) -> SessionReport:
        """Machine against analysts from a file of labels, without a session.

        Raises:
            NotFoundError: no such form.
        """
        return report_labels(self._reading, self._form(form_id), labels, self._min_n, self._now())

    def ratings_table(self, session_ids: Collection[str] = ()) -> "pd.DataFrame":
        """Answers met (1) and not met (0) of the sessions that aren't blind, all of them where none is named.

        Columns: rater, contact_id, criterion, value, at, session, kind (`person`, `expert`, `machine`), form_id.
        """
        import pandas as pd

        rows = []
        with self._reading() as unit:
            for session in unit.calibration.every():
                if (session_ids and session.id not in session_ids) or session.is_blind(self._now()):
                    continue
                rows += [row for sheet in unit.calibration.sheets(session.id) for row in _ratings(session, sheet)]
        columns = ["rater", "contact_id", "criterion", "value", "at", "session", "kind", "form_id"]
        table = pd.DataFrame(rows, columns=columns).astype({"value": "int8"})
        table["at"] = pd.to_datetime(table["at"], utc=True)
        return table

    def _report(self, unit: Unit, session: CalibrationSession) -> SessionReport:
        saved = unit.documents.get(REPORT, session.id)
        if saved is not None:
            return load(SessionReport, saved)
        given = answers_given(unit.calibration.sheets(session.id))
        return report_session(session, given, unit.calibration.sheets(session.id), self._forms.get(session.form_id),
                              self._min_n, self._now())  # fmt: skip

    def _form(self, form_id: str) -> Form:
        if form_id not in self._forms:
            raise NotFoundError("form.unknown", f"no form '{form_id}'", "known: " + ", ".join(sorted(self._forms)))
        return self._forms[form_id]

    def _title_form(self, session: CalibrationSession) -> Form | None:
        return self._forms.get(session.form_id)


def check_asked(session: CalibrationSession, answers: Sequence[GivenAnswer]) -> None:
    """Refuse answers about anything that the session doesn't ask."""
    contacts, criteria = {contact.contact_id for contact in session.contacts}, set(session.criteria)
    for answer in answers:
        if answer.contact_id not in contacts or answer.criterion_id not in criteria:
            message = f"{answer.contact_id} / {answer.criterion_id}: not asked in {session.id}"
            raise InputError("calibration.not_asked", message, "take the questions from `qm calibrate sheet`")


def _session(
    wanted: Wanted, form: Form, criteria: tuple[str, ...], drawn: tuple[DrawnContact, ...], now: datetime, earlier: int
) -> CalibrationSession:
    session_id = f"K{earlier + 1:03}"
    try:
        return CalibrationSession(
            session_id, wanted.title or session_id, wanted.purpose, form.id, form.version, criteria, drawn,
            wanted.raters, wanted.expert, now, wanted.due_at, wanted.seed,
        )  # fmt: skip
    except ValueError as error:
        raise InputError("calibration.bad_session", str(error), "see `qm calibrate open --help`") from error


def _machine_sheet(unit: Unit, session: CalibrationSession, contact_id: str) -> Sheet:
    """The machine's answers as they are when the session opens: a later rule pack doesn't change what was compared."""
    for evaluation in unit.evaluations.of_contact(contact_id):
        if evaluation.form_id == session.form_id:
            own = [a for a in evaluation.answers if a.criterion_id in session.criteria]
            answers = tuple(SheetAnswer(answer.criterion_id, answer.answer) for answer in own)
            return Sheet(session.id, MACHINE, contact_id, session.opened_at, answers, evaluation.id)
    return Sheet(session.id, MACHINE, contact_id, session.opened_at, ())


def _check_rater(session: CalibrationSession, rater: str) -> None:
    if rater not in session.people:
        message = f"'{rater[:60]}' doesn't take part in {session.id}"
        raise NotFoundError("calibration.unknown_rater", message, "taking part: " + ", ".join(session.people))


def _check_open(session: CalibrationSession, now: datetime) -> None:
    if session.closed_at is not None:
        raise InputError("calibration.closed", f"{session.id} is closed", "open another session")
    if now >= session.due_at:
        message = f"{session.id} was due at {session.due_at.isoformat(timespec='minutes')}"
        raise InputError("calibration.past_due", message, "close it, or open another session")


def _ratings(session: CalibrationSession, sheet: Sheet) -> list[tuple[object, ...]]:
    kind = "machine" if sheet.rater == MACHINE else "expert" if sheet.rater == session.expert else "person"
    values = {Answer.MET: 1, Answer.NOT_MET: 0}
    return [
        (sheet.rater, sheet.contact_id, answer.criterion_id, values[answer.answer], sheet.submitted_at, session.id,
         kind, session.form_id)
        for answer in sheet.answers
        if answer.answer in values
    ]  # fmt: skip
