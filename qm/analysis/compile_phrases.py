"""The phrase language: what an analyst writes, compiled to patterns of words.

The phrase language (one phrase is a sequence of words):

==============  ==========================================================
``posso``       this word; case, accents and apostrophes don't matter
``registr*``    every word that begins so (at least three letters)
``~pagare``     every form of the word (``pago``, ``pagato``), by its Snowball stem
``48``          this number in digits or words (``quarantotto``, ``quattro otto``)
``#``           a number, in digits or in words (``14``, ``quattordici``)
``*``           exactly one word of any kind (not at the beginning)
``@agent``      a name of the contact's agent, as the contact data give it
``@country``    any word of the pack's class of that name
``...``         up to four words of any kind; ``...7`` up to seven
``(a|b c)``     one of several wordings
``[la|lo]``     one of these wordings or nothing
==============  ==========================================================

No phrase reaches over a pause longer than `STREAM_BREAK_S`. Where no phrase is found to the letter, the stretch that
sounds most alike is looked for (`PhraseSet.nearest`): recognisers split and misspell words, mostly on telephone audio.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rapidfuzz import fuzz

from qm.analysis.normalise_text import normalise
from qm.analysis.number_words import is_number_word
from qm.analysis.read_numbers import digits_meant
from qm.analysis.word_forms import stem_of
from qm.domain.text import Language

MAX_EXPANSIONS = 256
"""Wordings that one phrase may stand for; more is a fault in the pack, not a slow run."""
DEEPEST = 8
"""Nesting of brackets; deeper ones are a slip of the pen."""
LONGEST_GAP = 30
"""Words; a longer gap joins what has nothing to do with one another, and `near` says such things better."""
LONGEST_GAPS = 60
"""Words in all gaps of a phrase together: how far it's looked ahead from each word decides how long a search takes."""
NAME_LIKENESS = 75.0
"""Names are what recognisers misspell most; `rapidfuzz.fuzz.ratio` from which a word counts as the agent's name."""


WordClasses: TypeAlias = Mapping[str, frozenset[str]]
"""Normalised words by the name of their class."""
NO_CLASSES: WordClasses = {}


@dataclass(frozen=True)
class Gap:
    """Up to `most` words of any kind."""

    most: int


class Kind(StrEnum):
    """What a literal accepts."""

    WORD = "word"
    BEGINNING = "beginning"
    NUMBER = "number"
    ANY = "any"
    AGENT = "agent"
    CLASS = "class"
    FORM = "form"
    VALUE = "value"


@dataclass(frozen=True)
class Literal:
    """One place of a phrase.

    Attributes:
        text: the word, its beginning, or the words of a number; empty for what isn't spelt out.
        words: a class's.
        key: the stem of a form, the digits of a number.
    """

    text: str
    kind: Kind = Kind.WORD
    words: frozenset[str] = frozenset()
    key: str = ""

    def accepts(self, word: str, names: Collection[str], language: Language = Language.ITALIAN) -> bool:
        """True where `word` (normalised) is meant; `names` are the agent's. Numbers may take several words."""
        match self.kind:
            case Kind.WORD | Kind.VALUE:
                return word == (self.key or self.text)
            case Kind.BEGINNING:
                return word.startswith(self.text)
            case Kind.FORM:
                return stem_of(word, language) == self.key
            case Kind.AGENT:
                return is_name(word, names)
            case _:
                return (
                    self.kind is Kind.ANY or word in self.words or (self.kind is Kind.NUMBER and is_number_word(word))
                )


def is_name(word: str, names: Collection[str]) -> bool:
    """True where `word` is one of the names, or (from four letters) nearly so."""
    if word in names:
        return True
    return len(word) >= 4 and any(fuzz.ratio(word, name) >= NAME_LIKENESS for name in names if len(name) >= 4)


@dataclass(frozen=True)
class Pattern:
    """One wording of a phrase: literals with gaps between; never begins or ends with a gap."""

    elements: tuple[Literal | Gap, ...]
    phrase: str

    @property
    def is_closed(self) -> bool:
        """True where every place is a word or its beginning: such a phrase can be found by likeness."""
        return all(isinstance(item, Literal) and item.text for item in self.elements)

    @property
    def letters(self) -> str:
        """The longest run of words without spaces, to compare with what was said; a part must be long to tell."""
        runs = [""]
        for item in self.elements:
            if isinstance(item, Literal) and item.text:
                runs[-1] += item.text
            else:
                runs.append("")
        return max(runs, key=len)


def compile_phrase(
    phrase: str, classes: WordClasses = NO_CLASSES, language: Language = Language.ITALIAN
) -> tuple[Pattern, ...]:
    """All wordings that `phrase` stands for.

    Args:
        language: whose word forms are meant.

    Raises:
        ValueError: brackets don't close, a wording is empty, begins or ends with a gap, a beginning is shorter than
            three letters, gaps are longer than `LONGEST_GAP` or together than `LONGEST_GAPS`, a class isn't known, or
            there would be more than `MAX_EXPANSIONS` wordings.
    """
    wordings = _expand(phrase, 0, "")[0]
    if len(wordings) > MAX_EXPANSIONS:
        raise ValueError(f"stands for {len(wordings)} wordings, at most {MAX_EXPANSIONS} are allowed")
    return tuple(Pattern(_elements(wording, classes, language), phrase) for wording in dict.fromkeys(wordings))


def _expand(text: str, at: int, closing: str, depth: int = 0) -> tuple[list[str], int]:
    """Expand from `at` to `closing`; returns the wordings and the place after it."""
    if depth > DEEPEST:
        raise ValueError(f"brackets are nested more than {DEEPEST} deep")
    done: list[str] = []
    current = [""]
    while at < len(text):
        char = text[at]
        if char == closing:
            return done + current, at + 1
        if char in "([":
            inner, at = _expand(text, at + 1, ")" if char == "(" else "]", depth + 1)
            choices = inner if char == "(" else ["", *inner]
            current = [f"{left} {choice} " for left in current for choice in choices]
        elif char == "|" and closing:
            done, current, at = done + current, [""], at + 1
        elif char in ")]|":
            raise ValueError(f"unexpected '{char}'")
        else:
            current, at = [left + char for left in current], at + 1
        if len(done) + len(current) > 4 * MAX_EXPANSIONS:
            raise ValueError(f"stands for more than {MAX_EXPANSIONS} wordings")
    if closing:
        raise ValueError(f"'{closing}' is missing")
    return done + current, at


def _elements(wording: str, classes: WordClasses, language: Language) -> tuple[Literal | Gap, ...]:
    elements: list[Literal | Gap] = []
    for piece in wording.split():
        if piece.startswith("..."):
            elements.append(_gap(piece))
        elif piece in _OPEN_PLACES:
            elements.append(Literal("", _OPEN_PLACES[piece]))
        elif piece.startswith("@"):
            elements.append(_class(piece, classes))
        elif piece.startswith("~"):
            elements.extend(_forms(piece, language))
        elif piece.endswith("*"):
            elements.extend(_prefix(piece))
        else:
            elements.extend(Literal(word) for word in normalise(piece))
    _check(elements)
    return _with_numbers(elements)


def _check(elements: Sequence[Literal | Gap]) -> None:
    if not elements:
        raise ValueError("a wording is empty")
    if any(isinstance(element, Gap) for element in (elements[0], elements[-1])):
        raise ValueError("a phrase can't begin or end with '...'")
    if isinstance(elements[0], Literal) and elements[0].kind is Kind.ANY:
        raise ValueError("a phrase can't begin with '*'")
    if sum(element.most for element in elements if isinstance(element, Gap)) > LONGEST_GAPS:
        raise ValueError(f"its gaps have more than {LONGEST_GAPS} words together; `near` joins what stands apart")


def _gap(piece: str) -> Gap:
    if not (piece[3:] or "4").isdecimal():
        raise ValueError(f"'{piece}': a gap is '...' or '...7'")
    most = int(piece[3:] or 4)
    if most > LONGEST_GAP:
        raise ValueError(f"'{piece}': a gap has at most {LONGEST_GAP} words; `near` joins what stands further apart")
    return Gap(most)


def _prefix(piece: str) -> list[Literal]:
    words = normalise(piece[:-1])
    if not words or len(words[-1]) < 3:
        raise ValueError(f"'{piece}': at least three letters before '*'")
    return [*(Literal(word) for word in words[:-1]), Literal(words[-1], Kind.BEGINNING)]


def _forms(piece: str, language: Language) -> list[Literal]:
    words = normalise(piece[1:])
    if not words or "*" in piece:
        raise ValueError(f"'{piece}': '~' stands before a whole word")
    return [
        *(Literal(word) for word in words[:-1]),
        Literal(words[-1], Kind.FORM, key=stem_of(words[-1], language)),
    ]


def _with_numbers(elements: Sequence[Literal | Gap]) -> tuple[Literal | Gap, ...]:
    """Numbers that a phrase spells out become one place each, so that digits and words find one another."""
    done: list[Literal | Gap] = []
    run: list[str] = []
    for item in (*elements, None):
        if isinstance(item, Literal) and item.kind is Kind.WORD and is_number_word(item.text):
            run.append(item.text)
            continue
        if run:
            digits = digits_meant(run)
            done.extend([Literal("".join(run), Kind.VALUE, key=digits)] if digits else map(Literal, run))
            run = []
        if item is not None:
            done.append(item)
    return tuple(done)


def _class(piece: str, classes: WordClasses) -> Literal:
    if piece[1:] not in classes:
        raise ValueError(f"no word class '{piece}' (known: @agent{''.join(f', @{name}' for name in sorted(classes))})")
    return Literal("", Kind.CLASS, classes[piece[1:]])


_OPEN_PLACES = {"#": Kind.NUMBER, "*": Kind.ANY, "@agent": Kind.AGENT}
