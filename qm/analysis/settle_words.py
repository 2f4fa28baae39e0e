"""Put words back where speech was heard: aligners stretch a word over the pause that follows or precedes it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from qm.domain.recognition import Stretch
from qm.domain.transcript import Word
from qm.units import Seconds

OUTSIDE_S: Seconds = 0.3
"""A word may lie this far outside detected speech: detectors cut soft beginnings and ends."""


def settle_words(
    channels: Sequence[Sequence[Word]], activity: Sequence[Sequence[Stretch]]
) -> tuple[tuple[Word, ...], ...]:
    """The words of each channel, cut to the stretch of speech that they share most time with.

    Words that touch no detected speech, and channels without detection, stay as they are.
    """
    if len(activity) != len(channels):
        return tuple(tuple(words) for words in channels)
    return tuple(_settled_channel(words, stretches) for words, stretches in zip(channels, activity, strict=True))


def _settled_channel(words: Sequence[Word], stretches: Sequence[Stretch]) -> tuple[Word, ...]:
    starts, ends = [start for start, _end in stretches], [end for _start, end in stretches]
    return tuple(
        _settled(word, stretches[bisect_right(ends, word.start_s) : bisect_left(starts, word.end_s)]) for word in words
    )


def _settled(word: Word, stretches: Sequence[Stretch]) -> Word:
    """The word, cut to the one of the stretches that touch it with which it shares most time; the later at a tie."""
    shared = [(min(word.end_s, end) - max(word.start_s, start), start, end) for start, end in stretches]
    most, start_s, end_s = max(shared, default=(0.0, 0.0, 0.0))
    if most <= 0:
        return word
    start_s, end_s = max(word.start_s, start_s - OUTSIDE_S), min(word.end_s, end_s + OUTSIDE_S)
    return replace(word, start_s=round(start_s, 3), end_s=round(max(end_s, start_s), 3))
