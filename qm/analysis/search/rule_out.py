"""See from a conversation's tokens and text that it isn't what is looked for: far quicker than reading its turns.

What remains is read: this may let through what doesn't fit, and never rules out what does.
"""

from qm.analysis.search.index_talk import FORM, ascii_token, letters_of, stem_in
from qm.domain.search import All, Either, Match, Near, Never, Query, Said, Within


def is_ruled_out(query: Query, language: str, turns: str, tokens: str, *, is_narrowed: bool) -> bool:
    """Whether a conversation surely doesn't fit.

    Args:
        turns: as `turns_of` writes them, `tokens` as `tokens_of` does.
        is_narrowed: only some of the turns count; then what stands elsewhere excludes nothing.

    >>> is_ruled_out(Said(("rimborso",)), "it", "", "crimbors wrimborsi", is_narrowed=False)
    False
    >>> is_ruled_out(Said(("rimborso",)), "it", "", "cgraz wgrazie", is_narrowed=False)
    True
    """
    looked_up = f" {tokens} "
    return not _may(query, language, turns, looked_up, is_narrowed=is_narrowed)


def _may(query: Query, language: str, turns: str, tokens: str, *, is_narrowed: bool) -> bool:
    if isinstance(query, Said):
        return _may_say(query, language, turns, tokens)
    if isinstance(query, Near | Within):
        return all(_may_say(said, language, turns, tokens) for said in (query.first, query.second))
    if isinstance(query, Never):
        return is_narrowed or not (_is_one(query.part) and _may_say(query.part, language, turns, tokens))
    parts = (_may(part, language, turns, tokens, is_narrowed=is_narrowed) for part in query.parts)
    if isinstance(query, All):
        return all(parts)
    assert isinstance(query, Either)
    return any(parts)


def _may_say(said: Query, language: str, turns: str, tokens: str) -> bool:
    """Of a single word in any form or as it is: whether it's said."""
    assert isinstance(said, Said)
    if said.match is Match.PREFIX:
        return f" {ascii_token(FORM + said.forms[0])}" in tokens
    if said.match is Match.EXACT and len(said.forms) > 1 and " ".join(said.forms) not in turns:
        return False
    return all(_has(form, said, language, tokens) for form in said.forms)


def _has(form: str, said: Said, language: str, tokens: str) -> bool:
    if said.match is Match.EXACT and f" {ascii_token(FORM + form)} " not in tokens:
        return False
    stem = stem_in(form, language)
    return any(f" {ascii_token(letter + stem)} " in tokens for letter in letters_of(said.role))


def _is_one(part: Query) -> bool:
    """Whether tokens alone tell that it's said."""
    if not isinstance(part, Said) or len(part.forms) > 1:
        return False
    return part.match is not Match.EXACT or part.role is None
