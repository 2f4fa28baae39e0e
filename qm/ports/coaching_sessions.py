"""What coaching sessions ask of the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from qm.domain.coaching_session import CoachingSession, SessionState
from qm.domain.figures import Count
from qm.domain.people import WHOLE, Scope


@dataclass(frozen=True)
class PutAside:
    """A coaching item that isn't shown for a while.

    Attributes:
        reason: stable code.
        until: first day on which it's shown again.
        by: login of who put it aside.
    """

    item_id: str
    agent_id: str
    reason: str
    until: date
    by: str
    at: datetime


@dataclass(frozen=True)
class SessionQuery:
    """Which sessions are wanted; what is empty doesn't narrow.

    Attributes:
        today: open sessions that were due before it are overdue.
        overdue: only these.
        supervisor: login of who made them.
    """

    today: date
    state: SessionState | None = None
    overdue: bool = False
    supervisor: str = ""
    scope: Scope = WHOLE


@dataclass(frozen=True)
class SessionLines:
    """A page of sessions, and how many the list has.

    Attributes:
        changes: by session, what was kept of its change; empty: nothing yet.
    """

    sessions: tuple[CoachingSession, ...]
    changes: Mapping[str, str]
    total: int
    is_more: bool


class CoachingSessionStore(Protocol):
    """Coaching sessions, each written only over the version that its writer saw."""

    def save(self, session: CoachingSession, seen: int) -> None:
        """Insert a session, or put it in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def get(self, session_id: str) -> CoachingSession | None:
        """One session."""
        ...

    def some(self, *, agent_id: str = "", states: Collection[str] = ()) -> tuple[CoachingSession, ...]:
        """Sessions by date and id; of one agent, in these states."""
        ...

    def page(self, wanted: SessionQuery, after: str = "", size: int | None = None) -> SessionLines:
        """Open sessions by date, then the others, the newest first.

        Args:
            after: id of the last session of the page before.
            size: sessions a page; all of them where it isn't given.

        Raises:
            NotFoundError: `after` isn't in this list.
        """
        ...

    def keep_change(self, session_id: str, change: str) -> None:
        """Keep what changed since a session, as a document; that's no version of the session."""
        ...

    def lets_hear(self, agent_id: str, contact_id: str) -> bool:
        """Whether a session of that agent that isn't cancelled plays that contact."""
        ...

    def put_aside(self, aside: PutAside) -> None:
        """Put an item aside, in the place of an earlier time."""
        ...

    def aside(self, today: date) -> Mapping[str, PutAside]:
        """What is aside on a day, by item."""
        ...

    def met(
        self, form_id: str, criterion_id: str, since: datetime, until: datetime, *, agent_id: str = "",
        others_of: tuple[str, str] = ("", ""),
    ) -> Count:  # fmt: skip
        """Contacts with customers that met a criterion, of those that met it or not, begun in that time.

        Args:
            agent_id: of this agent.
            others_of: (team, agent): of the others in the agent's team.
        """
        ...

    def missed(
        self, form_id: str, criterion_id: str, agent_id: str, since: datetime, until: datetime, most: int
    ) -> tuple[str, ...]:
        """Contacts with customers of an agent that didn't meet a criterion, begun in that time, the newest first."""
        ...
