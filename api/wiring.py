"""Joins services to storage. The only module of `api` that knows how things are kept."""

from dataclasses import dataclass

from qm.config import Settings
from qm.rules.loader import load_packs
from qm.services.coaching import CoachingService
from qm.services.contacts import ContactService
from qm.services.figures import FigureService
from qm.storage.database import Database
from qm.storage.objects import FolderObjects


@dataclass(frozen=True)
class Services:
    """The use cases that pages and JSON routes call."""

    contacts: ContactService
    coaching: CoachingService
    figures: FigureService
    database: Database


def build_services(settings: Settings) -> Services:
    """Services over the database and the object folder of the settings.

    Raises:
        NotFoundError: no rule pack where the settings look for them.
        RulePackError: a pack has faults.
    """
    database = Database(settings.database_url)
    objects = FolderObjects(settings.objects)
    forms = {pack.form.id: pack.form for pack in load_packs(settings.rules)}
    return Services(
        ContactService(database.reading, forms, objects),
        CoachingService(database.reading, forms, settings.coaching_items),
        FigureService(database.reading, forms, settings.min_n),
        database,
    )
