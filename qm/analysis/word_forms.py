"""The stem that all forms of a word share (*pagare, pagato, pagherò*)."""

from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]
from snowballstemmer.italian_stemmer import ItalianStemmer  # type: ignore[import-untyped]

from qm.domain.text import Language

_STEMMERS = {Language.ITALIAN: ItalianStemmer, Language.ENGLISH: EnglishStemmer}


@lru_cache(maxsize=65536)
def stem_of(word: str, language: Language) -> str:
    """The Snowball stem of a normalised word (Porter 2001, *Snowball: a language for stemming algorithms*).

    Words come without accents, in phrases as in what was said, so both lose the same letters. Irregular forms have
    stems of their own (`vado`, `andare`).

    >>> stem_of("registrata", Language.ITALIAN) == stem_of("registriamo", Language.ITALIAN)
    True
    >>> stem_of("recorded", Language.ENGLISH) == stem_of("recording", Language.ENGLISH)
    True
    """
    # A stemmer keeps the word in itself while it works: each call takes its own, since threads share this function.
    stem: str = _STEMMERS[language]().stemWord(word)
    return stem
