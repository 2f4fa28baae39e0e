"""Machine against analysts from answers that were collected for training, without a session."""

from collections.abc import Sequence
from datetime import datetime

from qm.analysis.calibration.measure_agreement import AnswerRow, agree_on_answers
from qm.domain.agreement import Pair
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.form import Form
from qm.domain.trained_answers import AnswerLabel
from qm.ports import UnitOfWork
from qm.services.calibration_views import Disagreement, SessionReport

ANALYST = "analyst"


def report_labels(
    reading: UnitOfWork, form: Form, labels: Sequence[AnswerLabel], min_n: int, now: datetime
) -> SessionReport:
    """Agreement of the machine with the labels of this form's criteria; there is no key and nobody else to compare.

    The labels weren't given blind to the machine, and a model that was trained on them agrees with them by its making.
    """
    titles = {criterion.id: criterion.title for criterion in form.criteria}
    own = [label for label in labels if label.criterion_id in titles]
    machine = _machine_answers(reading, form.id, {label.contact_id for label in own})
    asked = [label for label in own if (label.contact_id, label.criterion_id) in machine]
    rows = [(label, machine[label.contact_id, label.criterion_id]) for label in asked]
    labelled = {label.criterion_id for label in own}
    agreements = [
        agree_on_answers(
            Pair.MACHINE_ANALYSTS, criterion,
            [AnswerRow(label.contact_id, (given, label.answer)) for label, given in rows
             if criterion in ("", label.criterion_id)],
            min_n,
        )
        for criterion in ("", *(one for one in titles if one in labelled))
    ]  # fmt: skip
    return SessionReport(
        "", form.id, now, "labels", 0, Count(sum(given is Answer.CANNOT_TELL for _, given in rows), len(rows)),
        tuple(agreements), {one: title for one, title in titles.items() if one in labelled},
        tuple(
            Disagreement(label.contact_id, label.criterion_id, {ANALYST: label.answer, "machine": given}, None)
            for label, given in rows
            if given is not label.answer and Answer.CANNOT_TELL not in (given, label.answer)
        ),
    )  # fmt: skip


def _machine_answers(reading: UnitOfWork, form_id: str, contacts: set[str]) -> dict[tuple[str, str], Answer]:
    with reading() as unit:
        every = [evaluation for one in sorted(contacts) for evaluation in unit.evaluations.of_contact(one)]
    return {
        (evaluation.contact_id, answer.criterion_id): answer.answer
        for evaluation in every
        if evaluation.form_id == form_id
        for answer in evaluation.answers
    }
