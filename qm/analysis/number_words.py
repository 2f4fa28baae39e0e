"""Numbers as people say them, Italian and English, to recognise (not to read) one."""

import re

UNITS_IT = "zero uno due tre quattro cinque sei sette otto nove".split()
TEENS_IT = "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove".split()
TENS_IT = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
UNITS_EN = "zero one two three four five six seven eight nine".split()
TEENS_EN = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _italian_tens() -> set[str]:
    joined = set()
    for tens in TENS_IT:
        for unit in UNITS_IT[1:]:
            stem = tens[:-1] if unit[0] in "uo" else tens
            joined.add(stem + unit)
    return joined


_WORDS = frozenset(
    {*UNITS_IT[2:], *TEENS_IT, *TENS_IT, *_italian_tens(), *UNITS_EN, *TEENS_EN, *TENS_EN}
    | {"cento", "mille", "mila", "hundred", "thousand"}
)
"""`uno` is left out: it is mostly an article."""
_COMPOUND_IT = re.compile(r"^(?:\w+)?(?:cento|mila|mille)\w*$")
_DIGITS = re.compile(r"^\d+$")


def is_number_word(word: str) -> bool:
    """True for digits and for number words; `word` is normalised (`qm.analysis.match_text.normalise`).

    >>> [is_number_word(w) for w in ("14", "ventuno", "duecentocinquanta", "fourteen", "giorni")]
    [True, True, True, True, False]
    """
    if _DIGITS.match(word) or word in _WORDS:
        return True
    return bool(_COMPOUND_IT.match(word)) and _is_compound(word)


def _is_compound(word: str) -> bool:
    """True where `word` is made of number words only (`centoventi`, `duemilatrecento`)."""
    reach = [True] + [False] * len(word)
    for end in range(1, len(word) + 1):
        reach[end] = any(
            reach[start] and (word[start:end] in _WORDS or word[start:end] == "uno") for start in range(end)
        )
    return reach[-1]
