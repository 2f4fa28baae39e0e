"""Work queues: which contacts people review, how these were drawn, who reviews each, and until when."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from qm.domain.people import Scope
from qm.units import Share

LONGEST_NAME, MOST_DRAWN, MOST_ANALYSTS, LONGEST_DUE = 80, 5000, 200, 365
"""Characters of a name; contacts of a queue; people who share one; days until it's due."""


class Method(StrEnum):
    """`random`: all equally likely. `stratified`: group by group. `risk`: known signs make a contact likelier."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    RISK = "risk"


class Stratifier(StrEnum):
    """What the groups of a stratified draw are."""

    AGENT = "agent"
    TEAM = "team"
    PROCESS = "process"


class Allocation(StrEnum):
    """`proportional`: a group's part in the draw is its part of the contacts. `equal`: every group gets as many."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"


class Risk(StrEnum):
    """Signs that are known before anybody listened; none is a guess about a person."""

    FAILED = "failed"
    CANNOT_TELL = "cannot_tell"
    DISSATISFIED = "dissatisfied"
    LOW_SCORE = "low_score"
    POOR_TRANSCRIPT = "poor_transcript"


class EvaluationStep(StrEnum):
    """`second`: by somebody else, who doesn't see what the first one answered."""

    FIRST = "first"
    SECOND = "second"


class AssignmentState(StrEnum):
    """`withdrawn`: nobody is asked any more."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class LeftOut(StrEnum):
    """Why a contact of the period and filters can't be drawn; each is counted under the first that holds."""

    ERASED = "erased"
    QUARANTINED = "quarantined"
    WAITING = "waiting"
    NOT_SCORED = "not_scored"
    TEST = "test"
    REVIEWED = "reviewed"
    ASSIGNED = "assigned"


@dataclass(frozen=True)
class Quota:
    """How many contacts of a queue somebody takes at most."""

    login: str
    n: int


@dataclass(frozen=True)
class QueuePlan:
    """What is drawn, and for whom.

    Attributes:
        since, until: first and last day of the contacts, by the site's calendar.
        team, process, medium, site, vendor: only contacts of these; empty: of all.
        by, allocation: of a stratified draw.
        agent_min, agent_max: contacts of each agent, at least and at most; 0: no bound.
        analysts: who reviews, each with a quota; together they take at least `size`.
        second_share: of the contacts that somebody else reviews as well.
        seed: the same plan over the same contacts draws the same ones.
        with_tests: test and mystery contacts too.
    """

    name: str
    form_id: str
    since: date
    until: date
    size: int
    analysts: tuple[Quota, ...]
    method: Method = Method.RANDOM
    by: Stratifier = Stratifier.AGENT
    allocation: Allocation = Allocation.PROPORTIONAL
    team: str = ""
    process: str = ""
    medium: str = ""
    site: str = ""
    vendor: str = ""
    agent_min: int = 0
    agent_max: int = 0
    due_days: int = 7
    second_share: Share = 0.0
    seed: int = 0
    with_tests: bool = False

    @property
    def narrows_to(self) -> Scope:
        """The part of the site that its filters leave."""
        teams, sites, vendors = (frozenset({v} if v else ()) for v in (self.team, self.site, self.vendor))
        return Scope(teams=teams, sites=sites, vendors=vendors)


@dataclass(frozen=True)
class WorkQueue:
    """A draw that was made.

    Attributes:
        scope: whose contacts could be drawn: who sees less doesn't see the queue.
        frame: how many contacts could be drawn; what is estimated is about these.
        left_out: how many couldn't, by `LeftOut`.
        drawn_by: login.
        zone: of the site's calendar, by which days are counted.
    """

    id: str
    plan: QueuePlan
    scope: Scope
    frame: int
    left_out: dict[str, int]
    drawn_at: datetime
    drawn_by: str
    zone: str = "Europe/Rome"


@dataclass(frozen=True)
class Assignment:
    """A contact that somebody is asked to review on a form.

    Attributes:
        due: last day, by the site's calendar.
        probability: with which the contact came into its queue.
        risks: signs that it showed at the draw, as codes.
        doubts: criteria that the machine couldn't tell at the draw; contacts with any come first.
        position: in the order of the draw, which is random.
        wants_second: somebody else is asked as well once this is done.
    """

    queue_id: str
    contact_id: str
    form_id: str
    analyst: str
    step: EvaluationStep
    due: date
    probability: Share
    stratum: str
    risks: tuple[Risk, ...]
    doubts: int
    position: int
    wants_second: bool = False
    state: AssignmentState = AssignmentState.OPEN
    done_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same in one text, as addresses and cursors name it."""
        return f"{self.queue_id}/{self.step.value}/{self.contact_id}"


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A contact of the period as a draw sees it; columns only, no document is read.

    Attributes:
        out: why it can't be drawn; `None`: it can.
    """

    contact_id: str
    agent_id: str
    team: str
    process: str
    doubts: int = 0
    risks: tuple[Risk, ...] = ()
    out: LeftOut | None = None


@dataclass(frozen=True)
class FrameWish:
    """Which contacts a draw looks at.

    Attributes:
        since_s, until_s: began in this time, in seconds since 1970.
        pass_mark: lower scores count as low.
    """

    form_id: str
    since_s: float
    until_s: float
    scope: Scope
    pass_mark: float
    process: str = ""
    medium: str = ""
    with_tests: bool = False


@dataclass(frozen=True)
class DrawnRow:
    """One contact of a draw."""

    row: FrameRow
    probability: Share
    stratum: str


@dataclass(frozen=True)
class StratumPlan:
    """A group of a draw: how many contacts it has, and how many of them are expected to be drawn."""

    name: str
    contacts: int
    expected: float = field(default=0.0)
