"""Tables of work queues."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from qm.storage.table_metadata import metadata

work_queues = Table(
    "work_queues", metadata,
    Column("id", String, primary_key=True),
    Column("drawn_s", Float, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_work_queues_drawn_s", "drawn_s", "id"),
)  # fmt: skip
"""Draws of contacts for review; moments in seconds since 1970."""

assignments = Table(
    "assignments", metadata,
    Column("queue_id", String, ForeignKey("work_queues.id"), primary_key=True),
    Column("step", String, primary_key=True),
    Column("contact_id", String, primary_key=True),
    Column("form_id", String, nullable=False),
    Column("analyst", String, nullable=False),
    Column("state", String, nullable=False),
    Column("due", String, nullable=False),
    Column("probability", Float, nullable=False),
    Column("stratum", String, nullable=False),
    Column("risks", String, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("wants_second", Integer, nullable=False),
    Column("done_s", Float),
    Index("ix_assignments_analyst", "analyst", "state"),
    Index("ix_assignments_contact_id", "contact_id", "form_id"),
    Index("ix_assignments_form_id", "form_id", "state"),
)  # fmt: skip
"""Who reviews which contact; `due`: a day in ISO 8601. `risks`: codes, separated by blanks."""
