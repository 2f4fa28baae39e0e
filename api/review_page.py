"""What the review page shows of a form: a line a criterion, with the machine's answer and one's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from api.presentation import number
from api.schemas.reviews import ReviewScore
from api.texts_review import WORDS
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.form import Criterion
from qm.domain.review import GivenAnswer, PinnedNote, Review, is_override
from qm.domain.scales import CriterionType
from qm.domain.text import Language, Text
from qm.services.reviews import ReviewView
from qm.services.views import ContactView, EvaluationView
from qm.wording import say

SILENCE_S = 2.0
"""Longer silences can be jumped over."""
MOST_KEYS = 9


@dataclass(frozen=True)
class Offer:
    """One of the answers to choose from.

    Attributes:
        value: as scripts know it: an `Answer`, `option:ID`, or `none` where several may be chosen and none is.
        key: that chooses it; empty: none.
    """

    value: str
    title: Text
    key: str
    is_box: bool = False


@dataclass(frozen=True)
class ReviewRow:
    """A criterion on the review page."""

    section: Text
    criterion: Criterion
    machine: CriterionAnswer
    given: GivenAnswer | None
    offers: tuple[Offer, ...]

    @property
    def field(self) -> str:
        """Type of the field to fill in; empty where answers are only chosen."""
        kinds = {CriterionType.NUMBER: "number", CriterionType.DATE: "date", CriterionType.TEXT: "text"}
        return kinds.get(self.criterion.type, "")

    @property
    def is_open(self) -> bool:
        """The machine couldn't tell, and the person hasn't yet."""
        return self.machine.answer is Answer.CANNOT_TELL and self.given is None

    @property
    def facts(self) -> dict[str, Any]:
        """What scripts need of it."""
        given = _shown(self.given) if self.given else None
        return {
            "id": self.criterion.id, "kind": self.criterion.type.value, "machine": _shown(self.machine),
            "given": given, "why": self.given.why if self.given else "",
        }  # fmt: skip


def _shown(answer: CriterionAnswer | GivenAnswer) -> dict[str, Any]:
    value = answer.value
    return {"answer": answer.answer.value, "value": sorted(value) if isinstance(value, tuple) else value}


def applicable(view: ContactView, chosen: str = "") -> list[EvaluationView]:
    """Evaluations on forms that are about the contact, and the chosen one in any case."""
    return [e for e in view.evaluations if e.score.applies or e.score.form_id == chosen]


def first_form(view: ContactView) -> str:
    """The form to begin with: one that still asks what was answered, if there is such; empty: none is about it."""
    forms = sorted(applicable(view), key=lambda e: e.is_partial)
    return forms[0].score.form_id if forms else ""


def only(view: ContactView, form_id: str) -> ContactView:
    """The contact with one evaluation: what is marked is that form's evidence."""
    return replace(view, evaluations=tuple(e for e in view.evaluations if e.score.form_id == form_id))


def rows_of(view: ContactView, review: ReviewView) -> list[ReviewRow]:
    """Every criterion of the form, in its order."""
    evaluation = next(e for e in view.evaluations if e.score.form_id == review.machine.form_id)
    return [
        ReviewRow(
            leaf.title, row.criterion, row.answer, review.own.given_to(row.criterion.id) if review.own else None,
            offers_of(row.criterion),
        )
        for leaf in evaluation.leaves for row in leaf.criteria
    ]  # fmt: skip


@dataclass(frozen=True)
class ReviewPart:
    """Criteria of one section."""

    section: Text
    rows: tuple[ReviewRow, ...]


def parts_of(rows: Sequence[ReviewRow]) -> list[ReviewPart]:
    """The same, section by section."""
    return [ReviewPart(section, tuple(own)) for section, own in groupby(rows, key=lambda row: row.section)]


def notes_of(review: ReviewView) -> list[dict[str, Any]]:
    """One's own notes, for the page's script."""
    return [{"at_s": note.at_s, "text": note.text} for note in (review.own.notes if review.own else ())]


def script_words(language: Language) -> dict[str, str]:
    """Words that the page's script puts in, with `{names}` of what it fills in."""
    start = "review.js."
    return {key.removeprefix(start): w.said_in(language) for key, w in WORDS.items() if key.startswith(start)}


def score_text(score: ReviewScore, language: Language) -> str:
    """A score with its bounds where something is still open.

    >>> score_text(ReviewScore(value=62.5, lo=50.0, hi=75.0, is_failed=False), Language.ENGLISH)
    '62 (50…75)'
    """
    told = number(score.value, language)
    return told if score.lo == score.hi else f"{told} ({number(score.lo, language)}…{number(score.hi, language)})"


def offers_of(criterion: Criterion) -> tuple[Offer, ...]:
    """Answers to choose from. Keys 1 to 4 of a yes/no question are the same whether or not it may be left out."""
    rest = [(Answer.NOT_APPLICABLE, criterion.na), (Answer.CANNOT_TELL, True)]
    if criterion.type is CriterionType.YES_NO:
        kept = [(Answer.MET, True), (Answer.NOT_MET, True), *rest]
        return tuple(Offer(a.value, _word(a), str(n)) for n, (a, is_kept) in enumerate(kept, 1) if is_kept)
    is_several = criterion.type is CriterionType.MULTIPLE_CHOICE
    first = [Offer(f"option:{option.id}", option.title, "", is_several) for option in criterion.options]
    if is_several:
        first.append(Offer("none", Text("nessuna di queste", "none of these"), ""))
    offers = [*first, *(Offer(answer.value, _word(answer), "") for answer, is_kept in rest if is_kept)]
    return tuple(
        Offer(one.value, one.title, str(n) if n <= MOST_KEYS else "", one.is_box) for n, one in enumerate(offers, 1)
    )


def _word(answer: Answer) -> Text:
    return Text(*(say(f"answer.{answer.value}", language) for language in (Language.ITALIAN, Language.ENGLISH)))


def silences_of(view: ContactView) -> list[tuple[float, float]]:
    """Spans without speech that are long enough to be jumped over, holds among them."""
    spans = view.signals.spans if view.signals else ()
    quiet = (s for s in spans if s.kind.value in ("silence", "hold") and s.length_s > SILENCE_S)
    return sorted((s.start_s, s.end_s) for s in quiet)


@dataclass(frozen=True)
class ChangedAnswer:
    """Where a person's answer isn't the machine's."""

    title: Text
    machine: CriterionAnswer
    person: CriterionAnswer
    why: str


@dataclass(frozen=True)
class FinishedReview:
    """What somebody handed in, as the contact's page shows it."""

    review: Review
    form: Text
    changed: tuple[ChangedAnswer, ...]

    @property
    def notes(self) -> tuple[PinnedNote, ...]:
        """Notes in order of time."""
        return self.review.notes

    @property
    def done_at(self) -> datetime:
        """When it was handed in."""
        return self.review.done_at or self.review.changed_at


def finished_reviews(view: ContactView, reviews: tuple[Review, ...]) -> list[FinishedReview]:
    """Reviews with what they changed; those of forms that the contact is no longer scored on are left out."""
    by_form = {e.score.form_id: e for e in view.evaluations}
    return [
        FinishedReview(review, by_form[review.form_id].score.title, tuple(_changed(by_form[review.form_id], review)))
        for review in reviews if review.form_id in by_form
    ]  # fmt: skip


def _changed(evaluation: EvaluationView, review: Review) -> list[ChangedAnswer]:
    rows = {row.criterion.id: row for leaf in evaluation.leaves for row in leaf.criteria}
    own = review.result.answers if review.result else ()
    return [
        ChangedAnswer(rows[a.criterion_id].criterion.title, rows[a.criterion_id].answer, a, _why(review, a))
        for a in own if a.criterion_id in rows and is_override(a, rows[a.criterion_id].answer)
    ]  # fmt: skip


def _why(review: Review, answer: CriterionAnswer) -> str:
    given = review.given_to(answer.criterion_id)
    return given.why if given else ""
