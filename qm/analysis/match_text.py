"""Find phrases in what was said: exact hits, negation, and the stretch that sounds most alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from qm.analysis.compile_phrases import NO_CLASSES, Gap, Kind, Literal, Pattern, WordClasses, compile_phrase
from qm.analysis.normalise_text import normalise
from qm.domain.text import Language
from qm.domain.transcript import Role, Turn
from qm.units import Seconds, Share

STREAM_BREAK_S: Seconds = 3.0
"""A phrase may go on after the other party's short word or a breath, not after a pause longer than this."""
NEGATION_REACH = 4
"""Words before a hit in which a negator counts, as long as no clause ends in between."""
NEGATORS = {
    Language.ITALIAN: frozenset("non mai nessun nessuno nessuna senza neanche nemmeno neppure niente nulla".split()),
    Language.ENGLISH: frozenset(
        "not never no without cannot cant dont wont didnt isnt arent wasnt couldnt shouldnt nobody nothing nor".split()
    ),
}
"""Italian "no" is left out: it answers, it doesn't negate what follows."""
CLAUSE_ENDS = frozenset(["ma", "pero", "but", "however", "anzi", "invece"])
ALIKE_LETTERS = 10
"""Shorter phrases resemble too much by chance to be found by likeness."""
PART_LETTERS = 12
"""Likewise for the part of a phrase with gaps."""
GRAM = 3
GRAM_SHARE: Share = 0.35
"""Share of a phrase's three-letter groups that a text must hold before the costly comparison is made."""


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


@dataclass(frozen=True)
class Hit:
    """A phrase found: tokens `first` to `last` (both included) of the stream."""

    first: int
    last: int
    phrase: str
    negated: bool


def tokens_of(turns: Sequence[Turn], indexes: Iterable[int]) -> tuple[Token, ...]:
    """The words of some turns as one stream, in order; a chat turn without word times lends its own.

    Suspected words are left out: what was perhaps never said is evidence of nothing.
    """
    stream: list[Token] = []
    for index in indexes:
        turn = turns[index]
        words = [(w.text, w.start_s, w.end_s, w.confidence) for w in turn.words if not w.suspect]
        if not turn.words:
            words = [(text, turn.start_s, turn.end_s, turn.confidence) for text in turn.text.split()]
        for text, start_s, end_s, confidence in words:
            pieces = normalise(text)
            ends_clause = text.rstrip()[-1:] in ".,;:?!"
            for place, piece in enumerate(pieces):
                last = place == len(pieces) - 1
                stream.append(Token(piece, index, start_s, end_s, confidence, text, place == 0, ends_clause and last))
    return tuple(stream)


@dataclass(frozen=True)
class Likeness:
    """The stretch of a stream that sounds most like one of the phrases.

    Attributes:
        similarity: 0..1, normalised indel distance over letters without spaces.
        is_whole: false where only the longest run of a phrase with gaps was compared.
    """

    first: int
    last: int
    similarity: Share
    phrase: str
    is_whole: bool


class PhraseSet:
    """Phrases of one language compiled together and indexed by their first word. Immutable once built."""

    def __init__(self, phrases: Iterable[str], language: Language, classes: WordClasses = NO_CLASSES) -> None:
        self.patterns = tuple(pattern for phrase in phrases for pattern in compile_phrase(phrase, classes))
        self._negators = NEGATORS[language]
        self._by_word: dict[str, list[Pattern]] = {}
        self._by_beginning: dict[str, list[Pattern]] = {}
        self._open: list[Pattern] = []
        for pattern in self.patterns:
            self._index(pattern)

    def _index(self, pattern: Pattern) -> None:
        first = pattern.elements[0]
        assert isinstance(first, Literal)
        if first.kind is Kind.WORD:
            self._by_word.setdefault(first.text, []).append(pattern)
        elif first.kind is Kind.BEGINNING:
            self._by_beginning.setdefault(first.text[:3], []).append(pattern)
        else:
            self._open.append(pattern)

    def find(self, stream: Sequence[Token], names: Collection[str] = ()) -> tuple[Hit, ...]:
        """All hits from left to right; of several at one place the longest, then one that isn't negated."""
        hits: list[Hit] = []
        at = 0
        while at < len(stream):
            found = [
                Hit(at, last, pattern.phrase, self._is_negated(stream, at, last, pattern))
                for last, pattern in self._ends(stream, at, names)
            ]
            if not found:
                at += 1
                continue
            hits.append(max(found, key=lambda hit: (hit.last, not hit.negated)))
            at = hits[-1].last + 1
        return tuple(hits)

    def _ends(self, stream: Sequence[Token], at: int, names: Collection[str]) -> Iterable[tuple[int, Pattern]]:
        word = stream[at].text
        for pattern in (*self._by_word.get(word, ()), *self._by_beginning.get(word[:3], ()), *self._open):
            end = _match(pattern.elements, 0, stream, at, names)
            if end is not None:
                yield end, pattern

    def nearest(self, stream: Sequence[Token], least: Share) -> Likeness | None:
        """The stretch most like a phrase, at least `least`; negated stretches don't count.

        Phrases without a run of `ALIKE_LETTERS` letters are left out.
        """
        text = "".join(token.text for token in stream)
        starts = [place for place, token in enumerate(stream) for _letter in token.text]
        grams = {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}
        best: Likeness | None = None
        for letters, pattern in self._likely(grams):
            floor = 100 * (best.similarity if best else least)
            found = _align(letters, text, floor)
            if found is None:
                continue
            first, last = starts[found[1]], starts[found[2] - 1]
            similarity = round(found[0] / 100, 4)
            if (best is None or similarity > best.similarity) and self._agrees(stream, first, last, pattern):
                best = Likeness(first, last, similarity, pattern.phrase, pattern.is_closed)
        return best

    def _likely(self, grams: set[str]) -> list[tuple[str, Pattern]]:
        shared = [(len(own & grams) / len(own), letters, own, pattern) for letters, own, pattern in self._alike]
        likely = sorted((item for item in shared if item[0] >= GRAM_SHARE), key=lambda item: (-item[0], item[1]))
        return [(letters, pattern) for _share, letters, _own, pattern in likely]

    @cached_property
    def _alike(self) -> tuple[tuple[str, frozenset[str], Pattern], ...]:
        """Phrases that can be found by likeness, with their letter groups; each wording once."""
        found: dict[str, Pattern] = {}
        for pattern in self.patterns:
            if len(pattern.letters) >= (ALIKE_LETTERS if pattern.is_closed else PART_LETTERS):
                found.setdefault(pattern.letters, pattern)
        return tuple(
            (letters, frozenset(letters[at : at + GRAM] for at in range(len(letters) - GRAM + 1)), pattern)
            for letters, pattern in found.items()
        )

    def _agrees(self, stream: Sequence[Token], first: int, last: int, pattern: Pattern) -> bool:
        """True where a stretch isn't negated and has just the negators that the phrase has itself."""
        own = {item.text for item in pattern.elements if isinstance(item, Literal)} & self._negators
        said = {token.text for token in stream[first : last + 1]} & self._negators
        return own == said and not self._is_negated(stream, first, last, pattern)

    def _is_negated(self, stream: Sequence[Token], first: int, last: int, pattern: Pattern) -> bool:
        """True where a negator stands before the hit in the same clause, or in one of its gaps."""
        for at in range(first - 1, max(first - 1 - NEGATION_REACH, -1), -1):
            if stream[at].ends_clause or stream[at].text in CLAUSE_ENDS or _is_broken(stream, at + 1):
                break
            if stream[at].text in self._negators:
                return True
        if not any(isinstance(item, Gap) or item.kind is Kind.ANY for item in pattern.elements):
            return False
        asked_for = {item.text for item in pattern.elements if isinstance(item, Literal)}
        return any(token.text in self._negators - asked_for for token in stream[first : last + 1])


def _align(letters: str, text: str, floor: float) -> tuple[float, int, int] | None:
    """Score (0..100) and place of the part of `text` most like `letters`, or `None` below `floor`.

    Where less was said than the phrase has letters, all of it is compared: the library would look for the text in
    the phrase instead, and any short answer lies in some phrase.
    """
    if not text:
        return None
    if len(text) < len(letters):
        score = fuzz.ratio(letters, text, score_cutoff=floor)
        return (score, 0, len(text)) if score else None
    found = fuzz.partial_ratio_alignment(letters, text, score_cutoff=floor)
    return (found.score, found.dest_start, found.dest_end) if found and found.dest_end > found.dest_start else None


def _match(
    elements: Sequence[Literal | Gap], element: int, stream: Sequence[Token], at: int, names: Collection[str]
) -> int | None:
    """Index of the last token of a match that begins at `at`, or `None`."""
    while element < len(elements):
        item = elements[element]
        if isinstance(item, Gap):
            return _match_after_gap(item, elements, element, stream, at, names)
        broken = at >= len(stream) or (element > 0 and _is_broken(stream, at))
        if broken or not item.accepts(stream[at].text, names):
            return None
        element, at = element + 1, at + 1
    return at - 1


def _match_after_gap(
    gap: Gap, elements: Sequence[Literal | Gap], element: int, stream: Sequence[Token], at: int, names: Collection[str]
) -> int | None:
    for skip in range(gap.most + 1):
        if at + skip >= len(stream) or _is_broken(stream, at + skip):
            return None
        end = _match(elements, element + 1, stream, at + skip, names)
        if end is not None:
            return end
    return None


def _is_broken(stream: Sequence[Token], at: int) -> bool:
    return stream[at].start_s - stream[at - 1].end_s > STREAM_BREAK_S


def quote_of(stream: Sequence[Token], first: int, last: int) -> str:
    """The words of a span as they stand in the transcript; a word hit in its middle (`12,00`) is quoted whole."""
    span = stream[first : last + 1]
    return " ".join(t.source.strip() for place, t in enumerate(span) if t.begins_word or place == 0)


def role_stream_indexes(turns: Sequence[Turn], roles: frozenset[Role]) -> tuple[int, ...]:
    """Indexes of the turns of these roles, in order."""
    return tuple(index for index, turn in enumerate(turns) if turn.role in roles)
