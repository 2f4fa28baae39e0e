"""Comparable words: lower case, no accents, no punctuation."""

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_CONTRACTED_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)
_MONEY = re.compile(r"([€£$])\s*(\d[\d.,]*)|([€£$])")
_CURRENCIES = {"€": "euro", "£": "pounds", "$": "dollars"}


@lru_cache(maxsize=65536)
def normalise(text: str) -> tuple[str, ...]:
    """Split into comparable words: lower case, no accents, split at apostrophes and punctuation.

    >>> normalise("Dell'età, perché?")
    ('dell', 'eta', 'perche')
    >>> normalise("I can't")
    ('i', 'cant')
    >>> normalise("€92,40")
    ('92', '40', 'euro')
    """
    plain = _MONEY.sub(_currency_word, _CONTRACTED_NOT.sub("nt", text))
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return tuple(_TOKEN.findall("".join(c for c in decomposed if not unicodedata.combining(c))))


def _currency_word(match: re.Match[str]) -> str:
    return f" {match[2] or ''} {_CURRENCIES[match[1] or match[3]]} "
