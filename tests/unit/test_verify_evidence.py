"""Forged evidence is caught, and an answer that rests on it becomes *cannot tell*."""

from dataclasses import replace

import pytest

from qm.domain.evaluation import Evidence, EvidenceKind, Window
from qm.domain.transcript import Role
from qm.rules.verify import flaws
from tests.unit import builders

TRANSCRIPT = builders.call(
    (Role.AGENT, 0.0, "Buongiorno, la chiamata è registrata."), (Role.CUSTOMER, 50.0, "quello che dice è inaccettabile")
)
TRUE_QUOTE = builders.quote("la chiamata è registrata", 0.4, 2.0, window=Window(0.0, 30.0))


def check(evidence):
    return flaws(builders.answer(evidence=(evidence,)), TRANSCRIPT)


def test_a_true_quote_holds():
    assert check(TRUE_QUOTE) == ()


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"quote": "la chiamata non è registrata"}, "evidence.not_said"),
        ({"quote": "registrata la chiamata"}, "evidence.not_said"),
        ({"quote": ""}, "evidence.not_said"),
        ({"turn_ids": ()}, "evidence.not_said"),
        ({"turn_ids": ("t9",)}, "evidence.no_such_turn"),
        ({"roles": (Role.CUSTOMER,)}, "evidence.wrong_role"),
        ({"turn_ids": ("t2",), "quote": "è inaccettabile", "start_s": 51.2, "end_s": 52.0}, "evidence.wrong_role"),
        ({"start_s": 20.0, "end_s": 21.0}, "evidence.wrong_time"),
        ({"start_s": 2.0, "end_s": 0.4}, "evidence.wrong_time"),
        ({"window": Window(10.0, 30.0)}, "evidence.outside_window"),
        ({"window": Window(-30.0, -1.0)}, "evidence.outside_window"),
    ],
)
def test_forged_evidence_is_caught(changes, flaw):
    assert flaw in check(replace(TRUE_QUOTE, **changes))


def test_absence_may_only_name_turns_that_exist_in_the_searched_role():
    search = Evidence(EvidenceKind.ABSENCE, 0.0, 30.0, turn_ids=("t1",), roles=(Role.AGENT,))
    assert check(search) == ()
    assert check(replace(search, turn_ids=("t1", "t2"))) == ("evidence.wrong_role",)
    assert check(replace(search, turn_ids=("t3",))) == ("evidence.no_such_turn",)


def test_measures_and_contact_data_rest_on_no_words():
    assert check(Evidence(EvidenceKind.SIGNAL, 5.0, 9.0, fact="silence_longest_s = 4")) == ()
    assert check(Evidence(EvidenceKind.CONTACT, fact="process = reclami")) == ()
