"""Draw which contacts of a day are asked for a survey, and keep how likely each was to be drawn.

Every contact has a number of its own for the day, between 0 and 1, made from seed, day and contact id (a permanent
random number: Ohlsson 1995). The smallest numbers of a stratum are drawn. So the same day draws the same contacts
again, in whatever order they come, and a contact that comes late changes nothing for the others.
"""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from qm.domain.voc_plan import DayWindow, SamplingPlan
from qm.errors import InputError
from qm.units import Share

YEARS = range(1970, 2200)
"""Within which calendar and clock can reckon; contacts and surveys outside are refused as well."""

ASKED_RECENTLY = "asked_recently"
OTHER_CONTACT = "other_contact_of_customer"
NOT_A_CUSTOMER = "not_a_customer"
UNKNOWN_CUSTOMER = "unknown_customer"
REASONS = (ASKED_RECENTLY, OTHER_CONTACT, NOT_A_CUSTOMER, UNKNOWN_CUSTOMER)
"""Why a contact of the day's universe may not be asked."""
ALL, LATE = "all", "late"
"""Strata of a draw that isn't stratified, and of contacts that came after their day was drawn."""


@dataclass(frozen=True)
class Candidate:
    """A contact of the day's universe.

    Attributes:
        traits: values of the plan's strata, in their order.
        is_customer: false for test and mystery contacts.
    """

    contact_id: str
    customer_id: str
    traits: tuple[str, ...]
    is_customer: bool = True


@dataclass(frozen=True)
class Drawn:
    """What the draw says of one contact.

    Attributes:
        probability: of being drawn; 0 where a rule keeps the contact from being asked.
        reason: one of `REASONS`, or empty.
    """

    contact_id: str
    customer_id: str
    stratum: str
    probability: Share
    is_drawn: bool
    reason: str = ""


def window_of(day: date, window: DayWindow) -> tuple[datetime, datetime]:
    """Begin (included) and end (excluded) of a day's universe; consecutive days neither overlap nor leave a gap.

    On the days when clocks change it lasts 23 or 25 hours.

    Raises:
        InputError: a day that lies far off.

    >>> begin, end = window_of(date(2026, 3, 29), DayWindow())
    >>> begin.isoformat(), (end.astimezone(ZoneInfo("UTC")) - begin.astimezone(ZoneInfo("UTC"))).seconds // 3600
    ('2026-03-28T19:00:00+01:00', 23)
    """
    if day.year not in YEARS:
        raise InputError("survey.bad_day", f"{day} lies outside {YEARS[0]} to {YEARS[-1]}", "correct it")
    zone = ZoneInfo(window.zone)
    first = day - timedelta(days=1) if window.begins_before else day
    begin, end = (datetime.combine(on, window.begins_at, zone) for on in (first, first + timedelta(days=1)))
    return begin, end


def share_of(day: date, plan: SamplingPlan) -> Share | None:
    """The share of the universe that is asked in the day's month; `None` before the plan's first month.

    >>> [share_of(date(2026, month, 5), SamplingPlan(date(2026, 2, 1), (0.2, 0.5))) for month in (1, 2, 3, 9)]
    [None, 0.2, 0.5, 0.5]
    """
    months = 12 * (day.year - plan.first_month.year) + day.month - plan.first_month.month
    return None if months < 0 else plan.shares[min(months, len(plan.shares) - 1)]


def draw(
    universe: Sequence[Candidate], day: date, plan: SamplingPlan, last_asked: Mapping[str, date],
    asked_contacts: Collection[str] = (), kept: Collection[Drawn] = (),
) -> tuple[Drawn, ...]:  # fmt: skip
    """The whole day's draw by contact: what was drawn before as it stands, and contacts that are new.

    Of several contacts of a customer one, chosen by chance, can be drawn: its probability counts that choice (a draw in
    two phases; Särndal, Swensson and Wretman 1992, chapter 9). New contacts of a day that was drawn before are drawn
    each by itself with the day's share. Nobody is drawn before the plan's first month.

    Args:
        last_asked: by customer, a day on which they were asked.
        asked_contacts: contacts that a survey was sent for already.
        kept: the day's earlier draw.
    """
    share = share_of(day, plan)
    before = {row.contact_id: row for row in kept}
    new = sorted((c for c in universe if c.contact_id not in before), key=lambda c: c.contact_id)
    if share is None:
        return tuple(sorted(kept, key=lambda row: row.contact_id))
    lottery = Lottery(plan.seed, day)
    asked_today = {row.customer_id for row in kept if row.is_drawn and row.customer_id}
    refused = {
        c.contact_id: reason for c in new if (reason := _refusal(c, day, plan, last_asked, asked_contacts, asked_today))
    }
    left = [c for c in new if c.contact_id not in refused]
    chosen, rivals = _one_a_customer(left, lottery)
    if before:
        drawn = [_late(c, share, rivals[c.contact_id], lottery) for c in chosen]
    else:
        drawn = _by_strata(chosen, share, rivals, lottery)
    likely = {row.stratum: row.probability * rivals[row.contact_id] for row in drawn}
    taken = {c.contact_id for c in chosen}
    out = [_out(c, refused[c.contact_id], 0.0) for c in new if c.contact_id in refused]
    others = [_other(c, likely, share, rivals[c.contact_id]) for c in left if c.contact_id not in taken]
    return tuple(sorted([*kept, *drawn, *out, *others], key=lambda row: row.contact_id))


def allocate(sizes: Sequence[int], total: int) -> list[int]:
    """How many to draw of strata of these sizes: at least one each, else in proportion (Webster's method).

    `total` must lie between the number of strata and the sum of their sizes, with no stratum empty. The next place
    always goes to the stratum with the largest size over (places + 1/2); an earlier stratum wins a tie.

    >>> allocate([50, 30, 3, 1], 10)
    [5, 3, 1, 1]
    """
    places = [1] * len(sizes)
    queue = [(-size / 1.5, at) for at, size in enumerate(sizes) if size > 1]
    heapq.heapify(queue)
    for _ in range(total - len(sizes)):
        _, at = heapq.heappop(queue)
        places[at] += 1
        if places[at] < sizes[at]:
            heapq.heappush(queue, (-sizes[at] / (places[at] + 0.5), at))
    return places


@dataclass(frozen=True)
class Lottery:
    """Chance that replays: numbers made from seed, day, purpose and contact id."""

    seed: int
    day: date

    def number(self, contact_id: str, purpose: str) -> float:
        """A number in 0..1, evenly spread over contacts and independent between purposes."""
        text = f"{self.seed}|{self.day.isoformat()}|{purpose}|{contact_id}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64


def _refusal(
    candidate: Candidate, day: date, plan: SamplingPlan, last_asked: Mapping[str, date],
    asked_contacts: Collection[str], asked_today: Collection[str],
) -> str:  # fmt: skip
    if not candidate.is_customer:
        return NOT_A_CUSTOMER
    if candidate.contact_id in asked_contacts:
        return ASKED_RECENTLY
    if not candidate.customer_id:
        return "" if plan.ask_unknown else UNKNOWN_CUSTOMER
    asked = last_asked.get(candidate.customer_id)
    # A day may be drawn after later ones: whoever was asked then is left in peace as well.
    if candidate.customer_id in asked_today or (asked and abs((day - asked).days) <= plan.quiet_days):
        return ASKED_RECENTLY
    return ""


def _one_a_customer(candidates: Sequence[Candidate], lottery: Lottery) -> tuple[list[Candidate], dict[str, int]]:
    """One contact a customer, and of each contact how many its customer has; unknown customers are one each."""
    by_customer: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        known = candidate.customer_id
        by_customer[(known, "") if known else ("", candidate.contact_id)].append(candidate)
    chosen = [min(group, key=lambda c: lottery.number(c.contact_id, "which")) for group in by_customer.values()]
    return chosen, {c.contact_id: len(group) for group in by_customer.values() for c in group}


def _by_strata(chosen: Sequence[Candidate], share: Share, rivals: Mapping[str, int], lottery: Lottery) -> list[Drawn]:
    if not chosen:
        return []
    # Rounded up, so that on a quiet day, too, no contact is without a chance.
    total = min(ceil(round(share * len(chosen), 9)), len(chosen))
    strata = strata_of(chosen, total)
    names = sorted(strata)
    places = allocate([len(strata[name]) for name in names], total)
    rows = []
    for name, count in zip(names, places, strict=True):
        ordered = sorted(strata[name], key=lambda c: (lottery.number(c.contact_id, "draw"), c.contact_id))
        for rank, one in enumerate(ordered):
            probability = count / len(ordered) / rivals[one.contact_id]
            rows.append(Drawn(one.contact_id, one.customer_id, name, probability, rank < count))
    return rows


def strata_of(chosen: Sequence[Candidate], total: int) -> dict[str, list[Candidate]]:
    """The contacts by stratum; where there are more strata than contacts to draw, the last trait is dropped, and so on.

    Otherwise some contacts could never be drawn, and no weight makes up for that.
    """
    for depth in range(len(chosen[0].traits), -1, -1):
        strata: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in chosen:
            strata[" / ".join(trait or "?" for trait in candidate.traits[:depth]) or ALL].append(candidate)
        if len(strata) <= total:
            break
    return dict(strata)


def _late(candidate: Candidate, share: Share, rivals: int, lottery: Lottery) -> Drawn:
    is_drawn = lottery.number(candidate.contact_id, "draw") < share
    return Drawn(candidate.contact_id, candidate.customer_id, LATE, share / rivals, is_drawn)


def _out(candidate: Candidate, reason: str, probability: Share) -> Drawn:
    return Drawn(candidate.contact_id, candidate.customer_id, "", probability, False, reason)


def _other(candidate: Candidate, likely: Mapping[str, Share], share: Share, rivals: int) -> Drawn:
    """A contact whose customer's other one was chosen: it might have been this one, with its stratum's share."""
    for depth in range(len(candidate.traits), -1, -1):
        stratum = " / ".join(trait or "?" for trait in candidate.traits[:depth]) or ALL
        if stratum in likely:
            return _out(candidate, OTHER_CONTACT, likely[stratum] / rivals)
    return _out(candidate, OTHER_CONTACT, share / rivals)
