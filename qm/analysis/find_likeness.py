"""The stretch of what was said that sounds most like a phrase: recognisers split and misspell words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from qm.analysis.compile_phrases import Pattern
from qm.analysis.word_stream import Stream
from qm.units import Share

ALIKE_LETTERS = 10
"""Shorter phrases resemble too much by chance to be found by likeness."""
PART_LETTERS = 12
"""Likewise for the part of a phrase with gaps."""
GRAM = 3
GRAM_SHARE: Share = 0.35
"""Share of a phrase's three-letter groups that must stand within its length before the costly comparison is made."""
_LETTERS = 32
"""Different letters that groups tell apart; others share their numbers, which costs time and changes nothing."""
_CUT = "\0"
"""Stands for letters beyond a stretch; no word holds it."""
Numbers = NDArray[np.int64]


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


@dataclass(frozen=True)
class Candidate:
    """A stretch where a wording's letters may stand: `begin` up to `end` of a text, and the share of its groups."""

    letters: str
    begin: int
    end: int
    share: Share


class Letters:
    """Words `first` up to `stop` of a stream as letters, made ready to be compared with many phrases."""

    def __init__(self, stream: Stream, first: int, stop: int) -> None:
        self.stream = stream
        self.first = first
        self._begin = stream.letter_starts[first]
        self.text = stream.letters[self._begin : stream.letter_starts[stop]]

    @cached_property
    def groups(self) -> Numbers:
        """Three-letter groups in order."""
        return groups_of(self.text)

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """By number of the group, whether it is there."""
        present = np.zeros(_LETTERS**GRAM, bool)
        present[self.groups] = True
        return present

    @cached_property
    def order(self) -> Numbers:
        """Places of the groups, sorted by group."""
        return np.argsort(self.groups, kind="stable")

    @cached_property
    def ordered(self) -> Numbers:
        """The groups, sorted."""
        return self.groups[self.order]

    def heard(self, groups: Numbers, owners: Numbers) -> tuple[Numbers, Numbers]:
        """Owner and place of each time that one of the groups stands in the text."""
        left = np.searchsorted(self.ordered, groups, "left")
        times = np.searchsorted(self.ordered, groups, "right") - left
        steps = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        return np.repeat(owners, times), self.order[np.repeat(left, times) + steps]

    def word_at(self, letter: int) -> int:
        """The word of the stream that a letter belongs to."""
        return self.stream.word_at_letter(self._begin + letter)


def comparable(patterns: Iterable[Pattern]) -> dict[str, Pattern]:
    """Wordings that can be found by likeness, by their letters; each once."""
    found: dict[str, Pattern] = {}
    for pattern in patterns:
        letters = pattern.letters
        if len(letters) >= (ALIKE_LETTERS if pattern.is_closed else PART_LETTERS):
            found.setdefault(letters, pattern)
    return found


def groups_of(letters: str) -> Numbers:
    """The three-letter groups of a text as numbers, in order; empty for fewer letters."""
    codes = np.frombuffer(letters.encode("utf-32-le"), np.uint32).astype(np.int64) % _LETTERS
    if len(codes) < GRAM:
        return np.empty(0, np.int64)
    return codes[:-2] * _LETTERS**2 + codes[1:-1] * _LETTERS + codes[2:]


class LikenessIndex:
    """The letters of many wordings, to tell where in a text one may stand before it is compared letter by letter."""

    def __init__(self, wordings: Iterable[str]) -> None:
        self._wordings = tuple(wordings)
        groups = [np.unique(groups_of(letters)) for letters in self._wordings]
        self._sizes = np.array([len(own) for own in groups], np.int64)
        self._flat = np.concatenate(groups) if groups else np.empty(0, np.int64)
        self._owners = np.repeat(np.arange(len(groups)), self._sizes)
        self._needed = np.ceil(self._sizes * GRAM_SHARE).astype(np.int64)
        self._lengths = np.array([len(letters) for letters in self._wordings], np.int64)

    def candidates(self, letters: Letters) -> list[Candidate]:
        """Where to compare, likeliest first: stretches of a wording's length that hold `GRAM_SHARE` of its groups."""
        if not len(self._flat) or not len(letters.groups):
            return []
        known = letters.present[self._flat]
        shared = np.bincount(self._owners[known], minlength=len(self._sizes))
        wanted = known & (shared >= self._needed)[self._owners]
        owners, places = letters.heard(self._flat[wanted], self._owners[wanted])
        if not len(places):
            return []
        return sorted(self._stretches(owners, places), key=lambda each: (-each.share, each.letters, each.begin))

    def _stretches(self, owners: Numbers, places: Numbers) -> Iterator[Candidate]:
        """Stretches with enough groups, those of one wording that overlap joined."""
        step = int(places.max()) + int(self._lengths.max()) + 1
        keys = np.sort(owners * step + places)
        owners, room = keys // step, self._lengths[keys // step] - GRAM
        held = np.searchsorted(keys, keys + room, "right") - np.arange(len(keys))
        enough = np.flatnonzero(held >= self._needed[owners])
        joined: dict[int, list[int]] = {}
        for at in enough.tolist():
            wording, count = int(owners[at]), int(held[at])
            first, last = int(keys[at]) - wording * step, int(keys[at + count - 1]) - wording * step
            begin, end = max(last + GRAM - int(self._lengths[wording]), 0), first + int(self._lengths[wording])
            known = joined.get(wording)
            if known is not None and begin <= known[1]:
                known[1], known[2] = end, max(known[2], count)
                continue
            if known is not None:
                yield self._candidate(wording, known)
            joined[wording] = [begin, end, count]
        for wording, known in joined.items():
            yield self._candidate(wording, known)

    def _candidate(self, wording: int, stretch: list[int]) -> Candidate:
        begin, end, count = stretch
        return Candidate(self._wordings[wording], begin, end, min(count / float(self._sizes[wording]), 1.0))


def align(place: Candidate, text: str, floor: float) -> tuple[float, int, int] | None:
    """Score (0..100) and place of the letters in a stretch that are most like a wording's, or `None` below `floor`.

    Where less was said than the phrase has letters, all of it is compared: the library would look for the text in
    the phrase instead, and any short answer lies in some phrase. A stretch cut out of a longer text is filled up at its
    ends, where the library would compare fewer letters.
    """
    letters, size = place.letters, len(place.letters)
    if len(text) < size:
        score = fuzz.ratio(letters, text, score_cutoff=floor)
        return (score, 0, len(text)) if score else None
    before, after = _CUT * size if place.begin > 0 else "", _CUT * size if place.end < len(text) else ""
    stretch = before + text[place.begin : place.end] + after
    found = fuzz.partial_ratio_alignment(letters, stretch, score_cutoff=floor)
    if not found or found.dest_end <= found.dest_start:
        return None
    shift = place.begin - len(before)
    return found.score, max(found.dest_start + shift, 0), min(found.dest_end + shift, len(text))
