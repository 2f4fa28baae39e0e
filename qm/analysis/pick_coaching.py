"""Choose the few things worth a conversation with each agent."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

from qm.analysis.estimate_quality import wilson
from qm.domain.coaching import CoachingItem, Told
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
AT_ONCE = 200
"""Evaluations read in one go."""


Read = Callable[[Sequence[str]], Iterable[Evaluation]]
"""Evaluations of these ids with the answers that count, in any order; those that aren't there are left out."""


@dataclass(frozen=True)
class Ground:
    """What an agent's items are picked by.

    Attributes:
        unhappy: ids of contacts that the customer rated low.
        contested: contact, form and criterion of what agents contested in vain; see `contested_in_vain`.
        most: items an agent at most.
    """

    forms: Mapping[str, Form]
    unhappy: frozenset[str] = frozenset()
    contested: frozenset[tuple[str, str, str]] = frozenset()
    most: int = 3

    @cached_property
    def shares(self) -> Mapping[str, Mapping[str, float]]:
        """Share of each criterion by form."""
        return {form_id: criterion_shares(form) for form_id, form in self.forms.items()}


@dataclass
class Tally:
    """Contacts of one agent where one criterion was answered."""

    n: int = 0
    since: datetime | None = None
    until: datetime | None = None
    misses: list[Told] = field(default_factory=list)

    def note(self, told: Told, *, is_missed: bool) -> None:
        """Count one more."""
        self.n += 1
        self.since = min(self.since or told.started_at, told.started_at)
        self.until = max(self.until or told.started_at, told.started_at)
        if is_missed:
            self.misses.append(told)


def pick_coaching(
    contacts: Mapping[str, Contact], evaluations: Iterable[Evaluation], ground: Ground
) -> tuple[CoachingItem, ...]:
    """Items of all agents at once, where everything is in memory: see `pick_for_agent`."""
    told: dict[str, list[Told]] = defaultdict(list)
    known = {}
    for evaluation in evaluations:
        contact = contacts[evaluation.contact_id]
        if contact.counts_for_agent:
            known[evaluation.id] = evaluation
            told[contact.agent.id].append(told_of(evaluation, contact.started_at))
    read = partial(map, known.__getitem__)
    return tuple(item for agent_id in sorted(told) for item in pick_for_agent(agent_id, told[agent_id], read, ground))


def told_of(evaluation: Evaluation, started_at: datetime) -> Told:
    """An evaluation without its evidence."""
    met, missed = (
        tuple(each.criterion_id for each in evaluation.answers if each.answer is answer)
        for answer in (Answer.MET, Answer.NOT_MET)
    )
    return Told(evaluation.id, evaluation.contact_id, evaluation.form_id, started_at, met, missed)


def pick_for_agent(agent_id: str, told: Iterable[Told], read: Read, ground: Ground) -> list[CoachingItem]:
    """Up to `most` items of an agent, the most important first.

    Priority of a criterion is `share of its form x (3 if automatic fail) x (1.5 if a customer was unhappy)
    x (1.5 if contested in vain on two contacts or more) x rate`,
    where `rate` is the lower end of the 95 % interval of the share of contacts missed, plus a tenth of the share
    itself: a repeated miss outweighs a single one.

    Args:
        told: of the agent's contacts that count, in order of contact and form; looked at once.
        read: asked only for what may be among the items: evidence takes a hundred times the room of what is told.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for each in told:
        asked = ground.shares[each.form_id]  # what the form asked for before it changed is no reason to talk
        for criterion_id in asked.keys() & each.met:
            tallies[criterion_id].note(each, is_missed=False)
        for criterion_id in asked.keys() & each.not_met:
            tallies[criterion_id].note(each, is_missed=True)
    missed = [Missed(criterion_id, tally, ground) for criterion_id, tally in tallies.items() if tally.misses]
    items: list[CoachingItem] = []
    for candidate in sorted(missed, key=lambda each: (-each.most_priority, each.criterion_id)):
        items = _ranked(items, ground.most)
        if len(items) == ground.most and candidate.most_priority < items[-1].priority:
            break
        if (item := candidate.item(agent_id, read)) is not None:
            items.append(item)
    return _ranked(items, ground.most)


class Missed:
    """A criterion that an agent didn't meet."""

    def __init__(self, criterion_id: str, tally: Tally, ground: Ground) -> None:
        self.criterion_id = criterion_id
        self._tally = tally
        self._ground = ground
        contested = {miss.contact_id for miss in tally.misses if self._is_contested(miss)}
        self._is_disputed = len(contested) >= OFTEN_DISPUTED
        self._is_unhappy = any(miss.contact_id in ground.unhappy for miss in tally.misses)
        self._count = Count(len(tally.misses), tally.n)
        self._lo, self._hi = wilson(self._count)
        self.most_priority = max(map(self._priority, {miss.form_id for miss in tally.misses}))
        """Of the item, whichever of the misses it tells of."""

    def item(self, agent_id: str, read: Read) -> CoachingItem | None:
        """The item, told by the miss that is best to hear; `None` where there is nothing to hear."""
        best = self._best(read)
        if best is None:
            return None
        told, answer = best
        flags = (
            ("automatic_fail", self._fails(told.form_id)), ("repeated", self._count.hits > 1),
            ("disputed", self._is_disputed), ("unhappy_customer", self._is_unhappy),
        )  # fmt: skip
        start_s, end_s = clip(answer.evidence)
        shown = shown_evidence(answer.evidence)
        return CoachingItem(
            id="co-" + fingerprint(agent_id, self.criterion_id, told.evaluation_id)[:12],
            agent_id=agent_id, rank=1, form_id=told.form_id, criterion_id=self.criterion_id,
            contact_id=told.contact_id, evaluation_id=told.evaluation_id, missed=self._count,
            missed_lo=round(self._lo, 4), missed_hi=round(self._hi, 4), priority=self._priority(told.form_id),
            reasons=tuple(name for name, holds in flags if holds) or ("weight",), start_s=start_s, end_s=end_s,
            quote=shown.quote if shown else "", turn_ids=shown.turn_ids if shown else (),
            absence=shown is not None and shown.kind is EvidenceKind.ABSENCE,
            since=self._tally.since, until=self._tally.until,
        )  # fmt: skip

    def _best(self, read: Read) -> tuple[Told, CriterionAnswer] | None:
        """What was contested in vain goes first, then an unhappy customer's; of these the surest, then the newest."""
        classes: dict[tuple[bool, bool], dict[str, Told]] = defaultdict(dict)
        for miss in self._tally.misses:
            rank = self._is_disputed and self._is_contested(miss), miss.contact_id in self._ground.unhappy
            classes[rank][miss.evaluation_id] = miss
        for rank in sorted(classes, reverse=True):
            if best := max(self._heard(classes[rank], read), key=_surest, default=None):
                return best
        return None

    def _heard(self, misses: Mapping[str, Told], read: Read) -> Iterator[tuple[Told, CriterionAnswer]]:
        ids = sorted(misses, key=lambda name: (misses[name].contact_id, misses[name].form_id))
        for start in range(0, len(ids), AT_ONCE):
            for evaluation in read(ids[start : start + AT_ONCE]):
                answer = evaluation.answer_to(self.criterion_id)
                if _can_be_heard(answer):
                    yield misses[evaluation.id], answer

    def _priority(self, form_id: str) -> float:
        rate = self._lo + 0.1 * (self._count.rate or 0.0)
        weight = (FAIL_WEIGHT if self._fails(form_id) else 1.0) * (UNHAPPY_WEIGHT if self._is_unhappy else 1.0)
        share = self._ground.shares[form_id][self.criterion_id]
        return round(share * weight * (DISPUTED_WEIGHT if self._is_disputed else 1.0) * rate, 6)

    def _fails(self, form_id: str) -> bool:
        return self._ground.forms[form_id].criterion(self.criterion_id).automatic_fail

    def _is_contested(self, miss: Told) -> bool:
        return (miss.contact_id, miss.form_id, self.criterion_id) in self._ground.contested


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


def criterion_shares(form: Form) -> dict[str, float]:
    """Share of each criterion in its form when everything applies; they add up to 1, bonuses and mere notes have 0."""
    criteria = [criterion.id for criterion in form.criteria]
    return dict.fromkeys(criteria, 0.0) | weigh(form, criteria)


def _surest(heard: tuple[Told, CriterionAnswer]) -> tuple[float, datetime, str]:
    told, answer = heard
    return answer.confidence, told.started_at, told.contact_id


def _can_be_heard(answer: CriterionAnswer) -> bool:
    """False where the evidence was erased or is only a person's word: it still counts, but there is nothing to hear."""
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
