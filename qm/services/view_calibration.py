"""Rows and sheets of calibration sessions, made from what is kept."""

from collections.abc import Sequence
from datetime import datetime

from qm.domain.calibration import CalibrationSession, Sheet
from qm.domain.figures import Count
from qm.domain.form import Form
from qm.domain.text import Text
from qm.services.calibration_views import RaterProgress, SessionRow, SessionStage, SheetLine


def row_of(session: CalibrationSession, sheets: Sequence[Sheet], form: Form | None, now: datetime) -> SessionRow:
    """A line of the list; `form` is `None` where the form isn't in force any more."""
    questions = len(session.contacts) * len(session.criteria)
    answered = {name: sum(len(s.answers) for s in sheets if s.rater == name) for name in session.people}
    stage = SessionStage.BLIND if session.is_blind(now) else SessionStage.DUE
    return SessionRow(
        session.id, session.title, session.purpose, session.form_id,
        form.title if form else Text(session.form_id, session.form_id), session.form_version,
        SessionStage.CLOSED if session.closed_at else stage,
        session.opened_at, session.due_at, len(session.contacts), questions,
        tuple(
            RaterProgress(name, name == session.expert, Count(min(answered[name], questions), questions))
            for name in session.people
        ),
    )  # fmt: skip


def lines_of(session: CalibrationSession, own: Sequence[Sheet], form: Form) -> tuple[SheetLine, ...]:
    """Every question, contact by contact, with what the rater answered before."""
    before = {(sheet.contact_id, answer.criterion_id): answer for sheet in own for answer in sheet.answers}
    criteria = [form.criterion(criterion) for criterion in session.criteria if criterion in form.by_id]
    lines = []
    for contact in session.contacts:
        for criterion in criteria:
            given = before.get((contact.contact_id, criterion.id))
            lines.append(
                SheetLine(
                    contact.contact_id, criterion.id, criterion.title, criterion.explanation,
                    given.answer if given else None, given.note if given else "",
                )
            )  # fmt: skip
    return tuple(lines)
