"""Milestones: what happened when, so that a trend can be read beside it."""

from dataclasses import dataclass
from datetime import date

from qm.domain.text import Text

LONGEST_TITLE = 60


@dataclass(frozen=True)
class Milestone:
    """A new form, a new script, a training.

    Attributes:
        day: the first day on which it holds.
    """

    id: str
    day: date
    title: Text

    def __post_init__(self) -> None:
        for words in (self.title.it, self.title.en):
            if not 0 < len(words) <= LONGEST_TITLE:
                raise ValueError(f"title: 1 to {LONGEST_TITLE} characters")
