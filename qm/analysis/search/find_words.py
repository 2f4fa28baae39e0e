"""Find what was asked for in one conversation: exactly, whatever the index held to be likely."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from qm.analysis.search.index_talk import stem_in
from qm.domain.search import All, Match, Near, Never, Query, Said, Spot, Talk, TalkTurn, Within
from qm.domain.transcript import Role
from qm.units import Seconds

Fits = Callable[[str], bool]


def find_words(query: Query, talk: Talk) -> tuple[Spot, ...] | None:
    """Where it stands, in order; `None` where the conversation isn't what is looked for.

    What must not stand there leaves no place, so a conversation can fit with none.
    """
    found = _find(query, talk)
    return None if found is None else tuple(sorted(set(found)))


def narrowed(talk: Talk, role: Role | None, first_s: Seconds | None, last_s: Seconds | None) -> Talk:
    """Only the turns of a party, and those that begin in the first or last so many seconds."""
    if role is None and first_s is None and last_s is None:
        return talk
    ends_s = max((turn.end_s for turn in talk.turns), default=0.0)
    kept = tuple(
        turn for turn in talk.turns
        if (role is None or turn.role is role) and (first_s is None or turn.start_s < first_s)
        and (last_s is None or turn.start_s >= ends_s - last_s)
    )  # fmt: skip
    return Talk(talk.language, kept)


def _find(query: Query, talk: Talk) -> list[Spot] | None:
    if isinstance(query, Said):
        return _said(query, talk) or None
    if isinstance(query, Near):
        return _near(query, talk) or None
    if isinstance(query, Within):
        return _within(query, talk) or None
    if isinstance(query, Never):
        return [] if _find(query.part, talk) is None else None
    parts = [_find(part, talk) for part in query.parts]
    if isinstance(query, All):
        return None if any(part is None for part in parts) else _together(parts)
    return _together(parts) if any(part is not None for part in parts) else None


def _together(parts: Iterable[list[Spot] | None]) -> list[Spot]:
    return [spot for part in parts for spot in part or ()]


def _said(said: Said, talk: Talk) -> list[Spot]:
    tests = [_fits(form, said.match, talk.language) for form in said.forms]
    return [
        Spot(place, start, start + len(tests))
        for place, turn in enumerate(talk.turns)
        if said.role is None or turn.role is said.role
        for start in _starts(turn, tests)
    ]


def _fits(form: str, match: Match, language: str) -> Fits:
    if match is Match.EXACT:
        return form.__eq__
    if match is Match.PREFIX:
        return lambda said: said.startswith(form)
    stem = stem_in(form, language)
    return lambda said: said == form or stem_in(said, language) == stem


def _starts(turn: TalkTurn, tests: Sequence[Fits]) -> list[int]:
    first, *rest = tests
    places = [place for place, form in enumerate(turn.forms[: len(turn.forms) - len(rest)]) if first(form)]
    return [at for at in places if all(test(turn.forms[at + k]) for k, test in enumerate(rest, 1))]


def _near(near: Near, talk: Talk) -> list[Spot]:
    found = []
    for one, other in product(_said(near.first, talk), _said(near.second, talk)):
        if one.turn == other.turn and one != other and _between(one, other) <= near.words:
            found += [one, other]
    return found


def _between(one: Spot, other: Spot) -> int:
    """Words between two places of a turn; 0 where they touch or overlap."""
    return max(0, max(one.start, other.start) - min(one.stop, other.stop))


def _within(within: Within, talk: Talk) -> list[Spot]:
    found = []
    for one, other in product(_said(within.first, talk), _said(within.second, talk)):
        gap_s = talk.turns[other.turn].start_s - talk.turns[one.turn].start_s
        is_after = gap_s >= 0 and (other.turn, other.start) > (one.turn, one.start)
        if one != other and abs(gap_s) <= within.seconds and (is_after or not within.in_order):
            found += [one, other]
    return found
