"""Use cases of disputes: an agent contests, withdraws; an arbitrator decides criterion by criterion."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qm.analysis.merge_review import answer_fault
from qm.analysis.what_counts import WhatCounts
from qm.domain.contact import Contact
from qm.domain.dispute import (
    LONGEST_REASON,
    MOST_ITEMS,
    CountedBy,
    Dispute,
    DisputedItem,
    DisputeState,
    DisputeStep,
    Ruling,
)
from qm.domain.evaluation import Answer, Evaluation
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.review import GivenAnswer
from qm.errors import ConflictError, InputError, NotFoundError, RightError
from qm.ports import Unit, UnitOfWork
from qm.services.audit_notes import note_dispute
from qm.services.dispute_views import DisputePage, DisputeRow, DisputeView
from qm.services.keep_out import contact_within
from qm.services.settling import counted_of, settle

Follow = Callable[[frozenset[str]], None]
"""Told which criteria were decided upon, once that stands."""
SHOWN = {
    "": (DisputeState.OPEN,), "all": tuple(DisputeState),
    **{state.value: (state,) for state in DisputeState},
}  # fmt: skip
"""What the list may be narrowed to."""


@dataclass(frozen=True)
class Claim:
    """What an agent contests.

    Attributes:
        at_s: second to listen to; `None`: none given.
    """

    form_id: str
    criterion_id: str
    why: str
    at_s: float | None = None


@dataclass(frozen=True)
class Decision:
    """An arbitrator's ruling on one criterion. `answer` is the one that counts; `None` upholds the contested one."""

    criterion_id: str
    answer: GivenAnswer | None
    why: str


class DisputeService:
    """Disputes about contacts within a scope.

    Args:
        window: after a result stands, how long it may be contested.
        to_decide: after it was contested, until when it's to be decided.
        follow: the life of automatic answers goes on from there.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], now: Callable[[], datetime],
        token: Callable[[int], str], window: timedelta, to_decide: timedelta, follow: Follow = lambda _ids: None,
        scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._now = now
        self._token = token
        self._window = window
        self._to_decide = to_decide
        self._follow = follow
        self._scope = scope

    def seen_by(self, scope: Scope) -> "DisputeService":
        """The same for somebody who sees that scope."""
        return DisputeService(
            self._unit_of_work, self._reading, self._forms, self._now, self._token, self._window, self._to_decide,
            self._follow, scope,
        )  # fmt: skip

    def now(self) -> datetime:
        """The moment by which clocks are told."""
        return self._now()

    def until(self, unit: Unit, contact: Contact, form_id: str) -> datetime:
        """Until when a result may be contested: the window begins when what counts last changed.

        Results from before that was kept count from the start of their contact.
        """
        return unit.disputes.times(contact.id).get(form_id, contact.started_at) + self._window

    def open(self, contact_id: str, claim: Claim, login: str) -> Dispute:
        """Contest one criterion; a dispute that is open on the same form takes it up.

        Raises:
            NotFoundError: no such contact within the scope, no such result or criterion.
            InputError: no reason, too long a reason, or an answer that can't be contested.
            ConflictError: the window has closed, it was decided already, or the criterion is contested already.
        """
        with self._unit_of_work() as unit:
            contact, machine = self._machine(unit, contact_id, claim.form_id)
            _check(claim)
            counted, found = self._counted(unit, machine)
            item = _item(claim, counted)
            now = self._now()
            if now > self.until(unit, contact, claim.form_id):
                raise ConflictError("dispute.late", "the time to contest this has ended", "talk to your supervisor")
            (before,) = unit.disputes.of_contact(contact_id, claim.form_id) or (None,)
            _check_room(before, claim.criterion_id)
            after = self._opened(contact, claim.form_id, login, now, found, before, item)
            unit.disputes.save(after, before.version if before else 0)
            note_dispute(unit, before, after, login)
            return after

    def _opened(
        self, contact: Contact, form_id: str, login: str, now: datetime, found: WhatCounts, before: Dispute | None,
        item: DisputedItem,
    ) -> Dispute:  # fmt: skip
        facts = {item.criterion_id: item.contested.value}
        if before is not None and before.state is DisputeState.OPEN:
            step = DisputeStep(now, login, "added", facts)
            return replace(
                before, items=(*before.items, item), history=(*before.history, step), version=before.version + 1
            )
        step = DisputeStep(now, login, "opened", facts)
        reviewer = found.who if found.by is CountedBy.REVIEW else ""
        fresh = Dispute(
            "d-" + self._token(12), contact.id, form_id, contact.agent.id, login, DisputeState.OPEN, now,
            now + self._to_decide, (item,), reviewer, history=(step,),
        )  # fmt: skip
        if before is None:
            return fresh
        return replace(fresh, id=before.id, history=(*before.history, step), version=before.version + 1)

    def withdraw(self, contact_id: str, form_id: str, login: str, seen: int) -> Dispute:
        """Take an open dispute back; within the window it may be opened again.

        Raises:
            NotFoundError: there is none.
            ConflictError: it isn't open any more, or somebody changed it since `seen`.
        """
        with self._unit_of_work() as unit:
            contact_within(unit, contact_id, self._scope)
            (before,) = unit.disputes.of_contact(contact_id, form_id) or (None,)
            if before is None:
                raise _unknown()
            _check_open(before, seen)
            step = DisputeStep(self._now(), login, "withdrawn")
            after = replace(
                before, state=DisputeState.WITHDRAWN, history=(*before.history, step), version=before.version + 1
            )
            unit.disputes.save(after, before.version)
            note_dispute(unit, before, after, login)
            return after

    def decide(self, dispute_id: str, decisions: Sequence[Decision], login: str, seen: int) -> Dispute:
        """Decide every contested criterion at once; what was overturned counts from now on.

        Raises:
            NotFoundError: no such dispute within the scope.
            InputError: a criterion without a ruling, an answer that can't be given, or no reason.
            RightError: it's about the arbitrator's own review.
            ConflictError: somebody else decided or changed it since `seen`, or the form no longer asks for what would
                be overturned.
        """
        with self._unit_of_work() as unit:
            before = self._within(unit, dispute_id)
            _check_open(before, seen)
            if login in (before.reviewer, before.opened_by):
                message = "this dispute is about what you answered yourself"
                raise RightError("dispute.own_review", message, "let another arbitrator decide it")
            _contact, machine = self._machine(unit, before.contact_id, before.form_id)
            items = tuple(_ruled(self._forms[before.form_id], item, decisions) for item in before.items)
            now = self._now()
            facts = {
                i.criterion_id: f"{i.contested.value} > {(i.decided.answer if i.decided else i.contested).value}"
                for i in items
            }
            after = replace(
                before, state=DisputeState.DECIDED, items=items, decided_at=now, decided_by=login,
                history=(*before.history, DisputeStep(now, login, "decided", facts)), version=before.version + 1,
            )  # fmt: skip
            unit.disputes.save(after, before.version)
            note_dispute(unit, before, after, login)
            settle(unit, self._forms, machine, now)
        self._follow(frozenset(item.criterion_id for item in after.overturned))
        return after

    def get(self, dispute_id: str) -> DisputeView:
        """One dispute with what it's about.

        Raises:
            NotFoundError: no such dispute within the scope.
        """
        with self._reading() as unit:
            dispute = self._within(unit, dispute_id)
            contact = contact_within(unit, dispute.contact_id, self._scope)
        return DisputeView(dispute, contact.agent.name, dispute.is_overdue(self._now()), self._form(dispute))

    def page(self, state: str = "", cursor: str = "", size: int = 50) -> DisputePage:
        """Disputes within the scope, those that are due first before all others.

        Raises:
            InputError: no such state.
            NotFoundError: the cursor names none.
        """
        if state not in SHOWN:
            known = ", ".join(sorted(SHOWN))
            raise InputError("dispute.bad_filter", f"state: '{state[:60]}' is none", f"known: {known}")
        now = self._now()
        with self._reading() as unit:
            found, more = unit.disputes.page(self._scope, [one.value for one in SHOWN[state]], cursor, size)
            contacts = unit.contacts.some({dispute.contact_id for dispute in found}, self._scope)
        rows = tuple(
            DisputeRow(
                d.id, d.contact_id, d.form_id, self._form(d).title, contacts[d.contact_id].agent.name, d.state,
                d.opened_at, d.due_at, len(d.items), len(d.overturned), d.is_overdue(now), (d.due_at - now) / HOUR,
            )
            for d in found if d.contact_id in contacts and d.form_id in self._forms
        )  # fmt: skip
        return DisputePage(rows, found[-1].id if more else "")

    def of_contact(self, contact_id: str) -> tuple[Dispute, ...]:
        """A contact's disputes.

        Raises:
            NotFoundError: no such contact within the scope.
        """
        with self._reading() as unit:
            contact_within(unit, contact_id, self._scope)
            return unit.disputes.of_contact(contact_id)

    def _form(self, dispute: Dispute) -> Form:
        if dispute.form_id not in self._forms:
            raise _unknown()
        return self._forms[dispute.form_id]

    def _within(self, unit: Unit, dispute_id: str) -> Dispute:
        dispute = unit.disputes.get(dispute_id)
        if dispute is None:
            raise _unknown()
        try:
            contact_within(unit, dispute.contact_id, self._scope)
        except NotFoundError:
            raise _unknown() from None
        return dispute

    def _machine(self, unit: Unit, contact_id: str, form_id: str) -> tuple[Contact, Evaluation]:
        contact = contact_within(unit, contact_id, self._scope)
        shown = unit.evaluations.of_contact(contact_id) if unit.work.quarantine_of(contact_id) is None else ()
        for evaluation in shown:
            if evaluation.form_id == form_id and form_id in self._forms:
                return contact, evaluation
        message = f"contact '{contact_id}' has no result on '{form_id[:60]}'"
        raise NotFoundError("dispute.no_result", message, "the contact's page names its forms")

    def _counted(self, unit: Unit, machine: Evaluation) -> tuple[Evaluation, WhatCounts]:
        reviews = unit.reviews.of_contact(machine.contact_id, machine.form_id)
        return counted_of(self._forms, machine, reviews, unit.disputes.of_contact(machine.contact_id, machine.form_id))


HOUR = timedelta(hours=1)


def _check(claim: Claim) -> None:
    if not claim.why.strip():
        raise InputError("dispute.why", "nothing says why", "a few words: what was said, and when")
    if len(claim.why) > LONGEST_REASON:
        raise InputError("dispute.too_long", f"a reason of more than {LONGEST_REASON} characters", "shorten it")
    if claim.at_s is not None and not 0 <= claim.at_s < 1e6:
        raise InputError("dispute.bad_second", "the second lies outside any conversation", "write it like 75 or 1:15")


def _check_room(before: Dispute | None, criterion_id: str) -> None:
    if before is None or before.state is DisputeState.WITHDRAWN:
        return
    if before.state is not DisputeState.OPEN:
        raise ConflictError("dispute.closed", "a dispute about this form has ended already", "its decision stands")
    if any(item.criterion_id == criterion_id for item in before.items):
        raise ConflictError("dispute.twice", f"'{criterion_id}' is contested already", "withdraw it to begin anew")
    if len(before.items) >= MOST_ITEMS:
        raise InputError("dispute.too_many", f"more than {MOST_ITEMS} criteria", "those that matter most")


def _check_open(dispute: Dispute, seen: int) -> None:
    if dispute.version != seen:
        message = "this dispute was changed by somebody else since"
        raise ConflictError("dispute.changed", message, "load the page again, then decide what is still open")
    if dispute.state is not DisputeState.OPEN:
        raise ConflictError("dispute.closed", "this dispute has ended already", "its history says how")


def _item(claim: Claim, counted: Evaluation) -> DisputedItem:
    answers = {answer.criterion_id: answer for answer in counted.answers}
    if claim.criterion_id not in answers:
        message = f"'{claim.criterion_id[:60]}' isn't a criterion of this form"
        raise NotFoundError("dispute.unknown_criterion", message, "load the page again")
    contested = answers[claim.criterion_id]
    if contested.answer is Answer.CANNOT_TELL:
        message = f"'{claim.criterion_id}' wasn't answered yet"
        raise InputError("dispute.unanswered", message, "wait until somebody has decided it")
    return DisputedItem(
        claim.criterion_id, contested.answer, contested.origin.value, claim.why.strip(), claim.at_s
    )  # fmt: skip


def _ruled(form: Form, item: DisputedItem, decisions: Sequence[Decision]) -> DisputedItem:
    own = [one for one in decisions if one.criterion_id == item.criterion_id]
    if len(own) != 1:
        raise InputError("dispute.undecided", f"'{item.criterion_id}' has no ruling", "decide each contested criterion")
    (decision,) = own
    if not decision.why.strip():
        message = f"'{item.criterion_id}': nothing says why"
        raise InputError("dispute.ruling_why", message, "the agent reads it: a few words each")
    if len(decision.why) > LONGEST_REASON:
        raise InputError("dispute.too_long", f"a reason of more than {LONGEST_REASON} characters", "shorten it")
    answer, why = decision.answer, decision.why.strip()
    if answer is not None and item.criterion_id not in form.by_id:
        message = f"form '{form.id}' doesn't ask for '{item.criterion_id}' any more"
        raise ConflictError("dispute.form_changed", message, "let the answer stand, and tell the agent why")
    if answer is not None and (fault := answer_fault(form.criterion(item.criterion_id), answer)):
        message = f"'{item.criterion_id}': this answer can't be given ({fault})"
        raise InputError("dispute.bad_answer", message, "choose among what the form offers")
    if answer is None or (answer.answer is item.contested and answer.value is None):
        return replace(item, ruling=Ruling.UPHELD, ruling_why=why)
    return replace(item, ruling=Ruling.OVERTURNED, decided=answer, ruling_why=why)


def _unknown() -> NotFoundError:
    return NotFoundError("dispute.unknown", "no such dispute", "the list names them")
