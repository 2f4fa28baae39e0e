"""Phrases that the forms expect of agents."""

from datetime import date

import pytest

from qm.config import REPOSITORY
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import All, AnyOf, Beside, ContactField, Measure, Negated, Not, Order, Say
from qm.rules.cues import agent_cues
from qm.rules.loader import load_packs
from qm.rules.pack import Pack, Rule
from tests.unit import builders

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def pack(*conditions, applies=None):
    rules = tuple(
        Rule(
            f"c{at}", builders.TITLE, builders.TITLE, builders.TITLE, "stable", date(2026, 1, 1), "", (), (), met,
            applies,
        )
        for at, met in enumerate(conditions)
    )  # fmt: skip
    return Pack("pack", "1", builders.SHA, builders.form(), rules)


def italian(*conditions, **more):
    return agent_cues([pack(*conditions, **more)]).get("it", ())


def test_no_packs_no_cues():
    assert agent_cues([]) == {}
    assert agent_cues([pack(Measure("silence_longest_s", at_most=9.0), ContactField("process", ("vendita",)))]) == {}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda say: say,
        lambda say: All((builders.say("altro", by=(CUSTOMER,)), say)),
        lambda say: AnyOf((say, Measure("silence_longest_s", at_most=9.0))),
        lambda say: Order(say, builders.say("poi", by=(CUSTOMER,))),
        lambda say: Order(builders.say("prima", by=(CUSTOMER,)), say),
        lambda say: Beside(SignalKind.SILENCE, 20.0, say, before_s=10.0),
        lambda say: All((AnyOf((All((say,)),)),)),
    ],
    ids=["alone", "all", "any", "first", "then", "beside", "deep"],
)
def test_phrases_are_found_however_deep(wrap):
    assert italian(wrap(builders.say("resti in linea"))) == ("resti in linea",)


@pytest.mark.parametrize(
    "condition",
    [
        Not(builders.say("stia zitto")),
        All((Not(AnyOf((builders.say("stia zitto"), builders.say("si calmi")))),)),
        builders.say("stia zitto", negated=Negated.ONLY),
        builders.say("vorrei disdire", by=(CUSTOMER,)),
        builders.say("vorrei disdire", by=(AGENT, CUSTOMER)),
        builders.say("vorrei disdire", by=tuple(Role)),
    ],
    ids=["not", "deep not", "only negated", "customer's", "both's", "anybody's"],
)
def test_what_agents_must_not_say_or_others_say_too_is_left_out(condition):
    assert italian(condition, builders.say("resti in linea")) == ("resti in linea",)


def test_what_decides_whether_a_rule_applies_is_no_expectation():
    assert italian(builders.say("resti in linea"), applies=builders.say("attivo il contratto")) == ("resti in linea",)


def test_each_once_by_language_in_order_of_the_packs():
    only = Say(frozenset({AGENT}), ((Language.ITALIAN, ("uno", "due")), (Language.ENGLISH, ("one",))))
    again = Say(frozenset({AGENT}), ((Language.ITALIAN, ("tre", "uno")),))
    assert agent_cues([pack(only), pack(again, only)]) == {"en": ("one",), "it": ("uno", "due", "tre")}


def test_the_products_own_packs_give_cues_in_both_languages():
    cues = agent_cues(load_packs(REPOSITORY / "scoring_rules"))
    assert set(cues) == {"en", "it"}
    assert all(len(phrases) == len(set(phrases)) >= 5 for phrases in cues.values())
