"""What a party said as one stream of comparable words, kept in columns: rules look at the same words many times."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from qm.analysis.normalise_text import normalise
from qm.domain.transcript import Role, Turn, Word
from qm.units import Seconds, Share

STREAM_BREAK_S: Seconds = 3.0
"""A phrase may go on after the other party's short word or a breath, not after a pause longer than this."""
BEGINNING_LETTERS = 3
"""Beginnings of words that phrases name are at least so long, so these letters index them."""
_CLAUSE_MARKS = ".,;:?!"


@dataclass(frozen=True, slots=True)
class Token:
    """A comparable word and where it stands. Several tokens may come from one word (``l'ho``)."""

    text: str
    turn: int
    start_s: Seconds
    end_s: Seconds
    confidence: Share
    source: str
    begins_word: bool
    ends_clause: bool


class Stream:
    """The words of some turns in order.

    Attributes:
        texts: comparable words.
        words: the word as recognised that each comparable word comes from.
        turns: index of the turn that each stands in.
    """

    def __init__(self, texts: list[str], words: list[Word], turns: list[int]) -> None:
        self.texts = texts
        self.words = words
        self.turns = turns

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def starts(self) -> list[Seconds]:
        """When each word begins."""
        return [word.start_s for word in self.words]

    @cached_property
    def is_in_order(self) -> bool:
        """True where no word begins before the one that stands before it."""
        return all(left <= right for left, right in pairwise(self.starts))

    @cached_property
    def letter_starts(self) -> list[int]:
        """Place of each word's first letter in `letters`, and the length of the whole."""
        lengths = np.fromiter(map(len, self.texts), np.int64, len(self.texts))
        places: list[int] = np.concatenate(([0], np.cumsum(lengths))).tolist()
        return places

    @cached_property
    def letters(self) -> str:
        """All words without spaces between them."""
        return "".join(self.texts)

    @cached_property
    def spaced(self) -> str:
        """All words with a space before and after each."""
        return f" {' '.join(self.texts)} "

    @cached_property
    def place_of_letter(self) -> dict[int, int]:
        """The word that follows each space of `spaced`, by the place of the space."""
        spaces = accumulate((len(text) + 1 for text in self.texts), initial=0)
        return dict(zip(spaces, range(len(self.texts)), strict=False))

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        """Confidence of each word."""
        return np.fromiter((word.confidence for word in self.words), np.float64, len(self.words))

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Places before which a pause ends whatever was being said."""
        if len(self.words) < 2:
            return frozenset()
        starts = np.fromiter(self.starts, np.float64, len(self.words))
        ends = np.fromiter((word.end_s for word in self.words), np.float64, len(self.words))
        places: list[int] = (np.flatnonzero(starts[1:] - ends[:-1] > STREAM_BREAK_S) + 1).tolist()
        return frozenset(places)

    @cached_property
    def pauses(self) -> list[int]:
        """`breaks` in order."""
        return sorted(self.breaks)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """By word, all places where it stands."""
        places: dict[str, list[int]] = {}
        for at, text in enumerate(self.texts):
            places.setdefault(text, []).append(at)
        return places

    @cached_property
    def by_beginning(self) -> dict[str, list[str]]:
        """The different words by their first three letters."""
        words: dict[str, list[str]] = {}
        for word in self.places:
            words.setdefault(word[:BEGINNING_LETTERS], []).append(word)
        return words

    def is_broken(self, at: int) -> bool:
        """True where a pause before a word ends whatever was being said."""
        return at in self.breaks

    def is_broken_in(self, first: int, stop: int) -> bool:
        """True where a pause stands before one of some words."""
        return bool(self.breaks) and any(at in self.breaks for at in range(first, stop))

    def ends_clause(self, at: int) -> bool:
        """True where punctuation follows."""
        words = self.words
        if at + 1 < len(words) and words[at + 1] is words[at]:
            return False
        return words[at].text.rstrip()[-1:] in _CLAUSE_MARKS

    def begins_word(self, at: int) -> bool:
        """False for what follows an apostrophe or a mark inside a word."""
        return at == 0 or self.words[at] is not self.words[at - 1]

    def word_at_letter(self, place: int) -> int:
        """The word that a letter of `letters` belongs to."""
        found = bisect_left(self.letter_starts, place + 1) - 1
        return min(found, len(self.texts) - 1)

    def picked(self, places: Sequence[int]) -> "Stream":
        """Only these places."""
        texts, words, turns = self.texts, self.words, self.turns
        return Stream([texts[at] for at in places], [words[at] for at in places], [turns[at] for at in places])

    def token(self, at: int) -> Token:
        """One word with all that is known of it."""
        word = self.words[at]
        return Token(self.texts[at], self.turns[at], word.start_s, word.end_s, word.confidence, word.text,
                     self.begins_word(at), self.ends_clause(at))  # fmt: skip


def stream_of_turns(turns: Sequence[Turn], indexes: Iterable[int]) -> Stream:
    """The words of some turns as one stream, in order; a chat turn without word times lends its own.

    Suspected words are left out: what was perhaps never said is evidence of nothing.
    """
    texts: list[str] = []
    words: list[Word] = []
    places: list[int] = []
    for index in indexes:
        said = [word for word in turns[index].words or _untimed(turns[index]) if not word.suspect]
        pieces = [normalise(word.text) for word in said]
        if any(len(piece) != 1 for piece in pieces):
            said = [word for word, piece in zip(said, pieces, strict=True) for _text in piece]
        texts.extend(chain.from_iterable(pieces))
        words.extend(said)
        places.extend([index] * len(said))
    return Stream(texts, words, places)


def stream_of_tokens(tokens: Sequence[Token]) -> Stream:
    """A stream of tokens that were made before; tokens of one word lie side by side."""
    words: list[Word] = []
    for token in tokens:
        if token.begins_word or not words:
            words.append(Word(token.source, token.start_s, max(token.start_s, token.end_s), token.confidence))
        else:
            words.append(words[-1])
    return Stream([token.text for token in tokens], words, [token.turn for token in tokens])


def _untimed(turn: Turn) -> list[Word]:
    end_s = max(turn.start_s, turn.end_s)
    return [Word(text, turn.start_s, end_s, turn.confidence) for text in turn.text.split()]


def role_stream_indexes(turns: Sequence[Turn], roles: frozenset[Role]) -> tuple[int, ...]:
    """Indexes of the turns of these roles, in order."""
    return tuple(index for index, turn in enumerate(turns) if turn.role in roles)
