"""Words as they are compared with the truth: what is said alike is written alike.

English is the published normaliser of Whisper (Radford et al. 2022, appendix C), from the package `whisper_normalizer`.
No such thing is published for Italian; ours is below. Both sides of a comparison go through the same one, so that it
can't favour either; what it forgives is listed at `_italian`.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_BRACKETS = re.compile(r"[<\[(][^>\])]*[>\])]")
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_MONEY = re.compile(r"([€$£])\s*(\d[\d.,]*\d|\d)|(\d)\s*([€$£])")
_CURRENCIES = {"€": "euro", "$": "dollari", "£": "sterline"}
_PERCENT = re.compile(r"\s*%|\bper cento\b")
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")
_NO_NUMBERS = re.compile(r"\b(una?\b(?! (?:milion|miliard))|centesim[io]\b)")
_MULTIPLES = re.compile(r"\b(\d+) (mila|milion[ei]|miliard[oi])\b")
_FACTORS = {"mila": 10**3, "milion": 10**6, "miliard": 10**9}
_CENTS = re.compile(r"\b(\d+) (euro|dollari) e (\d{2})\b(?: centesimi)?")
_DECIMAL_MONEY = re.compile(r"\b(\d+),(\d{2}) (euro|dollari)\b")
_QUARTERS = re.compile(r"\b(\d{1,2}) e (mezza|un quarto)\b")
_HOUR_AND = re.compile(r"\b([01]?\d|2[0-3]) e ([0-5]\d)\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b(?![.,:]?\d)")
_ORDINALS = re.compile(r"(?<=\d)[°^]")
_JOINED = re.compile(r"\bperpiacere\b")
"""A common misspelling, which the transcripts of the Italian prompts have throughout."""
_TOKEN = re.compile(r"\d+,\d+|\d+[ao]\b|\d+|[^\W\d_]+")


def normaliser(language: str) -> Callable[[str], tuple[str, ...]]:
    """The normaliser of a language.

    Raises:
        ValueError: neither `en` nor `it`: no rate is better than one that counts spellings.
    """
    known = {"en": _english, "it": _italian}
    if language not in known:
        raise ValueError(f"language: no normaliser for '{language}', known are {', '.join(known)}")
    return known[language]


def normalise_words(text: str, language: str) -> tuple[str, ...]:
    """Comparable words of a text.

    >>> normalise_words("I won't pay twenty-one dollars, Mr. Brown!", "en")
    ('i', 'will', 'not', 'pay', '$21', 'mister', 'brown')
    >>> normalise_words("È l'offerta; perche' no?", "it") == normalise_words("e l' offerta perché NO", "it")
    True
    """
    return normaliser(language)(text)


@lru_cache(maxsize=1)
def _english_normaliser() -> Callable[[str], str]:
    from whisper_normalizer.english import EnglishTextNormalizer

    published: Callable[[str], str] = EnglishTextNormalizer()
    return published


def _english(text: str) -> tuple[str, ...]:
    return tuple(_english_normaliser()(text).split())


def _italian(text: str) -> tuple[str, ...]:
    """Italian words without case, punctuation, accents and elisions; numbers as digits.

    It forgives: accents (`perché`, `perche'`), apostrophes (`un'altra`, `un altra`), words or digits for a number, the
    grouping of digits (`tre quattro`, `34`), the writing of times, sums and ordinals. `sei` (are) and `secondo`
    (according to) become numbers on both sides. `un` and `una` stay articles, `uno` is a number.

    >>> _italian("Ha ventuno anni") == _italian("Ha 21 anni")
    True
    >>> _italian("€ 30"), _italian("trenta euro"), _italian("30€")
    (('30', 'euro'), ('30', 'euro'), ('30', 'euro'))
    >>> _italian("novantadue euro e quaranta"), _italian("€92,40")
    (('92,40', 'euro'), ('92,40', 'euro'))
    >>> _italian("alle quindici e trenta"), _italian("alle 15:30"), _italian("alle 3 e mezza")
    (('alle', '1530'), ('alle', '1530'), ('alle', '330'))
    >>> _italian("zero sei tre quattro"), _italian("06 34")
    (('0634',), ('0634',))
    >>> _italian("duemila ventitré"), _italian("2.023"), _italian("dieci mila"), _italian("un milione")
    (('2023',), ('2023',), ('10000',), ('1000000',))
    >>> _italian("Un attimo, il decimo"), _italian("premere uno"), _italian("il 10° 20 per cento")
    (('un', 'attimo', 'il', '10o'), ('premere', '1'), ('il', '10o', '20', 'percento'))
    """
    plain = _JOINED.sub("per piacere", _BRACKETS.sub(" ", text.casefold()))
    plain = _MONEY.sub(_amount, plain)
    plain = _PERCENT.sub(" percento ", plain)
    plain = _APOSTROPHES.sub(" ", _without_accents(_ORDINALS.sub("º", plain)))
    plain = _CLOCK.sub(_clock, _THOUSANDS.sub("", plain))
    digits = _MULTIPLES.sub(_multiplied, _digits(plain))
    digits = _DECIMAL_MONEY.sub(_sum, _CENTS.sub(r"\1,\3 \2", digits))
    digits = _QUARTERS.sub(lambda m: f"{m[1]} {30 if m[2] == 'mezza' else 15}", digits)
    digits = _HOUR_AND.sub(r"\1 \2", digits)
    return _joined(_TOKEN.findall(_without_accents(digits)))


def _amount(match: re.Match[str]) -> str:
    """`€ 30` and `30 €` as `30 euro`."""
    return f"{match[2] or match[3]} {_CURRENCIES[match[1] or match[4]]} "


def _sum(match: re.Match[str]) -> str:
    """`30,00 euro` as `30 euro`."""
    return f"{match[1]} {match[3]}" if match[2] == "00" else match[0]


def _clock(match: re.Match[str]) -> str:
    """`15:30` as `15 30`, `15:00` as `15`."""
    return match[1] if match[2] == "00" else f"{match[1]} {match[2]}"


def _without_accents(text: str) -> str:
    """Letters without accents, ordinal signs as letters."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _digits(text: str) -> str:
    """Number words as digits by `text2num`, but for the articles `un` and `una` and for cents."""
    from text_to_num import alpha2digit

    parts = _NO_NUMBERS.split(" ".join(text.split()))
    parts[::2] = [str(alpha2digit(part, "it", 0)) for part in parts[::2]]
    return " ".join(" ".join(parts).split())


def _multiplied(match: re.Match[str]) -> str:
    factor = next(value for stem, value in _FACTORS.items() if match[2].startswith(stem))
    return str(int(match[1]) * factor)


def _joined(tokens: list[str]) -> tuple[str, ...]:
    """Neighbouring whole numbers as one: who says digits one by one leaves their grouping to the writer."""
    words: list[str] = []
    for token in tokens:
        if words and token.isdigit() and words[-1].isdigit():
            words[-1] += token
        else:
            words.append(token)
    return tuple(words)
