"""What happens when a survey tool sends answers: they are kept and linked, cases opened, the coaching list remade."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qm.services.cases import CaseService
from qm.services.coaching_picker import CoachingPicker
from qm.services.surveys import SurveyImport, SurveyService


class SurveyIntake:
    """Keeps everything that rests on survey answers in step with them."""

    def __init__(self, surveys: SurveyService, cases: CaseService, coaching: CoachingPicker) -> None:
        self._surveys = surveys
        self._cases = cases
        self._coaching = coaching

    def take_in(self, items: Sequence[Mapping[str, Any]], now: datetime) -> SurveyImport:
        """Take responses in; where nothing changed, nothing is made anew."""
        before = self._coaching.unhappy()
        found = self._surveys.take_in_objects(items, now)
        if found.counts.new or found.counts.replaced:
            self._cases.open_all()
            self._coaching.refresh(before ^ self._coaching.unhappy())
        return found
