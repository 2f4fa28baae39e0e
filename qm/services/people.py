"""Who may sign in, as what and with whose contacts: added, changed, let go, invited. The first administrator too."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from qm.domain.people import FIRST_LOGIN, RIGHTS, Person, PersonState, Right, Role, Scope
from qm.domain.sign_in import Token, hash_of, same_login
from qm.domain.text import Language
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.audit import AuditFilter
from qm.services.sign_in import SignInService

FIRST_NAME = "Admin"
LONGEST_LOGIN, LONGEST_NAME = 100, 100
PLAIN_LOGIN = re.compile(r"[^\s/\\'\"<>|,;:*?]+")
"""A login is typed, stands in addresses and in the audit trail; a mail address is one."""
RESERVED = frozenset({"worker", "unnamed", "retention", "timer"})
"""What the audit trail calls those who are nobody by name."""
LOCK = "people"
KIND = "login"


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people.

    Attributes:
        signed_in_at: the last time; `None` where the audit trail has none.
        tokens: how many are still good.
    """

    person: Person
    signed_in_at: datetime | None
    tokens: int


@dataclass(frozen=True)
class PersonChange:
    """What is to change; `None` leaves a thing as it is.

    Attributes:
        whole: the contacts of the whole site, before teams, sites and vendors narrow them.
    """

    name: str | None = None
    role: Role | None = None
    teams: frozenset[str] | None = None
    sites: frozenset[str] | None = None
    vendors: frozenset[str] | None = None
    whole: bool = False
    agent_id: str | None = None
    language: Language | None = None


@dataclass
class PeopleService:
    """People and what they may do. `by` is who does it; empty: whoever the transaction belongs to.

    Attributes:
        sign_in: makes links and tokens, and draws keys.
    """

    unit_of_work: UnitOfWork
    reading: UnitOfWork
    sign_in: SignInService
    now: Callable[[], datetime]

    # Looking

    def every(self) -> tuple[PersonRow, ...]:
        """All, by login."""
        now = self.now()
        with self.reading() as unit:
            return tuple(_row(unit, person, now) for person in unit.people.every())

    def get(self, login: str) -> Person:
        """One person by login.

        Raises:
            NotFoundError: nobody signs in so; the hint names logins that are alike.
        """
        with self.reading() as unit:
            return _known(unit, login)

    def name_of(self, login: str) -> str:
        """What somebody is called; the login where nobody of that login is known."""
        with self.reading() as unit:
            person = unit.people.by_login(login)
        return person.name if person else login

    def unheard(self, scope: Scope) -> tuple[str, ...]:
        """Teams of a scope that no contact has so far: misspelt, or new."""
        with self.reading() as unit:
            known = {team for team, _label in unit.contacts.choices(Scope())["team"]}
        return tuple(sorted(scope.teams - known))

    # Changing

    def add(
        self, login: str, name: str, role: Role, scope: Scope, agent_id: str, language: Language, by: str = ""
    ) -> Person:
        """Add somebody; they sign in once a link let them set a password. A service has tokens from the start.

        Raises:
            InputError: login, name or scope won't do, or an agent without id.
            ConflictError: the login is taken.
        """
        login = same_login(login)
        _check_login(login)
        state = PersonState.ACTIVE if role is Role.SERVICE else PersonState.INVITED
        person = _checked(self._new_id(), login, name, role, scope, agent_id, language, state)
        with self.unit_of_work() as unit:
            unit.people.add(person)
            unit.audit.note("person.added", KIND, person.id, after=_rights_of(person), actor=by)
        return person

    def change(self, login: str, wanted: PersonChange, by: str = "") -> Person:
        """Change role, scope, name or language. Another role ends the person's sessions.

        Raises:
            NotFoundError: unknown login.
            InputError: what comes out won't do.
            ConflictError: the last administrator, or a service that should become somebody (or the other way round).
        """
        with self.unit_of_work() as unit:
            unit.lock(LOCK)
            before = _known(unit, login)
            after = _changed(before, wanted)
            if after == before:
                return before
            if after.role is not before.role:
                self._refuse_role(unit, before, after)
            unit.people.change(after)
            told = [_rights_of(each) for each in (before, after)]
            unit.audit.note("person.changed", KIND, before.id, before=told[0], after=told[1], actor=by)
            if after.role is not before.role:
                unit.sessions.close_all(before.id)
            return unit.people.get(before.id)

    def leave(self, login: str, by: str = "") -> Person:
        """Somebody has left: sessions, tokens and links end at once; the name stays for the history.

        Raises:
            NotFoundError: unknown login.
            ConflictError: the last administrator who can sign in.
        """
        with self.unit_of_work() as unit:
            unit.lock(LOCK)
            person = _known(unit, login)
            if person.state is PersonState.LEFT:
                return person
            _keep_an_admin(unit, person)
            unit.people.change(replace(person, state=PersonState.LEFT))
            unit.sessions.close_all(person.id)
            for token in unit.sessions.tokens(person.id):
                unit.sessions.drop_token(token.id)
            self._void_link(unit, person)
            unit.audit.note("person.left", KIND, person.id, before=_rights_of(person), actor=by)
            return unit.people.get(person.id)

    def back(self, login: str, by: str = "") -> Person:
        """Somebody who had left is taken back, with role and scope of then; the old password is worth nothing.

        Raises:
            NotFoundError: unknown login.
        """
        with self.unit_of_work() as unit:
            unit.lock(LOCK)
            person = _known(unit, login)
            if person.state is not PersonState.LEFT:
                return person
            state = PersonState.ACTIVE if person.role is Role.SERVICE else PersonState.INVITED
            unit.people.change(replace(person, state=state))
            unit.people.keep(replace(unit.people.secrets(person.id), password=""))
            unit.audit.note("person.returned", KIND, person.id, after=_rights_of(person), actor=by)
            return unit.people.get(person.id)

    def unlock(self, login: str, by: str = "") -> Person:
        """Forget somebody's failed tries, so that they needn't wait.

        Raises:
            NotFoundError: unknown login.
        """
        with self.unit_of_work() as unit:
            person = _known(unit, login)
            unit.sessions.succeed([f"login:{hash_of(person.login)}"])
            unit.audit.note("person.unlocked", KIND, person.id, actor=by)
            return person

    # Links, tokens, codes

    def invite(self, login: str, by: str = "") -> str:
        """The key of a link with which somebody sets a password, once, within a day; a link before is void.

        Raises:
            NotFoundError: unknown login.
            ConflictError: a service, or somebody who has left.
        """
        return self.sign_in.invite(self.get(login).id, by)

    def token(
        self, login: str, name: str, rights: frozenset[Right], lasts: timedelta, by: str = ""
    ) -> tuple[str, Token]:
        """A token for a service: it does at most what it's for, and sees what the service sees. Told this once.

        Raises:
            NotFoundError: unknown login.
            ConflictError: not a service (people make theirs themselves), or one that has left.
            RightError: more than the service may.
            InputError: no name, or it would last too long.
        """
        owner = self.get(login)
        if owner.role is not Role.SERVICE or owner.state is PersonState.LEFT:
            message = f"'{owner.login}' isn't a service at work"
            raise ConflictError("token.not_service", message, "people make their tokens themselves, on their own page")
        if not name.strip():
            raise InputError("token.no_name", "a token needs a name", "name the program that will use it")
        if not rights:
            raise InputError(
                "token.rights", "a token needs a right", f"of these: {', '.join(sorted(RIGHTS[owner.role]))}"
            )
        return self.sign_in.make_token(owner, name.strip(), rights, owner.sees, lasts, by)

    def drop_code(self, login: str, by: str = "") -> Person:
        """Take somebody's second factor away: the device is lost.

        Raises:
            NotFoundError: unknown login.
        """
        person = self.get(login)
        self.sign_in.drop_second_factor(person.id, by)
        return person

    # The first start

    def first_admin(self) -> bool:
        """Make the first administrator where nobody is there; whether that one still has no password."""
        with self.unit_of_work() as unit:
            unit.lock(LOCK)
            people = unit.people.every()
            if not people:
                person = Person(self._new_id(), FIRST_LOGIN, FIRST_NAME, Role.ADMIN)
                unit.people.add(person)
                unit.audit.note("person.added", KIND, person.id, after=_rights_of(person))
                return True
        waits = (each.login == FIRST_LOGIN and each.state is PersonState.INVITED for each in people)
        return not _admins(people) and any(waits)

    def tidy(self) -> int:
        """Take away what is over of sessions, tokens, links and failed tries; returns how many rows."""
        with self.unit_of_work() as unit:
            return unit.sessions.sweep(self.now())

    def first_link(self) -> str:
        """The key of a link for the first administrator; the link before is void."""
        return self.invite(FIRST_LOGIN)

    def has_admin(self) -> bool:
        """Whether somebody can sign in who hands out rights."""
        with self.reading() as unit:
            return bool(_admins(unit.people.every()))

    def _new_id(self) -> str:
        return f"p-{hash_of(self.sign_in.key(16))[:16]}"

    def _refuse_role(self, unit: Unit, before: Person, after: Person) -> None:
        _keep_an_admin(unit, before)
        if Role.SERVICE in (before.role, after.role):
            message = f"'{before.login}' can't become a service, or stop being one"
            raise ConflictError("person.service", message, "add another login")

    def _void_link(self, unit: Unit, person: Person) -> None:
        """Put a link that is over in the place of one that may be open."""
        unit.sessions.add_link(hash_of(self.sign_in.key(16)), person.id, self.now())


def _row(unit: Unit, person: Person, now: datetime) -> PersonRow:
    wanted = AuditFilter(subject_kind=KIND, subject=person.id, action="sign_in.done")
    last = unit.audit.latest(wanted, None, 1)
    tokens = sum(token.expires_at > now for token in unit.sessions.tokens(person.id))
    return PersonRow(person, datetime.fromisoformat(last[0].at) if last else None, tokens)


def _known(unit: Unit, login: str) -> Person:
    wanted = same_login(login)
    person = unit.people.by_login(wanted)
    if person is None:
        near = get_close_matches(wanted, [each.login for each in unit.people.every()], n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "`qm people list` names them"
        raise NotFoundError("person.unknown", f"nobody signs in as '{wanted[:60]}'", hint)
    return person


def _admins(people: Sequence[Person]) -> list[Person]:
    return [each for each in people if each.role is Role.ADMIN and each.state is PersonState.ACTIVE]


def _keep_an_admin(unit: Unit, person: Person) -> None:
    if [each.id for each in _admins(unit.people.every())] == [person.id]:
        message = f"'{person.login}' is the last administrator who can sign in"
        raise ConflictError("person.last_admin", message, "make somebody else one first")


def _changed(person: Person, wanted: PersonChange) -> Person:
    """Another role takes along what belongs to it: an agent has an id and no teams, everybody else no id."""
    role = wanted.role or person.role
    old = Scope() if wanted.whole or role is Role.AGENT else person.scope
    scope = Scope(
        old.teams if wanted.teams is None else wanted.teams,
        old.sites if wanted.sites is None else wanted.sites,
        old.vendors if wanted.vendors is None else wanted.vendors,
    )
    kept_id = person.agent_id if role is Role.AGENT else ""
    agent_id = kept_id if wanted.agent_id is None else wanted.agent_id
    name = person.name if wanted.name is None else wanted.name
    language = wanted.language or person.language
    made = _checked(person.id, person.login, name, role, scope, agent_id, language, person.state)
    return replace(made, version=person.version)


def _check_login(login: str) -> None:
    if not login.isprintable() or not PLAIN_LOGIN.fullmatch(login) or len(login) > LONGEST_LOGIN or login in RESERVED:
        hint = f"letters, digits, and . - _ @ +; at most {LONGEST_LOGIN}; not {', '.join(sorted(RESERVED))}"
        raise InputError("person.login", f"'{login[:60]}' can't be a login", hint)


def _checked(
    person_id: str, login: str, name: str, role: Role, scope: Scope, agent_id: str, language: Language,
    state: PersonState,
) -> Person:  # fmt: skip
    name, agent_id = name.strip(), agent_id.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError("person.name", f"'{login}' needs a name", f"on one line, at most {LONGEST_NAME} characters")
    if role is Role.AGENT and not agent_id:
        hint = "`--agent ID`, the agent_id that contacts.csv has"
        raise InputError("person.agent_id", f"'{login}' is an agent: whose contacts are theirs isn't told", hint)
    if role is not Role.AGENT and agent_id:
        raise InputError("person.agent_id", f"'{login}' is no agent, and has no contacts of their own", "leave it out")
    names = scope.teams | scope.sites | scope.vendors
    if role is Role.AGENT and names:
        message = f"'{login}' is an agent, who sees their own contacts and no team's"
        raise InputError("person.scope", message, "leave teams, sites and vendors out")
    if any(not each.strip() for each in names):
        raise InputError("person.scope", "a team, site or vendor without a name", "leave it out to see all of them")
    return Person(person_id, login, name, role, scope, agent_id, language, state)


def _rights_of(person: Person) -> dict[str, object]:
    """Role and scope, as the audit trail keeps them: nobody's name."""
    scope = {name: sorted(getattr(person.scope, name)) for name in ("teams", "sites", "vendors")}
    told: dict[str, object] = {"role": person.role.value, **{name: part for name, part in scope.items() if part}}
    return told | ({"agent": person.agent_id} if person.agent_id else {})
