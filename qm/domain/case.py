"""A detractor case: an unhappy customer, what was done about it, and how it ended. Its history only ever grows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from qm.domain.case_plan import Severity, Value


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended."""

    RECOVERED = "recovered"
    NOT_RECOVERED = "not_recovered"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    NO_DETRACTOR = "no_detractor"


class ChangeKind(StrEnum):
    """What a line of a case's history tells."""

    OPENED = "opened"
    SURVEY = "survey"
    LINK = "link"
    ASSIGNED = "assigned"
    ATTEMPT = "attempt"
    CAUSE = "cause"
    REMEDY = "remedy"
    APPOINTMENT = "appointment"
    CLOSED = "closed"
    REOPENED = "reopened"
    ANSWER = "answer"


@dataclass(frozen=True)
class Change:
    """One line of the history.

    Attributes:
        at: when it was written down; aware.
        who: who did it; empty: the product itself.
        facts: what it tells, by name; which names depends on `kind` (docs/voc.md).
        note: in the words of who did it.
    """

    at: datetime
    who: str
    kind: ChangeKind
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Case:
    """One detractor case.

    Where it stands isn't kept apart but read from `history`, so the two can't disagree.

    Attributes:
        opened_at: when the customer answered: from then on they wait, however late the answer came in.
        attempt_due: by when somebody should have tried to reach the customer.
        close_due: by when the case should be closed.
        scores: the answers that opened it, by scale, as they stand now.
        marks: words of the comment that raised the severity, by what they tell (`legal`, `leaving`, …).
        stands: false where the answers were corrected since and open no case any more.
    """

    id: str
    response_id: str
    contact_id: str
    opened_at: datetime
    attempt_due: datetime
    close_due: datetime
    scores: Mapping[str, float]
    severity: Severity
    value: Value = Value.UNKNOWN
    marks: tuple[str, ...] = ()
    stands: bool = True
    history: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        if not self.history or self.history[0].kind is not ChangeKind.OPENED:
            raise ValueError("history: begins with `opened`")
        if not self.opened_at <= self.attempt_due <= self.close_due:
            raise ValueError("due: the case is opened, then tried, then closed")

    def then(self, change: Change, **fields: object) -> "Case":
        """The case after a change; `fields` are those that the change sets."""
        return replace(self, history=(*self.history, change), **fields)  # type: ignore[arg-type]

    @property
    def version(self) -> int:
        """Grows by one with each change: who writes says which version they saw."""
        return len(self.history)

    def changes(self, *kinds: ChangeKind) -> Iterator[Change]:
        """Changes of some kinds, the newest first."""
        return (change for change in reversed(self.history) if change.kind in kinds)

    def latest(self, *kinds: ChangeKind) -> Change | None:
        """The newest change of some kinds."""
        return next(self.changes(*kinds), None)

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        ended = self.latest(ChangeKind.CLOSED, ChangeKind.REOPENED)
        if ended and ended.kind is ChangeKind.CLOSED:
            return CaseState.CLOSED
        return CaseState.ASSIGNED if self.assignee else CaseState.OPEN

    @property
    def assignee(self) -> str:
        """Who has it; empty: nobody yet."""
        assigned = self.latest(ChangeKind.ASSIGNED)
        return assigned.facts["to"] if assigned else ""

    @property
    def attempts(self) -> tuple[Change, ...]:
        """Attempts to reach the customer, in the order in which they were written down."""
        return tuple(change for change in self.history if change.kind is ChangeKind.ATTEMPT)

    @property
    def first_attempt_at(self) -> datetime | None:
        """When the customer was first tried."""
        return min((happened_at(attempt) for attempt in self.attempts), default=None)

    @property
    def is_reached(self) -> bool:
        """Whether any attempt got through."""
        return any(attempt.facts["reached"] == "yes" for attempt in self.attempts)

    @property
    def cause_id(self) -> str:
        """The cause as last found; empty: not found yet."""
        return self._fact(ChangeKind.CAUSE, "cause")

    @property
    def remedy_id(self) -> str:
        """What was last offered; empty: nothing yet."""
        return self._fact(ChangeKind.REMEDY, "remedy")

    @property
    def appointment_at(self) -> datetime | None:
        """When the customer is expected, or expects us."""
        text = self._fact(ChangeKind.APPOINTMENT, "at")
        return datetime.fromisoformat(text) if text else None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; `None` while it isn't closed."""
        if self.state is not CaseState.CLOSED:
            return None
        return Outcome(self._fact(ChangeKind.CLOSED, "outcome"))

    @property
    def closed_at(self) -> datetime | None:
        """When it ended; `None` while it isn't closed."""
        ended = self.latest(ChangeKind.CLOSED)
        return ended.at if ended and self.state is CaseState.CLOSED else None

    @property
    def due(self) -> datetime | None:
        """What has to happen next has to happen by then; `None` for a closed case."""
        if self.state is CaseState.CLOSED:
            return None
        reopened = self._fact(ChangeKind.REOPENED, "close_due")
        if reopened:
            return datetime.fromisoformat(reopened)
        return self.close_due if self.attempts else self.attempt_due

    def _fact(self, kind: ChangeKind, name: str) -> str:
        change = self.latest(kind)
        return change.facts[name] if change else ""


def happened_at(attempt: Change) -> datetime:
    """When an attempt was made; it may be written down later."""
    return datetime.fromisoformat(attempt.facts["at"])
