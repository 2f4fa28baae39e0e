"""Looks of `qm doctor` at who may sign in, and whether passwords travel in the clear."""

from collections.abc import Iterator

from pipelines.doctor.finding import Finding, Health
from pipelines.doctor.words import told
from pipelines.wiring import Wiring
from qm.config import Settings
from qm.domain.text import Language
from qm.operations.first_start import COMMAND
from qm.operations.listening import check_listening, is_secure, is_this_machine, site_address, tls_context


def look_at_people(wiring: Wiring, language: Language) -> Iterator[Finding]:
    """Whether somebody can hand out rights.

    Raises:
        StorageError: the database can't be read.
    """
    people = wiring.people
    rows = people.every()
    if people.has_admin():
        yield Finding("people", Health.OK, told("people", language, n=len(rows)))
    elif rows:
        yield Finding(
            "people", Health.NOTE, told("no_admin", language), told("no_admin_hint", language, command=COMMAND)
        )
    else:
        yield Finding("people", Health.NOTE, told("nobody_yet", language), told("nobody_yet_hint", language))


def look_at_pages(settings: Settings, language: Language) -> Iterator[Finding]:
    """Where the pages listen, and whether others can read what is typed there.

    Raises:
        SettingsError: they couldn't be served so.
    """
    check_listening(settings)
    tls_context(settings)
    if is_this_machine(settings.host) or is_secure(settings):
        yield Finding("pages", Health.OK, told("pages", language, address=f"{site_address(settings)}/"))
    else:
        message = told("plain_http", language, host=settings.host)
        yield Finding("pages", Health.NOTE, message, told("plain_http_hint", language))
