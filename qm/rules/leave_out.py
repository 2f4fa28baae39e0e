"""A person leaves a section of a form out: it doesn't apply to this contact, and its weight goes to the rest."""

from collections.abc import Sequence
from dataclasses import replace

from qm.domain.evaluation import Answer, CriterionAnswer, Origin
from qm.domain.form import Form
from qm.errors import InputError, NotFoundError


def leave_out(form: Form, section_id: str, answers: Sequence[CriterionAnswer]) -> tuple[CriterionAnswer, ...]:
    """The answers with those of one section turned into a person's *not applicable*.

    Raises:
        NotFoundError: the form has no such section.
        InputError: the section says `na: false`.
    """
    section = next((one for one in form.every_section() if one.id == section_id), None)
    if section is None:
        raise NotFoundError("form.unknown_section", f"form '{form.id}' has no section '{section_id}'")
    if not section.na:
        raise InputError("form.always_applies", f"section '{section_id}' always applies", "answer its criteria")
    inside = {criterion.id for criterion in section.every_criterion}
    return tuple(_left_out(answer) if answer.criterion_id in inside else answer for answer in answers)


def _left_out(answer: CriterionAnswer) -> CriterionAnswer:
    by_person = replace(answer, answer=Answer.NOT_APPLICABLE, reason="left_out", origin=Origin.PERSON)
    return replace(by_person, evidence=(), confidence=1.0, value=None, share=None)
