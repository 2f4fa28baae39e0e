"""Which responses open a case, how bad it is, and what a corrected survey does to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from qm.analysis.voc.case_severity import marks_of, severity_of
from qm.analysis.voc.open_cases import LinkedResponse, is_detractor, open_cases
from qm.domain.case import CaseState, ChangeKind
from qm.domain.case_plan import CaseRule, Severity, Value
from qm.domain.survey import SurveyResponse
from tests.unit import builders
from tests.unit.case_builders import DAY, MONDAY, PLAN, RULES, case, linked, response

BOTH = CaseRule()
EITHER = CaseRule(needs_all=False)


@pytest.mark.parametrize(
    ("nps", "satisfaction", "both", "either"),
    [
        (6, 6, True, True), (0, 0, True, True), (7, 6, False, False), (6, 7, False, False), (10, 0, False, False),
        (3, None, False, True), (None, 3, False, True), (None, None, False, False), (9, None, False, False),
    ],
)  # fmt: skip
def test_both_answers_at_or_below_six_open_a_case(nps, satisfaction, both, either):
    answer = response(nps=nps, satisfaction=satisfaction)
    assert is_detractor(answer, BOTH) is both
    assert is_detractor(answer, EITHER) is either


def test_the_rule_reads_the_sites_own_scales():
    rule = CaseRule({"effort": 2.0})
    assert is_detractor(SurveyResponse("R", other={"effort": 2.0}), rule)
    assert not is_detractor(SurveyResponse("R", other={"effort": 3.0}), rule)
    assert not is_detractor(SurveyResponse("R", nps=0), rule)
    with pytest.raises(ValueError, match="at_most"):
        CaseRule({})


def test_a_case_takes_its_times_from_the_answer_not_from_the_clock():
    made = case()
    assert made.opened_at == MONDAY
    assert made.attempt_due == MONDAY + DAY
    assert made.close_due == MONDAY + 2 * DAY
    assert (made.state, made.version, made.due) == (CaseState.OPEN, 1, MONDAY + DAY)
    (same,) = open_cases([linked()], {}, PLAN, MONDAY + 99 * DAY)
    assert same == made


def test_without_the_time_of_the_answer_the_invitation_or_the_contact_counts():
    invited = response(answered_at=None, invited_at=MONDAY - DAY)
    assert case(invited).opened_at == MONDAY - DAY
    assert case(response(answered_at=None)).opened_at == builders.NINE


def test_unlinked_and_happy_answers_open_nothing():
    happy = linked(response(nps=9, satisfaction=9))
    assert open_cases([happy, LinkedResponse(response(), None)], {}, PLAN, MONDAY) == ()


def test_value_comes_from_the_contacts_column():
    assert case(customer_value=" Alto ").value is Value.HIGH
    assert case(customer_value="platinum?").value is Value.UNKNOWN
    assert case().value is Value.UNKNOWN


@pytest.mark.parametrize(
    ("comment", "marks"),
    [
        ("Mi rivolgo all'avvocato", ("legal",)),
        ("Sto pensando di cambiare fornitore.", ("leaving",)),
        ("È la terza volta che chiamo e mia madre è dializzata", ("vulnerable", "again")),
        ("I will be cancelling my contract and going to the press", ("legal", "leaving")),
        ("Gentile ma lento", ()),
        ("", ()),
        ("a" * 100_000, ()),
    ],
)
def test_comments_carry_marks(comment, marks):
    assert marks_of(comment) == marks


@pytest.mark.parametrize(
    ("scores", "marks", "severity"),
    [
        ({"nps": 2.0, "satisfaction": 6.0}, (), Severity.HIGH),
        ({"nps": 4.0, "satisfaction": 6.0}, (), Severity.MEDIUM),
        ({"nps": 5.0, "satisfaction": 6.0}, (), Severity.LOW),
        ({"nps": 6.0, "satisfaction": 6.0}, ("again",), Severity.MEDIUM),
        ({"nps": 6.0, "satisfaction": 6.0}, ("legal",), Severity.HIGH),
        ({"nps": 0.0, "satisfaction": 0.0}, ("leaving",), Severity.HIGH),
        ({}, (), Severity.LOW),
    ],
)
def test_severity_by_the_lowest_answer_and_marks(scores, marks, severity):
    assert severity_of(scores, RULES.rule.at_most, {}, marks) is severity


def test_severity_counts_from_the_low_end_of_the_scale():
    assert severity_of({"csat": 1.0}, {"csat": 2.0}, {"csat": 1.0}, ()) is Severity.HIGH
    assert severity_of({"csat": 2.0}, {"csat": 2.0}, {"csat": 1.0}, ()) is Severity.LOW
    assert severity_of({"csat": 1.0}, {"csat": 1.0}, {"csat": 1.0}, ()) is Severity.HIGH


def follow(known, *items, now=MONDAY + 3 * DAY):
    return open_cases(items, {known.response_id: known}, PLAN, now)


def test_again_over_the_same_answers_nothing_changes():
    made = case()
    assert follow(made, linked()) == ()


def test_a_corrected_survey_is_told_on_the_case_and_takes_nothing_away():
    made = case()
    (after,) = follow(made, linked(response(nps=9, satisfaction=10)))
    assert (after.stands, after.state, after.version) == (False, CaseState.OPEN, 2)
    told = after.history[-1]
    assert (told.kind, told.facts["stands"], told.facts["nps"]) == (ChangeKind.SURVEY, "no", "9")
    assert told.at == MONDAY + 3 * DAY
    assert after.opened_at == made.opened_at
    (back,) = follow(after, linked(), now=MONDAY + 4 * DAY)
    assert (back.stands, back.version) == (True, 3)


def test_a_worse_answer_raises_the_severity():
    made = case(response(nps=6, satisfaction=6))
    (after,) = follow(made, linked(response(nps=6, satisfaction=0, comment="avvocato")))
    assert (made.severity, after.severity, after.marks) == (Severity.LOW, Severity.HIGH, ("legal",))


def test_another_link_or_none_is_told():
    made = case()
    (moved,) = follow(made, linked(contact="C-2"))
    assert (moved.contact_id, moved.history[-1].facts) == ("C-2", {"from": "C-1", "to": "C-2"})
    (gone,) = follow(moved, LinkedResponse(response(), None))
    assert (gone.contact_id, gone.stands) == ("", True)


def test_impossible_cases_are_refused():
    made = case()
    with pytest.raises(ValueError, match="history"):
        replace(made, history=())
    with pytest.raises(ValueError, match="due"):
        replace(made, close_due=made.opened_at - timedelta(hours=1))
