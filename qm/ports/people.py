"""Stores of people, and of what they sign in with."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from qm.domain.people import Person
from qm.domain.sign_in import Secrets, Session, Token


class PeopleStore(Protocol):
    """People by id and login, with their secrets apart."""

    def add(self, person: Person) -> None:
        """Keep a new person; `ConflictError` where the login is taken."""
        ...

    def change(self, person: Person) -> None:
        """Put the next version in the place of the one before; `ConflictError` where another was first."""
        ...

    def get(self, person_id: str) -> Person:
        """One person, or `NotFoundError`."""
        ...

    def by_login(self, login: str) -> Person | None:
        """Who signs in so, or `None`."""
        ...

    def every(self) -> Sequence[Person]:
        """All, by login."""
        ...

    def secrets(self, person_id: str, *, to_change: bool = False) -> Secrets:
        """What is kept of somebody's secrets; empty ones where nothing is.

        Args:
            to_change: nobody else changes them before this transaction ends.
        """
        ...

    def keep(self, secrets: Secrets) -> None:
        """Put them in the place of those before."""
        ...


class SessionStore(Protocol):
    """Sessions, tokens, one-time links and failed tries."""

    def open(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def get(self, key_sha256: str) -> Session | None:
        """The session of a key."""
        ...

    def seen(self, key_sha256: str, at: datetime) -> None:
        """Note its last request."""
        ...

    def of(self, person_id: str) -> Sequence[Session]:
        """Somebody's sessions by age, those that are over among them."""
        ...

    def close(self, key_sha256: str) -> None:
        """End it; harmless when repeated."""
        ...

    def close_all(self, person_id: str, but: str = "") -> int:
        """End somebody's sessions, all but one; returns how many."""
        ...

    def add_token(self, token: Token) -> None:
        """Keep a new token."""
        ...

    def token(self, key_sha256: str) -> Token | None:
        """The token of a key."""
        ...

    def tokens(self, person_id: str) -> Sequence[Token]:
        """Somebody's tokens by age."""
        ...

    def drop_token(self, token_id: str) -> None:
        """Let it open nothing any more; harmless when repeated."""
        ...

    def add_link(self, key_sha256: str, person_id: str, until: datetime) -> None:
        """Keep a link with which somebody sets a password, in the place of any before."""
        ...

    def use_link(self, key_sha256: str, now: datetime) -> str | None:
        """Whose link it is, once; `None` where there is none or its time is over."""
        ...

    def failures(self, keys: Collection[str]) -> dict[str, tuple[int, datetime]]:
        """How often it failed in a row and when last, for those of these keys where it did."""
        ...

    def fail(self, key: str, at: datetime) -> None:
        """Note one more."""
        ...

    def take_back(self, key: str) -> None:
        """Count one failure less: that try was none."""
        ...

    def drop_links(self, person_id: str) -> None:
        """Let no link of somebody do any more; harmless when repeated."""
        ...

    def succeed(self, keys: Collection[str]) -> None:
        """Begin anew at none."""
        ...

    def sweep(self, now: datetime) -> int:
        """Take away what is over; returns how many rows."""
        ...
