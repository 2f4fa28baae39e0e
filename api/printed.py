"""An evaluation on paper: one line a criterion, with what the machine and what a person answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm.domain.evaluation import CriterionAnswer, Evidence, EvidenceKind
from qm.domain.form import Criterion
from qm.domain.review import Review, is_override
from qm.domain.text import Text
from qm.services.views import EvaluationView

MOST_QUOTES = 2
"""Pieces of evidence a line: paper proves by example, the page has them all."""


@dataclass(frozen=True)
class PrintedLine:
    """A criterion.

    Attributes:
        person: the person's answer where there is a review; it may be the machine's own.
        why: the person's reason for another answer.
    """

    criterion: Criterion
    machine: CriterionAnswer
    person: CriterionAnswer | None
    why: str

    @property
    def is_changed(self) -> bool:
        """The person answered otherwise."""
        return self.person is not None and is_override(self.person, self.machine)

    @property
    def quotes(self) -> tuple[Evidence, ...]:
        """The words or facts that the answer that stands rests on, the first few."""
        answer = self.person or self.machine
        shown = [e for e in answer.evidence if e.kind is not EvidenceKind.ABSENCE or answer.reason != "found"]
        return tuple(shown[:MOST_QUOTES])


@dataclass(frozen=True)
class PrintedSection:
    """Criteria that stand together."""

    title: Text
    lines: tuple[PrintedLine, ...]


def first_of(reviews: Sequence[Review], form_id: str) -> Review | None:
    """The review that was handed in first; later ones are checks of it."""
    done = [review for review in reviews if review.form_id == form_id and review.done_at and review.result]
    return min(done, key=lambda review: (review.done_at, review.id), default=None)


def printed_sections(evaluation: EvaluationView, review: Review | None) -> list[PrintedSection]:
    """Every criterion of the form, in its order, section by section."""
    result = review.result if review else None
    people = {answer.criterion_id: answer for answer in result.answers} if result else {}
    given = {one.criterion_id: one.why for one in review.given} if review else {}
    return [
        PrintedSection(
            leaf.title,
            tuple(
                PrintedLine(row.criterion, row.answer, people.get(row.criterion.id), given.get(row.criterion.id, ""))
                for row in leaf.criteria
            ),
        )
        for leaf in evaluation.leaves
    ]
