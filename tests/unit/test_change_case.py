"""Steps with a case: what each leaves in the history, and what is refused."""

from dataclasses import replace

import pytest

from qm.analysis.voc import change_case
from qm.analysis.voc.change_case import LONGEST_NOTE
from qm.domain.case import CaseState, Outcome
from qm.domain.case_plan import CasePlan, Remedy, Severity, Value
from qm.domain.text import Text
from qm.errors import ConflictError, InputError, NotFoundError
from tests.unit.case_builders import DAY, HOUR, MONDAY, RULES, act, case


def tried(made=None, reached=False, after=HOUR):
    return change_case.attempt(made or case(), act(after), MONDAY + after, "phone", reached=reached)


def explained(made):
    return change_case.find_cause(made, act(2 * HOUR), "billing", RULES)


def refused(code, call, kind=InputError):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.hint
    return caught.value


def test_a_case_from_the_first_call_to_the_customers_answer():
    made = change_case.assign(case(), act(), "Luca  Neri ")
    assert (made.state, made.assignee) == (CaseState.ASSIGNED, "Luca Neri")
    made = tried(tried(made), reached=True, after=3 * HOUR)
    assert (len(made.attempts), made.is_reached, made.first_attempt_at) == (2, True, MONDAY + HOUR)
    assert made.due == made.close_due
    made = change_case.offer(explained(made), act(3 * HOUR), "apology", RULES)
    made = change_case.appoint(made, act(3 * HOUR), MONDAY + DAY)
    assert (made.cause_id, made.remedy_id, made.appointment_at) == ("billing", "apology", MONDAY + DAY)
    made = change_case.close(made, act(DAY), "recovered", RULES)
    assert (made.state, made.outcome, made.closed_at, made.due) == (
        CaseState.CLOSED, Outcome.RECOVERED, MONDAY + DAY, None,
    )  # fmt: skip
    made = change_case.hear(made, act(2 * DAY), "satisfied", 8)
    assert made.state is CaseState.CLOSED, "hearing the customer afterwards opens nothing"
    assert made.version == 9
    assert [change.who for change in made.history] == ["", *["Luca Neri"] * 8]


def test_nothing_closes_without_an_outcome():
    refused("case.no_outcome", lambda: change_case.close(case(), act(), "", RULES))
    refused("case.unknown_outcome", lambda: change_case.close(case(), act(), "recoverd", RULES), NotFoundError)


@pytest.mark.parametrize("outcome", ["recovered", "not_recovered", "declined"])
def test_an_outcome_of_a_talk_needs_a_talk(outcome):
    refused("case.not_reached", lambda: change_case.close(tried(), act(), outcome, RULES))


@pytest.mark.parametrize("outcome", ["recovered", "not_recovered"])
def test_recovery_needs_a_cause(outcome):
    refused("case.no_cause", lambda: change_case.close(tried(reached=True), act(), outcome, RULES))
    assert change_case.close(tried(reached=True), act(), "declined", RULES).outcome is Outcome.DECLINED


def test_unreachable_needs_enough_attempts_and_no_talk():
    two = tried(tried())
    refused("case.too_few_attempts", lambda: change_case.close(two, act(), "unreachable", RULES))
    assert change_case.close(tried(two), act(), "unreachable", RULES).outcome is Outcome.UNREACHABLE
    reached = tried(tried(two), reached=True)
    refused("case.too_few_attempts", lambda: change_case.close(reached, act(), "unreachable", RULES))


def test_a_closed_case_takes_no_more_work():
    closed = change_case.close(case(), act(), "no_detractor", RULES)
    for step in (
        lambda: change_case.close(closed, act(), "no_detractor", RULES),
        lambda: tried(closed),
        lambda: change_case.assign(closed, act(), "Luca"),
        lambda: explained(closed),
        lambda: change_case.offer(closed, act(), "apology", RULES),
        lambda: change_case.appoint(closed, act(), MONDAY + DAY),
    ):
        refused("case.closed", step, ConflictError)


def test_reopening_needs_a_reason_and_sets_a_new_deadline():
    closed = change_case.close(case(), act(), "no_detractor", RULES)
    refused("case.no_reason", lambda: change_case.reopen(closed, act(), RULES))
    refused("case.not_closed", lambda: change_case.reopen(case(), act(note="why"), RULES), ConflictError)
    again = change_case.reopen(closed, act(DAY, note="ha richiamato"), RULES)
    assert (again.state, again.outcome, again.closed_at) == (CaseState.OPEN, None, None)
    assert again.due == MONDAY + 3 * DAY
    assert again.close_due == closed.close_due, "whether the clock was kept is judged by the first deadline"
    assert change_case.close(again, act(2 * DAY), "no_detractor", RULES).state is CaseState.CLOSED


def test_attempts_lie_between_the_survey_and_now():
    refused("case.future", lambda: change_case.attempt(case(), act(), MONDAY + DAY, "phone", reached=True))
    early = MONDAY - HOUR
    refused("case.before_case", lambda: change_case.attempt(case(), act(), early, "phone", reached=True))
    wrong = refused(
        "case.unknown_channel", lambda: change_case.attempt(case(), act(), MONDAY, "fone", reached=True), NotFoundError
    )
    assert "is it 'phone'" in wrong.hint


def test_an_unknown_cause_names_the_nearest():
    wrong = refused("case.unknown_cause", lambda: change_case.find_cause(case(), act(), "biling", RULES), NotFoundError)
    assert "is it 'billing'" in wrong.hint
    later = change_case.find_cause(explained(case()), act(), "price", RULES)
    assert later.cause_id == "price", "a later finding counts"


def test_remedies_follow_value_and_severity():
    plan = CasePlan(
        remedies=(
            Remedy("sorry", Text("a", "a")),
            Remedy("money", Text("b", "b"), Severity.HIGH, Value.HIGH),
            Remedy("call", Text("c", "c"), Severity.MEDIUM),
        )
    )
    ids = {
        (severity, value): [remedy.id for remedy in plan.offered(severity, value)]
        for severity in Severity for value in Value
    }  # fmt: skip
    assert ids[Severity.LOW, Value.HIGH] == ["sorry"]
    assert ids[Severity.HIGH, Value.HIGH] == ["sorry", "money", "call"]
    assert ids[Severity.HIGH, Value.UNKNOWN] == ids[Severity.MEDIUM, Value.HIGH] == ["sorry", "call"]
    made = replace(case(), severity=Severity.LOW)
    refused("case.not_offered", lambda: change_case.offer(made, act(), "money", plan))
    refused("case.unknown_remedy", lambda: change_case.offer(made, act(), "mony", plan), NotFoundError)
    outside = change_case.offer(made, act(note="il responsabile è d'accordo"), "money", plan)
    assert (outside.remedy_id, outside.history[-1].facts["offered"]) == ("money", "no")


def test_appointments_lie_ahead():
    refused("case.past", lambda: change_case.appoint(case(), act(DAY), MONDAY))


@pytest.mark.parametrize("who", ["", "   ", "\t\n"])
def test_nobody_does_nothing(who):
    refused("case.no_name", lambda: act(who=who))
    refused("case.no_name", lambda: change_case.assign(case(), act(), who))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"note": "x" * (LONGEST_NOTE + 1)}, "case.long_note"), ({"note": "x" * 100_000}, "case.long_note"),
     ({"note": "a\x00b"}, "case.bad_text"), ({"who": "x" * 201}, "case.bad_text"),
     ({"who": "a\x1bb"}, "case.bad_text"), ({"who": "a\ud800"}, "case.bad_text"),
     ({"note": "a\ud800"}, "case.bad_text")],
)  # fmt: skip
def test_texts_that_cant_be_kept(changes, code):
    refused(code, lambda: act(**changes))


def test_notes_keep_their_lines():
    assert act(note=" una\r\ndue \n").note == "una\ndue"
    assert act(note="x" * LONGEST_NOTE).note


@pytest.mark.parametrize("score", [-1, 10.5, float("nan")])
def test_the_customers_mark_lies_on_its_scale(score):
    refused("case.bad_score", lambda: change_case.hear(case(), act(), "satisfied", score))
    refused("case.unknown_answer", lambda: change_case.hear(case(), act(), "happy"), NotFoundError)
