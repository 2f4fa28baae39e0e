"""Labels that analysts gave, and what is known of a model that learned from them."""

from dataclasses import dataclass, field

from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.prediction import LifeStage
from qm.units import Share

SIDES = (Answer.MET, Answer.NOT_MET)
"""What a trained model can answer."""


@dataclass(frozen=True)
class AnswerLabel:
    """One analyst's answer to one criterion of one contact.

    Attributes:
        at: ISO 8601 as it was given; of two answers to the same question the later row counts.
    """

    contact_id: str
    criterion_id: str
    answer: Answer
    analyst: str = ""
    at: str = ""


@dataclass(frozen=True)
class SideBound:
    """What was found for one answer on contacts that the model wasn't fitted on.

    Attributes:
        threshold: least probability of this answer from which it is given; `None`: it is left to people.
        right: right answers among those given; 0 of 0 where none is.
        lower: Clopper-Pearson lower bound of the precision at the level it was tested; 0 where none is given.
        reason: why there is no threshold (`too_few`, `one_sided`, `below_target`), empty where there is one.
    """

    answer: Answer
    threshold: Share | None
    right: Count
    lower: Share
    reason: str = ""

    def __post_init__(self) -> None:
        if self.answer not in SIDES:
            raise ValueError(f"answer: must be met or not met, got {self.answer}")
        if (self.threshold is None) != bool(self.reason):
            raise ValueError("reason: given exactly where there is no threshold")


@dataclass(frozen=True)
class RiskPoint:
    """The surest answers up to a share of all, and how many of them are right."""

    coverage: Share
    right: Count


@dataclass(frozen=True)
class ReliabilityBin:
    """Contacts whose probability of *met* lies in `lo`..`hi`, and how many of them are met."""

    lo: Share
    hi: Share
    mean: Share
    met: Count


@dataclass(frozen=True)
class TrainingReport:
    """What cross-validation found for one criterion.

    Attributes:
        labels: met among all labels used.
        groups: how many groups went to folds as a whole (`by`: contact or agent).
        target: of the precision.
        majority: what always giving the more frequent answer would get right.
        brier: mean squared difference of probability and answer; `None` where nothing was fitted.
        reasons: why the criterion stays with people; empty where at least one side has a threshold.
    """

    criterion_id: str
    labels: Count
    by: str
    groups: int
    folds: int
    target: Share
    majority: Count
    sides: tuple[SideBound, ...] = ()
    risk: tuple[RiskPoint, ...] = ()
    reliability: tuple[ReliabilityBin, ...] = ()
    brier: float | None = None
    reasons: tuple[str, ...] = ()

    @staticmethod
    def nothing(standing: "Standing") -> "TrainingReport":
        """The report of a criterion with too little to learn from: nothing was fitted."""
        labels = standing.labels
        majority = Count(max(labels.hits, labels.n - labels.hits), labels.n)
        return TrainingReport(
            standing.criterion_id, labels, "contact", labels.n, 0, standing.target, majority, reasons=(standing.reason,)
        )

    @property
    def answers(self) -> bool:
        """True where the model answers at least one side surely enough."""
        return any(side.threshold is not None for side in self.sides)


@dataclass(frozen=True)
class AnswerReview:
    """A person's answer beside the model's sure one on a contact that came after training."""

    contact_id: str
    given: Answer
    right: Answer
    at: str = ""


@dataclass(frozen=True)
class Standing:
    """Where one criterion's model stands.

    Attributes:
        model: the artefact's hash; empty where there is none.
        labels: met among all labels of the training.
        trained_on: contacts whose labels the model knows; a review of them proves nothing.
        reviews: those counted since the model was trained, oldest first; a new model begins without any.
        reason: why it stands there (`trained`, `agreed`, `disagreed`, `retrained`, or one of a report's).
    """

    criterion_id: str
    stage: LifeStage = LifeStage.PEOPLE
    model: str = ""
    target: Share = 0.9
    labels: Count = field(default_factory=lambda: Count(0, 0))
    trained_on: tuple[str, ...] = ()
    reviews: tuple[AnswerReview, ...] = ()
    reason: str = ""
    schema: str = "standing/1"
