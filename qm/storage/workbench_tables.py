"""Tables of people, of what they sign in with, and of what they do with evaluations."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from qm.storage.table_metadata import metadata

people = Table(
    "people", metadata,
    Column("id", String, primary_key=True),
    Column("login", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""Who may sign in. `login` in small letters."""


def _person_key() -> Column[str]:
    return Column("person_id", String, ForeignKey("people.id"), nullable=False)


person_secrets = Table(
    "person_secrets", metadata,
    Column("person_id", String, ForeignKey("people.id"), primary_key=True),
    Column("document", Text, nullable=False),
)  # fmt: skip
"""Hashes of passwords and keys of one-time codes, apart from people, so that no list reads them by mistake."""

sessions = Table(
    "sessions", metadata,
    Column("key_sha256", String, primary_key=True),
    _person_key(),
    Column("csrf", String, nullable=False),
    Column("opened_s", Float, nullable=False),
    Column("seen_s", Float, nullable=False),
    Index("ix_sessions_person_id", "person_id"),
)  # fmt: skip
"""Signed-in browsers. Moments in seconds since 1970, as below."""

tokens = Table(
    "tokens", metadata,
    Column("id", String, primary_key=True),
    Column("key_sha256", String, nullable=False, unique=True),
    _person_key(),
    Column("expires_s", Float, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_tokens_person_id", "person_id"),
)  # fmt: skip
"""What programs sign in with."""

sign_in_links = Table(
    "sign_in_links", metadata,
    Column("key_sha256", String, primary_key=True),
    _person_key(),
    Column("until_s", Float, nullable=False),
    Index("ix_sign_in_links_person_id", "person_id"),
)  # fmt: skip
"""Links with which somebody sets a password, once."""

sign_in_failures = Table(
    "sign_in_failures", metadata,
    Column("key", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_s", Float, nullable=False),
)  # fmt: skip
"""Failed tries in a row by a hash of the login, and of the place that they came from."""

reviews = Table(
    "reviews", metadata,
    Column("id", String, primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("form_id", String, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("state", String, nullable=False),
    Column("changed_s", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("contact_id", "form_id", "reviewer"),
)  # fmt: skip
"""What people answered beside the machine: one review a contact, form and person."""
