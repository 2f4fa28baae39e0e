"""Make the report of a session that isn't blind any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from qm.analysis.calibration.pair_raters import Given, key_of
from qm.analysis.calibration.report_calibration import agreements_of, differing
from qm.domain.calibration import MACHINE, CalibrationSession, Sheet
from qm.domain.evaluation import Answer, CriterionAnswer, Origin
from qm.domain.figures import Count
from qm.domain.form import Form
from qm.rules.aggregate import score_form
from qm.services.calibration_views import Disagreement, SessionReport


def report_session(
    session: CalibrationSession, given: Given, sheets: Sequence[Sheet], form: Form | None, min_n: int, now: datetime
) -> SessionReport:
    """Agreement, key and disagreements; without scores where the form isn't in force any more."""
    key = key_of(session, given)
    titles = {c.id: c.title for c in form.criteria if c.id in session.criteria} if form else {}
    by_machine = [by_rater[MACHINE] for by_rater in given.values() if MACHINE in by_rater]
    notes = _notes(sheets)
    return SessionReport(
        session.id, session.form_id, now, "expert" if session.expert else "consensus",
        sum(any(name in by_rater for name in session.people) and q not in key for q, by_rater in given.items()),
        Count(sum(answer is Answer.CANNOT_TELL for answer in by_machine), len(by_machine)),
        agreements_of(session, given, key, lambda answers: _score(form, answers), min_n),
        titles,
        tuple(
            Disagreement(*question, given[question], key.get(question), notes.get(question, {}))
            for question in sorted(differing(given), key=lambda q: (session.criteria.index(q[1]), q[0]))
        ),
    )  # fmt: skip


def _score(form: Form | None, answers: Mapping[str, Answer]) -> float | None:
    """The form's score of these answers; questions that aren't among them don't apply."""
    if form is None:
        return None
    every = [
        CriterionAnswer(c.id, answers.get(c.id, Answer.NOT_APPLICABLE), "calibration", origin=Origin.PERSON)
        for c in form.criteria
    ]
    return score_form(form, every).value


def _notes(sheets: Sequence[Sheet]) -> dict[tuple[str, str], dict[str, str]]:
    notes: dict[tuple[str, str], dict[str, str]] = {}
    for sheet in sheets:
        for answer in sheet.answers:
            if answer.note:
                notes.setdefault((sheet.contact_id, answer.criterion_id), {})[sheet.rater] = answer.note
    return notes
