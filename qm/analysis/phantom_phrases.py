"""What recognisers write where nobody speaks: what their training subtitles held for music, credits and silence."""

import re
from collections.abc import Sequence

from qm.analysis.match_text import PhraseSet, Token
from qm.domain.text import Language
from qm.domain.transcript import Word

CREDITS = (
    """amara org
    comunita [di] amara [org]
    (sottotitoli|sottotitolato) ...1 (a cura di|creati|revisione)
    sottotitoli ... (amara [org]|qtss)
    [a cura di] qtss
    grazie [a tutti] per (aver|avere) (guardato|visto|seguito)
    grazie per la visione
    (iscrivetevi|iscriviti) ...2 canale
    (lasciate|mettete|metti) [un] (like|mi piace)""",
    """amara org
    amara [org] community
    (subtitles|subtitled|captions|captioned|transcribed|transcription) by
    (subtitles|captions) ... amara [org] [community]
    (thank you|thanks) [so much|very much|you all] for (watching|viewing)
    (like|likes|comment|share) and subscribe
    [please|and] subscribe to (my|our|the|this) [youtube] channel
    please subscribe and
    (see you|i ll see you) (in the|next|in my) next (video|time|one)
    thank you mr president thank you mr president
    closed caption*""",
)
"""Documented cases, Italian and English; nobody says them to a contact centre. Barański et al. 2025 (*Investigation of
Whisper ASR hallucinations induced by non-speech audio*, arXiv 2501.11378) list the commonest of English; the Italian
ones stand in many issue trackers and filters (for one, Purfview/whisper-standalone-win issue 144)."""

COURTESIES = (
    """grazie [mille|a tutti|a voi|a lei]
    (ciao|arrivederci|buona giornata|buona serata|alla prossima|e basta|fine)
    (si|no|ok|eh|non so)""",
    """(thank you|thanks) [very much|so much|for listening|for joining us]
    please subscribe
    (you|bye|bye bye|goodbye|okay|oh|so|the end|see you next time|i m sorry)""",
)
"""Said on every call, and written into silence too: they are one sign where they stand alone."""

_OPENING, _CLOSING = "[(*♪♫", "])*♪♫"
_SOUND = re.compile(r"[♪♫]|^[\[(*].*[\])*][.,!?]*$")
MOST_BRACKETED = 5
"""Words in one bracket (`[music playing softly]`)."""


def _compiled(texts: tuple[str, str]) -> tuple[PhraseSet, ...]:
    return tuple(PhraseSet(text.splitlines(), language) for text, language in zip(texts, Language, strict=True))


_CREDITS, _COURTESIES = _compiled(CREDITS), _compiled(COURTESIES)
"""Both languages at once: credits come in any, whatever is spoken."""


def credited(stream: Sequence[Token]) -> list[tuple[int, int]]:
    """First and last token of each subtitle credit."""
    return [(hit.first, hit.last) for phrases in _CREDITS for hit in phrases.find(stream)]


def is_courtesy(stream: Sequence[Token]) -> bool:
    """True where the stream is nothing but courtesies."""
    hits = [hit for phrases in _COURTESIES for hit in phrases.find(stream)]
    return bool(stream) and len({at for hit in hits for at in range(hit.first, hit.last + 1)}) == len(stream)


def sounds(words: Sequence[Word]) -> set[int]:
    """Places of words that describe a sound: `[Musica]`, `(applause)`, `♪`."""
    found: set[int] = set()
    for at, word in enumerate(words):
        if word.text[:1] not in _OPENING:
            continue
        for end in range(at, min(at + MOST_BRACKETED, len(words))):
            if words[end].text.rstrip(".,!?")[-1:] in _CLOSING and _SOUND.search(_joined(words[at : end + 1])):
                found.update(range(at, end + 1))
                break
    return found


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
