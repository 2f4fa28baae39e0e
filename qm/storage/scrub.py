"""Have the database let go of what was deleted: free pages, its log, dead rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from qm.storage.connect import POSTGRES, address_of, open_engine
from qm.storage.search_tables import WORDS

REWRITTEN = (
    "contacts", "contact_facts", "recognitions", "voices", "transcripts", "signals", "evaluations", "answers",
    "survey_responses", "survey_links", "survey_draws", "cases", "calibration_sheets", "coaching_items",
    "saved_reports", "quarantine", "audit_details", "coaching_sessions", "coaching_clips", "search_entries",
    "search_words", "saved_searches",
)  # fmt: skip
WAIT_S = 10
"""For others who write, before it's left for later."""
MOST_BYTES = 2 << 30
"""A larger SQLite file isn't rewritten on the way: it would keep writers waiting for minutes (docs/operations.md)."""


def scrub(url: str, password_file: str = "") -> bool:
    """Clear what was deleted away.

    SQLite: rewrite the file without its free pages, which hold what was deleted, and empty the write-ahead log.
    PostgreSQL: vacuum the tables that were rewritten.

    Returns:
        False where it couldn't be done now: others were at work, or the file is too large.
    """
    address = address_of(url)
    return _vacuum(address, password_file) if address.get_backend_name() == POSTGRES else _rewrite(address)


def _rewrite(address: URL) -> bool:
    path = Path(address.database or "")
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return False
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)) as connection:
            # The full text keeps words of what is gone until it's merged.
            connection.execute(f"INSERT INTO {WORDS}({WORDS}) VALUES ('optimize')")  # noqa: S608 - our own table
            connection.execute("VACUUM")
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:  # busy, or no room for the second copy
        return False


def _vacuum(address: URL, password_file: str) -> bool:
    engine = open_engine(address, password_file, "qm erase").execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in REWRITTEN:
                connection.exec_driver_sql(f"VACUUM {name}")
    except DBAPIError:
        return False
    finally:
        engine.dispose()
    return True
