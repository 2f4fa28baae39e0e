"""Reviews as JSON: what is filled in, and what is told after each save."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from qm.domain.evaluation import Answer, CriterionAnswer, Score
from qm.domain.review import GivenAnswer, PinnedNote, Review, ReviewState
from qm.services.reviews import Filled, ReviewView

EXAMPLE: JsonDict = {
    "seen": 3, "comment": "",
    "given": [{"criterion_id": "saluto", "answer": "met", "why": "alle 0:04, sopra la musica"}],
    "notes": [{"at_s": 61.5, "text": "qui il cliente si calma"}],
}  # fmt: skip


class AnswerIn(BaseModel):
    """An answer to one criterion. Choices, numbers, dates and texts: `met`, and the value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion_id: str
    answer: Answer
    value: Annotated[
        str | float | tuple[str, ...] | None,
        Field(description="an option's id, options' ids, a number, a date (ISO 8601) or a text; nothing for yes/no"),
    ] = None
    why: Annotated[str, Field(description="needed to hand in where it differs from the machine's answer")] = ""


class NoteIn(BaseModel):
    """A note at a second of the conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_s: Annotated[float, Field(description="seconds from the start")]
    text: str


class ReviewSheet(BaseModel):
    """Everything that is filled in, each time as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": EXAMPLE})

    given: tuple[AnswerIn, ...] = ()
    notes: tuple[NoteIn, ...] = ()
    comment: str = ""
    seen: Annotated[int, Field(ge=0, description="the version that it was written on; 0 where there was none")]

    def filled(self) -> Filled:
        """As the core takes it."""
        given = tuple(GivenAnswer(one.criterion_id, one.answer, one.value, one.why) for one in self.given)
        return Filled(given, tuple(PinnedNote(note.at_s, note.text) for note in self.notes), self.comment, self.seen)


class ReviewScore(BaseModel):
    """A score of 0 to 100; between `lo` and `hi`, as what can't be told yet turns out."""

    model_config = ConfigDict(frozen=True)

    value: float | None
    lo: float | None
    hi: float | None
    is_failed: Annotated[bool, Field(description="an automatic fail isn't met")]

    @classmethod
    def of(cls, score: Score) -> "ReviewScore":
        """The same of a score."""
        return cls(value=score.value, lo=score.lo, hi=score.hi, is_failed=bool(score.failed_by))


class ReviewStanding(BaseModel):
    """How a review stands: the answer to each save, and to whoever asks again."""

    model_config = ConfigDict(frozen=True)

    version: Annotated[int, Field(description="`seen` of the next save")]
    state: ReviewState | None
    changed_at: datetime | None
    done_at: Annotated[datetime | None, Field(description="when it was handed in last")]
    score: Annotated[ReviewScore, Field(description="with one's own answers in the machine's places")]
    machine_score: ReviewScore
    at_it: Annotated[tuple[str, ...], Field(description="who else has a draft that changed within five minutes")]
    is_stale: Annotated[bool, Field(description="the machine scored anew since this review was begun")]

    @classmethod
    def of(cls, view: ReviewView, preview: Score) -> "ReviewStanding":
        """How it stands now."""
        own = view.own
        return cls(
            version=own.version if own else 0, state=own.state if own else None,
            changed_at=own.changed_at if own else None, done_at=own.done_at if own else None,
            score=ReviewScore.of(preview), machine_score=ReviewScore.of(view.machine.score),
            at_it=view.at_it, is_stale=view.is_stale,
        )  # fmt: skip


class OtherReview(BaseModel):
    """What somebody else handed in."""

    model_config = ConfigDict(frozen=True)

    reviewer: str
    done_at: datetime | None
    score: ReviewScore | None
    given: tuple[GivenAnswer, ...]
    notes: tuple[PinnedNote, ...]
    comment: str

    @classmethod
    def of(cls, review: Review) -> "OtherReview":
        """The same of a finished review."""
        score = ReviewScore.of(review.result.score) if review.result else None
        return cls(
            reviewer=review.reviewer, done_at=review.done_at, score=score, given=review.given, notes=review.notes,
            comment=review.comment,
        )  # fmt: skip


class ReviewRead(ReviewStanding):
    """A form on a contact: the machine's answers, one's own, and what others handed in."""

    machine: tuple[CriterionAnswer, ...]
    given: tuple[GivenAnswer, ...]
    notes: tuple[PinnedNote, ...]
    comment: str
    others: tuple[OtherReview, ...]

    @classmethod
    def whole(cls, view: ReviewView, preview: Score) -> "ReviewRead":
        """Everything."""
        own = view.own
        return cls(
            **dict(ReviewStanding.of(view, preview)), machine=view.machine.answers, given=own.given if own else (),
            notes=own.notes if own else (), comment=own.comment if own else "",
            others=tuple(OtherReview.of(review) for review in view.others),
        )  # fmt: skip
