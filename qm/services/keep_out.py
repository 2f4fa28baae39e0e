"""What was erased doesn't come back by way of a day folder or a survey tool that still has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qm.domain.contact import Contact
from qm.domain.erasure import is_erased
from qm.domain.people import Scope
from qm.domain.survey import SurveyResponse
from qm.errors import NotFoundError, PassingError, unknown_contact
from qm.ports import Unit

COMMENT = "comment"
"""Kind of ledger lines about responses of which the comment alone was erased."""


@dataclass(frozen=True)
class LetIn:
    """What may be taken in, and how much was kept out."""

    contacts: tuple[Contact, ...]
    responses: tuple[SurveyResponse, ...]
    contacts_out: int
    responses_out: int


def keep_out(unit: Unit, contacts: Sequence[Contact], responses: Sequence[SurveyResponse]) -> LetIn:
    """Leave out what was erased.

    A customer who was erased may come back one day: of theirs only what began before the erasure is left out.
    """
    if not unit.ledger.salt():
        return LetIn(tuple(contacts), tuple(responses), 0, 0)
    gone = unit.ledger.refused("contact", {c.id for c in contacts} | {r.contact_id for r in responses})
    named = {contact.customer_id for contact in contacts} | {response.customer_id for response in responses}
    customers = unit.ledger.refused("customer", named)
    answers = unit.ledger.refused("response", {response.id for response in responses})
    silent = unit.ledger.refused(COMMENT, {response.id for response in responses if response.comment})
    kept = tuple(c for c in contacts if c.id not in gone and not _is_old(c.customer_id, c.started_at, customers))
    let = tuple(
        replace(r, comment="") if r.id in silent else r
        for r in responses
        if r.id not in answers and r.contact_id not in gone and not _is_old(r.customer_id, _moment(r), customers)
    )
    return LetIn(kept, let, len(contacts) - len(kept), len(responses) - len(let))


def check_kept_out(unit: Unit, let: LetIn) -> None:
    """Look once more, right before the commit: what was erased since the first look would come back for good.

    An erasure notes its ids before it touches a row, so either it's seen here or it waits for our rows and takes them.

    Raises:
        PassingError: something was; nothing of this transaction stands, and it may be done again at once.
    """
    again = keep_out(unit, let.contacts, let.responses)
    if (again.contacts, again.responses) != (let.contacts, let.responses):
        message = "something of what is taken in was erased meanwhile"
        raise PassingError("erasure.meanwhile", message, "give the same command again")


def contact_that_stands(unit: Unit, contact_id: str) -> Contact:
    """One contact; what is left of an erased one is for figures only.

    Raises:
        NotFoundError: no such contact, or it was erased.
    """
    if is_erased(contact_id):
        raise NotFoundError("contact.erased", "this contact was erased", "what is left of it is for figures only")
    return unit.contacts.get(contact_id)


def contact_within(unit: Unit, contact_id: str, scope: Scope) -> Contact:
    """One contact that stands and lies within a scope.

    Raises:
        NotFoundError: there is none. To whoever sees a part of the site, one that was erased and one that isn't theirs
            are like one that never was: the answer mustn't tell which.
    """
    if scope.is_whole:
        return contact_that_stands(unit, contact_id)
    try:
        contact = contact_that_stands(unit, contact_id)
    except NotFoundError:
        contact = None
    if contact is None or not scope.allows(contact):
        raise unknown_contact(contact_id)
    return contact


def _is_old(customer_id: str, at: datetime | None, erased: Mapping[str, datetime]) -> bool:
    """Whether something of an erased customer is from before; what has no moment can't be shown to be new."""
    return customer_id in erased and (at is None or at <= erased[customer_id])


def _moment(response: SurveyResponse) -> datetime | None:
    return response.answered_at or response.started_at or response.invited_at
