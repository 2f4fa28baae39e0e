"""The form: sections and criteria, with their weights. How a machine answers a criterion is a rule's matter."""

from dataclasses import dataclass

from qm.domain.text import Text


@dataclass(frozen=True)
class Criterion:
    """One question of a form.

    Attributes:
        points: relative weight inside its section, above 0.
        automatic_fail: a *not met* makes the whole form's score 0.
        action: what a coach may suggest where it isn't met.
    """

    id: str
    title: Text
    explanation: Text
    action: Text
    points: float = 1.0
    automatic_fail: bool = False

    def __post_init__(self) -> None:
        if self.points <= 0:
            raise ValueError(f"points: must be above 0, got {self.points}")


@dataclass(frozen=True)
class Section:
    """Criteria that belong together; `weight` is relative to the other sections."""

    id: str
    title: Text
    weight: float
    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"weight: must be above 0, got {self.weight}")
        if not self.criteria:
            raise ValueError("criteria: a section needs at least one")


@dataclass(frozen=True)
class Form:
    """A published version of a form. `pass_mark` is on the scale of scores, 0 to 100."""

    id: str
    version: str
    title: Text
    sections: tuple[Section, ...]
    pass_mark: float = 80.0

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the form."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id.

        Raises:
            KeyError: the form has none.
        """
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)
