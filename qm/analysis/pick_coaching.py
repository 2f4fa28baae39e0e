"""Choose the few things worth a conversation with each agent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qm.analysis.estimate_quality import wilson
from qm.domain.coaching import CoachingItem
from qm.domain.contact import Contact
from qm.domain.dispute import Dispute, DisputeState, Ruling
from qm.domain.evaluation import ERASED, Answer, CriterionAnswer, Evaluation, Evidence, EvidenceKind, Origin
from qm.domain.figures import Count
from qm.domain.form import Form
from qm.domain.transcript import Role
from qm.domain.weights import weigh
from qm.fingerprint import fingerprint
from qm.units import Seconds

FAIL_WEIGHT = 3.0
"""A missed automatic fail counts as much as three times an ordinary criterion's share of its form."""
UNHAPPY_WEIGHT = 1.5
"""A miss in a contact that the customer rated low matters more: that is what the customer felt."""
DISPUTED_WEIGHT = 1.5
"""A miss that the agent contests again and again, and that stays, tells that they see the criterion otherwise."""
OFTEN_DISPUTED = 2
"""Contacts on which a contested miss must have stayed: one dispute is anybody's good right."""
PERIOD = timedelta(days=28)
"""Older than this before an agent's newest contact is no reason to talk now; a session's "before" is as long."""
LEAD_S: Seconds = 4.0
"""Seconds to hear before the point itself, to understand it."""
TAIL_S: Seconds = 3.0
LONGEST_CLIP_S: Seconds = 60.0


@dataclass(frozen=True)
class Miss:
    """One criterion not met in one contact; of its evaluation only what is told, since there may be a million."""

    contact: Contact
    evaluation_id: str
    form_id: str
    answer: CriterionAnswer
    share: float
    automatic_fail: bool
    unhappy: bool
    contested: bool


def pick_coaching(
    contacts: Mapping[str, Contact], evaluations: Iterable[Evaluation], forms: Mapping[str, Form],
    unhappy: frozenset[str], most: int, contested: frozenset[tuple[str, str, str]] = frozenset(),
) -> tuple[CoachingItem, ...]:  # fmt: skip
    """Up to `most` items an agent, the most important first.

    Priority of a criterion is `share of its form x (3 if automatic fail) x (1.5 if a customer was unhappy)
    x (1.5 if contested in vain on two contacts or more) x rate`,
    where `rate` is the lower end of the 95 % interval of the share of contacts missed, plus a tenth of the share
    itself: a repeated miss outweighs a single one. Test and mystery contacts are left out.

    Args:
        evaluations: looked at once, one after the other.
        unhappy: ids of contacts that the customer rated low.
        contested: contact, form and criterion of what agents contested in vain; see `contested_in_vain`.
    """
    misses: dict[tuple[str, str], list[Miss]] = defaultdict(list)
    answered: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for evaluation in evaluations:
        contact = contacts[evaluation.contact_id]
        if contact.counts_for_agent:
            _collect(evaluation, contact, forms[evaluation.form_id], unhappy, contested, misses, answered)
    by_agent: dict[str, list[CoachingItem]] = defaultdict(list)
    for key in sorted(misses):
        if any(_can_be_heard(miss) for miss in misses[key]):
            by_agent[key[0]].append(_item(misses[key], answered[key]))
    return tuple(item for agent in sorted(by_agent) for item in _ranked(by_agent[agent], most))


def recent(contacts: Iterable[Contact]) -> dict[str, Contact]:
    """By id, the contacts of the period that items are picked from: it ends with the agent's newest one that counts.

    Each agent has their own end: a contact with a wrong date far ahead empties nobody else's list.
    """
    counting = [contact for contact in contacts if contact.counts_for_agent]
    newest: dict[str, datetime] = {}
    for contact in counting:
        newest[contact.agent.id] = max(contact.started_at, newest.get(contact.agent.id, contact.started_at))
    return {c.id: c for c in counting if c.started_at > newest[c.agent.id] - PERIOD}


def contested_in_vain(disputes: Iterable[Dispute]) -> frozenset[tuple[str, str, str]]:
    """Contact, form and criterion where an agent contested a "not met" and the arbitrator let it stand.

    What was overturned isn't the agent's fault and isn't among them.
    """
    return frozenset(
        (dispute.contact_id, dispute.form_id, item.criterion_id)
        for dispute in disputes if dispute.state is DisputeState.DECIDED
        for item in dispute.items if item.ruling is Ruling.UPHELD and item.contested is Answer.NOT_MET
    )  # fmt: skip


def with_people(evaluation: Evaluation, counted: Mapping[str, str]) -> Evaluation:
    """The machine's evaluation with the answers that count in its places.

    Where a person answered otherwise the machine's evidence proves nothing any more: it goes.

    Args:
        counted: answers by criterion; empty where the machine's count.
    """
    if not counted:
        return evaluation
    answers = tuple(
        replace(a, answer=Answer(told), evidence=(), origin=Origin.PERSON)
        if (told := counted.get(a.criterion_id)) and told != a.answer.value
        else a
        for a in evaluation.answers
    )
    return replace(evaluation, answers=answers)


def _collect(
    evaluation: Evaluation, contact: Contact, form: Form, unhappy: frozenset[str],
    contested: frozenset[tuple[str, str, str]], misses: dict[tuple[str, str], list[Miss]],
    answered: dict[tuple[str, str], list[datetime]],
) -> None:  # fmt: skip
    shares = criterion_shares(form)
    for answer in evaluation.answers:
        key = (contact.agent.id, answer.criterion_id)
        if answer.answer in (Answer.MET, Answer.NOT_MET):
            answered[key].append(contact.started_at)
        if answer.answer is Answer.NOT_MET:
            fails = form.criterion(answer.criterion_id).automatic_fail
            share = shares[answer.criterion_id]
            in_vain = (contact.id, evaluation.form_id, answer.criterion_id) in contested
            rated_low = contact.id in unhappy
            miss = Miss(contact, evaluation.id, evaluation.form_id, answer, share, fails, rated_low, in_vain)
            misses[key].append(miss)


def criterion_shares(form: Form) -> dict[str, float]:
    """Share of each criterion in its form when everything applies; they add up to 1, bonuses and mere notes have 0."""
    criteria = [criterion.id for criterion in form.criteria]
    return dict.fromkeys(criteria, 0.0) | weigh(form, criteria)


def _item(misses: Sequence[Miss], answered: Sequence[datetime]) -> CoachingItem:
    disputed = len({miss.contact.id for miss in misses if miss.contested}) >= OFTEN_DISPUTED
    heard = filter(_can_be_heard, misses)
    best = max(
        heard,
        key=lambda m: (disputed and m.contested, m.unhappy, m.answer.confidence, m.contact.started_at, m.contact.id),
    )
    count = Count(len(misses), len(answered))
    lo, hi = wilson(count)
    rate = lo + 0.1 * (count.rate or 0.0)
    fails, unhappy = best.automatic_fail, any(miss.unhappy for miss in misses)
    weight = (FAIL_WEIGHT if fails else 1.0) * (UNHAPPY_WEIGHT if unhappy else 1.0)
    priority = best.share * weight * (DISPUTED_WEIGHT if disputed else 1.0) * rate
    flags = (
        ("automatic_fail", fails), ("repeated", count.hits > 1), ("disputed", disputed), ("unhappy_customer", unhappy),
    )  # fmt: skip
    reasons = tuple(name for name, holds in flags if holds) or ("weight",)
    start_s, end_s = clip(best.answer.evidence)
    shown = shown_evidence(best.answer.evidence)
    criterion_id = best.answer.criterion_id
    return CoachingItem(
        id="co-" + fingerprint(best.contact.agent.id, criterion_id, best.evaluation_id)[:12],
        agent_id=best.contact.agent.id, rank=1, form_id=best.form_id, criterion_id=criterion_id,
        contact_id=best.contact.id, evaluation_id=best.evaluation_id, missed=count, missed_lo=round(lo, 4),
        missed_hi=round(hi, 4), priority=round(priority, 6), reasons=reasons, start_s=start_s, end_s=end_s,
        quote=shown.quote if shown else "", turn_ids=shown.turn_ids if shown else (),
        absence=shown is not None and shown.kind is EvidenceKind.ABSENCE, since=min(answered), until=max(answered),
    )  # fmt: skip


def _can_be_heard(miss: Miss) -> bool:
    """False where the evidence was erased or is only a person's word: it still counts, but there is nothing to hear."""
    answer = miss.answer
    return answer.reason != ERASED and (answer.origin is not Origin.PERSON or bool(answer.evidence))


def shown_evidence(evidence: Sequence[Evidence]) -> Evidence | None:
    """What to show: the agent's own words first, then anybody's, then what was searched, then a measured span."""
    order = (EvidenceKind.WORDS, EvidenceKind.ABSENCE, EvidenceKind.SIGNAL)
    ranked = sorted(
        (e for e in evidence if e.kind in order), key=lambda e: (order.index(e.kind), Role.AGENT not in e.roles)
    )
    return ranked[0] if ranked else None


def clip(evidence: Sequence[Evidence]) -> tuple[Seconds, Seconds]:
    """The seconds to listen to: a measured span before words before a search, with a lead-in, at most a minute."""
    order = (EvidenceKind.SIGNAL, EvidenceKind.WORDS, EvidenceKind.ABSENCE)
    spans = sorted(
        (e for e in evidence if e.end_s > e.start_s and e.kind in order),
        key=lambda e: (order.index(e.kind), Role.AGENT not in e.roles),
    )
    if not spans:
        return 0.0, 0.0
    if spans[0].kind is EvidenceKind.ABSENCE and spans[0].end_s - spans[0].start_s > LONGEST_CLIP_S:
        return round(spans[0].end_s - LONGEST_CLIP_S, 2), round(spans[0].end_s, 2)  # what is missing belongs to the end
    start_s = max(0.0, spans[0].start_s - LEAD_S)
    return round(start_s, 2), round(min(spans[0].end_s + TAIL_S, start_s + LONGEST_CLIP_S), 2)


def _ranked(items: Sequence[CoachingItem], most: int) -> list[CoachingItem]:
    ordered = sorted(items, key=lambda item: (-item.priority, item.criterion_id))
    return [replace(item, rank=place + 1) for place, item in enumerate(ordered[:most])]
