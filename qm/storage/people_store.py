"""People, their secrets, sessions and tokens in their tables."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, case, delete, select, update
from sqlalchemy.exc import IntegrityError

from qm.documents import dump, load
from qm.domain.people import Person
from qm.domain.sign_in import QUIET, Secrets, Session, Token
from qm.errors import ConflictError, NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore

STALE_S = 30 * 86400.0
"""Seconds after which a session is over by whatever rule, and its row of use to nobody."""


class SqlPeopleStore(SqlStore):
    """People by id and login."""

    def add(self, person: Person) -> None:
        """Keep a new person; `ConflictError` where the login is taken."""
        if self.by_login(person.login) is not None:
            raise _taken(person.login)
        try:
            with self._connection.begin_nested():
                self._connection.execute(tables.people.insert(), _row(person))
        except IntegrityError:  # somebody else was first, between the look and the insert
            raise _taken(person.login) from None

    def change(self, person: Person) -> None:
        """Put the next version in the place of the one before; `ConflictError` where another was first."""
        if (other := self.by_login(person.login)) is not None and other.id != person.id:
            raise _taken(person.login)
        table, later = tables.people, replace(person, version=person.version + 1)
        where = (table.c.id == person.id, table.c.version == person.version)
        if not self._connection.execute(update(table).where(*where).values(**_row(later))).rowcount:
            message = f"'{person.login}' was changed by somebody else meanwhile"
            raise ConflictError("person.changed", message, "look at it again, then change it")

    def get(self, person_id: str) -> Person:
        """One person, or `NotFoundError`."""
        row = self._one(tables.people, ("document",), id=person_id)
        if row is None:
            raise NotFoundError("person.unknown", f"no person '{person_id[:60]}'", "`qm people list` names them")
        return load(Person, row.document)

    def by_login(self, login: str) -> Person | None:
        """Who signs in so, or `None`."""
        row = self._one(tables.people, ("document",), login=login)
        return load(Person, row.document) if row else None

    def every(self) -> tuple[Person, ...]:
        """All, by login."""
        rows = self._connection.execute(select(tables.people.c.document).order_by(tables.people.c.login))
        return tuple(load(Person, row.document) for row in rows)

    def secrets(self, person_id: str, *, to_change: bool = False) -> Secrets:
        """What is kept of somebody's secrets; empty ones where nothing is.

        Args:
            to_change: nobody else changes them before this transaction ends.
        """
        table = tables.person_secrets
        statement = select(table.c.document).where(table.c.person_id == person_id)
        # SQLite knows no such lock and needs none: one transaction writes at a time.
        row = self._connection.execute(statement.with_for_update() if to_change else statement).first()
        return load(Secrets, row.document) if row else Secrets(person_id)

    def keep(self, secrets: Secrets) -> None:
        """Put them in the place of those before."""
        self._put(tables.person_secrets, person_id=secrets.person_id, document=dump(secrets))


class SqlSessionStore(SqlStore):
    """Sessions, tokens, one-time links and failed tries."""

    def open(self, session: Session) -> None:
        """Keep a new session."""
        self._put(
            tables.sessions, key_sha256=session.key_sha256, person_id=session.person_id, csrf=session.csrf,
            opened_s=session.opened_at.timestamp(), seen_s=session.seen_at.timestamp(),
        )  # fmt: skip

    def get(self, key_sha256: str) -> Session | None:
        """The session of a key."""
        names = ("key_sha256", "person_id", "csrf", "opened_s", "seen_s")
        row = self._one(tables.sessions, names, key_sha256=key_sha256)
        return _session(row) if row else None

    def of(self, person_id: str) -> tuple[Session, ...]:
        """Somebody's sessions by age, those that are over among them."""
        names = ("key_sha256", "person_id", "csrf", "opened_s", "seen_s")
        found = [_session(row) for row in self._all(tables.sessions, names, person_id=person_id)]
        return tuple(sorted(found, key=lambda session: (session.opened_at, session.key_sha256)))

    def seen(self, key_sha256: str, at: datetime) -> None:
        """Note its last request."""
        table = tables.sessions
        self._connection.execute(update(table).where(table.c.key_sha256 == key_sha256).values(seen_s=at.timestamp()))

    def close(self, key_sha256: str) -> None:
        """End it; harmless when repeated."""
        self._connection.execute(delete(tables.sessions).where(tables.sessions.c.key_sha256 == key_sha256))

    def close_all(self, person_id: str, but: str = "") -> int:
        """End somebody's sessions, all but one; returns how many."""
        table = tables.sessions
        where = (table.c.person_id == person_id, table.c.key_sha256 != but)
        return self._connection.execute(delete(table).where(*where)).rowcount

    def add_token(self, token: Token) -> None:
        """Keep a new token."""
        self._put(
            tables.tokens, id=token.id, key_sha256=token.key_sha256, person_id=token.person_id,
            expires_s=token.expires_at.timestamp(), document=dump(token),
        )  # fmt: skip

    def token(self, key_sha256: str) -> Token | None:
        """The token of a key."""
        row = self._one(tables.tokens, ("document",), key_sha256=key_sha256)
        return load(Token, row.document) if row else None

    def tokens(self, person_id: str) -> tuple[Token, ...]:
        """Somebody's tokens by age."""
        found = [load(Token, row.document) for row in self._all(tables.tokens, ("document",), person_id=person_id)]
        return tuple(sorted(found, key=lambda token: (token.made_at, token.id)))

    def drop_token(self, token_id: str) -> None:
        """Let it open nothing any more; harmless when repeated."""
        self._connection.execute(delete(tables.tokens).where(tables.tokens.c.id == token_id))

    def add_link(self, key_sha256: str, person_id: str, until: datetime) -> None:
        """Keep a link with which somebody sets a password, in the place of any before."""
        table = tables.sign_in_links
        self._connection.execute(delete(table).where(table.c.person_id == person_id))
        self._put(table, key_sha256=key_sha256, person_id=person_id, until_s=until.timestamp())

    def use_link(self, key_sha256: str, now: datetime) -> str | None:
        """Whose link it is, once; `None` where there is none or its time is over."""
        table = tables.sign_in_links
        row = self._one(table, ("person_id", "until_s"), key_sha256=key_sha256)
        # Of two who use it at once, the database lets one delete the row.
        is_ours = self._connection.execute(delete(table).where(table.c.key_sha256 == key_sha256)).rowcount == 1
        return str(row.person_id) if row and is_ours and row.until_s > now.timestamp() else None

    def failures(self, keys: Collection[str]) -> dict[str, tuple[int, datetime]]:
        """How often it failed in a row and when last, for those of these keys where it did."""
        table = tables.sign_in_failures
        rows = self._connection.execute(select(table).where(table.c.key.in_(list(keys))))
        return {row.key: (row.failures, _at(row.last_s)) for row in rows}

    def fail(self, key: str, at: datetime) -> None:
        """Note one more."""
        table = tables.sign_in_failures
        self._add(table, key=key, failures=0, last_s=at.timestamp())
        is_old = table.c.last_s < (at - QUIET).timestamp()
        more = {"failures": case((is_old, 1), else_=table.c.failures + 1), "last_s": at.timestamp()}
        self._connection.execute(update(table).where(table.c.key == key).values(**more))

    def take_back(self, key: str) -> None:
        """Count one failure less: that try was none."""
        table = tables.sign_in_failures
        where = (table.c.key == key, table.c.failures > 0)
        self._connection.execute(update(table).where(*where).values(failures=table.c.failures - 1))

    def drop_links(self, person_id: str) -> None:
        """Let no link of somebody do any more; harmless when repeated."""
        table = tables.sign_in_links
        self._connection.execute(delete(table).where(table.c.person_id == person_id))

    def succeed(self, keys: Collection[str]) -> None:
        """Begin anew at none."""
        table = tables.sign_in_failures
        self._connection.execute(delete(table).where(table.c.key.in_(list(keys))))

    def sweep(self, now: datetime) -> int:
        """Take away what is over; returns how many rows."""
        now_s, gone = now.timestamp(), 0
        for table, is_over in (
            (tables.sessions, tables.sessions.c.opened_s < now_s - STALE_S),
            (tables.tokens, tables.tokens.c.expires_s < now_s),
            (tables.sign_in_links, tables.sign_in_links.c.until_s < now_s),
            (tables.sign_in_failures, tables.sign_in_failures.c.last_s < (now - QUIET).timestamp()),
        ):
            gone += self._connection.execute(delete(table).where(is_over)).rowcount
        return gone


def _row(person: Person) -> dict[str, object]:
    return {
        "id": person.id, "login": person.login, "state": person.state.value, "version": person.version,
        "document": dump(person),
    }  # fmt: skip


def _session(row: Row[Any]) -> Session:
    return Session(row.key_sha256, row.person_id, row.csrf, _at(row.opened_s), _at(row.seen_s))


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _taken(login: str) -> ConflictError:
    return ConflictError("person.login_taken", f"somebody signs in as '{login[:60]}' already", "choose another login")
