"""Was it said? Exact hits, likenesses, and evidence of absence."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from qm.analysis.match_text import Hit, Likeness, PhraseSet, quote_of
from qm.domain.evaluation import Evidence, EvidenceKind, Window
from qm.domain.transcript import Role
from qm.rules.conditions import Negated, Say
from qm.rules.part import Part
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict, unknown

MOST_QUOTES = 3
"""Quotes kept for one predicate: enough to hear the point, few enough to read."""
LONGEST_QUOTE = 40
"""Words of a turn that is quoted as a whole."""
WRITTEN = 1.0
"""Confidence of words that were written: there a near miss is simply another wording."""
LEAST_LIKENESS = 0.72
"""Below this the nearest miss has nothing to do with the phrase and isn't shown."""


def decide_say(say: Say, scene: Scene, within: Window | None = None) -> Verdict:
    """Was it said by the right party, in the right place? `within` narrows the place further.

    Unknown where nothing was said at all, the language has no phrases, roles aren't known, or the party
    asked for never spoke (a leg of the recording may be missing).
    """
    hindrance = hindrance_to(say, scene)
    if hindrance:
        return unknown(hindrance)
    return decide_part(say, scene, scene.part(say.roles, say.span, within))


def decide_part(say: Say, scene: Scene, part: Part) -> Verdict:
    """The same for a part of the words, whatever window the condition has itself."""
    hits = hits_of(say, scene, part)
    if len(hits) >= say.least:
        return _found([quote(hit.first, hit.last, part, say.roles, scene) for hit in hits], say, scene)
    shown = [quote(hit.first, hit.last, part, say.roles, scene) for hit in hits[:MOST_QUOTES]]
    alike = scene.nearest(phrases_of(say, scene), part, LEAST_LIKENESS) if say.negated is not Negated.ONLY else None
    if alike and len(hits) + 1 >= say.least and is_misheard(alike, part, scene):
        likely = replace(quote(alike.first, alike.last, part, say.roles, scene), similarity=alike.similarity)
        return Verdict(Truth.TRUE, "found_alike", (*shown, likely), ("alike",))
    absence = absence_of(say.roles, part, scene, alike)
    return Verdict(Truth.FALSE, "absent", (*shown, absence), absence_doubts(absence, part, scene, say.roles))


def _found(quotes: Sequence[Evidence], say: Say, scene: Scene) -> Verdict:
    best = sorted(quotes, key=lambda quote: (-quote.confidence, quote.start_s))[: max(say.least, 1)][:MOST_QUOTES]
    best.sort(key=lambda quote: quote.start_s)
    return Verdict(Truth.TRUE, "found", tuple(best), quote_doubts(best, scene))


def quote_doubts(quotes: Sequence[Evidence], scene: Scene) -> tuple[str, ...]:
    """Doubt about words that were recognised with low confidence."""
    doubtful = any(quote.confidence < scene.thresholds.word_confidence for quote in quotes)
    return ("low_confidence",) if doubtful else ()


def phrases_of(say: Say, scene: Scene) -> PhraseSet:
    """The phrases of the contact's language; only where nothing hinders."""
    assert scene.language is not None
    return say.compiled[scene.language]


def hits_of(say: Say, scene: Scene, part: Part) -> list[Hit]:
    """What counts as said in a part, in order: hits that begin inside it, negated or not as the condition wants."""
    return [
        hit
        for hit in scene.hits(phrases_of(say, scene), say.roles, part)
        if part.may_begin(hit.first) and _counts(hit, say.negated)
    ]


def _counts(hit: Hit, negated: Negated) -> bool:
    return negated is Negated.COUNT or hit.negated == (negated is Negated.ONLY)


def hindrance_to(say: Say, scene: Scene) -> str:
    """Why it can't be told whether something was said; empty where nothing hinders."""
    hindrance = hindrance_of(say.roles, scene)
    if hindrance == "no_speech":
        return hindrance
    if scene.language is None or scene.language not in say.compiled:
        return "language_unsupported"
    return hindrance


def hindrance_of(roles: frozenset[Role], scene: Scene) -> str:
    """Why nothing can be told of what these roles said; empty where nothing hinders."""
    return _hindrance(roles, scene)


def _hindrance(roles: frozenset[Role], scene: Scene) -> str:
    if not scene.has_words:
        return "no_speech"
    if len(roles) < len(Role) and scene.has_unknown_roles:
        return "roles_unknown"
    return "" if len(scene.stream(roles)) else "role_silent"


def is_misheard(alike: Likeness, part: Part, scene: Scene) -> bool:
    """True where the words begin inside the window, are like enough, and the recogniser wasn't sure of all of them."""
    if not part.may_begin(alike.first):
        return False
    least_sure = min(word.confidence for word in part.stream.words[alike.first : alike.last + 1])
    return alike.is_whole and alike.similarity >= scene.thresholds.alike and least_sure < scene.thresholds.sure_word


def quote(first: int, last: int, part: Part, roles: frozenset[Role], scene: Scene) -> Evidence:
    """Words of a part as evidence."""
    stream = part.stream
    words = stream.words[first : last + 1]
    return Evidence(
        kind=EvidenceKind.WORDS,
        start_s=words[0].start_s,
        end_s=max(word.end_s for word in words),
        turn_ids=scene.turn_ids(stream.turns[first : last + 1]),
        quote=quote_of(stream, first, last),
        roles=ordered(roles),
        window=part.window,
        confidence=min(word.confidence for word in words),
    )


def quote_turn(index: int, scene: Scene) -> Evidence | None:
    """A whole turn as evidence, cut after `LONGEST_QUOTE` words; `None` where it holds no words that count."""
    roles = frozenset({scene.transcript.turns[index].role})
    part = scene.part(roles)
    first, stop = bisect_left(part.stream.turns, index), bisect_right(part.stream.turns, index)
    if first == stop:
        return None
    return quote(first, min(stop, first + LONGEST_QUOTE) - 1, part, roles, scene)


def absence_of(roles: frozenset[Role], part: Part, scene: Scene, miss: Likeness | None = None) -> Evidence:
    """What was searched, and what came nearest."""
    words = part.stream.words[miss.first : miss.last + 1] if miss else []
    return Evidence(
        kind=EvidenceKind.ABSENCE,
        start_s=max(part.window.start_s, 0.0),
        end_s=min(part.window.end_s, scene.clock.end_s),
        turn_ids=scene.turn_ids(part.turns),
        quote=quote_of(part.stream, miss.first, miss.last) if miss else "",
        roles=ordered(roles),
        window=part.window,
        similarity=miss.similarity if miss else 0.0,
        confidence=min((word.confidence for word in words), default=1.0),
    )


def absence_doubts(absence: Evidence, part: Part, scene: Scene, roles: frozenset[Role]) -> tuple[str, ...]:
    """What makes an absence doubtful: something very like it was said, or too little was understood."""
    thresholds, doubts = scene.thresholds, []
    if absence.similarity >= thresholds.near_miss and absence.confidence < WRITTEN:
        doubts.append("near_miss")
    doubtful = part.doubtful(thresholds.word_confidence)
    mostly_guessed = len(part) > 0 and doubtful / len(part) > thresholds.low_confidence_share
    if mostly_guessed or scene.has_suspects(roles, absence.start_s, absence.end_s):
        doubts.append("low_confidence")
    return tuple(doubts)


def ordered(roles: frozenset[Role]) -> tuple[Role, ...]:
    """Roles in the order in which evidence names them."""
    return tuple(role for role in Role if role in roles)
