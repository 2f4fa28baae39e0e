"""Signing in and out: sessions, waiting after failures, passwords set by link, tokens of programs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from qm.domain.people import RIGHTS, Person, PersonState, Principal, Right, Role, Scope, Via, principal_of
from qm.domain.sign_in import (
    FREE_TRIES,
    FREE_TRIES_OF_PLACE,
    SEEN_EVERY,
    Secrets,
    Session,
    SessionRules,
    Token,
    hash_of,
    password_fault,
    same_login,
    wait_after,
)
from qm.errors import ConflictError, InputError, RightError, SignInError
from qm.ports import Unit, UnitOfWork

KEY_BYTES = 32
PLACE = "place:"
"""What keys of failures from one address begin with."""
TOKEN_PREFIX = "qmt_"  # noqa: S105 - what tokens begin with, so that scanners of repositories know one
LINK_LASTS = timedelta(hours=24)
LONGEST_TOKEN = timedelta(days=365)
MOST_TOKENS = 20
"""Of one person, those that are over and not yet swept away among them."""
REFUSED = "login, password or code don't fit"
HINTS = {
    "short": "at least 12 characters: four words that don't belong together are easy to keep in mind",
    "long": "at most 200 characters",
    "simple": "more different characters",
    "told": "without your own name or login",
    "common": "this one is among the first that anybody tries",
}


class Hasher(Protocol):
    """Slow hashes of passwords."""

    def hash(self, password: str) -> str:
        """What is kept."""
        ...

    def fits(self, password: str, kept: str) -> bool:
        """Whether it's the one; as slow where nothing is kept."""
        ...

    def is_old(self, kept: str) -> bool:
        """Whether it should be made anew."""
        ...


@dataclass(frozen=True)
class Opened:
    """A new session: its key goes to the browser and is kept nowhere else."""

    key: str
    session: Session
    person: Person


@dataclass(frozen=True)
class SignedIn:
    """Who asks, and the session that they ask in."""

    principal: Principal
    session: Session


@dataclass
class SignInService:
    """Who is who.

    Attributes:
        codes: tells the step of a one-time code that fits a key, or `None`.
        key: draws a key of so many bytes.
        common: passwords that are guessed first, in small letters.
    """

    unit_of_work: UnitOfWork
    reading: UnitOfWork
    hasher: Hasher
    now: Callable[[], datetime]
    rules: SessionRules = field(default_factory=SessionRules)
    common: frozenset[str] = frozenset()
    codes: Callable[[str, str, datetime], int | None] = lambda _key, _code, _now: None
    key: Callable[[int], str] = secrets.token_urlsafe

    # Sessions

    def sign_in(self, login: str, password: str, code: str, place: str) -> Opened:
        """Open a session.

        Every fault is told in the same words, whether login, password or code was wrong.

        Args:
            place: where the try comes from, such as an address; failures are counted by it as well.

        Raises:
            SignInError: `sign_in.refused`, or `sign_in.wait` after too many failures.
        """
        login, now = same_login(login), self.now()
        keys = (f"login:{hash_of(login)}", f"{PLACE}{hash_of(place)}")
        with self.unit_of_work() as unit:
            self._take_try(unit, keys, now)
            person = unit.people.by_login(login)
            kept = unit.people.secrets(person.id) if person else Secrets("")
        fits = self.hasher.fits(password, kept.password)
        with self.unit_of_work() as unit:
            used = self._use_code(unit, kept, code, now) if fits else None
            if person is None or used is None or person.state is not PersonState.ACTIVE:
                if person is not None:
                    unit.audit.note("sign_in.refused", "login", person.id, actor=person.login)
                refused = True
            else:
                refused = False
                unit.sessions.succeed(keys[:1])
                unit.sessions.take_back(keys[1])
                self._renew(unit, used, password)
                opened = self._open(unit, person, now)
                unit.audit.note("sign_in.done", "login", person.id, actor=person.login)
        if refused:
            raise SignInError("sign_in.refused", REFUSED, "try again, or ask for a new link")
        return opened

    def let_in(self, login: str) -> Opened:
        """Open a session for somebody whom the house's identity provider has named; it has asked for proof.

        Raises:
            SignInError: nobody here signs in so, told in the words of a wrong password (`sign_in.refused`).
        """
        now = self.now()
        with self.unit_of_work() as unit:
            person = unit.people.by_login(same_login(login))
            if person is not None and person.role is not Role.SERVICE and person.state is not PersonState.LEFT:
                if person.state is PersonState.INVITED:
                    unit.people.change(replace(person, state=PersonState.ACTIVE))
                    unit.sessions.drop_links(person.id)
                unit.audit.note("sign_in.done", "login", person.id, actor=person.login)
                return self._open(unit, person, now)
            if person is not None:
                unit.audit.note("sign_in.refused", "login", person.id, actor=person.login)
        raise SignInError("sign_in.refused", REFUSED, "ask an administrator whether you are known here")

    def who(self, key: str) -> SignedIn | None:
        """Whose session a key opens; `None` where it opens none any more."""
        if not key:
            return None
        now, sha256 = self.now(), hash_of(key)
        with self.reading() as unit:
            session = unit.sessions.get(sha256)
            if session is None or session.ends_at(self.rules) <= now:
                return None
            person = unit.people.get(session.person_id)
        if person.state is not PersonState.ACTIVE:
            return None
        if now - session.seen_at > SEEN_EVERY:
            with self.unit_of_work() as unit:
                unit.sessions.seen(sha256, now)
        return SignedIn(principal_of(person, Via.SESSION, session.ends_at(self.rules)), session)

    def sign_out(self, key: str) -> None:
        """End a session; harmless when repeated."""
        with self.unit_of_work() as unit:
            unit.sessions.close(hash_of(key))

    # Passwords

    def invite(self, person_id: str, by: str) -> str:
        """The key of a link with which somebody sets a password, once, within a day. Ends their sessions."""
        key = self.key(KEY_BYTES)
        with self.unit_of_work() as unit:
            person = unit.people.get(person_id)
            if person.state is PersonState.LEFT or person.role is Role.SERVICE:
                message = f"'{person.login}' doesn't sign in with a password"
                raise ConflictError("person.no_password", message, "a service has tokens; who left is taken back first")
            unit.sessions.add_link(hash_of(key), person_id, self.now() + LINK_LASTS)
            unit.sessions.close_all(person_id)
            unit.audit.note("person.invited", "login", person_id, actor=by)
        return key

    def set_password(self, link: str, password: str) -> Person:
        """Set the first or a new password by a link; sessions and tokens of before end.

        Raises:
            SignInError: no such link, or its time is over (`sign_in.link`).
            InputError: the password won't do; the link still does.
        """
        now = self.now()
        with self.unit_of_work() as unit:
            person_id = unit.sessions.use_link(hash_of(link), now)
            if person_id is None:
                raise SignInError("sign_in.link", "this link was used, or its day is over", "ask for a new one")
            person = unit.people.get(person_id)
            self._check(password, person)  # raised, it takes back that the link was used
            kept = unit.people.secrets(person_id, to_change=True)
            unit.people.keep(replace(kept, password=self.hasher.hash(password), changed_at=now))
            if person.state is PersonState.INVITED:
                unit.people.change(replace(person, state=PersonState.ACTIVE))
            unit.sessions.close_all(person_id)
            for token in unit.sessions.tokens(person_id):
                unit.sessions.drop_token(token.id)
            unit.sessions.succeed([f"login:{hash_of(person.login)}"])
            unit.audit.note("password.set", "login", person_id, actor=person.login)
            return unit.people.get(person_id)

    def change_password(self, signed_in: SignedIn, old: str, new: str) -> None:
        """Change one's own password; all other sessions end.

        Raises:
            SignInError: the old one doesn't fit, or the wait after too many failures isn't over.
            InputError: the new one won't do.
        """
        person = signed_in.principal.person
        self.prove(person, old)
        with self.unit_of_work() as unit:
            kept = unit.people.secrets(person.id, to_change=True)
            self._check(new, person)
            unit.people.keep(replace(kept, password=self.hasher.hash(new), changed_at=self.now()))
            unit.sessions.close_all(person.id, but=signed_in.session.key_sha256)
            unit.audit.note("password.set", "login", person.id, actor=person.login)

    def prove(self, person: Person, password: str) -> None:
        """Ask somebody who is signed in for the password once more; failures count as those of signing in do.

        Raises:
            SignInError: it isn't theirs (`password.wrong`), or the wait isn't over (`sign_in.wait`).
        """
        keys, now = (f"login:{hash_of(person.login)}",), self.now()
        with self.unit_of_work() as unit:
            self._take_try(unit, keys, now)
            kept = unit.people.secrets(person.id)
        if self.hasher.fits(password, kept.password):
            with self.unit_of_work() as unit:
                unit.sessions.take_back(keys[0])
            return
        with self.unit_of_work() as unit:
            unit.audit.note("sign_in.refused", "login", person.id, actor=person.login)
        raise SignInError("password.wrong", "this isn't your password of now", "try again")

    def drop_second_factor(self, person_id: str, by: str) -> None:
        """Ask somebody for no code any more, as when a telephone is lost. Ends their sessions.

        Raises:
            ConflictError: no code is asked for (`code.off`).
        """
        with self.unit_of_work() as unit:
            kept = unit.people.secrets(person_id, to_change=True)
            if not kept.totp_key:
                login = unit.people.get(person_id).login
                raise ConflictError("code.off", f"'{login}' isn't asked for a code", "there is nothing to take away")
            unit.people.keep(replace(kept, totp_key="", totp_offered="", totp_step=0))
            unit.sessions.close_all(person_id)
            unit.audit.note("code.dropped", "login", person_id, actor=by)

    # Tokens

    def make_token(
        self, owner: Person, name: str, rights: frozenset[Right], scope: Scope, lasts: timedelta, by: str
    ) -> tuple[str, Token]:
        """A token and what is kept of it; the token itself is told this once.

        Raises:
            RightError: it would do or show more than its owner may.
            InputError: it would last too long, or not at all.
            ConflictError: its owner has too many.
        """
        if not rights <= RIGHTS[owner.role] or not scope.within(owner.sees):
            message = f"a token of '{owner.login}' can't do or see more than '{owner.login}'"
            raise RightError("token.too_much", message, "fewer rights, or a narrower scope")
        if not timedelta() < lasts <= LONGEST_TOKEN:
            raise InputError("token.lasts", "a token lasts for a day to a year", "choose another day")
        secret, now = TOKEN_PREFIX + self.key(KEY_BYTES), self.now()
        token = Token(
            f"tk-{hash_of(secret)[:12]}", hash_of(secret), secret[-4:], owner.id, name[:80], rights, scope, now,
            now + lasts,
        )  # fmt: skip
        with self.unit_of_work() as unit:
            if len(unit.sessions.tokens(owner.id)) >= MOST_TOKENS:
                raise ConflictError("token.many", f"'{owner.login}' has {MOST_TOKENS} tokens", "take one back first")
            unit.sessions.add_token(token)
            unit.audit.note("token.made", "token", token.id, after=sorted(rights), actor=by)
        return secret, token

    def bearer(self, secret: str) -> Principal | None:
        """Who a token speaks for; `None` where it speaks for nobody any more."""
        if not secret.startswith(TOKEN_PREFIX):
            return None
        with self.reading() as unit:
            token = unit.sessions.token(hash_of(secret))
            if token is None or token.expires_at <= self.now():
                return None
            person = unit.people.get(token.person_id)
        if person.state is PersonState.LEFT:
            return None
        scope = token.scope.narrowed_to(person.sees)
        return Principal(person, token.rights & RIGHTS[person.role], scope, Via.TOKEN, token.expires_at)

    def _take_try(self, unit: Unit, keys: tuple[str, ...], now: datetime) -> None:
        """Count a try as a failure before the slow look at it, so that many at once are counted too."""
        unit.lock("sign_in")
        self._hold_back(unit, keys, now)
        for key in keys:
            unit.sessions.fail(key, now)

    def _hold_back(self, unit: Unit, keys: tuple[str, ...], now: datetime) -> None:
        free = {key: FREE_TRIES_OF_PLACE if key.startswith(PLACE) else FREE_TRIES for key in keys}
        found = unit.sessions.failures(keys)
        waits = [last + wait_after(n, free[key]) - now for key, (n, last) in found.items()]
        if waits and (longest := max(waits)) > timedelta():
            seconds = int(longest.total_seconds()) + 1
            message = f"too many failures in a row: wait {seconds} s"
            raise SignInError("sign_in.wait", message, "or ask an administrator for a new link")

    def _use_code(self, unit: Unit, seen: Secrets, code: str, now: datetime) -> Secrets | None:
        """Somebody's secrets with the code's step as the last; `None` where it doesn't fit or was used.

        Read once more and held: of two who send the same code at once, one gets in.
        """
        kept = unit.people.secrets(seen.person_id, to_change=True)
        if kept.password != seen.password:
            return None
        if not kept.totp_key:
            return kept
        step = self.codes(kept.totp_key, code, now)
        if step is None or step <= kept.totp_step:
            return None
        unit.people.keep(later := replace(kept, totp_step=step))
        return later

    def _renew(self, unit: Unit, kept: Secrets, password: str) -> None:
        """Hash the password anew where more is asked for than was then."""
        if self.hasher.is_old(kept.password):
            unit.people.keep(replace(kept, password=self.hasher.hash(password)))

    def _open(self, unit: Unit, person: Person, now: datetime) -> Opened:
        unit.sessions.sweep(now)
        key = self.key(KEY_BYTES)
        session = Session(hash_of(key), person.id, self.key(KEY_BYTES), now, now)
        unit.sessions.open(session)
        return Opened(key, session, person)

    def _check(self, password: str, person: Person) -> None:
        if fault := password_fault(password, (person.login, person.name), self.common):
            raise InputError(f"password.{fault}", "this password won't do", HINTS[fault])
