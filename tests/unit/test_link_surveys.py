"""Which contact a response is about."""

from datetime import timedelta

import pytest

from qm.analysis.voc.link_surveys import LinkPolicy, LinkTarget, link_surveys
from qm.domain.contact import Agent
from qm.domain.survey import LinkMethod, SurveyResponse
from tests.unit import builders

POLICY = LinkPolicy(timedelta(hours=48), 0.6)
HOUR = timedelta(hours=1)
ANNA, BEA = Agent("A-1", "Anna", ""), Agent("A-2", "Bea", "")
CONTACTS = tuple(
    LinkTarget.of(contact)
    for contact in (
        builders.contact("C-1", customer_id="K-1", agent=ANNA),
        builders.contact("C-2", customer_id="K-2", agent=ANNA),
        builders.contact("C-3", customer_id="K-2", agent=BEA, started_at=builders.NINE + HOUR),
    )
)


def link(**answer):
    (found,) = link_surveys([SurveyResponse("R", **answer)], CONTACTS, POLICY)
    assert found.response_id == "R"
    return found


@pytest.mark.parametrize(
    ("answer", "contact_id", "confidence"),
    [
        ({"contact_id": "C-1"}, "C-1", 1.0),
        ({"contact_id": "C-1", "answered_at": builders.NINE + 900 * HOUR}, "C-1", 1.0),
        ({"customer_id": "K-1", "agent_id": "A-1", "answered_at": builders.NINE + HOUR}, "C-1", 0.9),
        ({"customer_id": "K-1", "answered_at": builders.NINE + HOUR}, "C-1", 0.7),
        ({"customer_id": "K-1", "answered_at": builders.NINE + 48 * HOUR}, "C-1", 0.7),
        ({"customer_id": "K-2", "agent_id": "A-2", "answered_at": builders.NINE + 3 * HOUR}, "C-3", 0.9),
    ],
)
def test_linked(answer, contact_id, confidence):
    found = link(**answer)
    assert (found.contact_id, found.confidence) == (contact_id, confidence)
    assert found.method is (LinkMethod.CONTACT_ID if "contact_id" in answer else LinkMethod.CUSTOMER_AGENT_TIME)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"contact_id": "C-9"}, "unknown_contact"),
        ({"contact_id": "C-9", "customer_id": "K-1", "answered_at": builders.NINE + HOUR}, "unknown_contact"),
        ({"contact_id": "C-1", "answered_at": builders.NINE - HOUR}, "answered_before_contact"),
        ({"customer_id": "K-1"}, "nothing_to_link_by"),
        ({"answered_at": builders.NINE + HOUR}, "nothing_to_link_by"),
        ({"customer_id": "K-1", "answered_at": builders.NINE + 49 * HOUR}, "no_contact_in_window"),
        ({"customer_id": "K-1", "answered_at": builders.NINE - HOUR}, "no_contact_in_window"),
        ({"customer_id": "K-1", "agent_id": "A-2", "answered_at": builders.NINE + HOUR}, "no_contact_in_window"),
        ({"customer_id": "K-2", "answered_at": builders.NINE + 2 * HOUR}, "several_contacts"),
    ],
)
def test_left_unlinked_and_says_why(answer, reason):
    found = link(**answer)
    assert (found.contact_id, found.method, found.reason) == ("", LinkMethod.NONE, reason)
    assert found.confidence < POLICY.least_confidence


def test_the_invitation_dates_the_contact_rather_than_the_answer():
    late = {"customer_id": "K-1", "answered_at": builders.NINE + 900 * HOUR}
    assert link(**late).contact_id == ""
    assert link(**late, invited_at=builders.NINE + HOUR).contact_id == "C-1"


def test_a_low_threshold_takes_the_latest_of_several():
    response = SurveyResponse("R", customer_id="K-2", answered_at=builders.NINE + 2 * HOUR)
    (found,) = link_surveys([response], CONTACTS, LinkPolicy(timedelta(hours=48), 0.3))
    assert (found.contact_id, found.confidence) == ("C-3", 0.35)
