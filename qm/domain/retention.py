"""How long what is kept: rules by medium, process and outcome, and the legal holds that stop every clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class DataKind(StrEnum):
    """What of a contact has a date of its own.

    `audio`: the recording, or the chat as it came; `transcript`: words, voices and signals; `evidence`: quotes, reasons
    and comments, while results stay; `contact`: everything that tells whose contact it was.
    """

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    EVIDENCE = "evidence"
    CONTACT = "contact"


class Mark(StrEnum):
    """What became of a contact, as far as a retention rule may ask for it; a contact may bear several marks.

    `done`, `not_done`: worked through or not; `automatic_fail`: a form's automatic fail was missed; `open_fail`: a
    person has to decide one; `case`, `open_case`: it has a detractor case, one that isn't closed; `surveyed`: a survey
    is linked to it; `detractor`: one with an NPS of 0 to 6.
    """

    DONE = "done"
    NOT_DONE = "not_done"
    AUTOMATIC_FAIL = "automatic_fail"
    OPEN_FAIL = "open_fail"
    CASE = "case"
    OPEN_CASE = "open_case"
    SURVEYED = "surveyed"
    DETRACTOR = "detractor"


STAGES_OF = {
    DataKind.AUDIO: ("store", "transcribe", "voices"),
    DataKind.TRANSCRIPT: ("store", "transcribe", "voices", "roles", "signals", "score"),
    DataKind.EVIDENCE: ("score",),
}
"""Stages that can't be done again once that kind is gone: what they would read, or write anew, was erased."""
GONE = "erased"
"""Stands for the fingerprint of a stage whose output was erased: the stage counts as done and is never done again."""
LONGEST_DAYS = 36_500


@dataclass(frozen=True)
class Aged:
    """What a rule looks at.

    Attributes:
        gone: kinds that were erased already.
    """

    contact_id: str
    started_at: datetime
    medium: str
    process: str
    marks: frozenset[Mark]
    gone: frozenset[DataKind] = frozenset()


@dataclass(frozen=True)
class RetentionRule:
    """Which contacts, and for how many days from their start what of them is kept.

    Attributes:
        media: empty: any; likewise `processes` and `marks` (of which a contact needs one).
        keep: days by kind; `None`: for ever; a kind that isn't named is kept for ever too.
    """

    id: str
    media: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    keep: Mapping[DataKind, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.keep:
            raise ValueError(f"rule '{self.id}': keep: name at least one kind")
        for kind, days in self.keep.items():
            if days is not None and not 0 <= days <= LONGEST_DAYS:
                raise ValueError(f"rule '{self.id}': keep.{kind}: must lie in 0..{LONGEST_DAYS}, got {days}")

    def fits(self, contact: Aged) -> bool:
        """Whether the rule is about this contact."""
        return (
            (not self.media or contact.medium in self.media)
            and (not self.processes or contact.process in self.processes)
            and (not self.marks or any(mark in contact.marks for mark in self.marks))
        )


@dataclass(frozen=True)
class RetentionPlan:
    """Rules in order; the first that fits a contact decides alone. Where none fits, everything is kept."""

    rules: tuple[RetentionRule, ...] = ()

    def rule_for(self, contact: Aged) -> RetentionRule | None:
        """The rule that decides about a contact."""
        return next((rule for rule in self.rules if rule.fits(contact)), None)

    def due_of(self, contact: Aged) -> dict[DataKind, datetime]:
        """When each kind is due; kinds that are kept for ever or gone already are left out."""
        rule = self.rule_for(contact)
        if rule is None:
            return {}
        return {
            kind: contact.started_at + timedelta(days=days)
            for kind, days in rule.keep.items()
            if days is not None and kind not in contact.gone
        }

    def due_now(self, contact: Aged, now: datetime) -> frozenset[DataKind]:
        """Kinds whose time is over; a whole contact takes everything with it."""
        due = frozenset(kind for kind, at in self.due_of(contact).items() if at <= now)
        return frozenset({DataKind.CONTACT}) if DataKind.CONTACT in due else due

    @property
    def shortest_days(self) -> int | None:
        """The fewest days that anything is kept; `None` where all is kept for ever: nothing younger can be due."""
        days = [each for rule in self.rules for each in rule.keep.values() if each is not None]
        return min(days, default=None)


class HoldKind(StrEnum):
    """What a legal hold is on."""

    CONTACT = "contact"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Hold:
    """A legal hold: until it is released, nothing of its subject is erased, whatever else is asked for.

    Attributes:
        subject: the contact's or the customer's id.
        by: who set it, as they sign.
        released_at: `None` while it stands.
    """

    id: str
    kind: HoldKind
    subject: str
    reason: str
    by: str
    set_at: datetime
    released_at: datetime | None = None
    released_by: str = ""

    def __post_init__(self) -> None:
        for name in ("subject", "reason", "by"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must not be empty")
