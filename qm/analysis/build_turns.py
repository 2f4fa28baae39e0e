"""From words by party to turns in order of time."""

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
    party: int
    words: tuple[Word, ...]

    @property
    def start_s(self) -> Seconds:
        return self.words[0].start_s

    @property
    def end_s(self) -> Seconds:
        return max(word.end_s for word in self.words)


@dataclass(frozen=True)
class Party:
    """Whose words are built into turns: a channel, a voice, or the recorded part of one of them.

    Attributes:
        speaker: `ch0`, `spk1`, …
    """

    speaker: str
    role: Role
    words: tuple[Word, ...]


def build_turns(parties: Sequence[Party]) -> tuple[Turn, ...]:
    """Turns of all parties by start; what both say at once stands in both parties' turns."""
    stretches = sorted(
        (stretch for index, party in enumerate(parties) for stretch in _stretches(index, party.words)),
        key=lambda s: (s.start_s, s.party),
    )
    merged: list[_Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        if last and last.party == stretch.party and stretch.start_s - last.end_s <= TURN_PAUSE_S:
            merged[-1] = _Stretch(last.party, last.words + stretch.words)
        else:
            merged.append(stretch)
    return tuple(_turn(f"t{place + 1}", s, parties[s.party]) for place, s in enumerate(merged))


def _stretches(party: int, words: Sequence[Word]) -> list[_Stretch]:
    found: list[list[Word]] = []
    for word in words:
        if found and word.start_s - found[-1][-1].end_s <= PHRASE_PAUSE_S:
            found[-1].append(word)
        else:
            found.append([word])
    return [_Stretch(party, tuple(part)) for part in found]


def _turn(turn_id: str, stretch: _Stretch, party: Party) -> Turn:
    words = stretch.words
    confidence = round(sum(word.confidence for word in words) / len(words), 4)
    text = " ".join(word.text for word in words)
    return Turn(turn_id, party.role, party.speaker, stretch.start_s, stretch.end_s, text, confidence, words)
