"""What pages about disputes, and their JSON twins, show."""

from dataclasses import dataclass
from datetime import datetime

from qm.domain.dispute import Dispute, DisputeState
from qm.domain.figures import Figure
from qm.domain.form import Form
from qm.domain.text import Text


@dataclass(frozen=True)
class DisputeRow:
    """One line of the list.

    Attributes:
        items: contested criteria; `overturned`: those on which the agent was right.
        hours_left: until it's due; negative: overdue.
    """

    id: str
    contact_id: str
    form_id: str
    form: Text
    agent_name: str
    state: DisputeState
    opened_at: datetime
    due_at: datetime
    items: int
    overturned: int
    is_overdue: bool
    hours_left: float


@dataclass(frozen=True)
class DisputePage:
    """Part of the list. `next_cursor` is empty on the last page."""

    items: tuple[DisputeRow, ...]
    next_cursor: str


@dataclass(frozen=True)
class DisputeView:
    """One dispute with its form."""

    dispute: Dispute
    agent_name: str
    is_overdue: bool
    form: Form


@dataclass(frozen=True)
class OverturnRow:
    """How often the contested answers to a criterion were overturned.

    Attributes:
        origin: who had given them: `rule`, `model`, `generative` or `person`.
        rate: share overturned of those decided, with its 95 % interval (Wilson).
        decided: contested answers that were decided; `overturned` of them.
        is_doubtful: even the lower end of the interval says that every second one falls: look at the rule.
    """

    form_id: str
    form: Text
    criterion_id: str
    title: Text
    origin: str
    decided: int
    overturned: int
    rate: Figure
    is_doubtful: bool


@dataclass(frozen=True)
class OverturnFigures:
    """Over all disputes that were decided."""

    rows: tuple[OverturnRow, ...]
    disputes: int
    min_n: int
