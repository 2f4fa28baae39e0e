"""Which language a short written text is in, or that it is neither Italian nor English."""

import re
import unicodedata
from functools import lru_cache

from qm.analysis.normalise_text import normalise
from qm.analysis.voc.function_words import OTHER_LANGUAGES, STOP_WORDS
from qm.domain.text import Language

LATIN_SHARE = 0.5
"""Fewer Latin letters than this among all letters: another script, so another language."""
_LETTER = re.compile(r"[^\W\d_]")


def guess_language(text: str, expected: Language | None = None) -> Language | None:
    """Italian, English or `None` for a third language or none at all.

    By counting the commonest words of seven languages. Where Italian and English are even (most often because the text
    has none of their words: "Bravissimi"), `expected` decides, unless a third language has more of its own.

    >>> guess_language("Muy amable, todo bien", Language.ITALIAN) is None
    True
    >>> guess_language("Bravissimi", Language.ITALIAN)
    <Language.ITALIAN: 'it'>
    """
    if not _is_latin(text):
        return None
    words = normalise(text)
    found = {language: sum(word in stop for word in words) for language, stop in STOP_WORDS.items()}
    third = max(sum(word in known for word in words) for known in OTHER_LANGUAGES.values())
    italian, english = found[Language.ITALIAN], found[Language.ENGLISH]
    if third > max(italian, english) or (third >= 2 and third == max(italian, english) and expected is None):
        return None
    if italian == english:
        return expected
    return Language.ITALIAN if italian > english else Language.ENGLISH


def _is_latin(text: str) -> bool:
    letters = _LETTER.findall(text)
    return bool(letters) and sum(_is_latin_letter(letter) for letter in letters) >= LATIN_SHARE * len(letters)


@lru_cache(maxsize=4096)
def _is_latin_letter(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
