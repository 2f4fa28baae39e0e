"""Decide conditions on a scene. Every verdict says what it rests on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from qm.analysis.match_text import Hit, Likeness, PhraseSet, Token, quote_of
from qm.domain.evaluation import Evidence, EvidenceKind, Window
from qm.domain.transcript import Role
from qm.rules.conditions import All, AnyOf, Beside, Condition, ContactField, Measure, Negated, Not, Order, Say
from qm.rules.scene import Scene, between
from qm.rules.verdict import Truth, Verdict, at_least, negate, unknown

MOST_QUOTES = 3
"""Quotes kept for one predicate: enough to hear the point, few enough to read."""
WRITTEN = 1.0
"""Confidence of words that were written: there a near miss is simply another wording."""
LEAST_LIKENESS = 0.72
"""Below this the nearest miss has nothing to do with the phrase and isn't shown."""


def decide(condition: Condition, scene: Scene) -> Verdict:
    """The verdict of any condition."""
    return _DECIDERS[type(condition)](condition, scene)


def decide_say(say: Say, scene: Scene, within: Window | None = None) -> Verdict:
    """Was it said by the right party, in the right place? `within` narrows the place further.

    Unknown where nothing was said at all, the language has no phrases, roles aren't known, or the party
    asked for never spoke (a leg of the recording may be missing).
    """
    hindrance = _hindrance(say, scene)
    if hindrance:
        return unknown(hindrance)
    assert scene.language is not None
    phrases = say.compiled[scene.language]
    stream = scene.inside(scene.stream(say.roles), say.span)
    window = scene.window(say.span)
    if within is not None:
        stream, window = between(stream, within.start_s, within.end_s), within
    quotes = _quotes(say, phrases, stream, scene, window)
    if len(quotes) >= say.least:
        best = sorted(quotes, key=lambda quote: (-quote.confidence, quote.start_s))[: max(say.least, 1)][:MOST_QUOTES]
        best.sort(key=lambda quote: quote.start_s)
        doubtful = any(quote.confidence < scene.thresholds.word_confidence for quote in best)
        return Verdict(Truth.TRUE, "found", tuple(best), ("low_confidence",) if doubtful else ())
    alike = phrases.nearest(stream, LEAST_LIKENESS) if say.negated is not Negated.ONLY else None
    if alike and len(quotes) + 1 >= say.least and _is_misheard(alike, stream, scene, window):
        quote = replace(_quote(alike.first, alike.last, stream, say, scene, window), similarity=alike.similarity)
        return Verdict(Truth.TRUE, "found_alike", (*quotes[:MOST_QUOTES], quote), ("alike",))
    absence = _absence(alike, stream, say, scene, window)
    doubts = _absence_doubts(absence, stream, scene, say.roles)
    return Verdict(Truth.FALSE, "absent", (*quotes[:MOST_QUOTES], absence), doubts)


def _is_misheard(alike: Likeness, stream: Sequence[Token], scene: Scene, window: Window) -> bool:
    """True where the words begin inside the window, are like enough, and the recogniser wasn't sure of all of them."""
    if stream[alike.first].start_s > window.end_s:
        return False
    least_sure = min(token.confidence for token in stream[alike.first : alike.last + 1])
    return alike.is_whole and alike.similarity >= scene.thresholds.alike and least_sure < scene.thresholds.sure_word


def _quotes(say: Say, phrases: PhraseSet, stream: Sequence[Token], scene: Scene, window: Window) -> list[Evidence]:
    hits = [hit for hit in phrases.find(stream, scene.agent_names) if _counts(hit, say.negated)]
    begun = [hit for hit in hits if stream[hit.first].start_s <= window.end_s]
    return [_quote(hit.first, hit.last, stream, say, scene, window) for hit in begun]


def _hindrance(say: Say, scene: Scene) -> str:
    if not scene.transcript.has_words:
        return "no_speech"
    if scene.language is None or scene.language not in say.compiled:
        return "language_unsupported"
    turns = scene.transcript.turns
    if len(say.roles) < len(Role) and any(turn.role is Role.UNKNOWN for turn in turns):
        return "roles_unknown"
    return "" if scene.stream(say.roles) else "role_silent"


def _counts(hit: Hit, negated: Negated) -> bool:
    return negated is Negated.COUNT or hit.negated == (negated is Negated.ONLY)


def _quote(first: int, last: int, stream: Sequence[Token], say: Say, scene: Scene, window: Window) -> Evidence:
    words = stream[first : last + 1]
    return Evidence(
        kind=EvidenceKind.WORDS,
        start_s=words[0].start_s,
        end_s=max(word.end_s for word in words),
        turn_ids=scene.turn_ids(word.turn for word in words),
        quote=quote_of(stream, first, last),
        roles=_ordered(say.roles),
        window=window,
        confidence=min(word.confidence for word in words),
    )


def _absence(miss: Likeness | None, stream: Sequence[Token], say: Say, scene: Scene, window: Window) -> Evidence:
    return Evidence(
        kind=EvidenceKind.ABSENCE,
        start_s=max(window.start_s, 0.0),
        end_s=min(window.end_s, scene.clock.end_s),
        turn_ids=scene.turn_ids(token.turn for token in stream),
        quote=quote_of(stream, miss.first, miss.last) if miss else "",
        roles=_ordered(say.roles),
        window=window,
        similarity=miss.similarity if miss else 0.0,
        confidence=min((t.confidence for t in stream[miss.first : miss.last + 1]), default=1.0) if miss else 1.0,
    )


def _absence_doubts(
    absence: Evidence, stream: Sequence[Token], scene: Scene, roles: frozenset[Role]
) -> tuple[str, ...]:
    thresholds, doubts = scene.thresholds, []
    if absence.similarity >= thresholds.near_miss and absence.confidence < WRITTEN:
        doubts.append("near_miss")
    doubtful = sum(token.confidence < thresholds.word_confidence for token in stream)
    mostly_guessed = bool(stream) and doubtful / len(stream) > thresholds.low_confidence_share
    if mostly_guessed or scene.has_suspects(roles, absence.start_s, absence.end_s):
        doubts.append("low_confidence")
    return tuple(doubts)


def _ordered(roles: frozenset[Role]) -> tuple[Role, ...]:
    return tuple(role for role in Role if role in roles)


def decide_order(order: Order, scene: Scene) -> Verdict:
    """True where the first hit of `first` begins before the first hit of `then`; false where either is missing."""
    parts = (order.first, order.then)
    both = at_least([decide_say(part, scene) for part in parts], 2)
    if both.truth is not Truth.TRUE:
        return both
    first, then = (min(v.evidence, key=lambda quote: quote.start_s) for v in (_first_said(p, scene) for p in parts))
    truth = Truth.TRUE if first.start_s < then.start_s else Truth.FALSE
    return Verdict(truth, "in_order" if truth is Truth.TRUE else "wrong_order", (first, then), both.doubts)


def _first_said(say: Say, scene: Scene) -> Verdict:
    """The verdict with all its quotes, so that the first can be taken; a likeness stands by itself."""
    verdict = decide_say(say, scene)
    assert scene.language is not None
    stream = scene.inside(scene.stream(say.roles), say.span)
    quotes = _quotes(say, say.compiled[scene.language], stream, scene, scene.window(say.span))
    return replace(verdict, evidence=tuple(quotes)) if quotes else verdict


def decide_beside(beside: Beside, scene: Scene) -> Verdict:
    """True where every long enough span of the signal has the words beside it, or there is no such span."""
    if not scene.transcript.has_words:
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
        shown = Evidence(
            EvidenceKind.SIGNAL, span.start_s, span.end_s, fact=f"{beside.signal.value} = {span.length_s:.1f} s"
        )
        verdicts.append(replace(verdict, evidence=(*verdict.evidence, shown)))
    return at_least(verdicts, len(verdicts))


def decide_measure(measure: Measure, scene: Scene) -> Verdict:
    """True where the measure lies between the bounds; unknown where it couldn't be taken."""
    value = scene.signals.measures.get(measure.name)
    if value is None:
        return unknown("roles_unknown" if not scene.transcript.has_known_roles else "measure_unknown")
    holds = _in_bounds(value, measure.at_least, measure.at_most)
    fact = f"{measure.name} = {value:g}"
    return Verdict(Truth.TRUE if holds else Truth.FALSE, "measured", _measured(measure.name, fact, scene))


def _measured(name: str, fact: str, scene: Scene) -> tuple[Evidence, ...]:
    """The spans behind a measure, where it has any, longest first."""
    spans = [s for s in scene.signals.spans if s.kind.value in name]
    parties = [role for role in (Role.AGENT, Role.CUSTOMER) if name.startswith(f"{role.value}_")]
    spans = [span for span in spans if not parties or span.role in parties]
    spans.sort(key=lambda span: (-span.length_s, span.start_s))
    if not spans:
        return (Evidence(EvidenceKind.SIGNAL, fact=fact),)
    return tuple(Evidence(EvidenceKind.SIGNAL, s.start_s, s.end_s, fact=fact) for s in spans[:MOST_QUOTES])


def decide_field(field: ContactField, scene: Scene) -> Verdict:
    """True where the contact's field is one of the values or inside the bounds; unknown where it's empty."""
    value = scene.contact.field_value(field.name)
    if value is None:
        return unknown("field_unknown", Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = ?"))
    if field.values:
        holds = str(value).casefold() in {allowed.casefold() for allowed in field.values}
    else:
        number = _number(value)
        if number is None:
            return unknown("field_unknown", Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = {value}"))
        holds = _in_bounds(number, field.at_least, field.at_most)
    evidence = Evidence(EvidenceKind.CONTACT, fact=f"{field.name} = {value}")
    return Verdict(Truth.TRUE if holds else Truth.FALSE, "known", (evidence,))


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _in_bounds(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _decide_all(condition: All, scene: Scene) -> Verdict:
    """All parts; stops at the first that is false, since nothing after it can change the verdict."""
    verdicts = []
    for part in condition.parts:
        verdicts.append(decide(part, scene))
        if verdicts[-1].truth is Truth.FALSE:
            return verdicts[-1]
    return at_least(verdicts, len(verdicts))


def _decide_any(condition: AnyOf, scene: Scene) -> Verdict:
    return at_least([decide(part, scene) for part in condition.parts], condition.least)


def _decide_not(condition: Not, scene: Scene) -> Verdict:
    return negate(decide(condition.part, scene))


_DECIDERS: dict[type, Callable[[Any, Scene], Verdict]] = {
    Say: decide_say,
    Order: decide_order,
    Beside: decide_beside,
    Measure: decide_measure,
    ContactField: decide_field,
    All: _decide_all,
    AnyOf: _decide_any,
    Not: _decide_not,
}
