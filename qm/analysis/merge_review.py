"""Put a person's answers in the place of the machine's, and keep both apart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qm.domain.evaluation import Answer, CriterionAnswer, Evaluation, Origin
from qm.domain.form import Criterion, Form, Value
from qm.domain.review import GivenAnswer, is_override
from qm.domain.scales import CriterionType

ACCEPTED, DECIDED, OVERRIDDEN = "accepted", "decided", "overridden"
"""Reasons of a person's answers: the machine's stands; the machine couldn't tell; the machine's is replaced."""
UNVALUED = (Answer.NOT_APPLICABLE, Answer.CANNOT_TELL)
LONGEST_TEXT = 2000


def answer_fault(criterion: Criterion, given: GivenAnswer) -> str:
    """Why an answer can't be given to a criterion: `na`, `value`, `option`, `number`, `date` or `text`; empty: it can.

    >>> from qm.domain.text import Text
    >>> said = Text("Saluta", "Greets")
    >>> answer_fault(Criterion("c", said, said, said), GivenAnswer("c", Answer.MET, value="yes"))
    'value'
    """
    if given.answer in UNVALUED:
        if given.value is not None:
            return "value"
        return "na" if given.answer is Answer.NOT_APPLICABLE and not criterion.na else ""
    if criterion.type is CriterionType.YES_NO:
        return "" if given.value is None else "value"
    return _value_fault(criterion, given.value)


def _value_fault(criterion: Criterion, value: Value | None) -> str:
    if criterion.type.is_choice:
        chosen = value if isinstance(value, tuple) else (value,)
        is_several = criterion.type is CriterionType.MULTIPLE_CHOICE
        known = {option.id for option in criterion.options}
        fits = is_several is isinstance(value, tuple) and len(set(chosen)) == len(chosen) and known.issuperset(chosen)
        return "" if fits else "option"
    if criterion.type is CriterionType.NUMBER:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
        return "" if is_number else "number"
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return "text"
    return "date" if criterion.type is CriterionType.DATE and not _is_date(value) else ""


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def merge_answers(form: Form, machine: Evaluation, given: Sequence[GivenAnswer]) -> tuple[CriterionAnswer, ...]:
    """The machine's answers with a person's in their places, in the order of the machine's.

    What the person accepted keeps its evidence; what they decided themselves has none but their word: `origin` tells.
    What they didn't look at stays the machine's.

    Args:
        given: each fits its criterion (`answer_fault`).
    """
    by_id = {one.criterion_id: one for one in given}
    return tuple(
        _merged(form.criterion(answer.criterion_id), answer, by_id[answer.criterion_id])
        if answer.criterion_id in by_id
        else answer
        for answer in machine.answers
    )


def _merged(criterion: Criterion, machine: CriterionAnswer, given: GivenAnswer) -> CriterionAnswer:
    answer, share = given.answer, None
    if given.value is not None:
        share = criterion.share_of(given.value)
        answer = Answer.MET if criterion.is_met_by(share) else Answer.NOT_MET
    own = CriterionAnswer(criterion.id, answer, DECIDED, origin=Origin.PERSON, value=given.value, share=share)
    if not is_override(own, machine):
        return replace(machine, reason=ACCEPTED, origin=Origin.PERSON, confidence=1.0)
    return own if machine.answer is Answer.CANNOT_TELL else replace(own, reason=OVERRIDDEN)


def unexplained(merged: Sequence[CriterionAnswer], given: Sequence[GivenAnswer]) -> list[str]:
    """Criteria whose answer differs from the machine's without a word of why.

    Where the machine couldn't tell, the answer needs no reason: it contradicts nobody.
    """
    whys = {one.criterion_id: one.why.strip() for one in given}
    return [answer.criterion_id for answer in merged if answer.reason == OVERRIDDEN and not whys[answer.criterion_id]]
