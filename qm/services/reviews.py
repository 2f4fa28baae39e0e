"""Use cases of reviews: drafts that are saved as one goes, handing in, and who else is at it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qm.analysis.merge_review import answer_fault, merge_answers, unexplained
from qm.domain.evaluation import Evaluation, Score
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.review import (
    LONGEST_NOTE,
    LONGEST_WHY,
    MOST_NOTES,
    GivenAnswer,
    PinnedNote,
    Review,
    ReviewState,
)
from qm.errors import ConflictError, InputError, NotFoundError
from qm.fingerprint import fingerprint
from qm.ports import Unit, UnitOfWork
from qm.rules.aggregate import score_form
from qm.services.audit_notes import note_reopened, note_review
from qm.services.keep_out import contact_within
from qm.services.queue_steps import note_handed_in
from qm.services.settling import settle

AT_IT = timedelta(minutes=5)
"""Somebody whose draft changed within this is said to be at it."""
LONGEST_COMMENT = 10_000


@dataclass(frozen=True)
class Filled:
    """What a person has filled in so far.

    Attributes:
        seen: the version that it was written on; 0 where there was none.
    """

    given: tuple[GivenAnswer, ...] = ()
    notes: tuple[PinnedNote, ...] = ()
    comment: str = ""
    seen: int = 0


@dataclass(frozen=True)
class ReviewView:
    """A form on a contact as a reviewer sees it.

    Attributes:
        machine: the machine's evaluation as it stands now.
        own: the reader's own review, or `None`.
        others: finished reviews of others, the latest first; a draft is nobody's but its writer's. None while the
            reader is still to review the contact for a work queue: what others found mustn't lead them.
        at_it: logins of others whose draft changed within the last minutes.
        is_stale: the machine scored the contact anew since the reader's review was begun.
    """

    machine: Evaluation
    own: Review | None
    others: tuple[Review, ...]
    at_it: tuple[str, ...]
    is_stale: bool


class ReviewService:
    """Reviews of what the machine answered.

    Args:
        token: draws random text for ids.
        scope: whose contacts may be reviewed.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], now: Callable[[], datetime],
        token: Callable[[int], str], scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._now = now
        self._token = token
        self._scope = scope

    def seen_by(self, scope: Scope) -> "ReviewService":
        """The same for somebody who sees that scope."""
        return ReviewService(self._unit_of_work, self._reading, self._forms, self._now, self._token, scope)

    def view(self, contact_id: str, form_id: str, reader: str) -> ReviewView:
        """A form on a contact with the reader's own review.

        Raises:
            NotFoundError: no such contact within the scope, or it wasn't scored on such a form.
        """
        with self._reading() as unit:
            machine = self._machine(unit, contact_id, form_id)
            reviews = unit.reviews.of_contact(contact_id, form_id)
            is_blind = form_id in unit.work_queues.blind_forms(contact_id, reader)
        own = _of(reviews, reader)
        others = () if is_blind else _done(review for review in reviews if review.reviewer != reader)
        since = self._now() - AT_IT
        at_it = sorted(
            r.reviewer for r in reviews
            if r.reviewer != reader and r.state is ReviewState.DRAFT and r.changed_at > since
        )  # fmt: skip
        is_stale = own is not None and own.evaluation_id != machine.id
        return ReviewView(machine, own, others, tuple(at_it), is_stale)

    def preview(self, view: ReviewView) -> Score:
        """The score with the reader's answers in the machine's places: what handing in would give.

        An answer that a newer version of the form doesn't offer any more counts as not given.
        """
        form, given = self._forms[view.machine.form_id], view.own.given if view.own else ()
        known = form.by_id
        fitting = [g for g in given if g.criterion_id in known and not answer_fault(known[g.criterion_id], g)]
        return score_form(form, merge_answers(form, view.machine, fitting))

    def finished(self, contact_id: str, reader: str) -> tuple[Review, ...]:
        """What was handed in about a contact, on any form, the latest first.

        On forms that the reader is still to review for a work queue only their own is shown.

        Raises:
            NotFoundError: no such contact within the scope.
        """
        with self._reading() as unit:
            contact_within(unit, contact_id, self._scope)
            blind = unit.work_queues.blind_forms(contact_id, reader)
            reviews = unit.reviews.of_contact(contact_id)
        return _done(review for review in reviews if review.form_id not in blind or review.reviewer == reader)

    def save(self, contact_id: str, form_id: str, reviewer: str, filled: Filled) -> Review:
        """Keep a draft; what was handed in becomes a draft again when it's changed.

        Raises:
            NotFoundError: no such contact within the scope, or it wasn't scored on such a form.
            InputError: an answer that can't be given to its criterion, a note that can't be kept.
            ConflictError: another page of the same person saved since `filled.seen`.
        """
        with self._unit_of_work() as unit:
            return self._kept(unit, self._machine(unit, contact_id, form_id), reviewer, filled)

    def finish(self, contact_id: str, form_id: str, reviewer: str, filled: Filled) -> Review:
        """Save and hand in: from now on others see it.

        Raises:
            InputError: an answer differs from the machine's and nobody said why (`review.why`).
        """
        with self._unit_of_work() as unit:
            machine = self._machine(unit, contact_id, form_id)
            form = self._forms[form_id]
            draft = self._kept(unit, machine, reviewer, filled)
            merged = merge_answers(form, machine, draft.given)
            if lacking := unexplained(merged, draft.given):
                message = f"{', '.join(lacking)}: differs from the machine's answer, and nobody said why"
                raise InputError("review.why", message, "a few words each: what was heard, and when")
            now = self._now()
            result = replace(
                machine, id="rv-" + fingerprint(draft.id, draft.version, machine.id)[:16], evaluator=reviewer,
                answers=merged, score=score_form(form, merged),
            )  # fmt: skip
            done = replace(
                draft,
                state=ReviewState.DONE,
                done_at=now,
                changed_at=now,
                result=result,
                version=draft.version + 1,
                first_done_at=draft.first_done_at or draft.done_at or now,
            )
            unit.reviews.save(done, draft.version)
            note_review(unit, machine, done)
            note_handed_in(unit, done, now)
            settle(unit, self._forms, machine, now)
            return done

    def drop(self, contact_id: str, form_id: str, reviewer: str) -> None:
        """Throw one's own draft away; what was handed in stays.

        Raises:
            NotFoundError: there is none.
            ConflictError: it was handed in.
        """
        with self._unit_of_work() as unit:
            contact_within(unit, contact_id, self._scope)
            own = _of(unit.reviews.of_contact(contact_id, form_id), reviewer)
            if own is None:
                raise NotFoundError("review.unknown", "you have no draft here", "begin one by answering")
            if own.done_at is not None:
                raise ConflictError("review.done", "this review was handed in", "change it and hand it in again")
            unit.reviews.drop(own.id)

    def _kept(self, unit: Unit, machine: Evaluation, reviewer: str, filled: Filled) -> Review:
        """The draft beside a machine's evaluation, in the place of the one before."""
        contact_id, form_id = machine.contact_id, machine.form_id
        _check(self._forms[form_id], filled)
        now, own = self._now(), _of(unit.reviews.of_contact(contact_id, form_id), reviewer)
        if (own.version if own else 0) != filled.seen:
            message = "this review was changed in another window since"
            raise ConflictError("review.changed", message, "load the page again, then repeat what is still right")
        before = own or Review(
            "r-" + self._token(16), contact_id, form_id, machine.id, reviewer, ReviewState.DRAFT, now, now, version=0
        )
        draft = replace(
            before, evaluation_id=machine.id, state=ReviewState.DRAFT, changed_at=now, given=filled.given,
            notes=tuple(sorted(filled.notes, key=lambda note: note.at_s)), comment=filled.comment,
            version=before.version + 1,
        )  # fmt: skip
        unit.reviews.save(draft, before.version)
        if own is not None and own.state is ReviewState.DONE:
            note_reopened(unit, own)
        return draft

    def _machine(self, unit: Unit, contact_id: str, form_id: str) -> Evaluation:
        contact_within(unit, contact_id, self._scope)
        shown = unit.evaluations.of_contact(contact_id) if unit.work.quarantine_of(contact_id) is None else ()
        for evaluation in shown:
            if evaluation.form_id == form_id and form_id in self._forms:
                return _as_asked(evaluation, self._forms[form_id])
        message = f"contact '{contact_id}' wasn't scored on '{form_id[:60]}'"
        raise NotFoundError("review.no_evaluation", message, "the contact's page names its forms")


def _as_asked(evaluation: Evaluation, form: Form) -> Evaluation:
    """The evaluation, where it answers what its form asks: a form that changed since is reviewed once it's answered."""
    if form.is_answered_by(answer.criterion_id for answer in evaluation.answers):
        return evaluation
    message = f"form '{form.id}' has changed since contact '{evaluation.contact_id}' was scored"
    raise ConflictError("review.form_changed", message, "`qm run` on its day scores it anew; then review it")


def _of(reviews: Iterable[Review], reviewer: str) -> Review | None:
    return next((review for review in reviews if review.reviewer == reviewer), None)


def _done(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Those that were handed in, the latest first."""
    done = (review for review in reviews if review.state is ReviewState.DONE)
    return tuple(sorted(done, key=lambda review: (review.changed_at, review.id), reverse=True))


def check_given(form: Form, given: Sequence[GivenAnswer]) -> None:
    """Look that a person's answers can be given to a form.

    Raises:
        InputError: one is given twice, to no criterion of the form, or can't be given to its criterion.
    """
    known = form.by_id
    if len({one.criterion_id for one in given}) != len(given):
        raise InputError("review.twice", "a criterion is answered twice", "once each")
    for one in given:
        if one.criterion_id not in known:
            message = f"'{one.criterion_id[:60]}' isn't a criterion of {form.id}"
            raise InputError("review.unknown_criterion", message, "load the page again")
        if fault := answer_fault(known[one.criterion_id], one):
            message = f"{one.criterion_id}: this answer can't be given ({fault})"
            raise InputError("review.bad_answer", message, "choose among what the form offers")


def _check(form: Form, filled: Filled) -> None:
    check_given(form, filled.given)
    if any(len(given.why) > LONGEST_WHY for given in filled.given):
        raise InputError("review.too_long", f"a reason of more than {LONGEST_WHY} characters", "shorten it")
    if len(filled.notes) > MOST_NOTES or any(len(note.text) > LONGEST_NOTE for note in filled.notes):
        message = f"more than {MOST_NOTES} notes, or one of more than {LONGEST_NOTE} characters"
        raise InputError("review.too_long", message, "fewer, or shorter")
    if any(not 0 <= note.at_s < 1e6 or not note.text.strip() for note in filled.notes):
        raise InputError("review.bad_note", "a note without words, or at no second", "remove it")
    if len(filled.comment) > LONGEST_COMMENT:
        raise InputError("review.too_long", f"a comment of more than {LONGEST_COMMENT} characters", "shorten it")
