"""Decide conditions on a scene. Every verdict says what it rests on."""

from collections.abc import Callable
from typing import Any

from qm.rules.conditions import (
    All,
    Answered,
    AnyOf,
    Beside,
    Condition,
    ContactField,
    Means,
    Measure,
    Near,
    Not,
    Order,
    Repeats,
    Reply,
    Say,
    Trained,
)
from qm.rules.decide_facts import decide_answered, decide_field, decide_measure, decide_trained
from qm.rules.decide_meaning import decide_means
from qm.rules.decide_repeats import decide_repeats
from qm.rules.decide_say import LEAST_LIKENESS, MOST_QUOTES, WRITTEN, decide_say
from qm.rules.decide_talk import decide_beside, decide_near, decide_order, decide_reply
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict, at_least, negate

__all__ = ["LEAST_LIKENESS", "MOST_QUOTES", "WRITTEN", "decide", "decide_say"]


def decide(condition: Condition, scene: Scene) -> Verdict:
    """The verdict of any condition."""
    return _DECIDERS[type(condition)](condition, scene)


def _decide_all(condition: All, scene: Scene) -> Verdict:
    """All parts; stops at the first that is false, since nothing after it can change the verdict."""
    verdicts = []
    for part in condition.parts:
        verdicts.append(decide(part, scene))
        if verdicts[-1].truth is Truth.FALSE:
            return verdicts[-1]
    return at_least(verdicts, len(verdicts))


def _decide_any(condition: AnyOf, scene: Scene) -> Verdict:
    return at_least([decide(part, scene) for part in condition.parts], condition.least)


def _decide_not(condition: Not, scene: Scene) -> Verdict:
    return negate(decide(condition.part, scene))


_DECIDERS: dict[type, Callable[[Any, Scene], Verdict]] = {
    Say: decide_say,
    Order: decide_order,
    Beside: decide_beside,
    Near: decide_near,
    Reply: decide_reply,
    Repeats: decide_repeats,
    Means: decide_means,
    Trained: decide_trained,
    Answered: decide_answered,
    Measure: decide_measure,
    ContactField: decide_field,
    All: _decide_all,
    AnyOf: _decide_any,
    Not: _decide_not,
}
