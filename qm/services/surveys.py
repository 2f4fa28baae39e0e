"""Take survey responses in and join them to their contacts."""

from collections.abc import Sequence

from qm.analysis.link_surveys import LinkPolicy, link_surveys
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.ports import UnitOfWork

UNHAPPY_AT_MOST = 6
"""A satisfaction or NPS answer up to here marks an unhappy customer (detractor range)."""


class SurveyService:
    """Imports and links. Linking starts afresh each time: a late contact can still take its response."""

    def __init__(self, unit_of_work: UnitOfWork, policy: LinkPolicy) -> None:
        self._unit_of_work = unit_of_work
        self._policy = policy

    def take_in(self, responses: Sequence[SurveyResponse]) -> int:
        """Keep responses; the same id again replaces the earlier one. Returns how many were new."""
        with self._unit_of_work() as unit:
            return unit.surveys.save(responses)

    def link_all(self) -> tuple[SurveyLink, ...]:
        """Link every response to its contact, or say why not."""
        with self._unit_of_work() as unit:
            links = link_surveys(unit.surveys.every(), list(unit.contacts.every()), self._policy)
            unit.surveys.replace_links(links)
        return links


def is_unhappy(response: SurveyResponse) -> bool:
    """True where satisfaction (or, without it, NPS) lies in the detractor range."""
    answer = response.satisfaction if response.satisfaction is not None else response.nps
    return answer is not None and answer <= UNHAPPY_AT_MOST
