"""Every case beside a rule, and the proof that the quoted words decide: without them the answer is another."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qm.config import REPOSITORY
from qm.domain.evaluation import Answer, Evidence, EvidenceKind
from qm.domain.transcript import Turn
from qm.rules.cases import Case, load_cases, missing_proof, run_case
from qm.rules.lint import lock_faults, read_lock
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds

ROOT = REPOSITORY / "scoring_rules"
PACKS = {pack.id: pack for pack in load_packs(ROOT)}
LOADED = {pack.id: load_cases(pack, ROOT / pack.id, ROOT) for pack in PACKS.values()}
CASES = [(pack_id, case) for pack_id, (cases, _faults) in LOADED.items() for case in cases]
THRESHOLDS = Thresholds()
MOST_ROUNDS = 12
"""A phrase said so many times is more than any case holds."""


def name_of(case: Case) -> str:
    return f"{case.rule_id}: {case.name}"


def answer_of(pack_id: str, case: Case):
    return run_case(PACKS[pack_id], case, THRESHOLDS).answer


def is_decided_by_words(answer) -> bool:
    kinds = {item.kind for item in answer.evidence}
    return (
        answer.answer in (Answer.MET, Answer.NOT_MET)
        and EvidenceKind.WORDS in kinds
        and EvidenceKind.ABSENCE not in kinds
    )


DECIDED = [(pack_id, case) for pack_id, case in CASES if is_decided_by_words(answer_of(pack_id, case))]


def without(turns: Sequence[Turn], quotes: Sequence[Evidence]) -> tuple[Turn, ...]:
    """The turns with every quoted word replaced."""
    return tuple(_without(turn, [quote for quote in quotes if turn.id in quote.turn_ids]) for turn in turns)


def _without(turn: Turn, quotes: Sequence[Evidence]) -> Turn:
    words = tuple(
        replace(word, text="bla") if any(q.start_s <= word.start_s and word.end_s <= q.end_s for q in quotes) else word
        for word in turn.words
    )
    return replace(turn, words=words, text=" ".join(word.text for word in words))


def answer_without_quotes(pack_id: str, case: Case):
    """What the rule answers once nothing that it quoted is left (a phrase may be said again elsewhere)."""
    given = answer_of(pack_id, case)
    for _round in range(MOST_ROUNDS):
        quotes = [item for item in given.evidence if item.kind is EvidenceKind.WORDS]
        if not quotes or given.answer is not case.expect:
            break
        turns = without(case.transcript.turns, quotes)
        case = replace(case, transcript=replace(case.transcript, turns=turns))
        given = answer_of(pack_id, case)
    return given


def test_packs_are_locked_and_proved():
    assert lock_faults(tuple(PACKS.values()), read_lock(ROOT)) == []
    for pack_id, (cases, faults) in LOADED.items():
        assert faults == []
        assert missing_proof(PACKS[pack_id], cases, pack_id) == []


@pytest.mark.parametrize(("pack_id", "case"), [pytest.param(p, c, id=name_of(c)) for p, c in CASES])
def test_case(pack_id, case):
    given = answer_of(pack_id, case)
    assert given.answer is case.expect, f"{case.place}: {given.reason}"


def test_names_of_cases_are_unique():
    names = [name_of(case) for _pack, case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("pack_id", "case"), [pytest.param(p, c, id=name_of(c)) for p, c in DECIDED])
def test_without_the_quoted_words_the_answer_is_another(pack_id, case):
    assert answer_without_quotes(pack_id, case).answer is not case.expect


def test_enough_cases_are_decided_by_words():
    """No case had to be left out: wherever words were quoted for an answer, they carry it."""
    assert len(DECIDED) >= 100
    assert {answer_of(pack_id, case).answer for pack_id, case in DECIDED} == {Answer.MET, Answer.NOT_MET}
