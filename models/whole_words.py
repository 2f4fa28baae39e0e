"""Recognisers hand over pieces of words; people read words."""

from collections.abc import Callable, Sequence
from typing import TypeVar

P = TypeVar("P")


def whole_words(pieces: Sequence[P], text_of: Callable[[P], str]) -> list[list[P]]:
    """Pieces by word: one that doesn't begin with a space goes on with the word before (`l` + `'offerta`).

    >>> whole_words([" l", "'offerta", " ", " vale"], str)
    [[' l', "'offerta"], [' vale']]
    """
    words: list[list[P]] = []
    for piece in pieces:
        text = text_of(piece)
        if words and not text.startswith(" "):
            words[-1].append(piece)
        elif text.strip():
            words.append([piece])
    return words
