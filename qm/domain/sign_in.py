"""Rules of signing in: passwords, sessions, waiting after failures. Clocks and random bytes arrive as arguments."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from qm.domain.people import Right, Scope

SHORTEST, LONGEST = 12, 200
"""Characters of a password. The longest protects the hash, not the person: a megabyte would take it minutes."""
FREE_TRIES, FREE_TRIES_OF_PLACE = 5, 50
"""Failures before anybody has to wait: under one login; from one address, behind which a whole office may sit."""
QUIET = timedelta(hours=1)
"""After so long without a failure, they're counted from the beginning."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
LEAST_DIFFERENT = 5
"""Different characters a password needs at least."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly a session's last request is noted: a write a minute, not one a click."""


@dataclass(frozen=True)
class SessionRules:
    """How long a session lasts: after the last request, and at most."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """Somebody's signed-in browser. Its key is in the browser alone; here is its hash.

    Attributes:
        csrf: what forms of this session carry, so that no other site's page can send one.
    """

    key_sha256: str
    person_id: str
    csrf: str
    opened_at: datetime
    seen_at: datetime

    def ends_at(self, rules: SessionRules) -> datetime:
        """When it's over unless something is asked before."""
        return min(self.seen_at + rules.idle, self.opened_at + rules.longest)


@dataclass(frozen=True)
class Token:
    """What a program signs in with: never more than its owner may do and see.

    Attributes:
        last4: of the token, so that people can tell theirs apart.
    """

    id: str
    key_sha256: str
    last4: str
    person_id: str
    name: str
    rights: frozenset[Right]
    scope: Scope
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Secrets:
    """What only somebody knows or has, as far as it's kept.

    Attributes:
        password: its hash, with algorithm, cost and salt; empty: none yet.
        totp_step: the last step whose code was taken: a code that was seen over a shoulder is worth nothing.
        totp_offered: a key that was shown, until a code of it proves that somebody's telephone has it.
    """

    person_id: str
    password: str = ""
    totp_key: str = ""
    totp_step: int = 0
    totp_offered: str = ""
    changed_at: datetime | None = None


def hash_of(key: str) -> str:
    """What is kept of a key of 32 random bytes; a slow hash would add nothing to those.

    >>> hash_of("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(key.encode()).hexdigest()


def same_login(text: str) -> str:
    """A login as it's kept: composed, small letters, no spaces around.

    >>> same_login(" Anna.ROSSI ")
    'anna.rossi'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def wait_after(failures: int, free: int = FREE_TRIES) -> timedelta:
    """How long nobody may try again under that login or from that place.

    >>> [int(wait_after(n).total_seconds()) for n in (0, 4, 5, 6, 7, 30)]
    [0, 0, 30, 60, 120, 900]
    """
    if failures < free:
        return timedelta()
    doubled: int = 2 ** min(failures - free, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def password_fault(password: str, told: tuple[str, ...], common: frozenset[str]) -> str:
    """Why a password won't do: `short`, `long`, `simple`, `told` or `common`; empty where it does.

    After NIST SP 800-63B (2017), section 5.1.1.2: length and a list of what is guessed first, no rules of character
    classes and no expiry, which make people choose worse ones.

    Args:
        told: login and name.
        common: in small letters.
    """
    plain = unicodedata.normalize("NFKC", password)
    small = plain.casefold()
    if len(plain) < SHORTEST:
        return "short"
    if len(plain) > LONGEST:
        return "long"
    if len(set(small)) < LEAST_DIFFERENT:
        return "simple"
    if any(len(part) > 3 and part in small for text in told for part in text.casefold().split()):
        return "told"
    return "common" if small in common or small.rstrip("0123456789!.?") in common else ""
