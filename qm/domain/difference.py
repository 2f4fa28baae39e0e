"""How the answers to past contacts differ between two sets of rules."""

from dataclasses import dataclass
from enum import StrEnum

from qm.domain.evaluation import CriterionAnswer
from qm.domain.figures import Count, Figure
from qm.domain.text import Text


class Presence(StrEnum):
    """Where a criterion or a form stands: in both sets, only in the new one, only in the old one."""

    BOTH = "both"
    ADDED = "added"
    REMOVED = "removed"


class Outcome(StrEnum):
    """What a score comes to: the pass mark reached, missed, a person's to decide, or nothing applied at all."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True)
class Transition:
    """How many contacts went from one answer (or outcome) to another; equal ones are those that stayed."""

    before: str
    after: str
    n: int


@dataclass(frozen=True)
class Example:
    """One contact whose answer changed, with the evidence on both sides."""

    contact_id: str
    before: CriterionAnswer
    after: CriterionAnswer


@dataclass(frozen=True)
class CriterionDifference:
    """One criterion over all contacts.

    Attributes:
        changed: contacts whose answer, value or share of points is another one; n: those answered on both sides.
        transitions: the confusion of the answers, those that stayed included; of a criterion that stands on one
            side only, the other side's answer is empty.
        grounds: contacts with the same answer on other evidence or for another reason.
    """

    criterion_id: str
    title: Text
    presence: Presence
    changed: Count
    transitions: tuple[Transition, ...]
    grounds: int = 0
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Flip:
    """A contact that passed and would fail, or the other way round."""

    contact_id: str
    before: Outcome
    after: Outcome
    value_before: float | None
    value_after: float | None


@dataclass(frozen=True)
class FormDifference:
    """One form over all contacts. Versions are empty on the side where the form doesn't stand.

    Attributes:
        n: contacts scored.
        before: mean score of the contacts that have one on both sides.
        difference: mean of the new score less the old one, contact by contact.
        outcomes: the confusion of passed, failed, open and none.
    """

    form_id: str
    title: Text
    presence: Presence
    version_before: str
    version_after: str
    n: int
    criteria: tuple[CriterionDifference, ...]
    before: Figure
    after: Figure
    difference: Figure
    outcomes: tuple[Transition, ...] = ()
    flips: tuple[Flip, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A contact that can't be scored, and why."""

    contact_id: str
    code: str
    message: str


@dataclass(frozen=True)
class RulesDifference:
    """Two sets of packs over all contacts. `unchanged`: forms whose packs are the same bytes; they weren't scored."""

    contacts: int
    skipped: tuple[Skipped, ...]
    unchanged: tuple[str, ...]
    forms: tuple[FormDifference, ...]
