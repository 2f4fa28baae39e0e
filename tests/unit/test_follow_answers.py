"""The life cycle: counted reviews move a criterion, and nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.bound_answers import lower_bound, upper_bound
from qm.analysis.follow_answers import ENOUGH, LATEST, after_reviews, after_training, agreement
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.prediction import LifeStage, Prediction
from qm.domain.trained_answers import AnswerReview, SideBound, Standing, TrainingReport


def reviews(agree, disagree=0, start=0):
    right = [AnswerReview(f"C-{start + at}", Answer.MET, Answer.MET) for at in range(agree)]
    return [*right, *(AnswerReview(f"D-{start + at}", Answer.MET, Answer.NOT_MET) for at in range(disagree))]


def standing(stage=LifeStage.ASSISTED, known=()):
    return Standing("c1", stage, "ab" * 32, 0.9, Count(50, 100), ("T-1",), tuple(known), "trained")


def report(threshold):
    side = SideBound(Answer.MET, threshold, Count(60, 60), 0.94, "" if threshold else "below_target")
    reasons = () if threshold else ("below_target",)
    return TrainingReport("c1", Count(50, 100), "contact", 100, 5, 0.9, Count(50, 100), (side,), reasons=reasons)


def test_training_leads_to_assisted_or_leaves_it_with_people():
    assert after_training(report(0.9), "ab").stage is LifeStage.ASSISTED
    assert after_training(report(None), "ab").stage is LifeStage.PEOPLE
    assert after_training(report(None), "ab").reason == "below_target"


def test_automatic_needs_the_lower_bound():
    assert lower_bound(Count(35, 35)) < 0.9 <= lower_bound(Count(36, 36))
    assert after_reviews(standing(), reviews(35)).stage is LifeStage.ASSISTED
    moved = after_reviews(standing(), reviews(36))
    assert (moved.stage, moved.reason) == (LifeStage.AUTOMATIC, "agreed")


@pytest.mark.parametrize("stage", [LifeStage.ASSISTED, LifeStage.AUTOMATIC])
def test_back_to_people_when_agreement_falls_below_the_target(stage):
    moved = after_reviews(standing(stage), reviews(26, 4))
    assert ENOUGH == 26 + 4
    assert (moved.stage, moved.reason) == (LifeStage.PEOPLE, "disagreed")
    assert after_reviews(standing(stage), reviews(27, 3)).stage is not LifeStage.PEOPLE


def test_few_reviews_suffice_where_they_are_bad_enough():
    assert upper_bound(Count(1, 4)) < 0.9
    assert after_reviews(standing(LifeStage.AUTOMATIC), reviews(1, 3)).stage is LifeStage.PEOPLE
    assert after_reviews(standing(LifeStage.AUTOMATIC), reviews(9, 1)).stage is LifeStage.AUTOMATIC


def test_reviews_lead_nowhere_out_of_people():
    assert after_reviews(standing(LifeStage.PEOPLE), reviews(200)).stage is LifeStage.PEOPLE


def test_a_contact_counts_once_and_only_the_latest_count():
    known = after_reviews(standing(), reviews(20))
    assert after_reviews(known, reviews(20)) == known
    long_ago = [*reviews(0, 100), *reviews(LATEST, start=500)]
    assert agreement(long_ago) == Count(LATEST, LATEST)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 80), st.integers(0, 80))
def test_more_agreement_never_stands_worse(agree, disagree):
    order = [LifeStage.PEOPLE, LifeStage.ASSISTED, LifeStage.AUTOMATIC]
    worse = after_reviews(standing(), reviews(agree, disagree + 1)[:LATEST])
    same = after_reviews(standing(), reviews(agree + 1, disagree)[:LATEST])
    assert order.index(worse.stage) <= order.index(same.stage)


def test_nothing_new_moves_nothing():
    assert after_reviews(standing(), []) == standing()


@pytest.mark.parametrize(
    "wrong", [{"probability": 1.2}, {"answer": Answer.NOT_APPLICABLE}, {"stage": "half"}], ids=["p", "answer", "stage"]
)
def test_impossible_predictions_are_refused(wrong):
    values = {"criterion_id": "c", "answer": Answer.MET, "probability": 0.9, "model_sha256": "ab"}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Prediction(**(values | wrong))
