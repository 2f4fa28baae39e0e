"""Every case beside a rule, and the proof that the quoted words decide: without them the answer is another."""

from functools import cache

import pytest

from qm.config import REPOSITORY
from qm.domain.evaluation import Answer, EvidenceKind
from qm.rules.cases import Case, load_cases, missing_proof, run_case
from qm.rules.lint import lock_faults, read_lock
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds
from tests.rules.mutations import answer_without_quotes

ROOT = REPOSITORY / "scoring_rules"
PACKS = {pack.id: pack for pack in load_packs(ROOT)}
LOADED = {pack.id: load_cases(pack, ROOT / pack.id, ROOT) for pack in PACKS.values()}
CASES = [(pack_id, case) for pack_id, (cases, _faults) in LOADED.items() for case in cases]
BY_PLACE = {case.place: (pack_id, case) for pack_id, case in CASES}
THRESHOLDS = Thresholds()
LEAST_RULES = 70
"""What issue 4 asks for."""


def name_of(case: Case) -> str:
    return f"{case.rule_id}: {case.name}"


@cache
def answer_at(place: str):
    pack_id, case = BY_PLACE[place]
    return run_case(PACKS[pack_id], case, THRESHOLDS).answer


def is_decided_by_words(answer) -> bool:
    """Words alone carry it; a forbidden order that wasn't kept doesn't count: gone, its words are harmless as well."""
    kinds = {item.kind for item in answer.evidence}
    is_harmless_order = answer.answer is Answer.MET and answer.reason == "wrong_order"
    return (
        answer.answer in (Answer.MET, Answer.NOT_MET)
        and EvidenceKind.WORDS in kinds
        and EvidenceKind.ABSENCE not in kinds
        and not is_harmless_order
    )


DECIDED = [(pack_id, case) for pack_id, case in CASES if is_decided_by_words(answer_at(case.place))]


def test_packs_are_locked_and_proved():
    assert lock_faults(tuple(PACKS.values()), read_lock(ROOT)) == []
    for pack_id, (cases, faults) in LOADED.items():
        assert faults == []
        assert missing_proof(PACKS[pack_id], cases, pack_id) == []


def test_there_are_enough_rules():
    assert sum(len(pack.rules) for pack in PACKS.values()) >= LEAST_RULES


@pytest.mark.parametrize("case", [pytest.param(c, id=name_of(c)) for _pack, c in CASES])
def test_case(case):
    given = answer_at(case.place)
    assert given.answer is case.expect, f"{case.place}: {given.reason}"


def test_names_of_cases_are_unique():
    names = [name_of(case) for _pack, case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("pack_id", "case"), [pytest.param(p, c, id=name_of(c)) for p, c in DECIDED])
def test_without_the_quoted_words_the_answer_is_another(pack_id, case):
    assert answer_without_quotes(PACKS[pack_id], case).answer is not case.expect


def test_enough_cases_are_decided_by_words():
    """No case had to be left out: wherever words were quoted for an answer, they carry it."""
    assert len(DECIDED) >= 100
    assert {answer_at(case.place).answer for _pack, case in DECIDED} == {Answer.MET, Answer.NOT_MET}
