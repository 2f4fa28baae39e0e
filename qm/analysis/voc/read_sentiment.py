"""What a customer's written words say of the service: praise, complaint, neither, or not to be told.

Of the customer's text only. Never of a voice, and never of an agent: to infer an agent's feelings is forbidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from qm.analysis.normalise_text import normalise
from qm.analysis.scope_negation import is_negated_before, is_negator
from qm.analysis.voc.sentiment_words import (
    BAD_FACES,
    BAD_SIGNS,
    GOOD_FACES,
    GOOD_SIGNS,
    LITTLE,
    PHRASES,
    STRONGER,
    TURNS,
    WEAKER,
    WORDS,
)
from qm.analysis.word_forms import stem_of
from qm.domain.comment import Sentiment
from qm.domain.text import Language

SIGN_VALUE = 2.0
BEFORE_TURN, AFTER_TURN = 0.5, 1.5
"""Weights of what stands before and after "but" (Hutto and Gilbert, 2014)."""
NEGATED = -0.75
"""A denied complaint praises less than praise does, and the other way round (Taboada et al., 2011)."""
EVEN = 0.2
"""Where praise and complaint differ by less than this share of both, nobody can tell."""
REACH = 2
"""Words before a valued one in which "very" or "a bit" counts."""
LONGEST_PHRASE = 5
"""Words."""
_CLAUSE_MARKS = ".,;:?!"


@dataclass(frozen=True)
class SentimentReading:
    """What was read.

    Attributes:
        good, bad: sums of what praises and what complains, both at or above 0.
        words: what decided, as written down in the lists; the more telling first.
        reason: why nothing can be told: `language`, `mixed` or `empty`; empty otherwise.
    """

    sentiment: Sentiment
    good: float = 0.0
    bad: float = 0.0
    words: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class _Hit:
    first: int
    stop: int
    value: float
    words: str
    denies: bool = False


class _Said:
    """Comparable words of a comment and where its clauses end."""

    def __init__(self, text: str) -> None:
        self.texts: list[str] = []
        self._ends: set[int] = set()
        for piece in text.split():
            self.texts.extend(normalise(piece))
            if piece[-1] in _CLAUSE_MARKS and self.texts:
                self._ends.add(len(self.texts) - 1)

    def ends_clause(self, at: int) -> bool:
        """True where punctuation follows."""
        return at in self._ends

    def is_broken(self, _at: int) -> bool:
        """Nothing is known of pauses in writing."""
        return False


def read_sentiment(text: str, language: Language | None) -> SentimentReading:
    """Praise, complaint or neither, from valued words with negation, "very" and "but" taken into account.

    Sum of the values of words and phrases found (`sentiment_words`); a denied one counts `NEGATED` times,
    what follows a "but" more than what went before (Taboada et al. 2011; Hutto and Gilbert 2014). Neither where no
    valued word stands; untold where the language isn't Italian or English, where there is no word at all, or where
    praise and complaint are about even.

    >>> read_sentiment("Non mi hanno mai richiamato", Language.ITALIAN).sentiment
    <Sentiment.NEGATIVE: 'negative'>
    >>> read_sentiment("gentile ma lento", Language.ITALIAN).sentiment
    <Sentiment.NEGATIVE: 'negative'>
    """
    signs = _signs(text)
    said = _Said(text)
    if not said.texts and not signs:
        return SentimentReading(Sentiment.UNTOLD, reason="empty")
    if language is None and not (signs and not said.texts):
        return SentimentReading(Sentiment.UNTOLD, reason="language")
    valued = signs if language is None else signs + _valued(said, language)
    good = sum(value for _words, value in valued if value > 0)
    bad = -sum(value for _words, value in valued if value < 0)
    words = tuple(words for words, _value in sorted(valued, key=lambda pair: -abs(pair[1])))
    return SentimentReading(*_judge(good, bad), words=words, reason="mixed" if _is_even(good, bad) else "")


def _judge(good: float, bad: float) -> tuple[Sentiment, float, float]:
    if good == bad == 0:
        found = Sentiment.NEUTRAL
    elif _is_even(good, bad):
        found = Sentiment.UNTOLD
    else:
        found = Sentiment.POSITIVE if good > bad else Sentiment.NEGATIVE
    return found, round(good, 4), round(bad, 4)


def _is_even(good: float, bad: float) -> bool:
    return good + bad > 0 and abs(good - bad) < EVEN * (good + bad)


def _signs(text: str) -> list[tuple[str, float]]:
    """Emoji and faces made of marks."""
    found = [(sign, SIGN_VALUE) for sign in text if sign in GOOD_SIGNS]
    found += [(sign, -SIGN_VALUE) for sign in text if sign in BAD_SIGNS]
    bad_faces = [face for face in BAD_FACES if face in text]
    good_faces = [face for face in GOOD_FACES if face in text]
    return found + [(face, SIGN_VALUE) for face in good_faces] + [(face, -SIGN_VALUE) for face in bad_faces]


def _valued(said: _Said, language: Language) -> list[tuple[str, float]]:
    """What praises or complains, with its value where it stands."""
    turn = max((at for at, word in enumerate(said.texts) if word in TURNS[language]), default=-1)
    valued = []
    for hit in _hits(said.texts, language):
        value = hit.value * _strength(said, hit, language)
        if turn >= 0:
            value *= AFTER_TURN if hit.first > turn else BEFORE_TURN
        valued.append((hit.words, value))
    return valued


def _strength(said: _Said, hit: _Hit, language: Language) -> float:
    """By how much the words before a valued one change it."""
    before = [said.texts[at] for at in range(max(0, hit.first - REACH), hit.first) if not said.ends_clause(at)]
    if not hit.denies and is_negated_before(said, hit.first, 0, language):
        return NEGATED
    if hit.value > 0 and any(word in LITTLE[language] for word in before):
        return NEGATED
    if any(word in STRONGER[language] for word in before):
        return 1.5
    return 0.5 if any(word in WEAKER[language] for word in before) else 1.0


def _hits(texts: Sequence[str], language: Language) -> list[_Hit]:
    """Phrases first, the longest at each place; then words, but for those inside a phrase."""
    values = _values(language)
    stems = tuple(stem_of(text, language) for text in texts)
    hits: list[_Hit] = []
    at = 0
    while at < len(texts):
        length = next(
            (n for n in range(min(LONGEST_PHRASE, len(stems) - at), 0, -1) if stems[at : at + n] in values), 0
        )
        if length:
            denies = any(is_negator(texts, place, language) for place in range(at, at + length))
            words = " ".join(texts[at : at + length])
            hits.append(_Hit(at, at + length, values[stems[at : at + length]], words, denies))
        at += max(length, 1)
    return hits


@cache
def _values(language: Language) -> Mapping[tuple[str, ...], float]:
    """Value by the stems of a word or phrase."""
    listed: list[tuple[tuple[str, ...], float]] = [
        ((word,), value) for value, words in WORDS[language].items() for word in words.split()
    ]
    for value, phrases in PHRASES[language].items():
        listed += [(tuple(normalise(phrase)), value) for phrase in phrases.split(";")]
    return {tuple(stem_of(word, language) for word in words): value for words, value in listed}
