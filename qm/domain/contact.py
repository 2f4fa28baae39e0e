"""A contact: the call or chat that is evaluated, with what is known of it before anybody listens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qm.units import Seconds


class Medium(StrEnum):
    """How the contact was held."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"


class Direction(StrEnum):
    """Who began the contact: `in`, the customer; `out`, the centre."""

    INBOUND = "in"
    OUTBOUND = "out"


class Kind(StrEnum):
    """Test and mystery contacts are evaluated but never count against an agent."""

    CUSTOMER = "customer"
    TEST = "test"
    MYSTERY = "mystery"


@dataclass(frozen=True)
class Agent:
    """Who answered, and where they belong."""

    id: str
    name: str
    team: str
    site: str = ""
    vendor: str = ""
    supervisor: str = ""


@dataclass(frozen=True)
class History:
    """What the telephone system measured. `None`: not delivered (never taken as 0)."""

    wait_s: Seconds | None = None
    ivr_s: Seconds | None = None
    hold_s: Seconds | None = None
    holds: int | None = None
    transfers: int | None = None
    talk_s: Seconds | None = None
    wrap_s: Seconds | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is not None and value < 0:
                raise ValueError(f"{name}: must not be negative, got {value}")


@dataclass(frozen=True)
class Contact:
    """One row of `contacts.csv`.

    Attributes:
        started_at: aware.
        language: `it`, `en`, or empty where it's to be detected.
        source: file name of the recording (below `recordings/`) or the chat (below `chats/`); may be empty.
        agent_channel: 0 or 1 where the site knows it, else `None`.
        attributes: columns that the product doesn't know, kept as they came.
    """

    id: str
    medium: Medium
    started_at: datetime
    agent: Agent
    queue: str = ""
    process: str = ""
    direction: Direction = Direction.INBOUND
    customer_id: str = ""
    language: str = ""
    source: str = ""
    agent_channel: int | None = None
    history: History = field(default_factory=History)
    kind: Kind = Kind.CUSTOMER
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id.strip():
            raise ValueError("contact_id: must not be empty")
        if self.started_at.tzinfo is None:
            raise ValueError("started_at: needs an offset, like 2026-11-20T09:30:00+01:00")
        if self.agent_channel not in (None, 0, 1):
            raise ValueError(f"agent_channel: must be 0, 1 or empty, got {self.agent_channel}")

    @property
    def counts_for_agent(self) -> bool:
        """False for test and mystery contacts: they never enter an agent's figures or coaching."""
        return self.kind is Kind.CUSTOMER

    def field_value(self, name: str) -> str | float | None:
        """The value that a rule's `contact:` test reads, `None` where it isn't known.

        Raises:
            KeyError: no such field and no such attribute.
        """
        if name in CONTACT_FIELDS:
            value = getattr(self, name)
            return str(value) or None
        if name in AGENT_FIELDS:
            return str(getattr(self.agent, name)) or None
        if name in HISTORY_FIELDS:
            return getattr(self.history, name)  # type: ignore[no-any-return]
        return self.attributes.get(name) or None


CONTACT_FIELDS = ("medium", "queue", "process", "direction", "kind", "customer_id", "language")
AGENT_FIELDS = ("team", "site", "vendor")
HISTORY_FIELDS = ("wait_s", "ivr_s", "hold_s", "holds", "transfers", "talk_s", "wrap_s")
