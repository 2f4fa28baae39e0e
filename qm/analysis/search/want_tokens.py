"""What the index must hold of a conversation for a query to be worth a look at its turns."""

from qm.analysis.search.index_talk import FORM, ascii_token, letters_of, stems_of
from qm.domain.search import All, Either, Every, Match, Near, Never, Query, Said, Some, Token, Wanted, Within


def want_tokens(query: Query) -> Wanted | None:
    """Whatever holds the query holds these; `None`: nothing can be told.

    >>> want_tokens(Said(("ciao",), Match.EXACT))
    Token(text='wciao', is_prefix=False)
    """
    if isinstance(query, Said):
        return _said(query)
    if isinstance(query, Near | Within):
        return Every((_said(query.first), _said(query.second)))
    if isinstance(query, Never):
        return None
    parts = [want_tokens(part) for part in query.parts]
    known = tuple(part for part in parts if part is not None)
    if isinstance(query, Either):
        return Some(known) if len(known) == len(parts) else None
    assert isinstance(query, All)
    return _every(known) if known else None


def _said(said: Said) -> Wanted:
    return _every(tuple(_word(form, said) for form in dict.fromkeys(said.forms)))


def _word(form: str, said: Said) -> Wanted:
    if said.match is Match.PREFIX:
        return Token(ascii_token(FORM + form), is_prefix=True)
    if said.match is Match.EXACT and said.role is None:
        return Token(ascii_token(FORM + form))
    stems = dict.fromkeys((*stems_of(form), form))
    wanted = tuple(Token(ascii_token(letter + stem)) for letter in letters_of(said.role) for stem in stems)
    return wanted[0] if len(wanted) == 1 else Some(wanted)


def _every(parts: tuple[Wanted, ...]) -> Wanted:
    return parts[0] if len(parts) == 1 else Every(parts)
