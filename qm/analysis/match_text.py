"""Find phrases in what was said: exact hits, negation, and the stretch that sounds most alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from qm.analysis.compile_phrases import NO_CLASSES, Gap, Kind, Literal, Pattern, WordClasses, compile_phrase
from qm.analysis.find_likeness import Letters, Likeness, LikenessIndex, align, comparable
from qm.analysis.find_phrases import Found, PhraseIndex
from qm.analysis.scope_negation import NEGATORS, is_negated_before
from qm.analysis.word_stream import Stream, Token, role_stream_indexes, stream_of_tokens, stream_of_turns
from qm.domain.text import Language
from qm.domain.transcript import Turn
from qm.units import Share

__all__ = ["Hit", "Likeness", "PhraseSet", "Stream", "Token", "quote_of", "role_stream_indexes", "tokens_of"]
Said: TypeAlias = Stream | Sequence[Token]
"""Words to search, ready or as tokens."""


@dataclass(frozen=True)
class Hit:
    """A phrase found: tokens `first` to `last` (both included) of the stream."""

    first: int
    last: int
    phrase: str
    negated: bool


def tokens_of(turns: Sequence[Turn], indexes: Iterable[int]) -> tuple[Token, ...]:
    """The words of some turns as one stream of tokens, in order (see `stream_of_turns`)."""
    stream = stream_of_turns(turns, indexes)
    return tuple(stream.token(at) for at in range(len(stream)))


class PhraseSet:
    """Phrases of one language compiled together. Immutable once built."""

    def __init__(self, phrases: Iterable[str], language: Language, classes: WordClasses = NO_CLASSES) -> None:
        self.language = language
        self.patterns = tuple(pattern for phrase in phrases for pattern in compile_phrase(phrase, classes, language))
        self._negators = NEGATORS[language]

    @cached_property
    def _index(self) -> PhraseIndex:
        return PhraseIndex(self.patterns, self.language)

    @cached_property
    def _ranks(self) -> tuple[int, ...]:
        """Which wording gives its name to a hit that several find: those that begin with a plain word come first."""
        first = [pattern.elements[0] for pattern in self.patterns]
        kinds = [item.kind if isinstance(item, Literal) else Kind.ANY for item in first]
        return tuple(0 if kind is Kind.WORD else 1 if kind is Kind.BEGINNING else 2 for kind in kinds)

    def search(self, stream: Stream, names: Collection[str] = ()) -> list[Found]:
        """Every wording at every place where it stands; `choose` takes the hits from them."""
        return self._index.search(stream, names)

    def find(self, said: Said, names: Collection[str] = ()) -> tuple[Hit, ...]:
        """All hits from left to right; of several at one place the longest, then one that isn't negated."""
        stream = said if isinstance(said, Stream) else stream_of_tokens(said)
        return self.choose(self.search(stream, names), stream, 0, len(stream))

    def choose(self, found: Iterable[Found], stream: Stream, first: int, stop: int) -> tuple[Hit, ...]:
        """The hits among what was found (wordings of this set, in order of their place) from `first` up to `stop`."""
        hits: list[Hit] = []
        free = first
        group: dict[int, list[tuple[int, int]]] = {}
        for item in found:
            if first <= item.first < stop:
                last = next((last for last in item.lasts if last < stop), None)
                if last is not None:
                    group.setdefault(item.first, []).append((last, item.wording))
        for at, ends in group.items():
            if at >= free:
                hits.append(self._best(stream, at, ends, first))
                free = hits[-1].last + 1
        return tuple(hits)

    def _best(self, stream: Stream, at: int, ends: list[tuple[int, int]], lowest: int) -> Hit:
        last = max(end for end, _wording in ends)
        longest = sorted((self._ranks[wording], wording) for end, wording in ends if end == last)
        patterns = [self.patterns[wording] for _rank, wording in longest]
        plain = next((p for p in patterns if not self._is_negated(stream, at, last, p, lowest)), None)
        return Hit(at, last, (plain or patterns[0]).phrase, plain is None)

    def nearest(self, said: Said, least: Share) -> Likeness | None:
        """The stretch most like a phrase, at least `least`; negated stretches don't count.

        Phrases without a run of `ALIKE_LETTERS` letters are left out.
        """
        stream = said if isinstance(said, Stream) else stream_of_tokens(said)
        return self.nearest_in(Letters(stream, 0, len(stream)), least)

    def nearest_in(self, letters: Letters, least: Share) -> Likeness | None:
        """The same for a part of a stream that was made ready before."""
        best: Likeness | None = None
        for place in self._likenesses.candidates(letters):
            found = align(place, letters.text, 100 * (best.similarity if best else least))
            similarity = round(found[0] / 100, 4) if found else 0.0
            if found is None or (best is not None and similarity <= best.similarity):
                continue
            first, last = letters.word_at(found[1]), letters.word_at(found[2] - 1)
            pattern = self._alike[place.letters]
            if self._agrees(letters.stream, first, last, pattern, letters.first):
                best = Likeness(first, last, similarity, pattern.phrase, pattern.is_closed)
        return best

    @cached_property
    def _alike(self) -> dict[str, Pattern]:
        return comparable(self.patterns)

    @cached_property
    def _likenesses(self) -> LikenessIndex:
        return LikenessIndex(self._alike)

    def _agrees(self, stream: Stream, first: int, last: int, pattern: Pattern, lowest: int) -> bool:
        """True where a stretch isn't negated and has just the negators that the phrase has itself."""
        own = {item.text for item in pattern.elements if isinstance(item, Literal)} & self._negators
        said = self._negators.intersection(stream.texts[first : last + 1])
        return own == said and not self._is_negated(stream, first, last, pattern, lowest)

    def _is_negated(self, stream: Stream, first: int, last: int, pattern: Pattern, lowest: int) -> bool:
        """True where a negator stands before the hit in the same clause, or in one of its gaps."""
        if is_negated_before(stream, first, lowest, self.language):
            return True
        if not any(isinstance(item, Gap) or item.kind is Kind.ANY for item in pattern.elements):
            return False
        asked_for = {item.text for item in pattern.elements if isinstance(item, Literal)}
        return not (self._negators - asked_for).isdisjoint(stream.texts[first : last + 1])


def quote_of(said: Said, first: int, last: int) -> str:
    """The words of a span as they stand in the transcript; a word hit in its middle (`12,00`) is quoted whole."""
    stream = said if isinstance(said, Stream) else stream_of_tokens(said)
    places = range(first, last + 1)
    return " ".join(stream.words[at].text.strip() for at in places if at == first or stream.begins_word(at))
