"""A part of a party's words: where a rule looks."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from qm.analysis.find_likeness import Letters
from qm.analysis.word_stream import Stream
from qm.domain.evaluation import Window
from qm.rules.conditions import Span
from qm.units import Seconds, Share

TAIL_S: Seconds = 3.0
"""How long a phrase that begins inside its window may go on after it."""
TAIL_WORDS = 12
"""Likewise for windows that are counted in words."""


@dataclass(frozen=True, eq=False)
class Part:
    """Words `first` up to `stop` of a stream; a phrase has to begin before `latest` and inside the window.

    Attributes:
        places: where the words stand in their party's stream, where they had to be picked one by one.
    """

    stream: Stream
    first: int
    stop: int
    window: Window
    latest: int
    places: tuple[int, ...] | None = None

    def may_begin(self, at: int) -> bool:
        """True where a phrase that begins at this word begins inside the window."""
        return at < self.latest and self.stream.words[at].start_s <= self.window.end_s

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """Indexes of the turns that have words in it, in order."""
        return tuple(sorted(set(self.stream.turns[self.first : self.stop])))

    @cached_property
    def letters(self) -> Letters:
        """Its letters, to look for what sounds alike."""
        return Letters(self.stream, self.first, self.stop)

    def __len__(self) -> int:
        return self.stop - self.first

    def doubtful(self, least: Share) -> int:
        """Number of words recognised less surely than `least`."""
        return int((self.stream.confidences[self.first : self.stop] < least).sum())

    def original(self, at: int) -> int:
        """Place of a word in its party's whole stream."""
        return at if self.places is None else self.places[at]


def cut(stream: Stream, span: Span, window: Window, within: Window | None, *, is_call: bool) -> Part:
    """The part of a stream that a span allows, and `TAIL_S` or `TAIL_WORDS` more.

    Args:
        window: the seconds that the span allows.
        within: a further limit in seconds, without a tail; it becomes the part's window.
    """
    low, high, latest = _counted(stream, span, is_call=is_call)
    start_s, end_s = window.start_s, window.end_s + TAIL_S
    if within is not None:
        start_s, end_s, window = max(start_s, within.start_s), min(end_s, within.end_s), within
    if stream.is_in_order:
        low, high = max(low, bisect_left(stream.starts, start_s)), min(high, bisect_right(stream.starts, end_s))
        return Part(stream, min(low, high), high, window, latest)
    places = tuple(at for at in range(low, high) if start_s <= stream.starts[at] <= end_s)
    if places == tuple(range(low, high)):
        return Part(stream, low, high, window, latest)
    latest = sum(at < latest for at in places)
    return Part(stream.picked(places), 0, len(places), window, latest, places)


def _counted(stream: Stream, span: Span, *, is_call: bool) -> tuple[int, int, int]:
    """First and stop of what a span allows by turns or words, and where a phrase must have begun."""
    size = len(stream)
    first, last = span.first_turns, span.last_turns
    if not is_call:
        first, last = span.chat_first_turns or first, span.chat_last_turns or last
    if first is not None or last is not None:
        order = list(dict.fromkeys(stream.turns))
        kept = order[:first] if first is not None else order[-(last or 0) :]
        if not kept:
            return 0, 0, 0
        stop = bisect_right(stream.turns, kept[-1])
        return bisect_left(stream.turns, kept[0]), stop, stop
    if span.first_words is not None:
        return 0, min(size, span.first_words + TAIL_WORDS), span.first_words
    if span.last_words is not None:
        return max(0, size - span.last_words), size, size
    return 0, size, size
