"""Who answers surveys, and what that does to the figures."""

from dataclasses import dataclass

from qm.domain.figures import Count, Figure
from qm.domain.satisfied_mark import SatisfiedMark


@dataclass(frozen=True)
class ResponseGroup:
    """Counts of one agent, process, hour or channel.

    Attributes:
        contacts: that could have been asked; 0 for a survey channel, which no contact has before it's asked.
        rate: answered among invited, with its interval; no value below the minimum n.
    """

    key: str
    name: str
    contacts: int
    invited: int
    started: int
    answered: int
    rate: Figure


@dataclass(frozen=True)
class ResponseTable:
    """The groups of one dimension.

    Attributes:
        p: that rates as different as these come about by chance (chi-square, groups of the minimum n), adjusted over
            the dimensions by Holm; `None` where fewer than two groups can be compared.
    """

    dimension: str
    groups: tuple[ResponseGroup, ...]
    p: float | None


@dataclass(frozen=True)
class Balance:
    """How far answering contacts stand from all contacts in one column, in standard deviations of all contacts."""

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest that the mean of so many contacts can be, given those who answered. No assumption is in it.

    Attributes:
        n: contacts that it's about, answered or not.
    """

    lo: float
    hi: float
    n: int


@dataclass(frozen=True)
class Headline:
    """One figure, of all contacts or of one group.

    Attributes:
        id: `nps`, `mean:<scale>` or `share:<scale>`.
        dimension: `all`, `process`, `team` or `agent`; `group` and `name` say which of them.
        among_invited: `None` where nobody knows who was asked in vain.
        effective_n: of the weights.
    """

    id: str
    dimension: str
    group: str
    name: str
    low: float
    high: float
    raw: Figure
    weighted: Figure
    among_invited: Bounds | None
    among_all: Bounds | None
    effective_n: float


@dataclass(frozen=True)
class Difference:
    """One thing in which an agent's asked contacts differ from what the site's way of asking would give.

    Attributes:
        asked, others: medians of an amount (NaN-free), or shares of a process.
        p: adjusted over the agent's things by Holm.
    """

    name: str
    asked: float
    others: float
    p: float


@dataclass(frozen=True)
class AgentCheck:
    """What the check says of one agent.

    Attributes:
        asked: contacts that were asked.
        p: that chance alone gives so much difference, adjusted over the agents by Holm; `None` where it's too few to
            tell.
        differs: p at or below `FALSE_ALARMS`.
        differences: where it differs, the clearest first.
    """

    agent_id: str
    agent_name: str
    asked: int
    others: int
    p: float | None
    differs: bool
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class GamingCheck:
    """All agents, those that differ first.

    Attributes:
        watched: what asked contacts and others were compared in.
        reason: why nothing can be said (`all_asked`, `none_asked`, `thin`); empty where it can.
    """

    agents: tuple[AgentCheck, ...]
    watched: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class SelectionReport:
    """All of it, as computed at one moment.

    Attributes:
        computed_at, since, until: ISO 8601; `since` and `until` of the contacts, `until` excluded, empty: no limit.
        contacts: customers' contacts (never test or mystery ones).
        invited, started, answered: of those contacts.
        responses, unlinked: survey responses of the period, and those without a contact.
        statements: codes of what must be said before any number (`no_contacts`, `none_surveyed`, `all_surveyed`,
            `no_silent`, `all_answered`, `thin`, `plan`, `unlinked`).
        trimmed, effective_n, balance, left_out, uncovered: of the weights; `reason`: why there are none.
        marks: from which answer on a customer counts as satisfied, of scales whose share is told; empty in reports of
            earlier versions.
    """

    computed_at: str
    since: str
    until: str
    contacts: int
    invited: int
    started: int
    answered: int
    responses: int
    unlinked: int
    min_n: int
    statements: tuple[str, ...]
    reason: str
    trimmed: Count
    effective_n: float
    uncovered: int
    balance: tuple[Balance, ...]
    left_out: tuple[str, ...]
    headlines: tuple[Headline, ...]
    rates: tuple[ResponseTable, ...]
    gaming: GamingCheck
    marks: tuple[SatisfiedMark, ...] = ()
