"""Tell Italian from English in writing, by their commonest words."""

from dataclasses import replace

from qm.analysis.normalise_text import normalise
from qm.domain.transcript import Transcript

_WORDS = {
    "it": frozenset("il la di che e non per un una mi le si ho ha con del della sono questo grazie buongiorno".split()),
    "en": frozenset("the to and of i you is it for have my that in this with can your are please thanks hello".split()),
}
LEAST_WORDS = 3
"""Fewer known words than this say nothing."""


def detect_written_language(transcript: Transcript) -> Transcript:
    """The transcript with its language filled in; empty where neither language clearly leads.

    Confidence is the share of the leading language among the known words found.
    """
    words = [word for turn in transcript.turns for word in normalise(turn.text)]
    found = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(found, key=lambda code: found[code])
    total = sum(found.values())
    if found[best] < LEAST_WORDS or found[best] < 2 * (total - found[best]):
        return transcript
    return replace(transcript, language=best, language_confidence=round(found[best] / total, 4))
