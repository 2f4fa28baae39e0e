"""When each party speaks: from detected speech, from a diariser's voices, or from the words' own times.

Suspected words (`Word.suspect`) were probably never said: neither they nor the stretches that hold nothing else count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TypeAlias

from qm.domain.recognition import Stretch, Voice
from qm.domain.transcript import Role, Transcript, Turn, Word
from qm.units import Seconds

WORD_PAUSE_S: Seconds = 0.5
"""Words further apart than this are two stretches of speech."""

Activity: TypeAlias = Mapping[Role, tuple[Stretch, ...]]
"""Stretches of speech by role, in order."""


@dataclass(frozen=True)
class Talk:
    """A conversation made ready for measuring.

    Attributes:
        turns: without suspected words.
        activity: by role, in order, no two stretches of a role overlapping.
        spoken: those stretches in which words were recognised: breaths and clicks take no turn.
    """

    turns: tuple[Turn, ...]
    activity: Activity
    spoken: Activity
    words: Mapping[Role, "WordsByTime"]

    @property
    def has_known_roles(self) -> bool:
        """True where every turn has a role."""
        return all(turn.role is not Role.UNKNOWN for turn in self.turns)

    def said_in(self, role: Role, stretch: Stretch) -> tuple[Word, ...]:
        """What a party said in a stretch."""
        return self.words[role].within(stretch) if role in self.words else ()


class WordsByTime:
    """Words of one party, found by time without looking at all of them."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._words = sorted(words, key=lambda word: (word.start_s, word.end_s))
        self._starts = [word.start_s for word in self._words]
        # Words may overlap, so their ends needn't rise; the latest end so far does, and can be searched.
        self._latest_ends = list(accumulate((word.end_s for word in self._words), max))

    @property
    def first_s(self) -> Seconds | None:
        """Where the first word begins."""
        return self._starts[0] if self._starts else None

    def within(self, stretch: Stretch) -> tuple[Word, ...]:
        """The words that share time with a stretch."""
        start_s, end_s = stretch
        first = bisect_right(self._latest_ends, start_s)
        last = bisect_left(self._starts, end_s)
        return tuple(word for word in self._words[first:last] if word.end_s > start_s)

    def last_before(self, at_s: Seconds) -> Word | None:
        """The word that began last before a moment."""
        place = bisect_left(self._starts, at_s)
        return self._words[place - 1] if place else None

    def any_begins_in(self, stretch: Stretch) -> bool:
        """True where a word begins inside a stretch, its borders included."""
        return bisect_left(self._starts, stretch[0]) < bisect_right(self._starts, stretch[1])


def activity_by_role(
    transcript: Transcript, activity: Sequence[Sequence[Stretch]], voices: Sequence[Voice] = ()
) -> Activity:
    """Detected speech under the role of whoever's it is.

    A channel's stretches go to the role that its turns have (`ch0`, `ch1`, …). Where a diariser told voices apart,
    their stretches go to the role of the voice's turns, and channels that no turn names are left to the voices.
    """
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    found: dict[Role, list[Stretch]] = {}
    for channel, stretches in enumerate(activity):
        if not voices or f"ch{channel}" in roles:
            found.setdefault(roles.get(f"ch{channel}", Role.UNKNOWN), []).extend(stretches)
    for voice in voices:
        found.setdefault(roles.get(voice.speaker, Role.UNKNOWN), []).append((voice.start_s, voice.end_s))
    return {role: joined(stretches) for role, stretches in found.items()}


def activity_of_words(turns: Sequence[Turn]) -> Activity:
    """Stretches of speech by role from the words' times, where nothing better is known."""
    words: dict[Role, list[Stretch]] = {}
    for turn in turns:
        own = words.setdefault(turn.role, [])
        own.extend((word.start_s, word.end_s) for word in turn.words if not word.suspect)
    return {role: joined(stretches, WORD_PAUSE_S) for role, stretches in words.items() if stretches}


def joined(stretches: Iterable[Stretch], pause_s: Seconds = 0.0) -> tuple[Stretch, ...]:
    """The stretches in order, those no more than `pause_s` apart made one; none for none.

    >>> joined([(4.0, 5.0), (0.0, 2.0), (1.0, 3.0)])
    ((0.0, 3.0), (4.0, 5.0))
    """
    found: list[Stretch] = []
    for start_s, end_s in sorted(stretches):
        if found and start_s - found[-1][1] <= pause_s:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        else:
            found.append((start_s, end_s))
    return tuple(found)


def length_of(stretches: Iterable[Stretch]) -> Seconds:
    """Sum of the lengths; 0.0 for none."""
    return float(sum(end_s - start_s for start_s, end_s in stretches))


def make_talk(transcript: Transcript, activity: Activity | None = None) -> Talk:
    """The conversation without what was suspected.

    Args:
        activity: detected speech by role; taken from the words' times where it isn't given or empty.
    """
    suspects = {role: WordsByTime(words) for role, words in _words_of(transcript.turns, suspect=True).items()}
    words = {role: WordsByTime(own) for role, own in _words_of(transcript.turns, suspect=False).items()}
    turns = tuple(sure for turn in transcript.turns if (sure := _without_suspects(turn)))
    given = activity if activity and any(activity.values()) else activity_of_words(turns)
    heard = {role: joined(_not_suspected(own, words.get(role), suspects.get(role))) for role, own in given.items()}
    spoken = {
        role: tuple(stretch for stretch in own if role in words and words[role].within(stretch))
        for role, own in heard.items()
    }
    return Talk(turns, heard, spoken, words)


def _words_of(turns: Sequence[Turn], *, suspect: bool) -> dict[Role, list[Word]]:
    found: dict[Role, list[Word]] = {}
    for turn in turns:
        if chosen := [word for word in turn.words if word.suspect is suspect]:
            found.setdefault(turn.role, []).extend(chosen)
    return found


def _without_suspects(turn: Turn) -> Turn | None:
    """The turn cut to what was surely said; `None` where nothing was. A turn without word times stays."""
    sure = tuple(word for word in turn.words if not word.suspect)
    if len(sure) == len(turn.words):
        return turn
    if not sure:
        return None
    text = " ".join(word.text for word in sure)
    return replace(turn, start_s=sure[0].start_s, end_s=max(word.end_s for word in sure), text=text, words=sure)


def _not_suspected(
    stretches: Sequence[Stretch], sure: WordsByTime | None, suspects: WordsByTime | None
) -> list[Stretch]:
    """The stretches but those in which suspected words were recognised and no others."""
    if suspects is None:
        return list(stretches)
    return [own for own in stretches if (sure and sure.within(own)) or not suspects.within(own)]
