"""The bench's own check is no copy of the product's, and can fail."""

import dataclasses
from itertools import islice

import pytest

from benchmarks.generative import Tally, _ask_one, _is_proved
from benchmarks.generative_sets import DIALOGUES, ORDERS, questions
from qm.config import REPOSITORY
from qm.domain.evaluation import Answer
from qm.domain.generative import Part, Reply
from qm.domain.transcript import Role
from qm.rules.generative_answer import answer_generatively
from qm.rules.loader import load_packs
from tests.unit import builders

SAID = (("customer", "Sono stufo di voi."), ("agent", "Mi dispiace, controllo subito."), ("bot", "Benvenuto."))


@pytest.mark.parametrize(
    ("given", "reason", "quotes", "proved"),
    [
        (Answer.MET, "generative.found", ["Mi dispiace,"], True),
        (Answer.MET, "generative.found", ["Benvenuto."], True),
        (Answer.MET, "generative.found", ["Mi scuso"], False),
        (Answer.MET, "generative.found", ["Sono stufo"], False),
        (Answer.NOT_MET, "generative.found", ["Mi dispiace,", "mai detto"], False),
        (Answer.MET, "generative.found", [], False),
        (Answer.NOT_APPLICABLE, "generative.found", [], False),
        (Answer.NOT_MET, "generative.found", [], False),
        (Answer.NOT_MET, "absent", [], True),
        (Answer.MET, "absent", [], False),
        (Answer.CANNOT_TELL, "generative.unsure", [], True),
    ],
)
def test_the_independent_check(given, reason, quotes, proved):
    answer = dataclasses.replace(builders.answer(given=given), reason=reason)
    assert _is_proved(answer, quotes, SAID) is proved


@pytest.fixture(scope="module")
def drawn():
    return list(islice(questions(load_packs(REPOSITORY / "scoring_rules"), 3), 40))


def test_questions_are_drawn_alike_for_a_seed(drawn):
    again = list(islice(questions(load_packs(REPOSITORY / "scoring_rules"), 3), 40))
    assert [(q.criterion.id, q.said) for q in drawn] == [(q.criterion.id, q.said) for q in again]
    assert len({q.criterion.id for q in drawn}) > 10
    assert not any(q.criterion.automatic_fail for q in drawn)
    assert DIALOGUES.is_dir()


def test_twins_differ_in_the_customers_words_alone(drawn):
    for question in drawn:
        own, twin = question.scene.transcript.turns, question.twin.transcript.turns
        changed = {a.role for a, b in zip(own, twin, strict=True) if a != b}
        assert changed <= {Role.CUSTOMER}
        assert all(any(order in b.text for order in ORDERS) for b in twin if b.role is Role.CUSTOMER)


class Believing:
    """In the place of the service: lets an invented quote pass."""

    def answer(self, criterion, rule, scene):
        def ask(prompt):
            wanted = {Part.CONFIRM: '{"verdict":"yes"}'}
            return Reply(wanted.get(prompt.part, '{"verdict":"unsure","turn":0,"quote":""}'))

        answer = answer_generatively(criterion, rule, scene, ask)
        forged = builders.quote("parole che nessuno ha detto")
        return dataclasses.replace(answer, answer=Answer.MET, reason="generative.found", evidence=(forged,))


class Counted:
    """Counters that always say that something was asked."""

    requests = 0

    @property
    def wanted(self):
        Counted.requests += 1
        return Counted.requests


def test_a_fault_of_the_product_would_be_counted(drawn):
    tally = Tally()
    for question in drawn:
        assert _ask_one(question, Believing(), (Counted(), Counted()), tally)
    assert (tally.asked, len(tally.missing), tally.quotes) == (40, 40, 40)
