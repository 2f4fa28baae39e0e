"""Joins erasure and retention to what implements them."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.commands.actor import login_name
from qm.domain.erasure import Remainder
from qm.retention_file import read_retention
from qm.services.erasure import ErasureService, ErasureTools
from qm.services.holds import HoldService
from qm.services.retention import RetentionService
from qm.storage.erasable_places import ReplyPlace, StandingPlace
from qm.storage.erasure_file import ErasureFile
from qm.storage.scrub import scrub

if TYPE_CHECKING:
    from pipelines.wiring import Wiring

POSTGRES = "postgresql"


def make_tools(wiring: "Wiring") -> ErasureTools:
    """Object store, folders and ledger file of the settings."""
    settings = wiring.settings
    answers = settings.data / "answers"
    return ErasureTools(
        wiring.objects, (ReplyPlace(settings.generative), StandingPlace(answers)), ErasureFile(settings.data),
        _now, secrets.token_hex, lambda: scrub(settings.database_url, settings.database_password_file),
        settings.actor or login_name(), _remains(wiring),
    )  # fmt: skip


def make_erasure(wiring: "Wiring") -> ErasureService:
    """Erasing on request."""
    database = wiring.database
    return ErasureService(database.unit_of_work, database.reading, make_tools(wiring))


def make_retention(wiring: "Wiring") -> RetentionService:
    """Erasing by date; reading the plan raises every fault that it has."""
    database, plan = wiring.database, read_retention(wiring.settings.retention)
    return RetentionService(database.unit_of_work, database.reading, plan, wiring.erasure, make_tools(wiring))


def make_holds(wiring: "Wiring") -> HoldService:
    """Legal holds."""
    return HoldService(wiring.database.unit_of_work, wiring.database.reading, _now, secrets.token_hex)


def _remains(wiring: "Wiring") -> tuple[Remainder, ...]:
    """What the site's parts keep by their nature."""
    settings, found = wiring.settings, []
    if settings.database_url.startswith(POSTGRES):
        found.append(Remainder("database_pages"))
    if isinstance(settings.objects, str):
        found.append(Remainder("other_caches"))
    return tuple(found)


def _now() -> datetime:
    return datetime.now(UTC)
