"""Let what counts stand in lists and figures, in the transaction that changes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from qm.analysis.what_counts import WhatCounts, what_counts
from qm.domain.dispute import CountedBy, Dispute
from qm.domain.evaluation import Evaluation
from qm.domain.form import Form
from qm.domain.review import Review
from qm.fingerprint import fingerprint
from qm.ports import Unit
from qm.rules.aggregate import score_form


def counted_evaluation(form: Form, machine: Evaluation, found: WhatCounts) -> Evaluation:
    """The machine's evaluation with the answers that count, scored; the machine's own where they're all its."""
    if found.by is CountedBy.MACHINE:
        return machine
    return replace(machine, evaluator=found.who, answers=found.answers, score=score_form(form, found.answers))


def counted_of(
    forms: Mapping[str, Form], machine: Evaluation, reviews: Iterable[Review], disputes: Iterable[Dispute]
) -> tuple[Evaluation, WhatCounts]:
    """What counts of a contact's evaluation, among all its reviews and disputes; forms not in force stay as they are.

    A form of another version may have other criteria: then only a new scoring can settle what counts.
    """
    form = forms.get(machine.form_id)
    if form is None or not form.is_answered_by(answer.criterion_id for answer in machine.answers):
        return machine, WhatCounts(machine.answers, CountedBy.MACHINE)
    own = [review for review in reviews if review.form_id == machine.form_id]
    about = [dispute for dispute in disputes if dispute.form_id == machine.form_id]
    found = what_counts(form, machine, own, about)
    return counted_evaluation(form, machine, found), found


def settle(unit: Unit, forms: Mapping[str, Form], machine: Evaluation, now: datetime) -> Evaluation:
    """Write what counts of one evaluation, and since when; a review was handed in, or a dispute decided."""
    contact_id, form_id = machine.contact_id, machine.form_id
    reviews, disputes = unit.reviews.of_contact(contact_id, form_id), unit.disputes.of_contact(contact_id, form_id)
    counted, found = counted_of(forms, machine, reviews, disputes)
    unit.evaluations.count(counted, found.by.value)
    unit.disputes.keep_times(contact_id, {form_id: _told(counted)}, now)
    return counted


def settle_anew(
    unit: Unit, forms: Mapping[str, Form], contact_id: str, machine: Sequence[Evaluation], now: datetime, *,
    was_scored: bool,
) -> None:  # fmt: skip
    """The machine scored a contact: people's answers are put over its new ones, where there are any.

    Args:
        was_scored: before as well; without, nobody can have looked at it yet.
    """
    reviews = unit.reviews.of_contact(contact_id) if was_scored else ()
    disputes = unit.disputes.of_contact(contact_id) if was_scored else ()
    told: dict[str, str] = {}
    for evaluation in machine:
        counted, found = counted_of(forms, evaluation, reviews, disputes)
        if found.by is not CountedBy.MACHINE:
            unit.evaluations.count(counted, found.by.value)
        told[evaluation.form_id] = _told(counted)
    unit.disputes.keep_times(contact_id, told, now)


def _told(counted: Evaluation) -> str:
    return fingerprint([[a.criterion_id, a.answer.value, a.value] for a in counted.answers])
