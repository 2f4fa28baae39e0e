"""What an export asks of the store: contacts with all that stands in columns beside them, some at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from qm.domain.people import Scope


@dataclass(frozen=True)
class ExportRow:
    """One contact.

    Attributes:
        facts: columns of `qm.domain.voc_names` by name, and `state` and `grade`.
        scores: by form id; `None` where a person has still to decide.
        answers: by form id and criterion id, in words; empty where nobody is asked but people.
        survey: columns of the latest answer linked to it; empty where there is none.
    """

    contact_id: str
    started_s: float
    facts: Mapping[str, str | float | None]
    measures: Mapping[str, float]
    scores: Mapping[str, float | None]
    answers: Mapping[tuple[str, str], str]
    survey: Mapping[str, str | float | None]


class ExportStore(Protocol):
    """Contacts as rows."""

    def rows(
        self, since_s: float | None, until_s: float | None, scope: Scope, after: tuple[float, str] | None, size: int
    ) -> tuple[ExportRow, ...]:
        """The next rows by start and id; what was erased isn't among them.

        Args:
            after: start and id of the last row of the page before.
        """
        ...
