"""Sums over the contacts of a day and agent, from which all figures of dashboards follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qm.domain.contact import Kind
from qm.domain.run import ItemState
from qm.domain.scales import Critical

CLASS_STATES = ("clean", "error", "open")
COUNTED = (
    "contacts", "done", "quarantined", "counted", "scored", "failed", "asked", "cannot_tell", "left_to_people",
    *(f"{each.value}_{state}" for each in Critical for state in CLASS_STATES),
    "linked", "nps_n", "promoters", "detractors", "satisfaction_n",
)  # fmt: skip
"""Counts. `counted`: done, and of a kind that counts for agents; all that follows, except what was asked, is of those.
`scored` and `failed` are evaluations with a score and with a missed automatic fail, of one form."""
SUMMED = ("score_sum", "score_squares", "satisfaction_sum", "satisfaction_squares")
CRITERION_COUNTS = ("met", "not_met", "not_applicable", "cannot_tell", "left_to_people")
"""In the order of the letters `m n a c p`."""


@dataclass(frozen=True)
class Place:
    """To whom contacts are counted."""

    agent_id: str
    team: str
    site: str
    vendor: str


@dataclass(frozen=True)
class FormFact:
    """One evaluation as its columns hold it: criteria in order, a letter of an answer each."""

    form_id: str
    score: float | None
    result: str
    criteria: str
    codes: str


@dataclass(frozen=True)
class ContactFact:
    """What sums need of one contact.

    Attributes:
        code: why it's in quarantine; empty where it isn't.
        findings: what was found on the recording, by code.
        answers: NPS and satisfaction of each survey response that is linked to it.
    """

    contact_id: str
    place: Place
    agent_name: str
    kind: Kind
    language: str
    has_customer: bool
    state: ItemState | None
    grade: str
    code: str
    medium: str = "voice"
    findings: tuple[str, ...] = ()
    forms: tuple[FormFact, ...] = ()
    answers: tuple[tuple[float | None, float | None], ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether it is done and counts for its agent."""
        return self.state is ItemState.DONE and self.kind is Kind.CUSTOMER


@dataclass
class Cells:
    """The sums of one day.

    Attributes:
        forms: by place and form (empty: whole contacts), by name of `COUNTED` and `SUMMED`.
        criteria: by place, form and criterion, in the order of `CRITERION_COUNTS`.
        tallies: by place, kind and name.
    """

    forms: dict[tuple[Place, str], dict[str, float]] = field(default_factory=dict)
    criteria: dict[tuple[Place, str, str], list[int]] = field(default_factory=dict)
    tallies: dict[tuple[Place, str, str], int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sums:
    """Added-up cells: a figure of the names in `COUNTED` and `SUMMED`; what isn't there is 0."""

    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values.get(name) or 0

    def count(self, name: str) -> int:
        """A count."""
        return int(self[name])
