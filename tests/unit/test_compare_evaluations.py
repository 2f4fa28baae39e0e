"""Answers counted from one version of a form to the next."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.compare_evaluations import MOST_EXAMPLES, FormTally, outcome_of
from qm.domain.difference import Flip, Outcome, Presence, Transition
from qm.domain.evaluation import Answer, Score
from qm.domain.figures import Count
from tests.unit import builders

FORM = builders.form((1, [builders.criterion("c1"), builders.criterion("c2")]))
MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.CANNOT_TELL


def evaluation(contact_id, *given, score=None, **changes):
    answers = [builders.answer(f"c{at + 1}", each) for at, each in enumerate(given)]
    made = builders.evaluation(contact_id, answers)
    value = 50.0 if score is None else score
    return replace(made, score=replace(made.score, value=value, lo=value, hi=value), **changes)


def tally(*pairs, before=FORM, after=FORM):
    made = FormTally(before, after)
    for old, new in pairs:
        made.add(old, new)
    return made.result()


def test_transitions_are_a_confusion_of_the_four_answers():
    found = tally(
        (evaluation("A", MET, MET), evaluation("A", NOT_MET, MET)),
        (evaluation("B", MET, MET), evaluation("B", NOT_MET, MET)),
        (evaluation("C", OPEN, MET), evaluation("C", MET, MET)),
        (evaluation("D", NA, MET), evaluation("D", NA, MET)),
    )
    first, second = found.criteria
    assert first.changed == Count(3, 4)
    assert first.transitions == (
        Transition("cannot_tell", "met", 1), Transition("met", "not_met", 2),
        Transition("not_applicable", "not_applicable", 1),
    )  # fmt: skip
    assert second.changed == Count(0, 4)
    assert second.examples == ()
    assert found.n == 4


def test_examples_show_each_kind_of_change_before_more_of_one():
    met_to_not = [(evaluation(f"A{at}", MET), evaluation(f"A{at}", NOT_MET)) for at in range(5)]
    rare = [(evaluation("Z", NOT_MET), evaluation("Z", MET))]
    (criterion, _other) = tally(*met_to_not, *rare).criteria
    assert [example.contact_id for example in criterion.examples] == ["A0", "Z", "A1"]
    assert len(criterion.examples) == MOST_EXAMPLES
    assert (criterion.examples[0].before.answer, criterion.examples[0].after.answer) == (MET, NOT_MET)


def test_another_value_is_a_change_and_another_ground_is_none():
    old = evaluation("A", MET)
    chosen = replace(old, answers=(replace(old.answers[0], value="b", share=0.5),))
    reworded = replace(old, answers=(replace(old.answers[0], reason="in_order"),))
    assert tally((old, chosen)).criteria[0].changed == Count(1, 1)
    unchanged = tally((old, reworded)).criteria[0]
    assert (unchanged.changed, unchanged.grounds) == (Count(0, 1), 1)


def test_scores_are_compared_contact_by_contact():
    found = tally(
        *[(evaluation(f"{at}", MET, score=60.0 + at), evaluation(f"{at}", MET, score=70.0 + at)) for at in range(4)]
    )
    assert found.before.value == 61.5
    assert found.after.value == 71.5
    assert (found.difference.value, found.difference.n) == (10.0, 4)
    single = tally((evaluation("A", MET), evaluation("A", MET)))
    assert (single.difference.value, single.difference.n) == (None, 1)


def test_contacts_that_pass_and_would_fail_are_named():
    found = tally(
        (evaluation("A", MET, score=90.0), evaluation("A", NOT_MET, score=10.0)),
        (evaluation("B", MET, score=10.0), evaluation("B", MET, score=80.0)),
        (evaluation("C", MET, score=90.0), evaluation("C", MET, score=81.0)),
    )
    assert found.flips == (
        Flip("A", Outcome.PASSED, Outcome.FAILED, 90.0, 10.0), Flip("B", Outcome.FAILED, Outcome.PASSED, 10.0, 80.0),
    )  # fmt: skip
    assert sum(step.n for step in found.outcomes) == 3


@pytest.mark.parametrize(
    ("lo", "hi", "outcome"),
    [(80.0, 90.0, "passed"), (79.9, 100.0, "open"), (0.0, 79.9, "failed"), (None, None, "none")],
)
def test_outcomes(lo, hi, outcome):
    assert outcome_of(Score(lo, lo, hi, {}, ()), FORM) == outcome


def test_criteria_that_come_and_go():
    later = builders.form((1, [builders.criterion("c2"), builders.criterion("c9")]))
    new = replace(evaluation("A"), answers=(builders.answer("c2", MET), builders.answer("c9", NOT_MET)))
    found = tally((evaluation("A", MET, MET), new), after=later)
    assert [(c.criterion_id, c.presence) for c in found.criteria] == [
        ("c2", Presence.BOTH), ("c9", Presence.ADDED), ("c1", Presence.REMOVED),
    ]  # fmt: skip
    assert found.criteria[1].transitions == (Transition("", "not_met", 1),)
    assert found.criteria[1].changed == Count(0, 0)


def test_a_form_of_one_side_only():
    added = tally((None, evaluation("A", MET, NOT_MET)), before=None)
    assert (added.presence, added.version_before, added.version_after, added.n) == (Presence.ADDED, "", "1", 1)
    assert added.difference.value is None
    removed = tally((evaluation("A", MET, MET), None), after=None)
    assert removed.presence is Presence.REMOVED
    with pytest.raises(ValueError, match="one of them"):
        FormTally(None, None)


def test_no_contact_at_all():
    empty = tally()
    assert (empty.n, empty.flips, empty.difference.value) == (0, (), None)
    assert [criterion.changed for criterion in empty.criteria] == [Count(0, 0), Count(0, 0)]


pairs = st.lists(st.tuples(*[st.sampled_from(list(Answer))] * 4, st.floats(0, 100), st.floats(0, 100)), max_size=8)


@given(pairs)
def test_counts_add_up_and_turning_round_turns_them_round(drawn):
    made = [
        (evaluation(f"C{at}", a, b, score=s), evaluation(f"C{at}", c, d, score=t))
        for at, (a, b, c, d, s, t) in enumerate(drawn)
    ]
    there, back = tally(*made), tally(*[(new, old) for old, new in made])
    for one, other in zip(there.criteria, back.criteria, strict=True):
        assert one.changed == other.changed
        assert sum(step.n for step in one.transitions) == len(drawn)
        assert sum(step.n for step in one.transitions if step.before != step.after) == one.changed.hits
        assert {(s.before, s.after, s.n) for s in one.transitions} == {
            (s.after, s.before, s.n) for s in other.transitions
        }
        assert len(one.examples) == min(one.changed.hits, MOST_EXAMPLES)
    assert {flip.contact_id for flip in there.flips} == {flip.contact_id for flip in back.flips}
    if there.difference.value is not None:
        assert there.difference.value == pytest.approx(-back.difference.value, abs=1e-3)


@given(pairs)
def test_a_form_beside_itself_changes_nothing(drawn):
    same = [evaluation(f"C{at}", a, b, score=s) for at, (a, b, _c, _d, s, _t) in enumerate(drawn)]
    found = tally(*[(each, each) for each in same])
    assert not any(c.changed.hits or c.grounds or c.examples for c in found.criteria)
    assert found.flips == ()
    assert found.difference.value in (None, 0.0)
