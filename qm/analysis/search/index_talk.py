"""What the index holds of a conversation: its turns as normalised words, and the tokens that it's found by."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from qm.analysis.normalise_text import normalise
from qm.analysis.word_forms import stem_of
from qm.domain.search import LONGEST_WORD, Talk, TalkTurn
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript

VERSION = 1
"""Of what is made here: entries of another version are made anew."""
LETTERS = {Role.AGENT: "a", Role.CUSTOMER: "c"}
OTHER = "o"
FORM = "w"
"""First letters of tokens: who says a stem; a word as it is, whoever says it."""
FIELDS = 5


def chunks_of(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What stands between blanks, each with its normalised words: so that what is found can be marked in the text.

    >>> list(chunks_of("C'è l'IVA?"))
    [("C'è", ('c', 'e')), ("l'IVA?", ('l', 'iva'))]
    """
    for chunk in text.split():
        yield chunk, tuple(word[:LONGEST_WORD] for word in normalise(chunk))


def forms_of(text: str) -> tuple[str, ...]:
    """The normalised words of a text.

    >>> forms_of("Perché, dell'età!")
    ('perche', 'dell', 'eta')
    """
    return tuple(word for _chunk, words in chunks_of(text) for word in words)


@lru_cache(maxsize=262_144)
def stems_of(form: str) -> tuple[str, ...]:
    """Stems in each language, Italian first: which one counts depends on the conversation."""
    return tuple(stem_of(form, language) for language in (Language.ITALIAN, Language.ENGLISH))


def stem_in(form: str, language: str) -> str:
    """The stem in the conversation's language; one that we have no stemmer for has words as they are.

    >>> stem_in("pagamenti", "it"), stem_in("payments", "en"), stem_in("paiements", "fr")
    ('pag', 'payment', 'paiements')
    """
    if language not in ("it", "en"):
        return form
    italian, english = stems_of(form)
    return italian if language == "it" else english


def turns_of(transcript: Transcript) -> str:
    """The turns with words, a line each: id, role, start, end, normalised words; separated by tabs."""
    lines = []
    for turn in transcript.turns:
        if forms := forms_of(turn.text):
            fields = (turn.id, turn.role.value, f"{turn.start_s:.2f}", f"{turn.end_s:.2f}", " ".join(forms))
            lines.append("\t".join(fields))
    return "\n".join(lines)


def talk_of(language: str, turns: str) -> Talk:
    """What `turns_of` wrote."""
    read = []
    for line in turns.split("\n") if turns else ():
        name, role, start, end, words = line.split("\t", FIELDS - 1)
        read.append(TalkTurn(name, Role(role), float(start), float(end), tuple(words.split(" "))))
    return Talk(language, tuple(read))


def tokens_of(talk: Talk) -> str:
    """Everything that a conversation is found by, in order, separated by blanks."""
    found: set[str] = set()
    for turn in talk.turns:
        letter = LETTERS.get(turn.role, OTHER)
        for form in turn.forms:
            found.add(ascii_token(FORM + form))
            found.add(ascii_token(letter + stem_in(form, talk.language)))
    return " ".join(sorted(found))


@lru_cache(maxsize=262_144)
def ascii_token(token: str) -> str:
    """The same in letters and digits of ASCII: databases differ in what else they take for a letter.

    >>> ascii_token("wciao"), ascii_token("wпривет")[:9]
    ('wciao', 'wz43fz440')
    """
    if token.isascii():
        return token
    return "".join(char if char.isascii() else f"z{ord(char):x}" for char in token)


def letters_of(role: Role | None) -> Sequence[str]:
    """First letters of the stems that a party says; `None`: of everybody's."""
    if role is None:
        return (*LETTERS.values(), OTHER)
    return (LETTERS.get(role, OTHER),)
