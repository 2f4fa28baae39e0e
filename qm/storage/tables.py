"""The tables. Whole values are kept as canonical JSON in `document`; the columns beside it are what queries need."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _contact_key() -> Column[str]:
    return Column("contact_id", String, ForeignKey("contacts.id"), primary_key=True)


contacts = Table(
    "contacts", metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("team", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_contacts_started_at", "started_at", "id"),
    Index("ix_contacts_agent_id", "agent_id", "started_at"),
)  # fmt: skip

items = Table("items", metadata, _contact_key(), Column("state", String, nullable=False))
"""The work list: one row a contact."""

quarantine = Table(
    "quarantine", metadata,
    Column("subject", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("command", Text, nullable=False),
)  # fmt: skip

published = Table(
    "published", metadata,
    _contact_key(),
    Column("stage", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)  # fmt: skip
"""Which output of which stage stands, and under which fingerprint."""

recordings = Table(
    "recordings", metadata, _contact_key(), Column("sha256", String, nullable=False),
    Index("ix_recordings_sha256", "sha256"),
)  # fmt: skip
recognitions = Table("recognitions", metadata, _contact_key(), Column("document", Text, nullable=False))
voices = Table("voices", metadata, _contact_key(), Column("document", Text, nullable=False))
transcripts = Table("transcripts", metadata, _contact_key(), Column("document", Text, nullable=False))
signals = Table("signals", metadata, _contact_key(), Column("document", Text, nullable=False))

evaluations = Table(
    "evaluations", metadata,
    Column("id", String, primary_key=True),
    Column("contact_id", String, ForeignKey("contacts.id"), nullable=False),
    Column("form_id", String, nullable=False),
    Column("score", Float),
    Column("document", Text, nullable=False),
    UniqueConstraint("contact_id", "form_id"),
)  # fmt: skip

answers = Table(
    "answers", metadata,
    Column("evaluation_id", String, ForeignKey("evaluations.id"), primary_key=True),
    Column("criterion_id", String, primary_key=True),
    Column("answer", String, nullable=False),
    Column("reason", String, nullable=False),
    Index("ix_answers_criterion_id", "criterion_id", "answer"),
)  # fmt: skip

survey_responses = Table(
    "survey_responses", metadata, Column("id", String, primary_key=True), Column("document", Text, nullable=False)
)  # fmt: skip
survey_links = Table(
    "survey_links", metadata,
    Column("response_id", String, ForeignKey("survey_responses.id"), primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_survey_links_contact_id", "contact_id"),
)  # fmt: skip

coaching_items = Table(
    "coaching_items", metadata,
    Column("id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip

runs = Table(
    "runs", metadata,
    Column("id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""When runs began and ended: the only volatile table, left out when contents are compared."""

VOLATILE = frozenset({"runs"})
