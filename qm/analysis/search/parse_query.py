"""Read what people type into the search field.

    rimborso fattura            both, in any form (rimborsi, fatturato)
    "posso esserle utile"       these words, letter by letter
    pagam*                      however it goes on
    rimborso OR storno          one or the other
    -assicurazione              nowhere in the conversation
    cliente:disdetta            said by the customer (agente: by the agent)
    rimborso NEAR/5 giorni      in one turn, with five words between them at most
    disdetta WITHIN/20 offerta  in turns that begin within 20 seconds of each other
    cliente:caro THEN/30 agente:sconto   the second one after the first
    (a OR b) c                  parentheses

Operators are written in capitals, in English or Italian (OPPURE, VICINO, ENTRO, POI).
"""

import re
from dataclasses import dataclass, replace

from qm.analysis.search.index_talk import forms_of
from qm.domain.search import (
    LEAST_PREFIX,
    LONGEST_QUERY,
    MOST_WORDS,
    All,
    Either,
    Match,
    Near,
    Never,
    Query,
    Said,
    Within,
)
from qm.domain.transcript import Role
from qm.errors import InputError

OR = frozenset({"OR", "OPPURE"})
NEAR, WITHIN, THEN = ("NEAR", "VICINO"), ("WITHIN", "ENTRO"), ("THEN", "POI")
SPEAKERS = {
    "agent": Role.AGENT, "agente": Role.AGENT, "operatore": Role.AGENT,
    "customer": Role.CUSTOMER, "cliente": Role.CUSTOMER,
}  # fmt: skip
MOST_NEAR, MOST_WITHIN_S = 50, 3600
DEEPEST = 8
"""Parentheses in one another."""
_PIECE = re.compile(
    rf'\s*(?:(?P<paren>[()])|(?P<minus>-(?=\S))|(?P<who>{"|".join(SPEAKERS)}):(?=["\w])|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))',
    re.IGNORECASE,
)
_SPAN = re.compile(r"([A-Z]+)/(\d{1,5})")


@dataclass(frozen=True)
class _Piece:
    kind: str
    text: str
    at: int


def parse_query(text: str) -> Query:
    """What was typed, as a tree.

    Raises:
        InputError: it can't be read (`search.query`); the message names the place.

    >>> parse_query('cliente:disdetta')
    Said(forms=('disdetta',), match=<Match.STEM: 'stem'>, role=<Role.CUSTOMER: 'customer'>)
    """
    if len(text) > LONGEST_QUERY:
        raise _fault(f"more than {LONGEST_QUERY} characters", "ask for less at once")
    reader = _Reader(_pieces(text))
    query = reader.whole()
    if reader.words > MOST_WORDS:
        raise _fault(f"more than {MOST_WORDS} words", "ask for less at once")
    if is_only_never(query):
        raise _fault("it only says what must not be there", "add a word that must")
    return query


def is_only_never(query: Query) -> bool:
    """Whether nothing has to be said at all: then the index can't help."""
    if isinstance(query, Never):
        return True
    if isinstance(query, All):
        return all(is_only_never(part) for part in query.parts)
    return isinstance(query, Either) and any(is_only_never(part) for part in query.parts)


def _pieces(text: str) -> list[_Piece]:
    if text.count('"') % 2:
        raise _fault(f"a quotation mark at {text.rindex(chr(34)) + 1} has no other", "close it, or take it away")
    pieces, at = [], 0
    while at < len(text.rstrip()):
        match = _PIECE.match(text, at)
        if match is None or match.lastgroup is None:
            raise _fault(
                f"'{text[at : at + 10].strip()}' at {at + 1} can't be read", "words, quotation marks, OR, -, *"
            )
        pieces.append(_Piece(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    return pieces


class _Reader:
    """Recursive descent over the pieces."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._at = 0
        self._depth = 0
        self.words = 0

    def whole(self) -> Query:
        if not self._pieces:
            raise _fault("nothing to look for", 'a word, or words in "quotation marks"')
        query = self._either()
        if (rest := self._next()) is not None:
            raise _fault(f"')' at {rest.at} closes nothing", "take it away")
        return query

    def _next(self) -> _Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _either(self) -> Query:
        parts = [self._all()]
        while (piece := self._next()) is not None and _is_or(piece):
            self._at += 1
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Query:
        parts: list[Query] = []
        while (piece := self._next()) is not None and piece.text != ")" and not _is_or(piece):
            parts.append(self._item())
        if not parts:
            where = f" at {piece.at}" if piece else ""
            raise _fault(f"something is missing before '{piece.text if piece else 'the end'}'{where}", "add a word")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _item(self) -> Query:
        piece = self._take()
        if piece.kind == "minus":
            return Never(self._atom(self._take("after '-'")))
        first = self._atom(piece)
        if (span := self._span()) is None:
            return first
        name, number = span
        second = self._atom(self._take(f"after {name}"))
        if not isinstance(first, Said) or not isinstance(second, Said):
            raise _fault(f"{name} stands between words or quotations", "not between parentheses")
        if name in NEAR:
            return Near(first, second, min(number, MOST_NEAR))
        return Within(first, second, min(number, MOST_WITHIN_S), in_order=name in THEN)

    def _span(self) -> tuple[str, int] | None:
        piece = self._next()
        found = _SPAN.fullmatch(piece.text) if piece is not None and piece.kind == "word" else None
        if found is None or found[1] not in (*NEAR, *WITHIN, *THEN):
            return None
        self._at += 1
        return found[1], int(found[2])

    def _take(self, where: str = "") -> _Piece:
        piece = self._next()
        if piece is None:
            raise _fault(f"something is missing {where}".strip(), "add a word")
        self._at += 1
        return piece

    def _atom(self, piece: _Piece) -> Query:
        if piece.kind == "paren" and piece.text == "(":
            return self._group(piece)
        if piece.kind == "who":
            said = self._atom(self._take(f"after '{piece.text}:'"))
            if not isinstance(said, Said):
                raise _fault(f"'{piece.text}:' at {piece.at} stands before no word", "agent:word, customer:word")
            return replace(said, role=SPEAKERS[piece.text.lower()])
        if piece.kind == "phrase":
            return self._said(piece, Match.EXACT)
        if piece.kind == "word":
            return self._said(piece, Match.PREFIX if piece.text.endswith("*") else Match.STEM)
        raise _fault(f"'{piece.text}' at {piece.at} stands where a word should", "add a word")

    def _group(self, piece: _Piece) -> Query:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _fault(f"more than {DEEPEST} parentheses in one another", "ask for less at once")
        query = self._either()
        closing = self._next()
        if closing is None or closing.text != ")":
            raise _fault(f"'(' at {piece.at} isn't closed", "add ')'")
        self._at += 1
        self._depth -= 1
        return query

    def _said(self, piece: _Piece, match: Match) -> Said:
        forms = forms_of(piece.text)
        if not forms:
            raise _fault(f"'{piece.text}' at {piece.at} holds no word", "letters or digits")
        if match is Match.PREFIX and (len(forms) > 1 or len(forms[0]) < LEAST_PREFIX):
            raise _fault(
                f"'{piece.text}' at {piece.at} begins too many words", f"{LEAST_PREFIX} letters at least before '*'"
            )
        self.words += len(forms)
        return Said(forms, match)


def _is_or(piece: _Piece) -> bool:
    return piece.kind == "word" and piece.text in OR


def _fault(message: str, hint: str) -> InputError:
    return InputError("search.query", f"the search can't be read: {message}", hint)
