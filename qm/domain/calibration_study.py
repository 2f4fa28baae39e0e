"""What calibration answers tell about raters, criteria and their use: severities, difficulties, drift."""

from dataclasses import dataclass

from qm.domain.figures import Count, Figure


@dataclass(frozen=True)
class FacetEffect:
    """How severe one rater is, or how difficult one criterion is, apart from everything else.

    Attributes:
        id: of the rater or criterion.
        group: raters (or criteria) with the same number can be compared with each other and with nobody else.
        answers: *met* among all its answers; raw, so it also depends on which contacts it happened to get.
        apart: disagreements it took part in: `hits` of them with *not met* (*met* was the other's answer).
        effect: log-odds of *not met* against the mean of its group; positive is more severe (more difficult).
        p_value: of "no different from the mean of the group", after Holm over the family; `None` without a value.
        why: code of what keeps `effect` from having a value; empty where it has one.
    """

    id: str
    group: int
    answers: Count
    apart: Count
    effect: Figure
    p_value: float | None = None
    why: str = ""

    @property
    def stands_out(self) -> bool:
        """True where the difference from the mean survives Holm at 5 %."""
        return self.p_value is not None and self.p_value <= 0.05


@dataclass(frozen=True)
class Drift:
    """A rater's severity in a period, against the same rater in all earlier periods.

    Attributes:
        change: in log-odds, against how the raters common to both times changed on average; positive is more severe.
        p_value: after Holm over all raters and periods.
    """

    rater: str
    period: str
    contacts: int
    change: Figure
    p_value: float | None = None
    why: str = ""

    @property
    def is_alarm(self) -> bool:
        """True where the change survives Holm at 5 %."""
        return self.p_value is not None and self.p_value <= 0.05


@dataclass(frozen=True)
class RaterStudy:
    """Severity of raters and difficulty of criteria, each apart from the other and from the contacts.

    Attributes:
        why: codes that concern the whole (one rater only, no shared contact …); the parts say more.
    """

    contacts: int
    answers: int
    raters: tuple[FacetEffect, ...]
    criteria: tuple[FacetEffect, ...]
    drifts: tuple[Drift, ...] = ()
    periods: tuple[tuple[str, tuple[FacetEffect, ...]], ...] = ()
    why: tuple[str, ...] = ()
