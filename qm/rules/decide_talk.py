"""Conditions on how words stand to one another: order, nearness, question and answer, words beside a signal."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from qm.domain.evaluation import Evidence, EvidenceKind, Window
from qm.rules.conditions import Beside, Near, Order, Reply, Say
from qm.rules.decide_say import (
    LEAST_LIKENESS,
    MOST_QUOTES,
    decide_part,
    decide_say,
    hindrance_to,
    hits_of,
    phrases_of,
    quote,
    quote_doubts,
)
from qm.rules.part import Part
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict, at_least, truth_of, unknown
from qm.units import Seconds


@dataclass(frozen=True)
class Spot:
    """Where a phrase was said.

    Attributes:
        first: place of its first word among all words of the parties concerned; `last`: of its last.
    """

    first: int
    last: int
    turn: int
    last_turn: int
    start_s: Seconds
    end_s: Seconds
    evidence: Evidence


def decide_order(order: Order, scene: Scene) -> Verdict:
    """True where the first hit of `first` begins before the first hit of `then`; false where either is missing."""
    parts = (order.first, order.then)
    both = at_least([decide_say(part, scene) for part in parts], 2)
    if both.truth is not Truth.TRUE:
        return both
    first, then = (min(_said(part, scene), key=lambda spot: spot.start_s) for part in parts)
    is_before = first.start_s < then.start_s
    shown = first.evidence, then.evidence
    return Verdict(truth_of(is_before), "in_order" if is_before else "wrong_order", shown, both.doubts)


def _said(say: Say, scene: Scene) -> list[Spot]:
    """All places where something is said, in order; where it only sounds alike, that place."""
    part = scene.part(say.roles, say.span)
    places = [(hit.first, hit.last) for hit in hits_of(say, scene, part)]
    if len(places) < say.least:
        alike = scene.nearest(phrases_of(say, scene), part, LEAST_LIKENESS)
        places = sorted([*places, (alike.first, alike.last)]) if alike else places
    return [_spot(first, last, part, say, scene) for first, last in places]


def _spot(first: int, last: int, part: Part, say: Say, scene: Scene) -> Spot:
    stream = part.stream
    shown = quote(first, last, part, say.roles, scene)
    return Spot(part.original(first), part.original(last), stream.turns[first], stream.turns[last],
                shown.start_s, shown.end_s, shown)  # fmt: skip


def decide_beside(beside: Beside, scene: Scene) -> Verdict:
    """True where every long enough span of the signal has the words beside it, or there is no such span."""
    if not scene.has_words:
        return unknown("no_speech")
    spans = [span for span in scene.signals.of(beside.signal) if span.length_s >= beside.at_least_s]
    if not spans:
        fact = f"{beside.signal.value} >= {beside.at_least_s:g} s: 0"
        return Verdict(Truth.TRUE, "measured", (Evidence(EvidenceKind.SIGNAL, fact=fact),))
    verdicts = []
    for span in spans:
        if beside.before_s:
            within = Window(span.start_s - beside.before_s, span.start_s + 0.5)
        else:
            within = Window(span.end_s - 0.5, span.end_s + beside.after_s)
        verdict = decide_say(beside.say, scene, within)
        fact = f"{beside.signal.value} = {span.length_s:.1f} s"
        shown = Evidence(EvidenceKind.SIGNAL, span.start_s, span.end_s, fact=fact)
        verdicts.append(replace(verdict, evidence=(*verdict.evidence, shown)))
    return at_least(verdicts, len(verdicts))


def decide_near(near: Near, scene: Scene) -> Verdict:
    """True where a hit of every part stands near enough to the next; false where one is missing or all stand apart."""
    both = at_least([decide_say(part, scene) for part in near.parts], len(near.parts))
    if both.truth is not Truth.TRUE:
        return both
    roles = frozenset(role for part in near.parts for role in part.roles)
    offsets = {part.roles: scene.offsets(part.roles, roles) for part in near.parts}
    spots = [
        [replace(spot, first=spot.first + offsets[part.roles][spot.turn],
                 last=spot.last + offsets[part.roles][spot.last_turn])
         for spot in _said(part, scene)]
        for part in near.parts
    ]  # fmt: skip
    orders = [tuple(spots)] if near.ordered else permutations(spots)
    chains = [chain for order in orders if (chain := _chain(order, near)) is not None]
    if not chains:
        return Verdict(Truth.FALSE, "apart", tuple(each[0].evidence for each in spots), both.doubts)
    best = min(chains, key=lambda chain: tuple((spot.first, spot.last) for spot in chain))
    shown = tuple(spot.evidence for spot in best)
    return Verdict(Truth.TRUE, "found", shown, tuple(dict.fromkeys((*both.doubts, *quote_doubts(shown, scene)))))


def _chain(order: Sequence[Sequence[Spot]], near: Near) -> tuple[Spot, ...] | None:
    """One spot of each list, each near enough after the one before; `None` where there is no such chain.

    For each spot it is enough to know the chain that ends nearest before it: one that ends earlier begins earlier too.
    """
    chains: list[tuple[Spot, ...]] = [(spot,) for spot in order[0]]
    for spots in order[1:]:
        longer: list[tuple[Spot, ...]] = []
        for spot in spots:
            before = (chain for chain in reversed(chains) if chain[-1].last < spot.first)
            chain = next((chain for chain in before if _is_near(chain, spot, near)), None)
            longer.extend([(*chain, spot)] if chain else [])
        chains = longer
    return chains[0] if chains else None


def _is_near(chain: Sequence[Spot], spot: Spot, near: Near) -> bool:
    if near.within_words is not None:
        return spot.first - chain[-1].last - 1 <= near.within_words
    if near.within_turns is not None:
        return spot.last_turn - chain[0].turn < near.within_turns
    return spot.start_s - chain[-1].end_s <= (near.within_s or 0.0)


def decide_reply(reply: Reply, scene: Scene) -> Verdict:
    """True where the asking is followed by an answer; false where nobody answers, or nobody asks (`not_asked`)."""
    hindrance = hindrance_to(reply.asked, scene) or hindrance_to(reply.answer, scene)
    if hindrance:
        return unknown(hindrance)
    asked = decide_say(reply.asked, scene)
    if asked.truth is not Truth.TRUE:
        return replace(asked, reason="not_asked")
    verdicts = []
    for spot in _said(reply.asked, scene):
        verdicts.append(_with_question(spot, reply, scene))
        if (verdicts[-1].truth is Truth.TRUE) is not reply.each:
            break  # one answer is enough, or one question without an answer
    answered = at_least(verdicts, len(verdicts) if reply.each else 1)
    shown = answered.evidence[: 2 * MOST_QUOTES]
    return replace(answered, evidence=shown, doubts=tuple(dict.fromkeys((*asked.doubts, *answered.doubts))))


def _with_question(spot: Spot, reply: Reply, scene: Scene) -> Verdict:
    part = _after(spot, reply, scene)
    verdict = decide_part(reply.answer, scene, part)
    return replace(verdict, evidence=(spot.evidence, *verdict.evidence))


def _after(spot: Spot, reply: Reply, scene: Scene) -> Part:
    """The next turns of those who answer; what the same voice goes on to say in the turn of its question counts too."""
    roles = reply.answer.roles
    stream = scene.stream(roles)
    is_own = roles == reply.asked.roles
    first = spot.last + 1 if is_own else bisect_right(stream.turns, spot.last_turn)
    stop = first
    for _ in range(reply.within_turns):
        stop = bisect_right(stream.turns, stream.turns[stop]) if stop < len(stream) else stop
    times = stream.starts[first:stop] or [spot.end_s, max(spot.end_s, scene.clock.end_s)]
    return Part(stream, first, stop, Window(min(times), max(times)), stop)
