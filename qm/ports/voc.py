"""What the voice of the customer asks of the store: tables of many contacts, draws, saved reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


class FactStore(Protocol):
    """Many contacts or responses at once, as tables (columns: `qm.domain.voc_names`)."""

    def contacts(
        self, since: datetime | None = None, until: datetime | None = None, *, columns: Sequence[str] | None = None,
        answers: bool = False, measures: bool = False, surveyed: bool = False, of_surveyed: bool = False,
    ) -> "pd.DataFrame":  # fmt: skip
        """Contacts that began in `since` <= start < `until`, by start and id.

        Args:
            columns: only these; `contact_id` always comes along.
            answers: with a column a criterion (`c:<form>/<criterion>`) and a score a form (`s:<form>`).
            measures: with a column a measure (`m:<name>`).
            surveyed: only contacts that a response is linked to.
            of_surveyed: only contacts of customers who have such a one.
        """
        ...

    def count(
        self, since: datetime | None = None, until: datetime | None = None, *, process: str = "", team: str = ""
    ) -> int:
        """How many contacts with customers (no test or mystery contacts) began in that time; of a process or team."""
        ...

    def joined(
        self, columns: Sequence[str], since: datetime | None = None, until: datetime | None = None, *,
        process: str = "", team: str = "", others: bool = False,
    ) -> "pd.DataFrame":  # fmt: skip
        """Responses linked to contacts that began in that time, in no order: quicker than joining both tables.

        Args:
            columns: of responses or contacts; `contact_id` always comes along.
            process, team: only contacts of these.
            others: with the site's other scales (`x:<scale id>`).
        """
        ...

    def unlinked(self, since: datetime | None = None, until: datetime | None = None) -> int:
        """How many responses of that time, or without a time, belong to no contact."""
        ...

    def surveys(
        self, since: datetime | None = None, until: datetime | None = None, *, comments: bool = False
    ) -> "pd.DataFrame":
        """Responses answered (else opened, else invited) in that time, by id; `comments`: with their comments."""
        ...


@dataclass(frozen=True)
class SurveyDraw:
    """Whether a contact of a day's universe is asked.

    Attributes:
        day: ISO date of the day that the contact belongs to.
        stratum: that it was drawn in.
        probability: of being drawn (inclusion probability); 0 where it may not be asked.
        reason: stable code of why it may not be asked, empty where it may.
    """

    contact_id: str
    day: str
    customer_id: str
    stratum: str
    probability: float
    is_drawn: bool
    reason: str = ""


class DrawStore(Protocol):
    """Which contacts were drawn for a survey, and how likely that was."""

    def save(self, draws: Sequence[SurveyDraw]) -> None:
        """Insert or replace."""
        ...

    def of_day(self, day: str) -> tuple[SurveyDraw, ...]:
        """The universe of a day, by contact."""
        ...

    def last_asked(self, before: str) -> Mapping[str, str]:
        """By customer, the last day before `before` on which a contact of theirs was drawn."""
        ...

    def probabilities(self) -> Mapping[str, float]:
        """Inclusion probability by contact."""
        ...


class ReportStore(Protocol):
    """Reports that commands computed, for pages to show."""

    def save(self, kind: str, report_id: str, document: str) -> None:
        """Insert or replace."""
        ...

    def get(self, kind: str, report_id: str) -> str | None:
        """A report, or `None`."""
        ...

    def every(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Ids and reports of a kind, by id."""
        ...
