"""A derived form is a form: it loads, whatever is dropped, and says what became of each question."""

import numpy as np
import pandas as pd
import pytest

from qm.analysis.voc.derive_weights import fates_of, points_of, score_by_points
from qm.analysis.voc.validate_form import validate_form
from qm.analysis.voc.voc_columns import answer_column
from qm.config import REPOSITORY
from qm.domain.derived_form import DerivedForm, Fate, NewCriterion, ProposedCriterion
from qm.domain.drivers import DriverKind, Drivers, Effect, Verdict
from qm.domain.figures import Count, Figure
from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import Critical
from qm.domain.text import Text
from qm.rules.bundle import read_bundle, unpack
from qm.rules.derive_pack import derive_bundle, id_of, needs_of
from qm.rules.loader import build_pack, load_packs
from qm.rules.yaml_file import parse_yaml, write_yaml
from qm.services.derive_form import keep_needed

RULES = REPOSITORY / "scoring_rules"
PACKS = load_packs(RULES)
TEXT = Text("Titolo", "Title")


def derived(pack, gone):
    needs = needs_of(read_bundle(RULES / pack.id))
    fates = keep_needed({c.id: Fate.IDLE if c.id in gone else Fate.DRIVER for c in pack.form.criteria}, needs)
    criteria = tuple(
        ProposedCriterion(name, TEXT, fate, 0 if fate.is_dropped else 3, 0.1, 0.1) for name, fate in fates.items()
    )
    new = (NewCriterion("voice-waits", "waits", 'attese: "lunghe"', "sempre in coda", 40),)
    return DerivedForm(pack.form.id, TEXT, pack.form.version, "nps", "2026-11-22", 900, 30, criteria=criteria, new=new)


@pytest.mark.parametrize(("pack", "step"), [(PACKS[0], 2), (PACKS[1], 3), (PACKS[-1], 1)], ids=["half", "third", "all"])
def test_what_is_left_loads_without_a_fault(pack, step):
    """Every second question dropped, every third, all but the last."""
    gone = {criterion.id for criterion in pack.form.criteria[:-1][::step]}
    proposal = derived(pack, gone)
    bundle = derive_bundle(read_bundle(RULES / pack.id), proposal)
    node, faults = parse_yaml(write_yaml(bundle), "draft.yaml")
    assert faults == []
    made, faults = unpack(node, "draft.yaml", build_pack)
    assert faults == []
    kept = {one.id for one in proposal.criteria if not one.fate.is_dropped}
    assert {criterion.id for criterion in made.form.criteria} == kept | {"voice-waits"}
    assert made.form.draft
    assert {made.form.criterion(name).driver for name in kept} == {"nps"}


def test_the_document_it_was_made_from_stays_as_it_is():
    pack = PACKS[0]
    bundle = read_bundle(RULES / pack.id)
    derive_bundle(bundle, derived(pack, {pack.form.criteria[0].id}))
    assert bundle == read_bundle(RULES / pack.id)


def test_what_a_kept_rule_asks_for_stays():
    when = {"answered": {"criterion": "a"}}
    bundle = {
        "pack": {"sections": [{"id": "s", "criteria": [{"rule": "a"}, {"criterion": "b", "when": when}]}]},
        "families": {"f": {"rules": [{"id": "a", "met": {}}]}},
    }  # fmt: skip
    assert needs_of(bundle) == {"a": frozenset(), "b": frozenset({"a"})}
    assert id_of({"criterion": "b"}) == "b"
    fates = keep_needed({"a": Fate.IDLE, "b": Fate.TRIAL}, needs_of(bundle))
    assert fates == {"a": Fate.NEEDED, "b": Fate.TRIAL}


def criterion(name, **more):
    return Criterion(name, TEXT, TEXT, TEXT, **more)


FORM = Form(
    "f", "1.0.0", TEXT,
    (Section("s", TEXT, 1, (
        criterion("strong"), criterion("weak"), criterion("idle"), criterion("open"), criterion("bad"),
        criterion("law", critical=Critical.COMPLIANCE), criterion("extra", bonus=True),
    )),),
)  # fmt: skip


def effect(name, value, verdict):
    nothing = Figure(None, None, None, 9)
    figure = Figure(value, value - 1, value + 1, 900)
    return Effect(
        answer_column("f", name), DriverKind.CRITERION, 0, figure, Count(0, 0), Count(0, 0), 0.01, 0.01, 0.01, 20,
        nothing, 1, verdict,
    )  # fmt: skip


FOUND = Drivers("", Count(500, 900), 30, is_joint=True, margin=3, effects=(
    effect("strong", 16, Verdict.MATTERS), effect("weak", 4, Verdict.HINT), effect("idle", 0.5, Verdict.NEGLIGIBLE),
    effect("open", 5, Verdict.UNCLEAR), effect("bad", -8, Verdict.MATTERS), effect("law", -6, Verdict.MATTERS),
))  # fmt: skip


def test_each_question_has_a_fate_and_points_in_proportion():
    fates = fates_of(FORM, FOUND)
    assert {name: fate.value for name, fate in fates.items()} == {
        "strong": "driver", "weak": "driver", "idle": "idle", "open": "trial", "bad": "against", "law": "critical",
        "extra": "unscored",
    }  # fmt: skip
    assert points_of(FORM, fates, FOUND) == {"strong": 10, "weak": 2, "open": 1, "law": 1}


def test_scores_count_what_was_answered_only():
    answers = pd.DataFrame({"c:f/strong": [1, 0, -1, -2], "c:f/weak": [0, 1, 1, -3]})
    scores = score_by_points(answers, "f", {"strong": 3, "weak": 1, "absent": 5})
    assert np.nan_to_num(scores, nan=-1).tolist() == [0.75, 0.25, 1.0, -1]


def world(seed=1, n=2000, agents=40):
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=n)
    satisfied = (rng.random(n) < 1 / (1 + np.exp(-signal))).astype(float)
    return rng, signal, satisfied, np.array([f"A{one % agents}" for one in range(n)])


def test_a_better_score_is_found_better_and_an_equal_one_isn_t():
    rng, signal, satisfied, agents = world()
    noise = rng.normal(size=len(signal))
    better = validate_form(noise, satisfied, agents, lambda _train, test: signal[test], rng)
    assert better.difference.lo > 0.1
    assert better.old.lo < 0.5 < better.old.hi
    same = validate_form(signal, satisfied, agents, lambda _train, test: signal[test], rng)
    assert (same.difference.value, same.difference.lo, same.difference.hi) == (0, 0, 0)


def test_no_agent_is_judged_by_weights_it_helped_to_make():
    rng, signal, satisfied, agents = world(n=300, agents=12)

    def score(train, test):
        assert not set(agents[train]) & set(agents[test])
        assert train.sum() + test.sum() == len(agents)
        return signal[test]

    assert validate_form(signal, satisfied, agents, score, rng).agents == 12


def test_one_kind_of_customer_can_t_be_ranked():
    rng, signal, _satisfied, agents = world(n=100)
    assert validate_form(signal, np.ones(100), agents, lambda _train, test: signal[test], rng) is None
