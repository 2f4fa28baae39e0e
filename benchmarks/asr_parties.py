"""Share of words under the right party where each party has a channel.

A recognised word is judged in two steps:

1. Its channel's words are aligned to what that channel's party truly said (least edits, normalised). A word that
   matches is under the right party.
2. Of the others (misheard, inserted) the place in time decides: in a turn of its own party only, right; in a turn of
   the other party only, wrong; in turns of both, wrong where the other party says that word there and its own
   doesn't; in nobody's turn, undecided: left out, and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from benchmarks.asr_peers import Heard
from benchmarks.asr_sets import Item, SpokenTurn
from benchmarks.normalise_words import normalise_words
from qm.domain.transcript import Word
from qm.units import Seconds

SLACK_S: Seconds = 0.25
"""A word may lie this far outside a turn: the truth's times are a person's, the word's are an aligner's."""


@dataclass(frozen=True)
class PartyWords:
    """Words by whether they stand under the right party."""

    right: int = 0
    wrong: int = 0
    undecided: int = 0

    def __add__(self, other: "PartyWords") -> "PartyWords":
        return PartyWords(self.right + other.right, self.wrong + other.wrong, self.undecided + other.undecided)

    @property
    def decided(self) -> int:
        """What the share is taken of."""
        return self.right + self.wrong


def judge_parties(item: Item, heard: Heard) -> PartyWords:
    """All words of one two-channel recording.

    Raises:
        ValueError: the recording hasn't two channels.
    """
    if len(item.channels) != 2 or len(heard) != 2:
        raise ValueError(f"heard: two channels are needed, got {len(heard)} for {item.name}")
    first, second = item.channels
    return _judged(heard[0], first, second, item.language) + _judged(heard[1], second, first, item.language)


def _judged(words: Sequence[Word], own: Sequence[SpokenTurn], other: Sequence[SpokenTurn], language: str) -> PartyWords:
    tokens = [(token, word) for word in words for token in normalise_words(word.text, language)]
    truth = [token for turn in own for token in normalise_words(turn.text, language)]
    matched: set[int] = set()
    for step in Levenshtein.opcodes(truth, [token for token, _word in tokens]):
        if step.tag == "equal":
            matched.update(range(step.dest_start, step.dest_end))
    total = PartyWords(right=len(matched))
    for index, (token, word) in enumerate(tokens):
        if index not in matched:
            total += _by_time(token, (word.start_s + word.end_s) / 2, own, other, language)
    return total


def _by_time(
    token: str, at_s: Seconds, own: Sequence[SpokenTurn], other: Sequence[SpokenTurn], language: str
) -> PartyWords:
    mine, theirs = _said_at(at_s, own, language), _said_at(at_s, other, language)
    if mine is None and theirs is None:
        return PartyWords(undecided=1)
    if theirs is None:
        return PartyWords(right=1)
    if mine is None or (token in theirs and token not in mine):
        return PartyWords(wrong=1)
    return PartyWords(right=1)


def _said_at(at_s: Seconds, turns: Sequence[SpokenTurn], language: str) -> frozenset[str] | None:
    """Words of the turns at that moment, `None` where there are none."""
    near = [turn.text for turn in turns if turn.start_s - SLACK_S <= at_s <= turn.end_s + SLACK_S]
    return frozenset(normalise_words(" ".join(near), language)) if near else None
