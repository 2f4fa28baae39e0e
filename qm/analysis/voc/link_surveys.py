"""Find the contact that a survey response is about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qm.domain.contact import Contact
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.units import Share

SAME_CUSTOMER_AND_AGENT: Share = 0.9
"""Confidence when exactly one contact of that customer with that agent lies in the window."""
SAME_CUSTOMER: Share = 0.7
"""Likewise where the response names no agent."""


@dataclass(frozen=True)
class LinkTarget:
    """What linking must know of a contact."""

    id: str
    started_at: datetime
    agent_id: str
    customer_id: str

    @classmethod
    def of(cls, contact: Contact) -> "LinkTarget":
        """Of a whole contact."""
        return cls(contact.id, contact.started_at, contact.agent.id, contact.customer_id)


@dataclass(frozen=True)
class LinkPolicy:
    """How far back to look, and how sure to be."""

    window: timedelta
    least_confidence: Share


def link_surveys(
    responses: Sequence[SurveyResponse], contacts: Sequence[LinkTarget], policy: LinkPolicy
) -> tuple[SurveyLink, ...]:
    """A link for every response: by contact id, else by customer, agent and time.

    Several contacts in the window share the confidence: two leave 0.45 each, which is below any sensible threshold.
    A contact has one answer: of several, the earliest is linked, the others aren't.
    """
    by_id = {contact.id: contact for contact in contacts}
    by_customer: dict[str, list[LinkTarget]] = defaultdict(list)
    for contact in contacts:
        by_customer[contact.customer_id].append(contact)
    links = [_link(response, by_id, by_customer, policy) for response in responses]
    first = _first_answers(responses, links)
    return tuple(
        link
        if not (link.contact_id and response.is_answered) or first[link.contact_id] == response.id
        else _unlinked(response, "answered_again")
        for response, link in zip(responses, links, strict=True)
    )


def _first_answers(responses: Sequence[SurveyResponse], links: Sequence[SurveyLink]) -> dict[str, str]:
    """By contact, the response that was answered first."""
    answers: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for response, link in zip(responses, links, strict=True):
        if link.contact_id and response.is_answered:
            answers[link.contact_id].append((response.answered_at or datetime.max.replace(tzinfo=UTC), response.id))
    return {contact_id: min(given)[1] for contact_id, given in answers.items()}


def _link(
    response: SurveyResponse, by_id: Mapping[str, LinkTarget], by_customer: Mapping[str, Sequence[LinkTarget]],
    policy: LinkPolicy,
) -> SurveyLink:  # fmt: skip
    if response.contact_id:
        return _link_by_id(response, by_id)
    asked_at = response.invited_at or response.answered_at
    if not response.customer_id or asked_at is None:
        return _unlinked(response, "nothing_to_link_by")
    own = by_customer.get(response.customer_id, ())
    near = [contact for contact in own if _fits(contact, response, asked_at, policy.window)]
    if not near:
        return _unlinked(response, "no_contact_in_window")
    confidence = round((SAME_CUSTOMER_AND_AGENT if response.agent_id else SAME_CUSTOMER) / len(near), 4)
    if confidence < policy.least_confidence:
        return _unlinked(response, "several_contacts", confidence)
    latest = max(near, key=lambda contact: (contact.started_at, contact.id))
    return SurveyLink(response.id, latest.id, LinkMethod.CUSTOMER_AGENT_TIME, confidence)


def _link_by_id(response: SurveyResponse, by_id: Mapping[str, LinkTarget]) -> SurveyLink:
    contact = by_id.get(response.contact_id)
    if contact is None:
        return _unlinked(response, "unknown_contact")
    times = [at for at in (response.invited_at, response.answered_at) if at is not None]
    if any(at < contact.started_at for at in times):
        return _unlinked(response, "answered_before_contact")
    if response.agent_id and response.agent_id != contact.agent_id:
        return _unlinked(response, "other_agent")
    if response.customer_id and contact.customer_id and response.customer_id != contact.customer_id:
        return _unlinked(response, "other_customer")
    return SurveyLink(response.id, contact.id, LinkMethod.CONTACT_ID, 1.0)


def _unlinked(response: SurveyResponse, reason: str, confidence: Share = 0.0) -> SurveyLink:
    return SurveyLink(response.id, "", LinkMethod.NONE, confidence, reason)


def _fits(contact: LinkTarget, response: SurveyResponse, asked_at: datetime, window: timedelta) -> bool:
    return (
        contact.customer_id == response.customer_id
        and (not response.agent_id or contact.agent_id == response.agent_id)
        and timedelta(0) <= asked_at - contact.started_at <= window
    )
