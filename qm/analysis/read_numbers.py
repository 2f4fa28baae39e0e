"""Read numbers, Italian and English, as they are said: `347`, `tre quattro sette`, `trecentoquarantasette`."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from qm.analysis.number_words import TEENS_EN, TEENS_IT, TENS_EN, TENS_IT, UNITS_EN, UNITS_IT

LONGEST_NUMBER = 16
"""Words of one number; account numbers are read digit by digit."""
LONGEST_COMPOUND = 60
"""Letters; no number that anybody says in one word is longer."""
_ADDS = frozenset(["e", "ed", "and"])
_SIMPLE = {
    word: value
    for words, first, step in (
        (UNITS_IT, 0, 1), (TEENS_IT, 10, 1), (TENS_IT, 20, 10), (UNITS_EN, 0, 1), (TEENS_EN, 10, 1), (TENS_EN, 20, 10),
    )
    for value, word in enumerate(words)
    for value in [first + step * value]
}  # fmt: skip
_SIMPLE["un"] = 1
_HUNDREDS = frozenset(["cento", "hundred"])
_THOUSANDS = frozenset(["mila", "mille", "thousand"])


@lru_cache(maxsize=16384)
def value_of(word: str) -> int | None:
    """The number that one normalised word says, `None` where it says none.

    >>> [value_of(w) for w in ("14", "ventuno", "duecentocinquanta", "duemilatre", "fifteen", "casa")]
    [14, 21, 250, 2003, 15, None]
    """
    if word.isdecimal():
        return int(word) if len(word) <= LONGEST_NUMBER else None
    if word == "un" or len(word) > LONGEST_COMPOUND:
        return None
    if word in _SIMPLE:
        return _SIMPLE[word]
    pieces = _split(word)
    return _cardinal(pieces) if pieces else None


@lru_cache(maxsize=16384)
def _split(word: str) -> tuple[str, ...]:
    """The number words that an Italian compound is written of; empty where it isn't one. Longest pieces first."""
    if not word:
        return ()
    for piece in _PIECES:
        if word.startswith(piece):
            rest = word[len(piece) :]
            inner = _split(rest)
            if not rest or inner:
                return (piece, *inner)
    return ()


_ELIDED = {tens[:-1]: value for value, tens in zip(range(20, 100, 10), TENS_IT, strict=True)}
"""`vent` of `ventuno`, `trent` of `trentotto`."""
_SIMPLE_IT = {word: _SIMPLE[word] for word in (*UNITS_IT, *TEENS_IT, *TENS_IT)}
_PIECES = sorted(
    {*_SIMPLE_IT, *_ELIDED, "un", "cento", "cent", "mila", "mille"}, key=lambda piece: (-len(piece), piece)
)


def _cardinal(words: Sequence[str]) -> int | None:
    """The value of number words read as one number, `None` where they don't make one (`tre quattro`)."""
    total = current = 0
    fresh = True
    for word in words:
        if word in _ADDS:
            continue
        if word in _THOUSANDS:
            if total or (word == "mille" and current):
                return None
            total, current, fresh = max(current, 1) * 1000, 0, False
        elif word in _HUNDREDS or word == "cent":
            if current > 9:
                return None
            current, fresh = max(current, 1) * 100, False
        else:
            value = _ELIDED.get(word, _SIMPLE.get(word, int(word) if word.isdecimal() else None))
            if value is None or not _fits(value, current, fresh):
                return None
            current, fresh = current + value, False
    return None if fresh else total + current


def _fits(value: int, current: int, fresh: bool) -> bool:
    """True where a value may follow: `venti` takes `tre`, `duecento` takes `venti`; nothing follows a zero."""
    if fresh or not current:
        return fresh or 0 < value < 1000
    room = 100 if current % 100 == 0 else 10 if current % 10 == 0 and current % 100 >= 20 else 0
    return 0 < value < room


def digits_meant(words: Sequence[str]) -> str:
    """Digits of a run of number words: as one number where they make one, else one after the other; empty for neither.

    >>> digits_meant(("duecento", "cinquanta")), digits_meant(("tre", "quattro", "sette"))
    ('250', '347')
    """
    if len(words) == 1 and words[0].isdecimal():
        return words[0]
    return next(iter(_readings(words)), "") if len(words) <= LONGEST_NUMBER else ""


def _readings(words: Sequence[str]) -> Iterator[str]:
    pieces = [piece for word in words for piece in _split(word) or (word,)]
    cardinal = _cardinal(pieces)
    # "0 4" and "04" are digits one after the other, never the number 4.
    if cardinal is not None and not (words[0].startswith("0") or words[0] == "zero"):
        yield str(cardinal)
    if words[-1] in _ADDS:
        return
    digits = [word if word.isdecimal() else value_of(word) for word in words]
    if all(item is not None for item in digits):
        yield "".join(str(item) for item in digits)


def starts_number(word: str) -> bool:
    """True where a number may begin with this word."""
    return value_of(word) is not None or word in _THOUSANDS or word in _HUNDREDS


def numbers_at(words: Sequence[str], at: int) -> dict[str, list[int]]:
    """By digits, the places after each run of words from `at` that says that number.

    >>> numbers_at(("entro", "quaranta", "otto", "ore"), 1)
    {'40': [2], '48': [3], '408': [3]}
    """
    found: dict[str, list[int]] = {}
    if not starts_number(words[at]):
        return found
    for end in range(at + 1, min(at + 1 + LONGEST_NUMBER, len(words) + 1)):
        word = words[end - 1]
        if word not in _ADDS and not starts_number(word):
            break
        for digits in dict.fromkeys(_readings(words[at:end])):
            found.setdefault(digits, []).append(end)
    return found
