"""How a criterion is answered and what an answer is worth: types, options, ranges of numbers, bands, classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qm.domain.text import Text
from qm.units import Share

FULL_MARK = 100.0
"""Scores, pass marks and bands stand on a scale of 0 to this."""


class CriterionType(StrEnum):
    """What an answer looks like; dates and texts are noted, never scored."""

    YES_NO = "yes_no"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"

    @property
    def is_choice(self) -> bool:
        """True where options are given to choose from."""
        return self in (CriterionType.SINGLE_CHOICE, CriterionType.MULTIPLE_CHOICE)


class Critical(StrEnum):
    """Whom a miss harms: each class has its own total and its own accuracy, as in the COPC CX Standard."""

    CUSTOMER = "customer"
    BUSINESS = "business"
    COMPLIANCE = "compliance"


class FailScope(StrEnum):
    """What a missed automatic fail brings to 0: the whole form, or the section in which it stands."""

    FORM = "form"
    SECTION = "section"


class Weighting(StrEnum):
    """What weights are relative to.

    `section`: sections by weight, criteria inside them by points; `question`: criteria by weight over the whole form;
    `points`: criteria by points over the whole form.
    """

    SECTION = "section"
    QUESTION = "question"
    POINTS = "points"


@dataclass(frozen=True)
class Option:
    """One answer to choose; `share` of the criterion's points that it earns."""

    id: str
    title: Text
    share: Share = 1.0

    def __post_init__(self) -> None:
        _check_share(self.share)


@dataclass(frozen=True)
class NumberRange:
    """Numbers from `at_least` to `at_most`, both included (`None`: open), earn `share` of the points."""

    at_least: float | None = None
    at_most: float | None = None
    share: Share = 1.0

    def __post_init__(self) -> None:
        _check_share(self.share)
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least: {self.at_least:g} lies above at_most {self.at_most:g}")

    def holds(self, number: float) -> bool:
        """True where the number lies inside."""
        above = self.at_least is None or number >= self.at_least
        return above and (self.at_most is None or number <= self.at_most)


@dataclass(frozen=True)
class Band:
    """A named stretch of the scale of scores, from `at_least` up to the next band."""

    id: str
    title: Text
    at_least: float

    def __post_init__(self) -> None:
        if not 0 <= self.at_least <= FULL_MARK:
            raise ValueError(f"at_least: must lie in 0..100, got {self.at_least:g}")


def band_of(bands: Sequence[Band], lo: float | None, hi: float | None) -> Band | None:
    """The band that a score is surely in; `None` where open answers leave several, nothing applied or there are none.

    >>> low, high = (Band(name, Text(name, name), start) for name, start in (("low", 0.0), ("high", 80.0)))
    >>> band_of((low, high), 82.0, 95.0) is high, band_of((low, high), 70.0, 95.0) is None
    (True, True)
    """
    if lo is None or hi is None:
        return None
    of_lo, of_hi = (max((b for b in bands if b.at_least <= end), key=_start, default=None) for end in (lo, hi))
    return of_lo if of_lo is of_hi else None


def passes(mark: float | None, lo: float | None, hi: float | None) -> bool | None:
    """Whether a score reaches a pass mark; `None` where open answers decide it, nothing applied or there is no mark.

    >>> passes(80.0, 85.0, 90.0), passes(80.0, 10.0, 79.9), passes(80.0, 70.0, 90.0)
    (True, False, None)
    """
    if mark is None or lo is None or hi is None:
        return None
    if hi < mark:
        return False
    return True if lo >= mark else None


def _start(band: Band) -> float:
    return band.at_least


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"share: must lie in 0..1, got {share:g}")
