"""Every rule hangs on its evidence: change just that in one of its cases, and the answer is the opposite one.

It runs over all packs; a rule that nothing can move isn't proved by its cases.
"""

from collections.abc import Iterator
from functools import cache

import pytest

from qm.config import REPOSITORY
from qm.domain.evaluation import CriterionAnswer, Evidence
from qm.domain.signals import Signals
from qm.rules.cases import Case, load_cases
from qm.rules.conditions import Measure, Not
from qm.rules.loader import load_packs
from qm.rules.pack import Pack, Rule
from tests.rules.mutations import (
    DECIDED,
    answer_to,
    answer_without_quotes,
    flips,
    measures_in,
    quotes_of,
    with_moved_measures,
    with_words,
)

ROOT = REPOSITORY / "scoring_rules"
PACKS = load_packs(ROOT)
CASES = {pack.id: load_cases(pack, ROOT / pack.id, ROOT)[0] for pack in PACKS}
RULES = [pytest.param(pack, rule, id=rule.id) for pack in PACKS for rule in pack.rules if not rule.options]
FORBIDDING = [param for param in RULES if isinstance(param.values[1].met, Not)]

Answered = list[tuple[Case, CriterionAnswer]]


def answered_cases(pack: Pack, rule: Rule) -> Answered:
    return answered_once(pack.id, rule.id)


@cache
def answered_once(pack_id: str, rule_id: str) -> Answered:
    pack = next(pack for pack in PACKS if pack.id == pack_id)
    cases = [case for case in CASES[pack_id] if case.rule_id == rule_id]
    answers = [(case, answer_to(pack, case)) for case in cases]
    return [(case, answer) for case, answer in answers if answer.answer in DECIDED]


def taken_away(pack: Pack, answered: Answered) -> Iterator[bool]:
    for case, answer in answered:
        if quotes_of(answer):
            yield flips(answer.answer, answer_without_quotes(pack, case).answer)


def put_in(pack: Pack, answered: Answered) -> Iterator[bool]:
    for case, answer in answered:
        donors = donors_for(case, answer, answered)
        yield any(flips(answer.answer, other.answer) for other in with_words(pack, case, donors))


def donors_for(case: Case, answer: CriterionAnswer, answered: Answered) -> list[Evidence]:
    """Words that decided cases of the same rule and language the other way."""
    others = [
        other
        for donor, other in answered
        if other.answer is not answer.answer and donor.transcript.language == case.transcript.language
    ]
    return [quote for other in others for quote in quotes_of(other)]


def moved(pack: Pack, answered: Answered) -> Iterator[bool]:
    for case, answer in answered:
        yield any(flips(answer.answer, other.answer) for other in with_moved_measures(pack, case))


@pytest.mark.parametrize(("pack", "rule"), RULES)
def test_flipping_the_evidence_flips_the_answer(pack, rule):
    answered = answered_cases(pack, rule)
    assert any(taken_away(pack, answered)) or any(moved(pack, answered)) or any(put_in(pack, answered)), (
        f"nothing moves {rule.id}: {len(answered)} decided cases"
    )


@pytest.mark.parametrize(("pack", "rule"), FORBIDDING)
def test_a_forbidden_thing_counts_once_it_is_there_and_no_longer_once_it_is_gone(pack, rule):
    answered = answered_cases(pack, rule)
    if any(quotes_of(answer) for _case, answer in answered):
        assert any(taken_away(pack, answered))
    assert any(put_in(pack, answered)) or any(moved(pack, answered))


def test_moving_a_measure_needs_one():
    rule = next(rule for pack in PACKS for rule in pack.rules if rule.id == "co-debt-threat")
    assert not list(measures_in(rule))
    assert list(measures_in((Not(Measure("silence_share", at_most=0.2)),))) == [Measure("silence_share", None, 0.2)]


def test_the_check_can_fail():
    """Words that decide nothing leave the answer as it was."""
    pack = next(pack for pack in PACKS if pack.id == "conformita-it")
    answered = answered_cases(pack, pack.rule("co-debt-threat"))
    case, answer = next((case, answer) for case, answer in answered if not quotes_of(answer))
    harmless = [Evidence(kind=item.kind, quote="buongiorno", roles=item.roles) for item in answer.evidence]
    assert not any(flips(answer.answer, other.answer) for other in with_words(pack, case, harmless))
    assert answer_to(pack, case, Signals((), {})).answer is answer.answer
