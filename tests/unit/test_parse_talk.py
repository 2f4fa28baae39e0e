"""The newer operators as YAML: what they become, and what is said about faulty ones."""

import pytest

from qm.domain.evaluation import Answer
from qm.rules.conditions import Answered, Near, Repeats, Reply, Trained
from qm.rules.located import FaultList, Located
from qm.rules.parse_conditions import ConditionParser


def located(node):
    if isinstance(node, dict):
        return Located({key: located(value) for key, value in node.items()}, line=1)
    return [located(item) for item in node] if isinstance(node, list) else node


def parsed(operator, given):
    found = FaultList("x")
    condition = ConditionParser(found, {}, {}, frozenset()).parse(located({operator: given}), 1)
    return condition, found.faults


SAY = {"by": "agent", "it": ["ciao"], "en": ["hello"]}
MET = Answer.MET


@pytest.mark.parametrize(
    ("operator", "given", "kind"),
    [
        ("near", {"of": [SAY, {"say": SAY}], "within_words": 4}, Near),
        ("reply", {"to": SAY, "with": SAY, "each": True}, Reply),
        ("repeats", {"by": "customer"}, Repeats),
        ("trained", {"criterion": "c1"}, Trained),
    ],
)
def test_operators_are_read(operator, given, kind):
    condition, faults = parsed(operator, given)
    assert isinstance(condition, kind)
    assert not faults


def test_answered_takes_one_answer_or_several():
    assert parsed("answered", {"criterion": "c1", "is": "met"})[0] == Answered("c1", (MET,))
    both = Answered("c1", (MET, Answer.NOT_APPLICABLE))
    assert parsed("answered", {"criterion": "c1", "is": ["met", "not_applicable"]})[0] == both


@pytest.mark.parametrize(
    ("operator", "given", "code", "hint"),
    [
        ("nearby", {"of": [SAY, SAY]}, "rules.unknown_operator", "near"),
        ("near", {"of": [SAY, SAY]}, "rules.bad_condition", "within_turns"),
        ("near", {"of": [SAY, SAY], "within_s": 1, "within_words": 2}, "rules.bad_condition", ""),
        ("near", {"of": [SAY], "within_words": 2}, "rules.bad_condition", "by"),
        ("near", {"of": [SAY] * 5, "within_words": 2}, "rules.bad_condition", ""),
        ("near", {"of": [SAY, SAY], "within_word": 2}, "rules.unknown_key", "within_words"),
        ("reply", {"to": SAY, "with": SAY | {"first_s": 9}}, "rules.bad_condition", "first_s"),
        ("reply", {"to": SAY}, "rules.missing_key", "with"),
        ("repeats", {"by": "agent", "times": 1}, "rules.bad_number", ""),
        ("repeats", {"by": "client"}, "rules.unknown_role", ""),
        ("means", {"by": "agent", "like": {"it": ["ciao"]}}, "rules.missing_key", "en"),
        ("means", {"by": "agent", "like": {"it": ["a"], "en": ["b"]}, "at_least": 2}, "rules.bad_number", ""),
        ("answered", {"criterion": "c1"}, "rules.missing_key", "is"),
        ("answered", {"criterion": "c1", "is": "mett"}, "rules.bad_value", "met"),
        ("trained", {"criterium": "c1"}, "rules.unknown_key", "criterion"),
        ("say", SAY | {"first_words": 5, "last_words": 5}, "rules.two_windows", ""),
        ("say", SAY | {"it": ["a ...40 b"]}, "rules.bad_phrase", ""),
    ],
)
def test_faults_name_the_place_and_a_way_out(operator, given, code, hint):
    _condition, faults = parsed(operator, given)
    assert code in [fault.code for fault in faults]
    assert any(hint in fault.hint for fault in faults)
