"""Milestones: what happened when, so that a trend can be read beside it."""

from dataclasses import dataclass
from datetime import date

from qm.domain.text import Text

LONGEST_TITLE = 60
"""Of one that is typed on a page; the site's plan may have longer ones."""


@dataclass(frozen=True)
class Milestone:
    """A new form, a new script, a training.

    Attributes:
        day: the first day on which it holds.
    """

    id: str
    day: date
    title: Text
