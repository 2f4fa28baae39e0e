"""The form: sections and criteria, with their weights. How a machine answers a criterion is a rule's matter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from qm.domain.scales import (
    FULL_MARK,
    Band,
    CriterionType,
    Critical,
    FailScope,
    NumberRange,
    Option,
    Weighting,
)
from qm.domain.text import Language, Text
from qm.units import Share

Value = str | float | tuple[str, ...]
"""An option's id, options' ids, a number, a date (ISO 8601) or a text."""


@dataclass(frozen=True)
class Criterion:
    """One question of a form.

    Attributes:
        points: relative weight inside its section, above 0; of a bonus, points of the form's score.
        automatic_fail: a *not met* makes the score of `fail_scope` 0.
        action: what a coach may suggest where it isn't met.
        options: to choose from; choices only.
        ranges: what numbers earn, the first that holds; a number without any is noted, not scored.
        critical: the class that a miss counts in; `None`: in none.
        bonus: met, it adds its points to the form's score; not met, it costs nothing.
        driver: what customers value that it stands for (`resolution`, `effort`); may be empty.
        weight: relative to the form's other criteria, where the form weighs by question.
        pass_mark: share of the points, in hundredths, from which it's met; all of them where not given.
        na: whether a person may answer *not applicable*.
    """

    id: str
    title: Text
    explanation: Text
    action: Text
    points: float = 1.0
    automatic_fail: bool = False
    type: CriterionType = CriterionType.YES_NO
    options: tuple[Option, ...] = ()
    ranges: tuple[NumberRange, ...] = ()
    fail_scope: FailScope = FailScope.FORM
    critical: Critical | None = None
    bonus: bool = False
    driver: str = ""
    weight: float = 1.0
    pass_mark: float = FULL_MARK
    bands: tuple[Band, ...] = ()
    na: bool = True

    def __post_init__(self) -> None:
        if self.points <= 0:
            raise ValueError(f"points: must be above 0, got {self.points}")
        if self.weight <= 0:
            raise ValueError(f"weight: must be above 0, got {self.weight}")
        if bool(self.options) != self.type.is_choice:
            raise ValueError(f"options: a {self.type} {'needs' if self.type.is_choice else 'has no'} options")
        if self.ranges and self.type is not CriterionType.NUMBER:
            raise ValueError(f"ranges: a {self.type} has none")
        if self.automatic_fail and (self.bonus or not self.is_scored):
            raise ValueError("automatic_fail: of something that can't lower a score")

    @property
    def is_scored(self) -> bool:
        """False for what is only noted: dates, texts, numbers without ranges."""
        if self.type is CriterionType.NUMBER:
            return bool(self.ranges)
        return self.type not in (CriterionType.DATE, CriterionType.TEXT)

    def share_of(self, value: Value) -> Share | None:
        """Share of the points that a value earns; of several options the sum, at most 1. `None` where not scored.

        Raises:
            KeyError: no such option.
        """
        if self.type.is_choice:
            shares = {option.id: option.share for option in self.options}
            chosen = value if isinstance(value, tuple) else (str(value),)
            return min(1.0, sum((shares[option] for option in chosen), 0.0))
        if self.ranges and isinstance(value, int | float):
            return next((part.share for part in self.ranges if part.holds(value)), 0.0)
        return None

    def is_met_by(self, share: Share | None) -> bool:
        """Whether a share of the points makes it met; what is only noted is met by being noted."""
        return share is None or FULL_MARK * share >= self.pass_mark


@dataclass(frozen=True)
class Section:
    """Criteria that belong together, or sections of such; `weight` is relative to the sections beside it.

    Attributes:
        sections: in place of criteria; they have no sections themselves.
        pass_mark: on the scale of scores; `None`: the section is neither passed nor failed.
        na: whether a person may leave the whole section out.
    """

    id: str
    title: Text
    weight: float
    criteria: tuple[Criterion, ...] = ()
    sections: tuple["Section", ...] = ()
    pass_mark: float | None = None
    bands: tuple[Band, ...] = ()
    na: bool = True

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"weight: must be above 0, got {self.weight}")
        if bool(self.criteria) == bool(self.sections):
            raise ValueError("criteria: a section needs at least one, or sections in their place")
        if any(inner.sections for inner in self.sections):
            raise ValueError("sections: may nest once")

    @property
    def leaves(self) -> tuple["Section", ...]:
        """The sections inside that hold criteria; itself where it holds them."""
        return self.sections or (self,)

    @cached_property
    def every_criterion(self) -> tuple[Criterion, ...]:
        """Its criteria and those of its sections."""
        return tuple(criterion for leaf in self.leaves for criterion in leaf.criteria)


@dataclass(frozen=True)
class Form:
    """A version of a form. `pass_mark` is on the scale of scores, 0 to 100.

    Attributes:
        languages: of the contacts that it is meant for.
        draft: not published: it answers no contact yet.
    """

    id: str
    version: str
    title: Text
    sections: tuple[Section, ...]
    pass_mark: float = 80.0
    weighting: Weighting = Weighting.SECTION
    bands: tuple[Band, ...] = ()
    languages: tuple[Language, ...] = tuple(Language)
    draft: bool = False

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the form."""
        return tuple(criterion for section in self.sections for criterion in section.every_criterion)

    @cached_property
    def by_id(self) -> Mapping[str, Criterion]:
        """The same by id."""
        return {criterion.id: criterion for criterion in self.criteria}

    def every_section(self) -> Iterator[Section]:
        """All sections, each before those inside it."""
        for section in self.sections:
            yield section
            yield from section.sections

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id.

        Raises:
            KeyError: the form has none.
        """
        return self.by_id[criterion_id]

    def is_answered_by(self, criterion_ids: Iterable[str]) -> bool:
        """Whether these are exactly its criteria: otherwise it has changed since they were answered."""
        return self.by_id.keys() == set(criterion_ids)
