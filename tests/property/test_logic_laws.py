"""Kleene's logic of verdicts."""

from hypothesis import given
from hypothesis import strategies as st

from qm.domain.evaluation import Evidence, EvidenceKind
from qm.rules.verdict import Truth, Verdict, at_least, negate, unknown

verdicts = st.builds(
    lambda truth, tag: Verdict(truth, f"r{tag}", (Evidence(EvidenceKind.CONTACT, fact=str(tag)),), (f"d{tag}",)),
    st.sampled_from(list(Truth)), st.integers(0, 5),
)  # fmt: skip
some = st.lists(verdicts, min_size=1, max_size=6)


def every(parts):
    return at_least(parts, len(parts))


@given(verdicts)
def test_double_negation(verdict):
    assert negate(negate(verdict)) == verdict


@given(some)
def test_de_morgan(parts):
    inverted = [negate(part) for part in parts]
    assert negate(every(parts)).truth is at_least(inverted, 1).truth
    assert negate(at_least(parts, 1)).truth is every(inverted).truth


@given(some)
def test_tables_are_kleenes(parts):
    order = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
    assert order[every(parts).truth] == min(order[part.truth] for part in parts)
    assert order[at_least(parts, 1).truth] == max(order[part.truth] for part in parts)


@given(some, st.integers(1, 6), st.integers(0, 5), st.sampled_from([Truth.TRUE, Truth.FALSE]))
def test_learning_an_unknown_never_overturns_a_verdict(parts, least, place, learnt):
    before = at_least(parts, least).truth
    at = place % len(parts)
    if parts[at].truth is Truth.UNKNOWN:
        known = [*parts[:at], Verdict(learnt, "learnt"), *parts[at + 1 :]]
        assert before is Truth.UNKNOWN or at_least(known, least).truth is before


@given(some, st.integers(1, 5))
def test_asking_for_more_is_never_easier(parts, least):
    order = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
    assert order[at_least(parts, least + 1).truth] <= order[at_least(parts, least).truth]


@given(some, st.integers(1, 6))
def test_ground_comes_from_the_parts_that_decide(parts, least):
    verdict = at_least(parts, least)
    deciding = [part for part in parts if part.truth is verdict.truth]
    assert set(verdict.evidence) == {item for part in deciding for item in part.evidence}
    assert set(verdict.doubts) == {doubt for part in deciding for doubt in part.doubts}
    assert len(set(verdict.evidence)) == len(verdict.evidence)


def test_nothing_holds_at_least_once_of_nothing():
    assert at_least([], 1).truth is Truth.FALSE
    assert at_least([], 0).truth is Truth.TRUE
    assert negate(unknown("x")).truth is Truth.UNKNOWN
