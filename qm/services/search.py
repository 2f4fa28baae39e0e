"""Use cases of looking for words in conversations: finding, keeping the index up to date, kept searches and alerts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qm.analysis.search.find_words import find_words, narrowed
from qm.analysis.search.index_talk import VERSION, chunks_of, talk_of, tokens_of, turns_of
from qm.analysis.search.parse_query import parse_query
from qm.analysis.search.rule_out import is_ruled_out
from qm.analysis.search.want_tokens import want_tokens
from qm.domain.contact import Contact, Medium
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.search import (
    Candidate,
    Entry,
    Hit,
    HitTurn,
    KeySpan,
    Query,
    SearchFilter,
    SearchPage,
    Spot,
    Wanted,
    first_key,
    start_of,
)
from qm.domain.transcript import Transcript, Turn
from qm.errors import InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.units import Seconds

AT_ONCE, AT_MOST = 100, 400
"""Conversations read from the index, or put into it, in one go; what isn't found among the first is read in more."""
LOOK_S: Seconds = 600.0
"""A command, or a look for alerts, that isn't through by then ends as it is."""
MOST_TURNS = 3
"""Turns shown of one conversation."""
MADE_FROM = "signals"
"""The stage whose output an entry is made from."""
MEASURE = "abcdefghijklmnopqrstuvwxyz0123456789_"


@dataclass(frozen=True)
class Found:
    """A conversation with the places in it."""

    candidate: Candidate
    spots: tuple[Spot, ...]


class SearchService:
    """Finds words in conversations.

    Args:
        forms: whose criteria can be asked for.
        zone: in which days are told.
        clock: seconds that only grow.
        look_s: a page that isn't full by then goes out as it is, to be gone on with.
        scope: whose contacts are found.
    """

    def __init__(
        self, reading: UnitOfWork, forms: Mapping[str, Form], zone: ZoneInfo, clock: Callable[[], float],
        look_s: Seconds = LOOK_S, scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._reading = reading
        self._forms = forms
        self._zone = zone
        self._clock = clock
        self._look_s = look_s
        self._scope = scope

    def seen_by(self, scope: Scope) -> "SearchService":
        """The same for somebody who sees that scope."""
        return SearchService(self._reading, self._forms, self._zone, self._clock, self._look_s, scope)

    @property
    def forms(self) -> tuple[Form, ...]:
        """Whose criteria can be asked for."""
        return tuple(self._forms.values())

    def known(self, contact_ids: Sequence[str]) -> Mapping[str, Contact]:
        """Those of the contacts that are there and within the scope, by id."""
        with self._reading() as unit:
            return unit.contacts.some(contact_ids, self._scope)

    def size(self) -> int | None:
        """Conversations that can be found; for whoever sees a part, `None`: how many others have is none of theirs."""
        if not self._scope.is_whole:
            return None
        with self._reading() as unit:
            return unit.search.size()

    def find(self, text: str, filters: SearchFilter, cursor: str = "", size: int = 20, reader: str = "") -> SearchPage:
        """A page of conversations, the latest first.

        Args:
            reader: login; a filter by answers doesn't find contacts that they are still to review on that form.

        Raises:
            InputError: the query or a filter can't be read (`search.query`, `search.filter`, `page.bad_cursor`).
        """
        query = parse_query(text)
        self._check(filters)
        keys = self._span(filters, cursor)
        until_s = self._clock() + self._look_s
        found: list[Found] = []
        read, at = 0, 0
        with self._reading() as unit:
            unseen = _unseen(unit, filters, reader)
            for candidate in self._candidates(unit, query, filters, keys):
                if len(found) == size or (read and self._clock() > until_s):
                    is_cut = len(found) < size
                    reached = datetime.fromtimestamp(start_of(at), self._zone).date() if is_cut else None
                    return SearchPage(self._hits(unit, found), str(at), read, is_cut, reached)
                read, at = read + 1, candidate.key
                if candidate.contact_id not in unseen and (spots := _spots(query, candidate, filters)) is not None:
                    found.append(Found(candidate, spots))
            return SearchPage(self._hits(unit, found), "", read)

    def check(self, text: str, filters: SearchFilter) -> None:
        """Look that a search can be run.

        Raises:
            InputError: its query or a filter can't be read (`search.query`, `search.filter`).
        """
        _wanted(parse_query(text))
        self._check(filters)
        self._span(filters, "")

    def new_ones(
        self, text: str, filters: SearchFilter, made_since_s: float, most: int, reader: str = ""
    ) -> tuple[str, ...]:
        """Contacts whose entries were made since a moment and in which it's found, the latest first, so many."""
        query = parse_query(text)
        self._check(filters)
        until_s = self._clock() + self._look_s
        found: list[str] = []
        with self._reading() as unit:
            unseen = _unseen(unit, filters, reader)
            for candidate in self._candidates(unit, query, filters, self._span(filters, ""), made_since_s):
                if len(found) == most or self._clock() > until_s:
                    break
                if candidate.contact_id not in unseen and _spots(query, candidate, filters) is not None:
                    found.append(candidate.contact_id)
        return tuple(found)

    def _candidates(
        self, unit: Unit, query: Query, filters: SearchFilter, keys: KeySpan, made_since_s: float = 0.0
    ) -> Iterator[Candidate]:
        wanted = _wanted(query)
        most = AT_ONCE
        while True:
            some = unit.search.candidates(wanted, filters, self._scope, keys, most, made_since_s)
            yield from some
            if len(some) < most:
                return
            keys, most = replace(keys, high=some[-1].key), min(2 * most, AT_MOST)

    def _span(self, filters: SearchFilter, cursor: str) -> KeySpan:
        low = first_key(self._midnight(filters.since)) if filters.since else 0
        high = first_key(self._midnight(filters.until, 1)) if filters.until else None
        if cursor:
            if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > len(str(2**62)):
                raise InputError("page.bad_cursor", "the cursor isn't one of this list", "start without it")
            high = min(int(cursor), high) if high is not None else int(cursor)
        return KeySpan(low, high)

    def _midnight(self, day: date, later: int = 0) -> float:
        """When a day begins, so many days later, in seconds since 1970."""
        try:
            return max(0.0, datetime.combine(day + timedelta(days=later), time(), self._zone).timestamp())
        except (OverflowError, ValueError):
            raise InputError("search.filter", f"{day} is no day that can be looked for", "YYYY-MM-DD") from None

    def _check(self, filters: SearchFilter) -> None:
        if filters.measure and not set(filters.measure) <= set(MEASURE):
            raise InputError("search.filter", "a measure is named by letters, digits and _", "silence_longest_s, say")
        if filters.criterion_id or filters.score_most is not None:
            if filters.form_id not in self._forms:
                raise InputError("search.filter", "a criterion or a score is of a form", "name the form")
            form = self._forms[filters.form_id]
            if filters.criterion_id and filters.criterion_id not in form.by_id:
                message = f"{form.id} has no criterion '{filters.criterion_id[:60]}'"
                raise InputError("search.filter", message, "the form's page names them")
            if filters.criterion_id and filters.answer is None:
                raise InputError("search.filter", "which answer to the criterion?", "met, not_met, …")

    def _hits(self, unit: Unit, found: Sequence[Found]) -> tuple[Hit, ...]:
        contacts = unit.contacts.some([one.candidate.contact_id for one in found], self._scope)
        hits = []
        for one in found:
            contact_id = one.candidate.contact_id
            with suppress(NotFoundError):  # erased or made anew since
                transcript = unit.outputs.transcript(contact_id)
                has_audio = (
                    contacts[contact_id].medium is Medium.VOICE and unit.outputs.recording(contact_id) is not None
                )
                hits.append(_hit(contacts[contact_id], transcript, one, has_audio=has_audio))
        return tuple(hits)


def _unseen(unit: Unit, filters: SearchFilter, reader: str) -> frozenset[str]:
    """Contacts of which a filter by answers would tell the reader what others answered before them."""
    if not reader or not (filters.criterion_id or filters.score_most is not None):
        return frozenset()
    pairs = unit.work_queues.blind_pairs(reader)
    return frozenset(contact_id for contact_id, form_id in pairs if form_id == filters.form_id)


def _wanted(query: Query) -> Wanted:
    wanted = want_tokens(query)
    if wanted is None:
        message = "the search can't be read: one side of OR only excludes"
        raise InputError("search.query", message, "add a word there")
    return wanted


def _spots(query: Query, candidate: Candidate, filters: SearchFilter) -> tuple[Spot, ...] | None:
    is_narrowed = filters.role is not None or filters.first_s is not None or filters.last_s is not None
    if is_ruled_out(query, candidate.language, candidate.turns, candidate.tokens, is_narrowed=is_narrowed):
        return None
    talk = talk_of(candidate.language, candidate.turns)
    return find_words(query, narrowed(talk, filters.role, filters.first_s, filters.last_s))


def _hit(contact: Contact, transcript: Transcript, found: Found, *, has_audio: bool) -> Hit:
    talk = talk_of(found.candidate.language, found.candidate.turns)
    spots: dict[str, list[Spot]] = {}
    for spot in found.spots:
        spots.setdefault(talk.turns[spot.turn].id, []).append(spot)
    said = [turn for turn in transcript.turns if turn.id in spots]
    return Hit(
        contact.id, contact.started_at, contact.agent.name, contact.agent.team, contact.process, contact.medium.value,
        transcript.language, has_audio, tuple(_turn(turn, spots[turn.id]) for turn in said[:MOST_TURNS]),
        max(0, len(said) - MOST_TURNS),
    )  # fmt: skip


def _turn(turn: Turn, spots: Sequence[Spot]) -> HitTurn:
    """The turn's text in pieces: what stands between blanks is found where one of its words is."""
    pieces: list[tuple[str, bool]] = []
    place = 0
    for chunk, words in chunks_of(turn.text):
        is_found = any(spot.start < place + len(words) and place < spot.stop for spot in spots)
        place += len(words)
        if pieces and pieces[-1][1] == is_found:
            pieces[-1] = (f"{pieces[-1][0]} {chunk}", is_found)
        else:
            pieces.append((chunk, is_found))
    return HitTurn(turn.id, turn.role, turn.start_s, turn.end_s, tuple(pieces))


class IndexService:
    """Keeps the index as the conversations are: what is missing or was made from something else is made anew."""

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, now: Callable[[], datetime]) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._now = now

    def catch_up(self, progress: Callable[[int], None] = lambda _done: None) -> int:
        """Make the entries that are missing; returns how many. Killed anywhere, it goes on where it was.

        It goes through all contacts once; what changed meanwhile behind it is made the next time.
        """
        done, after = 0, ""
        while lacking := self._lacking(after):
            after = lacking[-1][0]
            with self._reading() as unit:
                entries = [_entry(unit, contact_id, source) for contact_id, source in lacking]
            with self._unit_of_work() as unit:
                unit.lock("search")
                # What was erased or made anew meanwhile must not come back by what was read before.
                stand = [one for one in entries if unit.work.published(one.contact_id, MADE_FROM) == one.source]
                unit.search.put(stand, VERSION, self._now().timestamp())
            done += len(entries)
            progress(done)
        return done

    def lacking(self) -> bool:
        """Whether there is a conversation that can't be found yet."""
        with self._reading() as unit:
            return bool(unit.search.lacking(VERSION, 1))

    def _lacking(self, after: str) -> tuple[tuple[str, str], ...]:
        with self._reading() as unit:
            return unit.search.lacking(VERSION, AT_ONCE, after)


def _entry(unit: Unit, contact_id: str, source: str) -> Entry:
    contact, transcript = unit.contacts.get(contact_id), unit.outputs.transcript(contact_id)
    turns = turns_of(transcript)
    tokens = tokens_of(talk_of(transcript.language, turns))
    return Entry(contact_id, contact.started_at, source, transcript.language, turns, tokens)
