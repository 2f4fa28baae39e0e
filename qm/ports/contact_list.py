"""The list of contacts, a page at a time: what narrows it, and what a line of it shows."""

from dataclasses import dataclass, field

from qm.domain.contact import Contact
from qm.domain.evaluation import Brief
from qm.domain.people import Scope
from qm.domain.run import ItemState
from qm.domain.survey import SurveyResponse

COUNTED = 1000
"""Contacts of a list are counted up to so many: beyond, nobody wants the exact number at each page, and it would cost
more than the page itself."""


@dataclass(frozen=True)
class ContactQuery:
    """What the list is narrowed to; empty means everything.

    Attributes:
        forms: evaluations on other forms aren't looked at.
        failed: only done contacts with a missed automatic fail.
        open_only: only done contacts with a criterion that couldn't be told.
        scope: whose contacts whoever asks may see.
    """

    forms: tuple[str, ...]
    agent_id: str = ""
    team: str = ""
    process: str = ""
    medium: str = ""
    state: str = ""
    failed: bool = False
    open_only: bool = False
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True)
class ListedContact:
    """One line of the list.

    Attributes:
        code: why it's in quarantine; empty where it isn't.
        grade: letter of its transcript; empty where it has none.
        response: the survey response that is linked to it; of several, the last by id.
    """

    contact: Contact
    state: ItemState
    code: str
    grade: str
    briefs: tuple[Brief, ...]
    response: SurveyResponse | None


@dataclass(frozen=True)
class ListedPage:
    """Lines in order of start and id.

    Attributes:
        total: of the whole list, as far as it's counted (`COUNTED`).
        is_longer: there are more than `total`.
    """

    items: tuple[ListedContact, ...]
    total: int
    has_more: bool
    is_longer: bool = False


Choices = dict[str, tuple[tuple[str, str], ...]]
"""Values to filter by: pairs of value and label, by `agent`, `team`, `process` and `medium`."""
