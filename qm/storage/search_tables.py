"""Tables of the search: an entry a conversation, which the databases' own full text stands beside; kept searches.

The migration makes what finds them: on SQLite the FTS5 table `search_words` over `tokens`, on PostgreSQL a table of
that name with a `tsvector`. Triggers keep both up to date, so that nothing but `search_entries` is ever written.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from qm.storage.table_metadata import metadata

WORDS = "search_words"
"""What finds entries by their tokens; tables whose name begins so are the databases' own."""

search_entries = Table(
    "search_entries", metadata,
    # On SQLite this has to be the row's own number: the full text names rows by it.
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("contact_id", String, ForeignKey("contacts.id"), nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_s", Float, nullable=False),
    Column("language", String, nullable=False),
    Column("turns", Text, nullable=False),
    Column("tokens", Text, nullable=False),
    Index("ix_search_entries_made_s", "made_s"),
    Index("ix_search_entries_source", "contact_id", "source", "version"),
)  # fmt: skip
"""`key`: second of the contact's start, times 2^20, and a few bits of its id: entries are found in order of time."""

saved_searches = Table(
    "saved_searches", metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("alerts", Boolean, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_saved_searches_owner", "owner", "name"),
)  # fmt: skip
"""Searches that people keep; `document` holds words that they typed."""

search_alerts = Table(
    "search_alerts", metadata,
    Column("search_id", String, ForeignKey("saved_searches.id"), primary_key=True),
    Column("contact_id", String, ForeignKey("contacts.id"), primary_key=True),
    Column("at_s", Float, nullable=False),
    Column("is_read", Boolean, nullable=False),
)  # fmt: skip
"""Contacts in which a kept search found something."""
