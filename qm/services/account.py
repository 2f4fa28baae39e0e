"""What somebody does with their own account: one-time codes, sessions, tokens. Changing the password: `sign_in`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from qm.domain.people import RIGHTS, Person, Right
from qm.domain.sign_in import Session, Token
from qm.errors import ConflictError, InputError, NotFoundError, SignInError
from qm.services.sign_in import SignedIn, SignInService


@dataclass(frozen=True)
class Account:
    """How somebody signs in.

    Attributes:
        sessions: that go on, the oldest first.
    """

    person: Person
    has_password: bool
    asks_code: bool
    sessions: tuple[Session, ...]
    tokens: tuple[Token, ...]


@dataclass
class AccountService:
    """One's own account. Whoever is asked about has signed in by a browser: a token manages no account.

    Attributes:
        new_key: draws a key for one-time codes.
    """

    sign_in: SignInService
    new_key: Callable[[], str]

    def show(self, signed_in: SignedIn) -> Account:
        """How it stands."""
        person, now = signed_in.principal.person, self.sign_in.now()
        with self.sign_in.reading() as unit:
            kept = unit.people.secrets(person.id)
            sessions = unit.sessions.of(person.id)
            tokens = unit.sessions.tokens(person.id)
        going_on = tuple(session for session in sessions if session.ends_at(self.sign_in.rules) > now)
        return Account(person, bool(kept.password), bool(kept.totp_key), going_on, tuple(tokens))

    # One-time codes

    def offer_code(self, signed_in: SignedIn, password: str) -> str:
        """A key for an authenticator app. It counts from `confirm_code` on.

        Raises:
            SignInError: the password doesn't fit.
            ConflictError: codes are asked for already (`code.on`).
        """
        person = signed_in.principal.person
        self.sign_in.prove(person, password)
        key = self.new_key()
        with self.sign_in.unit_of_work() as unit:
            kept = unit.people.secrets(person.id, to_change=True)
            if kept.totp_key:
                raise ConflictError("code.on", "you are asked for codes already", "turn them off first")
            unit.people.keep(replace(kept, totp_offered=key))
        return key

    def offered(self, signed_in: SignedIn) -> str:
        """The key that was shown last and isn't confirmed; empty: none is."""
        with self.sign_in.reading() as unit:
            return unit.people.secrets(signed_in.principal.person.id).totp_offered

    def confirm_code(self, signed_in: SignedIn, code: str) -> None:
        """Ask for codes from now on, since one of the key that was shown fits. Ends all other sessions.

        Raises:
            ConflictError: no key was shown (`code.not_offered`).
            SignInError: it doesn't fit (`code.wrong`).
        """
        person = signed_in.principal.person
        with self.sign_in.unit_of_work() as unit:
            kept = unit.people.secrets(person.id, to_change=True)
            if not kept.totp_offered:
                raise ConflictError("code.not_offered", "no key was shown to you", "begin anew")
            step = self.sign_in.codes(kept.totp_offered, code, self.sign_in.now())
            if step is None:
                raise SignInError("code.wrong", "this code doesn't fit", "type the one that the app shows now")
            # The step is remembered: the code that was typed here opens nothing.
            unit.people.keep(replace(kept, totp_key=kept.totp_offered, totp_offered="", totp_step=step))
            unit.sessions.close_all(person.id, but=signed_in.session.key_sha256)
            unit.audit.note("code.set", "login", person.id, actor=person.login)

    def drop_code(self, signed_in: SignedIn, password: str) -> None:
        """Ask for codes no more. Ends all other sessions.

        Raises:
            SignInError: the password doesn't fit.
        """
        person = signed_in.principal.person
        self.sign_in.prove(person, password)
        with self.sign_in.unit_of_work() as unit:
            kept = unit.people.secrets(person.id, to_change=True)
            unit.people.keep(replace(kept, totp_key="", totp_offered="", totp_step=0))
            unit.sessions.close_all(person.id, but=signed_in.session.key_sha256)
            unit.audit.note("code.dropped", "login", person.id, actor=person.login)

    # Sessions

    def end_others(self, signed_in: SignedIn) -> int:
        """End all sessions but the one that asks; returns how many."""
        person = signed_in.principal.person
        with self.sign_in.unit_of_work() as unit:
            ended = unit.sessions.close_all(person.id, but=signed_in.session.key_sha256)
            unit.audit.note("sessions.ended", "login", person.id, after={"ended": ended}, actor=person.login)
        return ended

    # Tokens

    def make_token(self, signed_in: SignedIn, name: str, rights: Collection[str], days: int) -> tuple[str, Token]:
        """A token for a program of one's own, over what one sees oneself; told this once.

        Args:
            rights: values of `Right`.

        Raises:
            InputError: no name, no right that exists, or too long a time.
            RightError: a right that its owner hasn't.
            ConflictError: its owner has too many.
        """
        person = signed_in.principal.person
        if not name.strip():
            raise InputError("token.no_name", "a token needs a name", "say what it is for")
        unknown = sorted(set(rights) - set(Right))
        if unknown or not rights:
            told = f"no right '{unknown[0][:60]}'" if unknown else "a token needs a right"
            raise InputError("token.rights", told, f"yours: {', '.join(sorted(RIGHTS[person.role]))}")
        chosen, lasts = frozenset(map(Right, rights)), timedelta(days=min(max(days, 0), 1000))
        return self.sign_in.make_token(person, name.strip(), chosen, person.sees, lasts, person.login)

    def drop_token(self, signed_in: SignedIn, token_id: str) -> None:
        """Take one's own token back.

        Raises:
            NotFoundError: none of one's own has that id.
        """
        person = signed_in.principal.person
        with self.sign_in.unit_of_work() as unit:
            if token_id not in {token.id for token in unit.sessions.tokens(person.id)}:
                raise NotFoundError("token.unknown", f"no token '{token_id[:60]}' of yours", "reload the page")
            unit.sessions.drop_token(token_id)
            unit.audit.note("token.dropped", "token", token_id, actor=person.login)
