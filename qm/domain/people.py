"""People who use the product: who they are, what they may do, and whose contacts they may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.domain.contact import Agent, Contact
from qm.domain.text import Language


class Role(StrEnum):
    """What somebody is for. One role a person: who wears two hats signs in twice, and the audit trail tells which."""

    ADMIN = "admin"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    AUDITOR = "auditor"
    SERVICE = "service"


class Right(StrEnum):
    """What may be done. Whose contacts it may be done with is another question: see `Scope`."""

    CONTACT_READ = "contact.read"
    CONTACT_LISTEN = "contact.listen"
    REVIEW_READ = "review.read"
    REVIEW_WRITE = "review.write"
    REVIEW_ASSIGN = "review.assign"
    OWN_READ = "own.read"
    DISPUTE_OPEN = "dispute.open"
    DISPUTE_DECIDE = "dispute.decide"
    COACHING_READ = "coaching.read"
    COACHING_WRITE = "coaching.write"
    FIGURES_READ = "figures.read"
    SEARCH_USE = "search.use"
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    CALIBRATION_ANSWER = "calibration.answer"
    CALIBRATION_LEAD = "calibration.lead"
    SURVEY_WRITE = "survey.write"
    AUDIT_READ = "audit.read"
    EXPORT_TAKE = "export.take"
    PEOPLE_MANAGE = "people.manage"
    HOOK_MANAGE = "hook.manage"


R = Right
_LOOK = {R.CONTACT_READ, R.CONTACT_LISTEN, R.REVIEW_READ, R.COACHING_READ, R.FIGURES_READ, R.SEARCH_USE, R.CASE_READ}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    # Who hands out rights reads no conversation: nobody can give himself what nobody notices.
    Role.ADMIN: frozenset({R.PEOPLE_MANAGE, R.HOOK_MANAGE, R.AUDIT_READ, R.FIGURES_READ, R.REVIEW_ASSIGN}),
    Role.ANALYST: frozenset(
        {*_LOOK, R.REVIEW_WRITE, R.REVIEW_ASSIGN, R.DISPUTE_DECIDE, R.CASE_WORK, R.CALIBRATION_ANSWER,
         R.CALIBRATION_LEAD, R.EXPORT_TAKE}
    ),
    Role.SUPERVISOR: frozenset({*_LOOK, R.COACHING_WRITE, R.CASE_WORK, R.CALIBRATION_ANSWER}),
    Role.AGENT: frozenset({R.OWN_READ, R.DISPUTE_OPEN}),
    Role.AUDITOR: frozenset({*_LOOK, R.AUDIT_READ}),
    Role.SERVICE: frozenset({R.SURVEY_WRITE, R.CONTACT_READ, R.REVIEW_READ, R.FIGURES_READ, R.EXPORT_TAKE}),
}  # fmt: skip


class PersonState(StrEnum):
    """`invited`: no password yet. `left`: stays for the history, signs in no more."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True)
class Scope:
    """Whose contacts somebody may see. An empty set narrows nothing; two that aren't empty must both hold.

    >>> Scope().is_whole, Scope(teams=frozenset({"A"})).is_whole
    (True, False)
    """

    teams: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    vendors: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Nothing is left out."""
        return not (self.teams or self.sites or self.vendors or self.agents)

    def allows(self, contact: Contact) -> bool:
        """Whether a contact lies in it."""
        return self.allows_agent(contact.agent)

    def allows_agent(self, agent: Agent) -> bool:
        """Whether what is about an agent lies in it."""
        pairs = ((self.teams, agent.team), (self.sites, agent.site), (self.vendors, agent.vendor),
                 (self.agents, agent.id))  # fmt: skip
        return all(not wanted or value in wanted for wanted, value in pairs)

    def _beside(self, other: "Scope") -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        return (
            (self.teams, other.teams), (self.sites, other.sites), (self.vendors, other.vendors),
            (self.agents, other.agents),
        )  # fmt: skip

    def narrowed_to(self, other: "Scope") -> "Scope":
        """What both show; nothing where they show no contact in common.

        >>> Scope(teams=frozenset("AB")).narrowed_to(Scope(teams=frozenset("BC"), sites=frozenset("X")))
        Scope(teams=frozenset({'B'}), sites=frozenset({'X'}), vendors=frozenset(), agents=frozenset())
        """
        pairs = self._beside(other)
        if any(ours and theirs and not ours & theirs for ours, theirs in pairs):
            return NOBODY
        return Scope(*(ours & theirs if ours and theirs else ours | theirs for ours, theirs in pairs))

    def within(self, other: "Scope") -> bool:
        """Whether it shows nothing that the other hides."""
        pairs = self._beside(other)
        return all(not theirs or (bool(ours) and ours <= theirs) for ours, theirs in pairs)


FIRST_LOGIN = "admin"
"""The administrator whom the first start makes."""
WHOLE = Scope()
"""Shows everything."""
NOBODY = Scope(agents=frozenset({""}))
"""Shows nothing: of an agent whose id nobody has told."""


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in, or a service that has tokens.

    Attributes:
        login: what is typed, in small letters; unique.
        agent_id: of an agent: whose contacts are the person's own.
        version: raised by each change; whoever changes an older one is told.
    """

    id: str
    login: str
    name: str
    role: Role
    scope: Scope = field(default_factory=Scope)
    agent_id: str = ""
    language: Language = Language.ITALIAN
    state: PersonState = PersonState.INVITED
    version: int = 1

    def __post_init__(self) -> None:
        if self.role is Role.AGENT and not self.agent_id:
            raise ValueError("agent_id: an agent needs the id that the contacts name")

    @property
    def shown(self) -> str:
        """What others know them by: the name, or the login where there is none."""
        return self.name or self.login

    @property
    def sees(self) -> Scope:
        """The scope in force: an agent's is the agent, whatever else is set."""
        return Scope(agents=frozenset({self.agent_id})) if self.role is Role.AGENT else self.scope


class Via(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind of proof


@dataclass(frozen=True)
class Principal:
    """Who asks, for the length of one request."""

    person: Person
    rights: frozenset[Right]
    scope: Scope
    via: Via
    until: datetime

    def may(self, right: Right) -> bool:
        """Whether it may be done at all."""
        return right in self.rights


def principal_of(person: Person, via: Via, until: datetime) -> Principal:
    """Somebody with all the rights of their role."""
    return Principal(person, RIGHTS[person.role], person.sees, via, until)
