"""What a supervisor takes into a conversation with an agent."""

from dataclasses import dataclass
from datetime import datetime

from qm.domain.figures import Count
from qm.units import Seconds


@dataclass(frozen=True, slots=True)
class Told:
    """What an evaluation that counts for its agent tells without its evidence: the criteria met and not met."""

    evaluation_id: str
    contact_id: str
    form_id: str
    started_at: datetime
    met: tuple[str, ...]
    not_met: tuple[str, ...]


@dataclass(frozen=True)
class CoachingItem:
    """One thing to talk about with one agent, with the seconds to listen to.

    Attributes:
        id: derived from agent, criterion and evaluation.
        rank: 1 is the most important of its agent.
        missed: contacts where the criterion wasn't met, of those where it was answered.
        missed_lo: 95 % interval of that share, lower end.
        missed_hi: upper end.
        reasons: stable codes of why it was picked (`automatic_fail`, `repeated`, `disputed`,
            `unhappy_customer`, `weight`).
        quote: the words said, or the nearest miss of the searched turns.
        turn_ids: turns quoted or searched.
        absence: true where the point is that something was *not* said.
        since: start of the first contact that `missed` counts; `None`: picked before this was kept.
        until: start of the last one.
    """

    id: str
    agent_id: str
    rank: int
    form_id: str
    criterion_id: str
    contact_id: str
    evaluation_id: str
    missed: Count
    missed_lo: float
    missed_hi: float
    priority: float
    reasons: tuple[str, ...]
    start_s: Seconds
    end_s: Seconds
    quote: str
    turn_ids: tuple[str, ...]
    absence: bool
    since: datetime | None = None
    until: datetime | None = None
