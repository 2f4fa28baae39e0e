"""The search's index: entries in a table, found by SQLite's FTS5 or PostgreSQL's text search over the same tokens."""

import zlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Float,
    and_,
    any_,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    update,
)

from qm.documents import dump, load
from qm.domain.people import Scope
from qm.domain.retention import GONE
from qm.domain.run import ItemState
from qm.domain.search import (
    KEY_BITS,
    Candidate,
    Entry,
    Every,
    KeySpan,
    SavedSearch,
    SearchFilter,
    Token,
    Wanted,
    first_key,
)
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.search_tables import WORDS
from qm.storage.sql_store import SqlStore

MADE_FROM = "signals"
"""The stage whose output tells that a conversation is there, and whose fingerprint changes with its words."""
FEW = 3000
"""Entries with a word that are asked for by their keys; more are gone through from the latest on."""
MOST_S = 10
"""A search that takes longer is given up by PostgreSQL."""
_entries, _facts, _items = tables.search_entries, tables.contact_facts, tables.items
_words = table(WORDS, column("rowid"), column("key"), column("words"))


class SqlSearchStore(SqlStore):
    """Entries, candidates, kept searches and their alerts."""

    def lacking(self, version: int, most: int, after: str = "") -> tuple[tuple[str, str], ...]:
        """Done contacts whose entry is missing or was made from something else, with what it's to be made from."""
        published, entries = tables.published, _entries
        stale = or_(
            entries.c.key.is_(None), entries.c.source != published.c.fingerprint, entries.c.version != version
        )  # fmt: skip
        statement = (
            select(published.c.contact_id, published.c.fingerprint)
            .join(_items, _items.c.contact_id == published.c.contact_id)
            .outerjoin(entries, entries.c.contact_id == published.c.contact_id)
            .where(published.c.stage == MADE_FROM, published.c.fingerprint != GONE)
            .where(_items.c.state == ItemState.DONE.value, _items.c.contact_id > after, stale)
            .order_by(_items.c.contact_id)
            .limit(most)
        )
        return tuple((row.contact_id, row.fingerprint) for row in self._connection.execute(statement))

    def put(self, entries: Sequence[Entry], version: int, at_s: float) -> None:
        """Insert, or replace those of the same contacts."""
        if not entries:
            return
        self.drop([entry.contact_id for entry in entries])
        rows: dict[int, dict[str, object]] = {}
        for entry in sorted(entries, key=lambda entry: entry.contact_id):
            key = _key(entry)
            while key in rows or self._has(key):
                key += 1
            rows[key] = {
                "key": key, "contact_id": entry.contact_id, "source": entry.source, "version": version, "made_s": at_s,
                "language": entry.language, "turns": entry.turns, "tokens": entry.tokens,
            }  # fmt: skip
        self._connection.execute(insert(_entries), list(rows.values()))

    def _has(self, key: int) -> bool:
        return self._connection.execute(select(_entries.c.key).where(_entries.c.key == key)).first() is not None

    def drop(self, contact_ids: Collection[str]) -> int:
        """Take entries away."""
        where = self._among(_entries.c.contact_id, sorted(contact_ids))
        return self._connection.execute(delete(_entries).where(where)).rowcount

    def size(self) -> int:
        """Conversations that can be found."""
        return int(self._connection.execute(select(func.count()).select_from(_entries)).scalar_one())

    def candidates(
        self, wanted: Wanted, filters: SearchFilter, scope: Scope, keys: KeySpan, most: int, made_since_s: float = 0.0
    ) -> tuple[Candidate, ...]:
        """Done contacts that hold what is wanted and fit the filters, the latest first, so many."""
        is_postgresql = self._connection.dialect.name == "postgresql"
        if is_postgresql:
            self._connection.execute(text(f"SET LOCAL statement_timeout = '{MOST_S}s'"))
        source, key, found = (_in_postgresql if is_postgresql else _in_sqlite)(wanted)
        source = source.join(_facts, _facts.c.contact_id == _entries.c.contact_id)
        source = source.join(_items, _items.c.contact_id == _entries.c.contact_id)
        where = [found, _items.c.state == ItemState.DONE.value, key >= keys.low, *within(scope)]
        if keys.high is not None:
            where.append(key < keys.high)
        if is_postgresql and (few := self._few(found)) is not None:
            where.append(self._among_keys(key, few))
        if made_since_s:
            where.append(_entries.c.made_s > made_since_s)
        where += _narrowed(filters, is_postgresql=is_postgresql)
        names = ("key", "contact_id", "language", "turns", "tokens")
        picked = (_entries.c[name] for name in names)
        statement = select(*picked).select_from(source).where(*where).order_by(key.desc()).limit(most)
        return tuple(Candidate(*row) for row in self._connection.execute(statement))

    def _few(self, found: ColumnElement[bool]) -> list[int] | None:
        """Keys of all that hold a rare word, from PostgreSQL's index of words; `None` where there are too many.

        Left to itself PostgreSQL takes a word that it has never seen for a common one, and goes through all entries
        from the latest on.
        """
        planner = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
        for name in planner:
            self._connection.execute(text(f"SET LOCAL {name} = off"))
        statement = select(_words.c.key).where(found).limit(FEW)
        keys = list(self._connection.execute(statement).scalars())
        for name in planner:
            self._connection.execute(text(f"SET LOCAL {name} = on"))
        return keys if len(keys) < FEW else None

    def _among_keys(self, key: ColumnElement[int], keys: list[int]) -> ColumnElement[bool]:
        return key == any_(literal(keys, ARRAY(BigInteger)))

    def save(self, search: SavedSearch) -> None:
        """Insert or replace."""
        self._put(
            tables.saved_searches, id=search.id, owner=search.owner, name=search.name, alerts=search.alerts,
            document=dump(search),
        )  # fmt: skip

    def saved(self, owner: str = "") -> tuple[SavedSearch, ...]:
        """Searches by name, of one person or of all."""
        saved = tables.saved_searches
        where = [saved.c.owner == owner] if owner else []
        statement = select(saved.c.document).where(*where).order_by(saved.c.owner, saved.c.name, saved.c.id)
        return tuple(load(SavedSearch, document) for document in self._connection.execute(statement).scalars())

    def forget(self, search_id: str, owner: str) -> bool:
        """Take a person's search away, with its alerts."""
        saved, alerts = tables.saved_searches, tables.search_alerts
        own = exists().where(saved.c.id == search_id, saved.c.owner == owner)
        self._connection.execute(delete(alerts).where(alerts.c.search_id == search_id, own))
        gone = delete(saved).where(saved.c.id == search_id, saved.c.owner == owner)
        return bool(self._connection.execute(gone).rowcount)

    def alert(self, search_id: str, contact_ids: Sequence[str], at_s: float) -> int:
        """Note contacts of a search; returns how many weren't noted yet."""
        alerts = tables.search_alerts
        among = (alerts.c.search_id == search_id, self._among(alerts.c.contact_id, sorted(contact_ids)))
        known = set(self._connection.execute(select(alerts.c.contact_id).where(*among)).scalars())
        new = [contact_id for contact_id in dict.fromkeys(contact_ids) if contact_id not in known]
        rows = [{"search_id": search_id, "contact_id": each, "at_s": at_s, "is_read": False} for each in new]
        self._add_all(alerts, rows)
        return len(new)

    def alerts(self, search_id: str, most: int) -> tuple[tuple[str, bool], ...]:
        """Contacts of a search, the last noted first, and whether each has been read."""
        alerts = tables.search_alerts
        statement = (
            select(alerts.c.contact_id, alerts.c.is_read).where(alerts.c.search_id == search_id)
            .order_by(alerts.c.at_s.desc(), alerts.c.contact_id).limit(most)
        )  # fmt: skip
        return tuple((row.contact_id, bool(row.is_read)) for row in self._connection.execute(statement))

    def unread(self, owner: str) -> dict[str, int]:
        """Contacts that haven't been read, by search of a person; those without any are left out."""
        saved, alerts = tables.saved_searches, tables.search_alerts
        statement = (
            select(alerts.c.search_id, func.count()).join(saved, saved.c.id == alerts.c.search_id)
            .where(saved.c.owner == owner, alerts.c.is_read.is_(False)).group_by(alerts.c.search_id)
        )  # fmt: skip
        return {search_id: int(n) for search_id, n in self._connection.execute(statement)}

    def read(self, search_id: str) -> None:
        """Note that everything of a search has been read."""
        alerts = tables.search_alerts
        self._connection.execute(update(alerts).where(alerts.c.search_id == search_id).values(is_read=True))


def _key(entry: Entry) -> int:
    """Contacts that start in one second are told apart by a few bits of their id; the rest is left to go up from."""
    return first_key(entry.started_at.timestamp()) + (zlib.crc32(entry.contact_id.encode()) >> (32 - KEY_BITS + 1))


def _in_sqlite(wanted: Wanted) -> tuple[Any, ColumnElement[int], ColumnElement[bool]]:
    """The full text first, row by row from the latest: `+` keeps SQLite from beginning at the other table."""
    source = _words.join(_entries, _entries.c.key == literal_column(f"+{WORDS}.rowid"))
    return source, _words.c.rowid, text(f"{WORDS} MATCH :wanted").bindparams(wanted=_fts5(wanted))  # type: ignore[return-value]


def _in_postgresql(wanted: Wanted) -> tuple[Any, ColumnElement[int], ColumnElement[bool]]:
    """PostgreSQL itself sees whether a word is rare (then its index) or common (then rows from the latest)."""
    source = _words.join(_entries, _entries.c.key == _words.c.key)
    found = text(f"{WORDS}.words @@ CAST(:wanted AS tsquery)").bindparams(wanted=_tsquery(wanted))
    return source, _words.c.key, found  # type: ignore[return-value]


def _fts5(wanted: Wanted) -> str:
    """Tokens are ASCII letters and digits (`qm.analysis.search.index_talk`): nothing in them can be an operator."""
    if isinstance(wanted, Token):
        return f'"{wanted.text}"' + (" *" if wanted.is_prefix else "")
    return "(" + (" AND " if isinstance(wanted, Every) else " OR ").join(map(_fts5, wanted.parts)) + ")"


def _tsquery(wanted: Wanted) -> str:
    if isinstance(wanted, Token):
        return f"'{wanted.text}'" + (":*" if wanted.is_prefix else "")
    return "(" + (" & " if isinstance(wanted, Every) else " | ").join(map(_tsquery, wanted.parts)) + ")"


def _narrowed(filters: SearchFilter, *, is_postgresql: bool) -> list[ColumnElement[bool]]:
    asked = (
        (_facts.c.agent_id, filters.agent_id), (_facts.c.team, filters.team), (_facts.c.process, filters.process),
        (_facts.c.medium, filters.medium),
    )  # fmt: skip
    where: list[ColumnElement[bool]] = [field == value for field, value in asked if value]
    if filters.measure:
        value = _measure(filters.measure, is_postgresql=is_postgresql)
        where += [value >= filters.at_least] if filters.at_least is not None else []
        where += [value <= filters.at_most] if filters.at_most is not None else []
    if filters.criterion_id or filters.score_most is not None:
        where.append(_scored(filters))
    if filters.nps_most is not None:
        links, responses = tables.survey_links, tables.survey_responses
        joined = and_(responses.c.id == links.c.response_id, links.c.contact_id == _entries.c.contact_id)
        where.append(exists().where(joined, responses.c.nps <= filters.nps_most))
    return where


def _measure(name: str, *, is_postgresql: bool) -> ColumnElement[float]:
    if is_postgresql:
        return cast(cast(_facts.c.measures, JSON)[name].as_string(), Float)
    return func.json_extract(_facts.c.measures, f'$."{name}"')


def _scored(filters: SearchFilter) -> ColumnElement[bool]:
    scored, answers = tables.evaluations, tables.answers
    where = [scored.c.contact_id == _entries.c.contact_id, scored.c.form_id == filters.form_id]
    if filters.score_most is not None:
        where.append(scored.c.score <= filters.score_most)
    if filters.criterion_id and filters.answer is not None:
        where += [answers.c.evaluation_id == scored.c.id, answers.c.criterion_id == filters.criterion_id,
                  answers.c.answer == filters.answer.value]  # fmt: skip
    return exists().where(*where)
