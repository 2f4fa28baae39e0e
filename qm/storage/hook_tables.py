"""Tables of webhooks, and of answers that are given again to whoever sends the same request twice."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from qm.storage.table_metadata import metadata

hooks = Table(
    "hooks", metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("made_s", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""Addresses that are told of events. Moments in seconds since 1970, as below."""

hook_secrets = Table(
    "hook_secrets", metadata,
    Column("hook_id", String, ForeignKey("hooks.id"), primary_key=True),
    Column("secret", String, nullable=False),
)  # fmt: skip
"""What deliveries are signed with, apart from hooks, so that no list reads it by mistake."""

hook_deliveries = Table(
    "hook_deliveries", metadata,
    Column("id", String, primary_key=True),
    Column("hook_id", String, ForeignKey("hooks.id"), nullable=False),
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("made_s", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_s", Float, nullable=False),
    Column("status", Integer, nullable=False),
    Column("error", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("until_s", Float, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_hook_deliveries_next_s", "state", "next_s"),
    Index("ix_hook_deliveries_made_s", "hook_id", "made_s", "id"),
    Index("ix_hook_deliveries_subject", "subject"),
)  # fmt: skip
"""One row an event and hook, written in the transaction of the event."""

kept_answers = Table(
    "kept_answers", metadata,
    Column("key_sha256", String, primary_key=True),
    Column("request_sha256", String, nullable=False),
    Column("begun_s", Float, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_kept_answers_begun_s", "begun_s"),
)  # fmt: skip
"""What a write with an `Idempotency-Key` was answered, for a day. `status` 0: it's still at work."""
