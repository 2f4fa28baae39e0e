"""Tables of coaching sessions."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from qm.storage.table_metadata import metadata

coaching_sessions = Table(
    "coaching_sessions", metadata,
    Column("id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("team", String, nullable=False),
    Column("site", String, nullable=False, server_default=""),
    Column("vendor", String, nullable=False, server_default=""),
    Column("supervisor", String, nullable=False),
    Column("form_id", String, nullable=False),
    Column("criterion_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("due", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("change", Text, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    Index("ix_coaching_sessions_agent_id", "agent_id"),
    Index("ix_coaching_sessions_due", "due", "id"),
)  # fmt: skip
"""What supervisors planned with agents; `due` as ISO date, `change` what had changed when it was last reckoned."""

coaching_clips = Table(
    "coaching_clips", metadata,
    Column("session_id", String, primary_key=True),
    Column("contact_id", String, primary_key=True),
    Index("ix_coaching_clips_contact_id", "contact_id"),
)  # fmt: skip
"""Which contacts a session lets its agent hear, and where an erasure finds it."""

coaching_aside = Table(
    "coaching_aside", metadata,
    Column("item_id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("until", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at_s", Float, nullable=False),
)  # fmt: skip
"""Items that a supervisor put aside, and until which day."""
