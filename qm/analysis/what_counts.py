"""Which answers count on a contact and form: the machine's, the first review's, and above both a dispute's decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qm.analysis.merge_review import OVERRIDDEN, UNVALUED, answer_fault, merge_answers
from qm.domain.dispute import CountedBy, Dispute
from qm.domain.evaluation import CriterionAnswer, Evaluation, Origin
from qm.domain.form import Form
from qm.domain.review import GivenAnswer, Review, is_override

OVERTURNED = "overturned"
"""Reason of an answer that a dispute put in another one's place."""


@dataclass(frozen=True)
class WhatCounts:
    """The answers that count.

    Attributes:
        by: whose decision made the last difference.
        who: login of that person; empty: the machine.
    """

    answers: tuple[CriterionAnswer, ...]
    by: CountedBy
    who: str = ""


def what_counts(form: Form, machine: Evaluation, reviews: Iterable[Review], disputes: Iterable[Dispute]) -> WhatCounts:
    """The machine's answers with people's in their places.

    Of several reviews the one handed in first counts, as it was handed in last; a later one of somebody else is a
    check. What a dispute overturned stands above it. An answer of a person to a criterion stays when the machine
    scores anew; one that the form no longer offers falls away.
    """
    answers, by, who = machine.answers, CountedBy.MACHINE, ""
    if (review := first_review(reviews)) is not None and review.result is not None:
        answers = merge_answers(form, machine, _fitting(form, given_in(review.result)))
        by, who = CountedBy.REVIEW, review.reviewer
    decided = sorted((d for d in disputes if d.given), key=lambda d: (d.decided_at or d.opened_at, d.id))
    for dispute in decided:
        given = _fitting(form, dispute.given)
        if given:
            answers = _overturned(form, replace(machine, answers=answers), given)
            by, who = CountedBy.DISPUTE, dispute.decided_by
    return WhatCounts(answers, by, who)


def first_review(reviews: Iterable[Review]) -> Review | None:
    """The review that counts: the one that was handed in before all others, whatever happened to it since."""
    done = [review for review in reviews if review.result is not None and review.done_at is not None]
    return min(done, key=lambda review: (review.first_done_at or review.done_at, review.id), default=None)


def given_in(result: Evaluation) -> tuple[GivenAnswer, ...]:
    """What a person answered in a review that was handed in, without what was left to the machine."""
    return tuple(
        GivenAnswer(a.criterion_id, a.answer, None if a.answer in UNVALUED else a.value)
        for a in result.answers if a.origin is Origin.PERSON
    )  # fmt: skip


def _fitting(form: Form, given: Sequence[GivenAnswer]) -> list[GivenAnswer]:
    known = form.by_id
    return [one for one in given if one.criterion_id in known and not answer_fault(known[one.criterion_id], one)]


def _overturned(form: Form, before: Evaluation, given: Sequence[GivenAnswer]) -> tuple[CriterionAnswer, ...]:
    merged = merge_answers(form, before, given)
    named = {one.criterion_id for one in given}
    return tuple(
        replace(after, reason=OVERTURNED, origin=Origin.PERSON)
        if after.criterion_id in named and (is_override(after, old) or after.reason == OVERRIDDEN)
        else after
        for old, after in zip(before.answers, merged, strict=True)
    )
