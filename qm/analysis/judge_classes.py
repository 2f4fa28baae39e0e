"""Accuracy by class of critical criteria: the share of contacts without an error of the class."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qm.analysis.estimate_quality import wilson
from qm.domain.evaluation import ClassScore
from qm.domain.figures import Count, Figure
from qm.domain.scales import FULL_MARK, Critical

DIGITS = 4
"""As all figures are rounded."""


class ClassState(StrEnum):
    """How a contact stands in one class. `OPEN`: no error so far, but an answer left to a person could be one."""

    CLEAN = "clean"
    ERROR = "error"
    OPEN = "open"


@dataclass(frozen=True)
class ClassFigure:
    """Accuracy in one class, in hundredths of the contacts (COPC CX Standard: critical error accuracy).

    Attributes:
        name: `customer`, `business` or `compliance`.
        accuracy: contacts without an error, of those of which that is known; n counts those.
        open: contacts that aren't in it, since an answer that a person has to give could be an error.
        lowest: accuracy over those as well if each of them turned out to have an error; `None` where n is too small.
        highest: likewise if none of them had one.
    """

    name: str
    accuracy: Figure
    open: int
    lowest: float | None
    highest: float | None

    @property
    def is_asked(self) -> bool:
        """False where no contact has an answered or open criterion of the class."""
        return self.accuracy.n + self.open > 0


def judge_classes(scores: Iterable[ClassScore]) -> dict[str, ClassState]:
    """How one contact stands in each class, over all its forms; a class is absent where nothing of it applied.

    An error on one form is an error of the contact, whatever is open on another.
    """
    found: dict[str, list[ClassScore]] = {}
    for score in scores:
        if score.n or score.open:
            found.setdefault(score.name, []).append(score)
    return {name: _state(own) for name, own in found.items()}


def class_figures(contacts: Iterable[Mapping[str, ClassState]], least_n: int) -> tuple[ClassFigure, ...]:
    """A figure a class, in the order of `Critical`, with the 95 % interval of Wilson (1927).

    Args:
        contacts: what `judge_classes` found of each.
        least_n: no value below so many contacts (at least 2) of which it's known.
    """
    states = list(contacts)
    found = {each.value: Counter(one[each.value] for one in states if each.value in one) for each in Critical}
    return tuple(
        class_figure(name, own[ClassState.CLEAN], own[ClassState.ERROR], own[ClassState.OPEN], least_n)
        for name, own in found.items()
    )


def class_figure(name: str, clean: int, error: int, open_: int, least_n: int) -> ClassFigure:
    """The figure of one class from so many contacts of each state."""
    known = Count(clean, clean + error)
    if known.n < max(least_n, 2):
        return ClassFigure(name, Figure(None, None, None, known.n), open_, None, None)
    lo, hi = wilson(known)
    figure = Figure(_hundredths(clean / known.n), _hundredths(lo), _hundredths(hi), known.n)
    every = known.n + open_
    return ClassFigure(name, figure, open_, _hundredths(clean / every), _hundredths((clean + open_) / every))


def _state(scores: list[ClassScore]) -> ClassState:
    if any(score.errors for score in scores):
        return ClassState.ERROR
    return ClassState.OPEN if any(score.open for score in scores) else ClassState.CLEAN


def _hundredths(share: float) -> float:
    return round(FULL_MARK * share, DIGITS)
