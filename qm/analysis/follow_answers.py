"""The life cycle of a trained criterion: how new reviews move it, by counts alone."""

from collections.abc import Sequence
from dataclasses import replace

from qm.analysis.bound_answers import lower_bound, upper_bound
from qm.domain.figures import Count
from qm.domain.prediction import LifeStage
from qm.domain.trained_answers import AnswerReview, Standing, TrainingReport

LATEST = 100
"""Reviews that count: what agreed a year ago says little of today's contacts."""
ENOUGH = 30
"""From so many reviews on the plain share counts against the model, not only what is beyond chance."""


def agreement(reviews: Sequence[AnswerReview]) -> Count:
    """Reviews among the latest `LATEST` in which the person gave the model's answer."""
    latest = reviews[-LATEST:]
    return Count(sum(review.given is review.right for review in latest), len(latest))


def after_training(report: TrainingReport, model: str) -> Standing:
    """A new model begins as a suggestion, without reviews; one without any threshold isn't used at all."""
    stage = LifeStage.ASSISTED if report.answers else LifeStage.PEOPLE
    reason = "trained" if report.answers else (report.reasons or ("below_target",))[0]
    return Standing(report.criterion_id, stage, model, report.target, report.labels, reason=reason)


def after_reviews(standing: Standing, new: Sequence[AnswerReview]) -> Standing:
    """Where the criterion stands once new reviews are counted.

    - To *people*, from either other stage: agreement lies below the target in `ENOUGH` or more reviews, or its upper
      95 % bound does in however few. Only training leads out of *people* again.
    - From *assisted* to *automatic*: the lower 97.5 % bound of the agreement reaches the target.
    - Else nothing moves.

    Falling back is easy on purpose: it costs work, while wrong automatic answers cost trust. With a true agreement of
    0.95 and a target of 0.90, a look at 100 reviews lets a sound model fall in 1 of 90 cases.
    """
    known = {review.contact_id for review in standing.reviews}
    fresh: dict[str, AnswerReview] = {}
    for review in new:
        if review.contact_id not in known:
            fresh[review.contact_id] = review
    counted = replace(standing, reviews=(*standing.reviews, *fresh.values()))
    if standing.stage is LifeStage.PEOPLE:
        return counted
    found = agreement(counted.reviews)
    if _is_below(found, standing.target):
        return replace(counted, stage=LifeStage.PEOPLE, reason="disagreed")
    if standing.stage is LifeStage.ASSISTED and lower_bound(found) >= standing.target:
        return replace(counted, stage=LifeStage.AUTOMATIC, reason="agreed")
    return counted


def after_overturns(standing: Standing, given: int, overturned: Sequence[AnswerReview]) -> Standing:
    """Where an automatic criterion stands once disputes about its answers were decided.

    Back to *assisted* where the overturned answers alone, among all that were given, show at the lower 97.5 % bound
    that more are wrong than the target allows: nobody contests every wrong answer, so the true share is higher still.
    Upheld ones say nothing, since agents choose what they contest. The reviews begin anew with the overturned answers,
    so that the agreement of old ones doesn't lead straight back.

    Args:
        given: answers that the model gave and that stand, the overturned ones among them.
        overturned: by contact, each once.
    """
    if standing.stage is not LifeStage.AUTOMATIC or not overturned:
        return standing
    wrong = Count(min(len(overturned), given), given)
    if lower_bound(wrong) <= 1 - standing.target:
        return standing
    return replace(standing, stage=LifeStage.ASSISTED, reason="overturned", reviews=tuple(overturned))


def _is_below(found: Count, target: float) -> bool:
    rate = found.rate
    if rate is None:
        return False
    return (found.n >= ENOUGH and rate < target) or upper_bound(found) < target
