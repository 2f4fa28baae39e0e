"""Long conversations in blocks: a page brings the first turns, the browser asks for the others as they come near."""

from dataclasses import dataclass

from api.transcript_marks import MarkedTurn, marked_turns, word_marks
from qm.domain.text import Language
from qm.services.views import ContactView

BLOCK = 100
"""Turns that are asked for together: some 40 kB, a few screens."""
FIRST = 2 * BLOCK
"""Turns that the page itself brings; one with a block more than that brings them all."""


@dataclass(frozen=True)
class Block:
    """Turns in a row that the page doesn't bring.

    Attributes:
        first: place of its first turn, from 0.
        start_s: of its first turn, in seconds of the recording.
        end_s: of the last to end.
        letters: in all its turns: how high it will be.
        marks: evidence that lies in it.
    """

    first: int
    turns: int
    start_s: float
    end_s: float
    letters: int
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Talk:
    """A conversation as the page brings it: its first turns, and where the others are to be had."""

    turns: tuple[MarkedTurn, ...]
    later: tuple[Block, ...]
    has_suspects: bool


def talk_of(view: ContactView, language: Language, *, whole: bool = False) -> Talk:
    """The conversation of a contact; `whole` leaves nothing for later."""
    said = view.transcript.turns if view.transcript else ()
    suspects = any(word.suspect for turn in said for word in turn.words)
    if whole or len(said) <= FIRST + BLOCK:
        return Talk(marked_turns(view, language), (), suspects)
    shown = marked_turns(view, language, slice(FIRST))
    return Talk(shown, tuple(_blocks(view, language)), suspects)


def block_of(view: ContactView, language: Language, first: int) -> tuple[MarkedTurn, ...]:
    """The turns of the block that begins at a place; empty behind the end."""
    return marked_turns(view, language, slice(first, first + BLOCK))


def _blocks(view: ContactView, language: Language) -> list[Block]:
    said = view.transcript.turns if view.transcript else ()
    marks: dict[str, list[str]] = {}
    for mark in word_marks(view, language):
        for turn_id in mark.turn_ids:
            marks.setdefault(turn_id, []).append(mark.id)
    blocks = []
    for first in range(FIRST, len(said), BLOCK):
        own = said[first : first + BLOCK]
        names = dict.fromkeys(name for turn in own for name in marks.get(turn.id, ()))
        letters = sum(len(turn.text) for turn in own)
        blocks.append(Block(first, len(own), own[0].start_s, max(t.end_s for t in own), letters, tuple(names)))
    return blocks
