"""What was said in a transcript, made ready to look up quotes and searches in; a second reading, apart from the rules'.

The rules look for phrases in streams of words; evidence is checked here against the turns themselves, so that a fault
of the streams can't hide itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from qm.analysis.normalise_text import normalise
from qm.domain.evaluation import Window
from qm.domain.transcript import Role, Transcript, Turn, Word
from qm.units import Seconds, Share

FEW_TURNS = 8
"""A quote in so few turns is looked up in these alone."""
MOST_KNOWN = 100_000
"""Words of which it is remembered whether they are more than marks."""


@dataclass(frozen=True)
class Place:
    """Where a quote stands: its turns in order, its seconds, and its least certain word."""

    turns: tuple[int, ...]
    start_s: Seconds
    end_s: Seconds
    confidence: Share


class Line:
    """Words one after the other, each with the index of its turn, and where each wording stands."""

    def __init__(self, pieces: Sequence[tuple[str, int, Word]]) -> None:
        self._texts = [text for text, _turn, _word in pieces]
        self._pieces = pieces

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, text in enumerate(self._texts):
            places.setdefault(text, []).append(at)
        return places

    @cached_property
    def normalised(self) -> "Line":
        """The same without regard to case, accents and punctuation."""
        return Line([(part, turn, word) for text, turn, word in self._pieces for part in normalise(text)])

    def find(self, wanted: Sequence[str], first: int, last: int) -> list[Place]:
        """Everywhere that some words stand in this order in the turns `first` to `last`."""
        found = []
        for at in self._places.get(wanted[0], ()) if wanted else ():
            run = self._pieces[at : at + len(wanted)]
            if self._texts[at : at + len(wanted)] == wanted and first <= run[0][1] and run[-1][1] <= last:
                found.append(_place(run))
        return found


class Spoken:
    """The words of a transcript. Cheap to build; what is read of it is kept."""

    def __init__(self, transcript: Transcript) -> None:
        self._turns = transcript.turns
        self._lines: dict[tuple[frozenset[Role], bool], Line] = {}
        self._searched: dict[tuple[frozenset[Role], Window, Seconds], tuple[int, ...]] = {}

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Index of each turn by id."""
        return {turn.id: index for index, turn in enumerate(self._turns)}

    @cached_property
    def clock(self) -> Window:
        """From the first word to the last."""
        if not self._turns:
            return Window(0.0, 0.0)
        return Window(self._turns[0].start_s, max(turn.end_s for turn in self._turns))

    def turn(self, index: int) -> Turn:
        """One turn."""
        return self._turns[index]

    def places_of(self, quote: str, first: int, last: int, roles: frozenset[Role]) -> list[Place]:
        """Everywhere that the roles say a quote, over turns without leaving a word out; suspected words aside."""
        return _find(quote, self._lines_between(first, last, roles, with_suspects=False), first, last)

    def is_only_suspected(self, quote: str, first: int, last: int, roles: frozenset[Role]) -> bool:
        """True where a quote stands in the transcript with words that were perhaps never said."""
        return bool(_find(quote, self._lines_between(first, last, roles, with_suspects=True), first, last))

    def heard_in(self, roles: frozenset[Role], window: Window, tail_s: Seconds = 0.0) -> tuple[int, ...]:
        """The turns of some roles with a word that begins in a window, or at most `tail_s` after it."""
        key = (roles, window, tail_s)
        if key not in self._searched:
            last_s = window.end_s + tail_s
            self._searched[key] = tuple(
                index for index, turn in enumerate(self._turns)
                if turn.role in roles and self._is_heard(index, window.start_s, last_s)
            )  # fmt: skip
        return self._searched[key]

    def _is_heard(self, index: int, start_s: Seconds, end_s: Seconds) -> bool:
        starts = self._starts[index]
        if not starts or starts[0] > end_s or starts[-1] < start_s:
            return False
        return starts[0] >= start_s or starts[-1] <= end_s or any(start_s <= at <= end_s for at in starts)

    @cached_property
    def _starts(self) -> list[list[Seconds]]:
        """When the certain words of each turn begin, in order of time; marks alone are no words."""
        return [sorted(_certain_starts(turn)) for turn in self._turns]

    def _lines_between(self, first: int, last: int, roles: frozenset[Role], *, with_suspects: bool) -> Line:
        """The words of some roles: of a few turns alone, or of the whole transcript, which is kept."""
        if last - first < FEW_TURNS:
            return self._line(range(first, last + 1), roles, with_suspects=with_suspects)
        key = (roles, with_suspects)
        if key not in self._lines:
            self._lines[key] = self._line(range(len(self._turns)), roles, with_suspects=with_suspects)
        return self._lines[key]

    def _line(self, indexes: Iterable[int], roles: frozenset[Role], *, with_suspects: bool) -> Line:
        return Line([
            (part, index, word)
            for index in indexes if self._turns[index].role in roles
            for word in _words_of(self._turns[index]) if with_suspects or not word.suspect
            for part in word.text.split()
        ])  # fmt: skip


def _words_of(turn: Turn) -> Sequence[Word]:
    """A turn's words; those of a message have no times of their own, so that all of it counts as one."""
    return turn.words or (Word(turn.text, turn.start_s, turn.end_s, turn.confidence),)


def _certain_starts(turn: Turn) -> list[Seconds]:
    return [word.start_s for word in _words_of(turn) if not word.suspect and _is_word(word.text)]


@lru_cache(maxsize=MOST_KNOWN)
def _is_word(text: str) -> bool:
    return text[:1].isalnum() or any(letter.isalnum() for letter in text)


def _find(quote: str, line: Line, first: int, last: int) -> list[Place]:
    """Word for word as written; where it isn't there so, without regard to case, accents and punctuation."""
    comparable = [word for part in quote.split() for word in normalise(part)]
    return line.find(quote.split(), first, last) or line.normalised.find(comparable, first, last)


def _place(run: Sequence[tuple[str, int, Word]]) -> Place:
    words = [word for _text, _turn, word in run]
    return Place(
        tuple(dict.fromkeys(turn for _text, turn, _word in run)),
        words[0].start_s,
        max(word.end_s for word in words),
        min(word.confidence for word in words),
    )
