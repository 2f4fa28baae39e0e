"""Detractor cases for tests. Import as `from tests.unit import case_builders`."""

from datetime import UTC, datetime, timedelta

from qm.analysis.voc.change_case import Act
from qm.analysis.voc.open_cases import LinkedResponse, open_cases
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import VocPlan
from tests.unit import builders

PLAN = VocPlan()
RULES = PLAN.cases
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def response(response_id="R-1", nps=2, satisfaction=3, **changes):
    values = {"contact_id": "C-1", "answered_at": MONDAY, "nps": nps, "satisfaction": satisfaction}
    return SurveyResponse(response_id, **(values | changes))


def linked(about=None, contact="C-1", **attributes):
    target = builders.contact(contact, customer_id="K-1", attributes=attributes) if contact else None
    return LinkedResponse(about or response(), target)


def case(about=None, **attributes):
    (made,) = open_cases([linked(about, **attributes)], {}, PLAN, MONDAY + DAY)
    return made


def act(after=HOUR, who="Luca Neri", note=""):
    return Act(MONDAY + after, who, note)
