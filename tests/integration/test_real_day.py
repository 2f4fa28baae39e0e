"""The example day with the real recogniser, against the truth written with it."""

from pathlib import Path

import pytest

from benchmarks.truth import compare
from models.catalogue import CATALOGUE, faults_of
from pipelines.wiring import Wiring
from qm.config import read_settings

pytestmark = pytest.mark.engine
DAY = Path(__file__).parents[2] / "examples" / "day"


@pytest.fixture(scope="module")
def processed(tmp_path_factory):
    here = read_settings()
    if faults_of(CATALOGUE["whisper-base"], here.weights):
        pytest.skip("the recogniser's weights aren't here; `qm models fetch` brings them")
    data = tmp_path_factory.mktemp("real")
    (data / "weights").symlink_to(here.weights)
    wiring = Wiring(read_settings({"QM_DATA": str(data)}, data))
    wiring.database.upgrade()
    wiring.batch.run(DAY, lambda _step: None, lambda _total: None)
    yield wiring
    wiring.database.close()


@pytest.mark.timeout(1800)
def test_answers_equal_the_truth(processed):
    fails = frozenset(c.id for form in processed.forms.values() for c in form.criteria if c.automatic_fail)
    found = compare(processed.database.unit_of_work, DAY.parent / "expected.json", fails)
    wrong = [f"{w.contact_id} {w.criterion_id}: {w.truth} / {w.answer} ({w.reason})" for w in found.wrong]
    assert found.fails_wrong.hits == 0, wrong
    assert found.right.rate is not None
    assert found.right.rate >= 0.95, wrong
    assert found.quarantine_right.rate == 1
    assert found.links_right.rate == 1


@pytest.mark.timeout(1800)
def test_every_evidence_holds_and_every_evaluation_replays(processed):
    with processed.database.unit_of_work() as unit:
        evaluations = list(unit.evaluations.every())
    assert evaluations
    reasons = {a.reason for e in evaluations for a in e.answers}
    assert not [reason for reason in reasons if reason.startswith("evidence.")]
    assert all(processed.scoring.replay(e.id).is_identical for e in evaluations)
