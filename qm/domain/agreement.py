"""How far raters agree on one question or one form: coefficients with intervals, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qm.domain.figures import Count, Figure


class Pair(StrEnum):
    """Whose answers are compared."""

    ANALYSTS = "analysts"
    MACHINE_ANALYSTS = "machine_analysts"
    MACHINE_KEY = "machine_key"


class Coefficient(StrEnum):
    """How agreement is expressed. The first four are about answers, the last three about scores."""

    PERCENT = "percent"
    KAPPA = "kappa"
    AC1 = "ac1"
    ALPHA = "alpha"
    WEIGHTED_KAPPA = "weighted_kappa"
    SCORE_ALPHA = "score_alpha"
    ICC = "icc"


class Unsaid(StrEnum):
    """Why a coefficient has no value."""

    NOBODY_TWICE = "nobody_twice"
    TOO_FEW = "too_few"
    ONE_ANSWER = "one_answer"
    RARE_ANSWER = "rare_answer"
    SAME_SCORES = "same_scores"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True)
class Measured:
    """One coefficient; `reason` exactly where it has no value."""

    coefficient: Coefficient
    figure: Figure
    reason: Unsaid | None = None

    def __post_init__(self) -> None:
        if (self.figure.value is None) != (self.reason is not None):
            raise ValueError("reason: given exactly where there is no value")


@dataclass(frozen=True)
class Agreement:
    """What was found between one pair of sides.

    Attributes:
        criterion_id: empty: the whole form, its criteria pooled.
        contacts: that at least two raters answered.
        met: *met* among the answers met and not met: how common it is.
        answers: how often each answer was given on those contacts.
        measured: in the order of `Coefficient`.
    """

    pair: Pair
    criterion_id: str
    contacts: int
    met: Count
    answers: Mapping[str, int]
    measured: tuple[Measured, ...] = field(default=())

    def of(self, coefficient: Coefficient) -> Measured | None:
        """One coefficient, `None` where it wasn't asked for."""
        return next((one for one in self.measured if one.coefficient is coefficient), None)
