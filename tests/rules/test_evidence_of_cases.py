"""On the conversations of every rule's proof, all that its whole form answers rests on evidence that holds."""

from pathlib import Path

import pytest

from qm.analysis.measure_talk import measure_talk
from qm.config import REPOSITORY
from qm.domain.evaluation import Answer
from qm.rules.cases import load_cases
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds
from qm.rules.verify import Verifier
from qm.services.scoring import evaluate

ROOT: Path = REPOSITORY / "scoring_rules"
PACKS = {pack.id: pack for pack in load_packs(ROOT)}
THRESHOLDS = Thresholds()


def faults_of(pack, case):
    """Answers whose evidence doesn't hold, checked apart from the engine's own check."""
    signals = measure_talk(case.transcript)
    verifier = Verifier(case.transcript, signals, case.contact)
    evaluation = evaluate(case.contact, case.transcript, signals, pack, THRESHOLDS)
    for answer in evaluation.answers:
        fails = pack.form.criterion(answer.criterion_id).automatic_fail
        # An open answer may show doubtful words: they are why it is open.
        below = THRESHOLDS.word_confidence if fails and answer.answer is Answer.NOT_MET else None
        flaws = verifier.flaws(answer) + verifier.overreach(answer, below)
        if flaws or answer.reason.startswith("evidence."):
            yield case.place, answer.criterion_id, answer.reason, flaws


@pytest.mark.parametrize("pack_id", PACKS)
def test_all_evidence_of_a_packs_cases_holds(pack_id):
    cases, faults = load_cases(PACKS[pack_id], ROOT / pack_id, ROOT)
    assert not faults
    assert cases
    assert [fault for case in cases for fault in faults_of(PACKS[pack_id], case)] == []
