"""Who is the agent, who the customer, who a recorded voice: told by the site and by what is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import TypeAlias

from qm.analysis.compile_phrases import compile_phrase
from qm.analysis.find_announcements import Announcement, find_announcements, stream_of
from qm.analysis.match_text import PhraseSet, Token
from qm.analysis.normalise_text import normalise
from qm.analysis.role_cues import FAMILIES, OWN_NAME, CueFamily, compiled
from qm.domain.contact import Contact, Direction
from qm.domain.recording import Finding, Severity
from qm.domain.text import Language
from qm.domain.transcript import Role, Word
from qm.units import Seconds, Share

Said: TypeAlias = Mapping[str, float]
"""Points by family of phrases."""
START_S: Seconds = 60.0
"""Of a party's own words: in the first minute people introduce themselves and say what they want."""
LATE_SHARE: Share = 0.6
"""What a family counts that is first met after the first minute."""
OFTEN = 3
"""Hits from which a family counts half as much again: one question for data may be anybody's, three are an agent's."""
OFTEN_SHARE = 1.5
OPENS_POINTS = 1.0
"""For who speaks first on a call that comes in; against who answers *pronto* on one that goes out."""
FIRST_WORDS = 3
ANSWERS = frozenset(["pronto", "hello"])
"""Among the first words of the person called."""
FORM_POINTS = 0.75
"""For each of the form's own phrases that one party says and no other."""
MOST_FORM_POINTS = 3.0
KEPT_PHRASES = 16_384
"""Phrases of the forms remembered as usable or not: every contact asks about the same ones."""
SLOPE = 0.75
"""Of the confidence over the lead in points. Below 1, since families aren't independent of each other."""
MOST_CONFIDENCE: Share = 0.99
"""No more than was shown: of 397 written conversations decided none was wrong, which leaves 1 % possible."""
LEAST_CONFIDENCE: Share = 0.9
"""Less leaves the roles unknown."""
LEAST_FAMILIES = 2
"""Families that must speak for the roles found: customers ask *do you need anything else?* too."""
SWAPPED_LEAD = 4.5
"""Points by which what is said must contradict the site's `agent_channel`; none of 950 written talks lies beyond 2."""
SWAPPED_WORDS = 30
"""Words of all parties together below which nothing contradicts the site: two lines may mean anything."""
PERSON_WORDS = 5
"""A party with fewer of its own beside an announcement is a recorded voice; misheard ends of one are that many."""
RECORDED_SHARE: Share = 0.8
"""Likewise a voice with this share of its words inside announcements: diarisers mistake some."""


@dataclass(frozen=True)
class RoleGuess:
    """Role of each party, and why.

    Attributes:
        source: `given` (by the site), `said`, `swapped` (said, against the site), `no_cues`, `one_channel`.
        confidence: that all the roles are right; 1 where the site gave them, `None` where they aren't known.
        announcements: stretches of a recorded voice inside a party that isn't one: party, start and end.
    """

    roles: tuple[Role, ...]
    source: str
    confidence: Share | None = None
    findings: tuple[Finding, ...] = ()
    announcements: tuple[Announcement, ...] = ()


def assign_roles(
    contact: Contact,
    parties: Sequence[Sequence[Word]],
    language: str,
    cues: Sequence[str] = (),
    *,
    are_voices: bool = False,
) -> RoleGuess:
    """Roles of the parties of one recording.

    A party's points are the log-odds weights of the families of phrases that it says (`role_cues`): whole in its first
    minute, `LATE_SHARE` after it, `OFTEN_SHARE` where said again and again; with `OPENS_POINTS` for opening an inbound
    call and `FORM_POINTS` for phrases of the form. The party with most points is the agent, the one with fewest
    the customer, with ``confidence = 1 / (1 + exp(-SLOPE * lead))``; of further ones (a second agent after a transfer)
    each is what it is nearer to, if that is as sure.

    One party that isn't told apart is unknown. `agent_channel` decides unless what is said contradicts it by
    `SWAPPED_LEAD`: then the words do, and a finding says so.

    Args:
        parties: words by channel, or by voice where a diariser told them apart.
        cues: phrases in the language of `compile_phrases` that the form expects of agents.
        are_voices: parties are voices, of which `agent_channel` tells nothing.
    """
    if len(parties) < 2:
        finding = Finding("roles.one_channel", Severity.NOTE, "both parties share one channel: who speaks isn't known")
        return RoleGuess(tuple(Role.UNKNOWN for _ in parties), "one_channel", None, (finding,))
    names = frozenset(normalise(contact.agent.name))
    known = language in tuple(Language)
    announcements = find_announcements(parties, language, names) if known else ()
    people = [_without(words, at, announcements) for at, words in enumerate(parties)]
    live = [at for at, words in enumerate(parties) if not _is_recorded(len(words), len(people[at]), are_voices)]
    said = [_said(words, language, names) if known else {} for words in people]
    points = _points(contact, people, said)
    if known:
        points = [a + b for a, b in zip(points, _form_points(people, language, names, cues), strict=True)]
    given = None if are_voices or contact.agent_channel not in live else contact.agent_channel
    inside = tuple(span for span in announcements if span[0] in live)
    return _decided(points, said, live, given, inside, sum(len(words) for words in people))


def _decided(
    points: Sequence[float],
    said: Sequence[Said],
    live: Sequence[int],
    given: int | None,
    announcements: tuple[Announcement, ...],
    words: int,
) -> RoleGuess:
    """The site's channel, unless contradicted; else what is said."""
    first = max(live, key=lambda at: points[at], default=0)
    last = min(live, key=lambda at: points[at], default=0)
    lead = points[first] - points[last]
    families = sum(weight > 0 for weight in said[first].values()) + sum(weight < 0 for weight in said[last].values())
    clear = lead >= SWAPPED_LEAD and families >= LEAST_FAMILIES and words >= SWAPPED_WORDS
    if given is not None and not (clear and last == given):
        roles = _roles(len(points), live, dict.fromkeys(live, Role.CUSTOMER) | {given: Role.AGENT})
        return RoleGuess(roles, "given", 1.0, (), announcements)
    confidence = confidence_of(lead)
    if len(live) < 2 or confidence < LEAST_CONFIDENCE or families < LEAST_FAMILIES:
        finding = Finding("roles.no_cues", Severity.NOTE, "nothing said tells who the agent is")
        return RoleGuess(_roles(len(points), live, {}), "no_cues", None, (finding,), announcements)
    roles = _roles(len(points), live, {at: _nearer(points[at], points[first], points[last]) for at in live})
    source = "said" if given is None else "swapped"
    return RoleGuess(roles, source, confidence, (_told(source, given, confidence),), announcements)


def _told(source: str, given: int | None, confidence: Share) -> Finding:
    if source == "said":
        return Finding(
            "roles.said", Severity.NOTE, f"the agent was told by what was said (confidence {confidence:.2f})"
        )
    message = (
        f"agent_channel says channel {given}, but the agent is heard on the other one (confidence {confidence:.2f}): "
        "roles follow what was said"
    )
    return Finding("roles.swapped", Severity.DOUBT, message)


def confidence_of(lead: float) -> Share:
    """Confidence from a lead in points (at least 0): ``1 / (1 + exp(-SLOPE * lead))``, at most `MOST_CONFIDENCE`.

    >>> confidence_of(0.0), confidence_of(6.0)
    (0.5, 0.989)
    """
    return min(round(1 / (1 + exp(-SLOPE * lead)), 4), MOST_CONFIDENCE)


def _roles(parties: int, live: Sequence[int], known: dict[int, Role]) -> tuple[Role, ...]:
    return tuple(known.get(at, Role.UNKNOWN) if at in live else Role.IVR for at in range(parties))


def _nearer(points: float, most: float, least: float) -> Role:
    """What a party is, between the one with most points and the one with least."""
    to_agent, to_customer = most - points, points - least
    if confidence_of(abs(to_customer - to_agent)) < LEAST_CONFIDENCE:
        return Role.UNKNOWN
    return Role.AGENT if to_agent < to_customer else Role.CUSTOMER


def _without(words: Sequence[Word], party: int, announcements: Sequence[Announcement]) -> tuple[Word, ...]:
    spans = [(start_s, end_s) for at, start_s, end_s in announcements if at == party]
    return tuple(w for w in words if not any(start_s <= w.start_s < end_s for start_s, end_s in spans))


def _is_recorded(words: int, own: int, is_voice: bool) -> bool:
    return own < words and (own < PERSON_WORDS or (is_voice and words - own >= RECORDED_SHARE * words))


def _said(words: Sequence[Word], language: str, names: frozenset[str]) -> Said:
    """What each family of phrases adds to a party's points."""
    stream = stream_of(words)
    added = {family.name: _strength(family, stream, language, names) for family in (*FAMILIES, OWN_NAME)}
    return {name: points for name, points in added.items() if points}


def _strength(family: CueFamily, stream: Sequence[Token], language: str, names: frozenset[str]) -> float:
    hits = family.phrases(language).find(stream, names)
    if not hits:
        return 0.0
    share = 1.0 if stream[hits[0].first].start_s - stream[0].start_s <= START_S else LATE_SHARE
    return family.weight * share * (OFTEN_SHARE if len(hits) >= OFTEN else 1.0)


def _points(contact: Contact, people: Sequence[Sequence[Word]], said: Sequence[Said]) -> list[float]:
    """Points of each party, before the form's phrases."""
    points = [sum(families.values()) for families in said]
    opening = min((words[0].start_s for words in people if words), default=None)
    if contact.direction is Direction.INBOUND:
        openers = [bool(words) and words[0].start_s == opening for words in people]
        return [own + OPENS_POINTS * opens for own, opens in zip(points, openers, strict=True)]
    answers = [any(_answers_call(word) for word in words[:FIRST_WORDS]) for words in people]
    return [own - OPENS_POINTS * answering for own, answering in zip(points, answers, strict=True)]


def _answers_call(word: Word) -> bool:
    return not ANSWERS.isdisjoint(normalise(word.text))


def form_phrases(language: str, cues: Sequence[str]) -> PhraseSet | None:
    """The form's phrases that can be told without their pack, ready to be looked for; some tenths of a second once."""
    usable = tuple(phrase for phrase in cues if _is_usable(phrase))
    return compiled(usable, language) if usable else None


def _form_points(
    people: Sequence[Sequence[Word]], language: str, names: frozenset[str], cues: Sequence[str]
) -> list[float]:
    """Points for the form's phrases that one party says and no other does."""
    phrases = form_phrases(language, cues)
    if phrases is None:
        return [0.0] * len(people)
    said = [{hit.phrase for hit in phrases.find(stream_of(words), names)} for words in people]
    own = [
        len(hits - set().union(*(other for at, other in enumerate(said) if at != party)))
        for party, hits in enumerate(said)
    ]
    return [min(FORM_POINTS * count, MOST_FORM_POINTS) for count in own]


@lru_cache(maxsize=KEPT_PHRASES)
def _is_usable(phrase: str) -> bool:
    """False for phrases with a word class of their pack: the classes aren't known here."""
    try:
        compile_phrase(phrase)
    except ValueError:
        return False
    return True
