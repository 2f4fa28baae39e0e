"""A form proposed from what customers say: which questions stay, what they weigh, and whether it predicts better."""

from dataclasses import dataclass
from enum import StrEnum

from qm.domain.drivers import Effect
from qm.domain.figures import Figure
from qm.domain.text import Text
from qm.units import Share


class Fate(StrEnum):
    """What becomes of a question.

    `driver`: it moves satisfaction, and weighs accordingly; `critical`: it stays whatever it predicts; `trial`: there
    isn't enough data to tell, it stays with the least weight; `needed`: another question's rule asks for its answer;
    `unscored`: it never had a weight; `idle`: it moves nothing, and goes; `against`: meeting it goes with fewer
    satisfied customers, and it goes.
    """

    DRIVER = "driver"
    CRITICAL = "critical"
    TRIAL = "trial"
    NEEDED = "needed"
    UNSCORED = "unscored"
    IDLE = "idle"
    AGAINST = "against"

    @property
    def is_dropped(self) -> bool:
        """Whether the proposal leaves the question out."""
        return self in (Fate.IDLE, Fate.AGAINST)


@dataclass(frozen=True)
class ProposedCriterion:
    """One question of the form as it stands.

    Attributes:
        points: proposed; 0 where it's dropped or unscored.
        before, after: share of the form's weight, over all questions.
        effect: what was found; `None` where nothing could be said (`reason` is why).
        themes: ids of comment themes that go with missing it.
    """

    id: str
    title: Text
    fate: Fate
    points: int
    before: Share
    after: Share
    effect: Effect | None = None
    reason: str = ""
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewCriterion:
    """A question that a theme of the comments asks for and the form lacks; people answer it.

    Attributes:
        n: comments that speak of the theme; `said`: the most typical one.
    """

    id: str
    theme: str
    name: str
    said: str
    n: int


@dataclass(frozen=True)
class Validity:
    """How well each form ranks satisfied above dissatisfied customers, on agents it wasn't derived from.

    Attributes:
        old, new: area under the ROC curve: probability that a satisfied customer's contact scores higher.
        difference: new less old; above 0 the new form predicts better.
        repeats: times that agents were dealt into folds anew.
    """

    old: Figure
    new: Figure
    difference: Figure
    agents: int
    folds: int
    repeats: int


@dataclass(frozen=True)
class DerivedForm:
    """A proposal for people.

    Attributes:
        refused: stable code of why nothing is proposed; empty where something is.
        version: of the form that it was derived from.
        validity: `None` where neither form can be judged.
    """

    form_id: str
    title: Text
    version: str
    scale: str
    computed_at: str
    n: int
    agents: int
    refused: str = ""
    criteria: tuple[ProposedCriterion, ...] = ()
    new: tuple[NewCriterion, ...] = ()
    validity: Validity | None = None

    def of_fate(self, *fates: Fate) -> tuple[ProposedCriterion, ...]:
        """Questions of these fates, in the form's order."""
        return tuple(criterion for criterion in self.criteria if criterion.fate in fates)
