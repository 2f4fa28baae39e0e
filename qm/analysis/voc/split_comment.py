"""A comment as it can be read: without markup, not endless, and in statements that are about one thing each."""

import html
import re

READ_LETTERS = 4000
"""Letters of one comment that are read; a pasted wall of text is no opinion of so many parts."""
MOST_STATEMENTS = 20
"""Of one comment."""
LONGEST_WORDS = 40
"""Words of one statement: speech that was written down may have no full stop for a minute."""
_MARKUP = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|</?[a-zA-Z!][^<>]{0,500}>", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ENDS = re.compile(r"(?<=[.!?;…])\s+|[\n\r]+|[;•]|\s+-\s+")
_TURNS = re.compile(r"[,.]?\s+(?=(?:ma|però|pero|tuttavia|but|however)\s)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def clean_comment(text: str) -> tuple[str, bool]:
    """Text without HTML markup and invisible marks, and whether it had to be cut.

    >>> clean_comment("<p>Tutto&nbsp;ok</p>")
    ('Tutto ok', False)
    """
    cut = len(text) > READ_LETTERS
    plain = html.unescape(_MARKUP.sub(" ", text[: 4 * READ_LETTERS]))
    plain = _CONTROL.sub(" ", plain).replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    return "\n".join(line for line in lines if line)[:READ_LETTERS], cut


def has_words(text: str) -> bool:
    """True where at least one word of two letters stands.

    >>> has_words("...!!"), has_words("ok")
    (False, True)
    """
    return bool(_WORD.search(text))


def split_statements(text: str) -> tuple[str, ...]:
    """Sentences, cut again before "but"; those without a word are left out.

    >>> split_statements("Gentile ma non ha risolto. Grazie!")
    ('Gentile', 'ma non ha risolto', 'Grazie')
    """
    parts = [part for sentence in _ENDS.split(text) for part in _TURNS.split(sentence)]
    short = [piece for part in parts for piece in _in_pieces(part.strip(" \t,.;:!?…-\n"))]
    return tuple(piece for piece in short if has_words(piece))[:MOST_STATEMENTS]


def _in_pieces(part: str) -> list[str]:
    words = part.split()
    return [" ".join(words[at : at + LONGEST_WORDS]) for at in range(0, len(words), LONGEST_WORDS)]
