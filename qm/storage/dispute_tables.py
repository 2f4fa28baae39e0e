"""Tables of disputes, of what agents did with their own contacts, and of since when a result stands."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from qm.storage.table_metadata import metadata

disputes = Table(
    "disputes", metadata,
    Column("id", String, primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("form_id", String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("due_s", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("contact_id", "form_id"),
    Index("ix_disputes_state", "state", "due_s", "id"),
    Index("ix_disputes_agent_id", "agent_id"),
)  # fmt: skip
"""One a contact and form. Moments in seconds since 1970, as below."""

own_looks = Table(
    "own_looks", metadata,
    Column("contact_id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_own_looks_agent_id", "agent_id"),
)  # fmt: skip
"""When agents saw their own contacts, took note, and what they answered themselves."""

result_times = Table(
    "result_times", metadata,
    Column("contact_id", String, primary_key=True),
    Column("form_id", String, primary_key=True),
    Column("answers", String, nullable=False),
    Column("since_s", Float, nullable=False),
)  # fmt: skip
"""Since when the answers that count stand as they do; `answers`: their fingerprint."""
