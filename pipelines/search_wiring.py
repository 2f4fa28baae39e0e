"""Joins the search's use cases to storage, for the last step of a run and for the command line."""

from datetime import UTC, datetime
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from qm.services.saved_searches import SavedSearchService
from qm.services.search import IndexService, SearchService

if TYPE_CHECKING:
    from pipelines.wiring import Wiring


def make_search(wiring: "Wiring") -> SearchService:
    """Words looked for in conversations of the whole site."""
    return SearchService(wiring.database.reading, wiring.forms, ZoneInfo(wiring.plan.window.zone), monotonic)


def make_index(wiring: "Wiring") -> IndexService:
    """What the search finds them by."""
    return IndexService(wiring.database.unit_of_work, wiring.database.reading, _now)


def make_saved_searches(wiring: "Wiring") -> SavedSearchService:
    """Searches that people keep."""
    database = wiring.database
    return SavedSearchService(database.unit_of_work, database.reading, make_search(wiring), _now, token_hex)


def _now() -> datetime:
    return datetime.now(UTC)
