"""What a model trained on analysts' answers says about one criterion of one contact."""

from dataclasses import dataclass
from enum import StrEnum

from qm.domain.evaluation import Answer
from qm.units import Share


class LifeStage(StrEnum):
    """How far a criterion's model is trusted.

    `people`: it says nothing; `assisted`: people see its answer as a suggestion; `automatic`: its sure answers count.
    """

    PEOPLE = "people"
    ASSISTED = "assisted"
    AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Prediction:
    """One model's answer. `CANNOT_TELL` where it isn't sure enough for the precision that was asked of it.

    Attributes:
        probability: that the criterion is met, calibrated on contacts that the model wasn't fitted on.
        model_sha256: of the artefact that answered; goes into the evaluation's manifest.
        turn_ids: the turns that weigh most, heaviest first; empty where no single turn stands out.
        stage: one of `LifeStage`, as text.
    """

    criterion_id: str
    answer: Answer
    probability: Share
    model_sha256: str
    turn_ids: tuple[str, ...] = ()
    stage: str = LifeStage.ASSISTED.value

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability: must lie in 0..1, got {self.probability}")
        if self.answer is Answer.NOT_APPLICABLE:
            raise ValueError("answer: a trained model decides met or not met, never whether the criterion applies")
        if self.stage not in set(LifeStage):
            raise ValueError(f"stage: must be one of {', '.join(LifeStage)}, got '{self.stage}'")
