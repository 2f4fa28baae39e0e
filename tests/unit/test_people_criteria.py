"""Criteria without a rule: people answer them, or a model that they let answer."""

import pytest

from qm.domain.evaluation import Answer, Origin
from qm.domain.prediction import Prediction
from qm.domain.scales import CriterionType
from qm.domain.transcript import Role
from qm.rules.engine import answer_form
from qm.rules.pack import Pack
from qm.rules.scene import Scene
from tests.unit import builders

SAID = builders.call((Role.AGENT, 0.0, "buongiorno sono Anna"), (Role.CUSTOMER, 3.0, "non funziona niente"))


def answer(prediction=None, transcript=SAID, **criterion):
    form = builders.form((1.0, [builders.criterion("c1", **criterion)]))
    scene = builders.scene(transcript)
    known = {"c1": prediction} if prediction else {}
    scene = Scene(scene.contact, transcript, scene.signals, scene.thresholds, predictions=known)
    (given,) = answer_form(Pack("p", "1", "0" * 64, form, ()), scene)
    return given


def predicted(given=Answer.MET, stage="automatic", turn_ids=("t1",)):
    return Prediction("c1", given, 0.93 if given is Answer.MET else 0.04, "a" * 64, turn_ids, stage)


def test_people_answer_where_nothing_was_learned():
    given = answer()
    assert (given.answer, given.reason, given.origin) == (Answer.CANNOT_TELL, "people_only", Origin.RULE)


@pytest.mark.parametrize("side", [Answer.MET, Answer.NOT_MET])
def test_a_model_in_automatic_use_answers_with_the_turns_that_weigh_most(side):
    given = answer(predicted(side))
    assert (given.answer, given.reason, given.origin) == (side, "predicted", Origin.MODEL)
    assert [item.turn_ids for item in given.evidence] == [("t1",)]


@pytest.mark.parametrize(
    ("prediction", "reason"),
    [
        (predicted(stage="people"), "people_only"),
        (predicted(stage="assisted"), "model_assists"),
        (predicted(Answer.CANNOT_TELL), "model_unsure"),
        (predicted(turn_ids=()), "model_unsure"),
        (predicted(turn_ids=("t9",)), "model_unsure"),
    ],
)
def test_whatever_is_less_than_sure_and_shown_stays_with_people(prediction, reason):
    given = answer(prediction)
    assert (given.answer, given.reason) == (Answer.CANNOT_TELL, reason)


def test_a_model_decides_no_automatic_fail_on_doubtful_words():
    guessed = builders.call((Role.AGENT, 0.0, "buongiorno sono Anna", 0.2))
    given = answer(predicted(Answer.NOT_MET), guessed, automatic_fail=True)
    assert given.answer is Answer.CANNOT_TELL


def test_only_yes_or_no_is_learned():
    given = answer(predicted(), type=CriterionType.TEXT)
    assert given.reason == "people_only"
