"""From which answer on a report took a customer for satisfied; a later plan may say otherwise."""

from dataclasses import dataclass

from qm.domain.voc_plan import Scale, VocPlan


@dataclass(frozen=True)
class SatisfiedMark:
    """The threshold of a scale as a report used it; where `higher_is_better` is false it holds down from there."""

    scale: str
    threshold: float
    higher_is_better: bool = True

    @classmethod
    def of(cls, scale: Scale) -> "SatisfiedMark":
        """That of a scale as it is."""
        return cls(scale.id, float(scale.satisfied_at_least), scale.higher_is_better)

    def holds_in(self, plan: VocPlan) -> bool:
        """Whether the plan still says so.

        >>> SatisfiedMark("satisfaction", 7).holds_in(VocPlan()), SatisfiedMark("satisfaction", 8).holds_in(VocPlan())
        (True, False)
        """
        return any(SatisfiedMark.of(scale) == self for scale in plan.scales)
