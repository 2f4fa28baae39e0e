"""The first start of a site: an administrator without a password, and how to set one."""

import sys
from typing import Protocol

from qm.config import Settings
from qm.domain.people import FIRST_LOGIN
from qm.domain.text import Language
from qm.operations.listening import password_link
from qm.operations.logs import log
from qm.wording_people import people_word

COMMAND = f"qm people invite {FIRST_LOGIN}"


class FirstAdmin(Protocol):
    """Makes the first administrator."""

    def tidy(self) -> int:
        """Take away what is over of sessions, tokens, links and failed tries; returns how many rows."""
        ...

    def first_admin(self) -> bool:
        """Make one where nobody is there; whether the first one still has no password."""
        ...

    def first_link(self) -> str:
        """The key of a new link for the first one; the link before is void."""
        ...


def tell_first_admin(people: FirstAdmin, settings: Settings, port: int) -> None:
    """Make the first administrator where nobody is there, and say how to set the password; tidy up what is over.

    For people the link is printed on standard error. Where the log is for machines (`QM_LOG=json`) it goes to places
    that many may read: it names the command that makes a link, and no link is made.

    Raises:
        StorageError: the database can't be used.
    """
    people.tidy()
    if not people.first_admin():
        return
    if settings.log == "json":
        log.warning("admin.no_password", hint=COMMAND)
        return
    language = Language(settings.language)
    lines = (
        people_word("first_link", language, login=FIRST_LOGIN),
        f"  {password_link(settings, people.first_link(), port)}",
        people_word("first_again", language, login=FIRST_LOGIN),
    )
    print(*lines, sep="\n", file=sys.stderr, flush=True)  # noqa: T201
