"""Whether words are negated: a negator before them in the same clause, or inside one of a phrase's gaps."""

from collections.abc import Sequence
from typing import Protocol

from qm.domain.text import Language

NEGATION_REACH = 4
"""Words before a hit in which a negator counts, as long as no clause ends in between."""
NEGATORS = {
    Language.ITALIAN: frozenset(
        "non mai nessun nessuno nessuna senza neanche nemmeno neppure niente nulla mica".split()
    ),
    Language.ENGLISH: frozenset(
        """not never no without cannot cant dont doesnt didnt wont wouldnt isnt arent wasnt werent couldnt shouldnt
        hasnt havent hadnt mustnt neednt aint nobody nothing nor neither""".split()
    ),
}
"""Italian "no" is left out: it answers, it doesn't negate what follows."""
CLAUSE_ENDS = frozenset(["ma", "pero", "but", "however", "anzi", "invece"])
TURNING = {
    Language.ITALIAN: frozenset(["non", "senza"]),
    Language.ENGLISH: NEGATORS[Language.ENGLISH] - {"nobody", "nothing", "nor", "neither", "no"},
}
"""Two of these undo one another ("non posso non dirle"). Italian "non … mai" is one negation told twice."""
ONLY = frozenset(["solo", "soltanto", "solamente", "only", "just"])
""""Non solo", "not only" adds; it denies nothing."""
_SPLIT_NOT = frozenset("don doesn didn won wouldn isn aren wasn weren couldn shouldn hasn haven hadn can".split())
"""What stands before a lone "t" where a recogniser lost the apostrophe of "don't"."""


class Words(Protocol):
    """What negation needs to know of a stream."""

    @property
    def texts(self) -> list[str]:
        """Comparable words."""

    def ends_clause(self, at: int) -> bool:
        """True where punctuation follows."""

    def is_broken(self, at: int) -> bool:
        """True where a long pause stands before a word."""


def is_negated_before(stream: Words, first: int, lowest: int, language: Language) -> bool:
    """True where what begins at `first` is negated by the words before it, of which none before `lowest` counts."""
    found: list[tuple[int, str]] = []
    for at in range(first - 1, max(first - 1 - NEGATION_REACH, lowest - 1), -1):
        word = stream.texts[at]
        if stream.ends_clause(at) or word in CLAUSE_ENDS or stream.is_broken(at + 1):
            break
        if is_negator(stream.texts, at, language) and stream.texts[at + 1] not in ONLY:
            found.append((at, word))
    return bool(found) and not _undone(found, language)


def is_negator(texts: Sequence[str], at: int, language: Language) -> bool:
    """True for a word that negates, whole or as the second part of a split contraction."""
    word = texts[at]
    if word in NEGATORS[language]:
        return True
    return language is Language.ENGLISH and word == "t" and at > 0 and texts[at - 1] in _SPLIT_NOT


def _undone(found: Sequence[tuple[int, str]], language: Language) -> bool:
    """True where the negators cancel out; one that is said twice in a row is a stammer and counts once."""
    turning = [(at, word) for at, word in found if word in TURNING[language] or word == "t"]
    stammered = sum((at + 1, word) in turning for at, word in turning)
    count = len(turning) - stammered
    return count > 0 and count % 2 == 0
