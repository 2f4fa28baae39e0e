"""From words by channel to turns in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm.domain.transcript import Role, Turn, Word
from qm.units import Seconds

PHRASE_PAUSE_S: Seconds = 0.8
"""A longer pause between a speaker's words ends a stretch of speech."""
TURN_PAUSE_S: Seconds = 2.5
"""Stretches of one speaker with nobody else between are one turn, up to this pause."""


@dataclass(frozen=True)
class _Stretch:
    channel: int
    words: tuple[Word, ...]

    @property
    def start_s(self) -> Seconds:
        return self.words[0].start_s

    @property
    def end_s(self) -> Seconds:
        return max(word.end_s for word in self.words)


def build_turns(channels: Sequence[Sequence[Word]], roles: Sequence[Role], prefix: str = "ch") -> tuple[Turn, ...]:
    """Turns of all channels by start; what both say at once stands in both parties' turns."""
    stretches = sorted(
        (stretch for index, words in enumerate(channels) for stretch in _stretches(index, words)),
        key=lambda s: (s.start_s, s.channel),
    )
    merged: list[_Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        if last and last.channel == stretch.channel and stretch.start_s - last.end_s <= TURN_PAUSE_S:
            merged[-1] = _Stretch(last.channel, last.words + stretch.words)
        else:
            merged.append(stretch)
    return tuple(_turn(f"t{place + 1}", s, roles[s.channel], prefix) for place, s in enumerate(merged))


def _stretches(channel: int, words: Sequence[Word]) -> list[_Stretch]:
    found: list[list[Word]] = []
    for word in words:
        if found and word.start_s - found[-1][-1].end_s <= PHRASE_PAUSE_S:
            found[-1].append(word)
        else:
            found.append([word])
    return [_Stretch(channel, tuple(part)) for part in found]


def _turn(turn_id: str, stretch: _Stretch, role: Role, prefix: str) -> Turn:
    confidence = sum(word.confidence for word in stretch.words) / len(stretch.words)
    text = " ".join(word.text for word in stretch.words)
    speaker = f"{prefix}{stretch.channel}"
    return Turn(turn_id, role, speaker, stretch.start_s, stretch.end_s, text, round(confidence, 4), stretch.words)
