"""What is looked for in conversations, and what was found there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from qm.domain.evaluation import Answer
from qm.domain.transcript import Role
from qm.units import Seconds

LONGEST_QUERY = 500
"""Characters."""
MOST_WORDS = 24
"""Of a query: each costs a look at every conversation that may fit."""
LEAST_PREFIX = 3
"""Letters before a `*`: fewer stand in nearly every conversation."""
LONGEST_WORD = 40
"""Letters that a word is told by."""
MOST_SAVED = 50
"""Searches that one person keeps."""
LONGEST_NAME = 80


class Match(StrEnum):
    """How words are compared: by their stems, letter by letter (in quotation marks), or by how they begin."""

    STEM = "stem"
    EXACT = "exact"
    PREFIX = "prefix"


@dataclass(frozen=True)
class Said:
    """Words one after the other in one turn.

    Attributes:
        forms: normalised, as `qm.analysis.normalise_text` makes them.
        role: who says them; `None`: anybody.
    """

    forms: tuple[str, ...]
    match: Match = Match.STEM
    role: Role | None = None


@dataclass(frozen=True)
class Near:
    """Both in one turn with so many words between them at most, in either order."""

    first: Said
    second: Said
    words: int


@dataclass(frozen=True)
class Within:
    """Turns that begin within so many seconds of each other; `in_order`: the second one not before the first."""

    first: Said
    second: Said
    seconds: Seconds
    in_order: bool


@dataclass(frozen=True)
class Never:
    """Nowhere in the conversation."""

    part: "Query"


@dataclass(frozen=True)
class All:
    """Each somewhere in the conversation."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Either:
    """At least one of them."""

    parts: tuple["Query", ...]


Query: TypeAlias = Said | Near | Within | Never | All | Either


@dataclass(frozen=True)
class Token:
    """What the index knows of a conversation; with `is_prefix` any that begins so."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Every:
    """Conversations with each of these."""

    parts: tuple["Wanted", ...]


@dataclass(frozen=True)
class Some:
    """Conversations with at least one of these."""

    parts: tuple["Wanted", ...]


Wanted: TypeAlias = Token | Every | Some
"""What a conversation must hold to be worth reading; reading it decides."""


@dataclass(frozen=True)
class SearchFilter:
    """What the search is narrowed to; empty means everything.

    Attributes:
        since: first day, `until`: last day, both in the time zone of the site's plan.
        role: only what this party says.
        first_s: only turns that begin in the first so many seconds; `last_s` likewise of the last.
        measure: of the conversation (`silence_longest_s`), with `at_least` or `at_most`.
        answer: to `criterion_id` of `form_id`.
        score_most: highest score on `form_id`.
        nps_most: highest answer of the linked survey.
    """

    agent_id: str = ""
    team: str = ""
    process: str = ""
    medium: str = ""
    since: date | None = None
    until: date | None = None
    role: Role | None = None
    first_s: Seconds | None = None
    last_s: Seconds | None = None
    measure: str = ""
    at_least: float | None = None
    at_most: float | None = None
    form_id: str = ""
    criterion_id: str = ""
    answer: Answer | None = None
    score_most: float | None = None
    nps_most: int | None = None


@dataclass(frozen=True)
class TalkTurn:
    """A turn as the index keeps it: its words normalised."""

    id: str
    role: Role
    start_s: Seconds
    end_s: Seconds
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Talk:
    """A conversation as the index keeps it."""

    language: str
    turns: tuple[TalkTurn, ...]


@dataclass(frozen=True, order=True)
class Spot:
    """Words found: of one turn, from the first up to, not with, `stop`."""

    turn: int
    start: int
    stop: int


@dataclass(frozen=True)
class Entry:
    """A conversation for the index.

    Attributes:
        source: fingerprint of what it was made from.
        turns: as `qm.analysis.search.index_talk` writes them.
        tokens: what it can be found by, separated by blanks.
    """

    contact_id: str
    started_at: datetime
    source: str
    language: str
    turns: str
    tokens: str


KEY_BITS = 20
"""Of an entry's key below the second of its contact's start."""


def first_key(at_s: float) -> int:
    """The lowest key of a conversation that starts at a moment, in seconds since 1970.

    >>> first_key(1.9)
    1048576
    """
    return int(at_s) << KEY_BITS


def start_of(key: int) -> int:
    """When the conversation of an entry starts, in whole seconds since 1970.

    >>> start_of(first_key(1.9))
    1
    """
    return key >> KEY_BITS


@dataclass(frozen=True)
class KeySpan:
    """Keys from `low` up to, not with, `high`; `None`: without an end."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A conversation that may be what is looked for; `key` grows with its start, the rest is as in its `Entry`."""

    key: int
    contact_id: str
    language: str
    turns: str
    tokens: str


@dataclass(frozen=True)
class HitTurn:
    """A turn with words that were looked for: its text in pieces, each a word that was found or not."""

    id: str
    role: Role
    start_s: Seconds
    end_s: Seconds
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Hit:
    """A conversation in which it was found.

    Attributes:
        more: turns beyond those shown.
    """

    contact_id: str
    started_at: datetime
    agent_name: str
    team: str
    process: str
    medium: str
    language: str
    has_audio: bool
    turns: tuple[HitTurn, ...]
    more: int = 0


@dataclass(frozen=True)
class SearchPage:
    """Conversations found, the latest first.

    Attributes:
        next_cursor: to go on with; empty where there is no more.
        read: conversations that were read for this page.
        is_cut: time ran out before the page was full: going on with `next_cursor` looks at earlier ones.
        reached: where it's cut, the day up to which conversations were looked at.
    """

    items: tuple[Hit, ...]
    next_cursor: str
    read: int
    is_cut: bool = False
    reached: date | None = None


@dataclass(frozen=True)
class SavedSearch:
    """A search that somebody keeps.

    Attributes:
        owner: login.
        alerts: newly worked contacts in which it finds something are listed.
        since_s: moment from which on contacts count as new, in seconds since 1970.
    """

    id: str
    owner: str
    name: str
    text: str
    filters: SearchFilter = field(default_factory=SearchFilter)
    alerts: bool = False
    since_s: float = 0.0


ANSWERS: Mapping[str, Answer] = {answer.value: answer for answer in Answer}
