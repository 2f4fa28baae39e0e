"""Tables of what is kept about the site's own doing: the audit trail, holds, erasures, backups."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, String, Table, Text

from qm.storage.table_metadata import metadata

audit_events = Table(
    "audit_events", metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("before_sha256", String, nullable=False),
    Column("after_sha256", String, nullable=False),
    Column("details_sha256", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("ix_audit_events_subject", "subject", "seq"),
    Index("ix_audit_events_actor", "actor", "seq"),
    Index("ix_audit_events_action", "action", "seq"),
)  # fmt: skip
"""Who did or looked at what. Triggers refuse to change or delete a row; each names the hash of the one before."""

audit_details = Table(
    "audit_details", metadata,
    Column("seq", BigInteger, ForeignKey("audit_events.seq"), primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""What an event changed, and why, in clear. May be erased: the chain holds only its salted hash."""

holds = Table(
    "holds", metadata,
    Column("id", String, primary_key=True),
    Column("subject_kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("released_s", Float),
    Column("document", Text, nullable=False),
    Index("ix_holds_subject", "subject_kind", "subject"),
)  # fmt: skip
"""Legal holds: while one isn't released, nothing of its subject is erased."""

erasures = Table(
    "erasures", metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject_sha256", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at_s", Float, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_erasures_subject_sha256", "subject_sha256"),
)  # fmt: skip
"""Erasures begun and ended, with their certificate; holds no personal data."""

backups = Table(
    "backups", metadata,
    Column("id", String, primary_key=True),
    Column("at_s", Float, nullable=False),
    Column("place", String, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""Backups that were made, so that an erasure can say which of them still hold what it erased."""
