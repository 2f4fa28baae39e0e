"""What rules must keep to on any contact: turns at equal times, strange text, no text, very long calls."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.domain.signals import SignalKind
from qm.domain.transcript import Role
from qm.rules.conditions import Beside, Near, Not, Order, Repeats, Reply
from qm.rules.predicates import decide
from qm.rules.verdict import Truth
from tests.unit import builders

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER
NOTICE = builders.say("la chiamata viene registrata")
ASKED = builders.say("quando", by=(CUSTOMER,))
CONDITIONS = (
    NOTICE, Not(NOTICE), Order(NOTICE, ASKED), Near((NOTICE, ASKED), within_words=9), Reply(ASKED, NOTICE),
    Repeats(frozenset({AGENT, CUSTOMER})), Beside(SignalKind.SILENCE, 5.0, NOTICE, before_s=9.0),
)  # fmt: skip
STRANGE = [
    "שלום מה שלומך היום",
    "مرحبا كيف حالك",
    "👋🙂 ❤️",
    "zażółć gęślą jaźń",
    "\u202eגנבה\u202c la chiamata",
    "-- … !!",
]


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("language", ["he", "ar", "", "xx", "it", "en"])
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: type(each).__name__)
def test_strange_text_is_read_without_a_fault(condition, language, text):
    call = builders.call((AGENT, 0.0, text), (CUSTOMER, 4.0, text), language=language)
    given_truth = decide(condition, builders.scene(call)).truth
    if language not in ("it", "en") and not isinstance(condition, Repeats | Beside):
        assert given_truth is Truth.UNKNOWN


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: type(each).__name__)
def test_nothing_said_is_not_known(condition):
    assert decide(condition, builders.scene(builders.call())).truth is Truth.UNKNOWN


turns = st.lists(
    st.tuples(st.sampled_from([0.0, 5.0, 9.0]), st.sampled_from(["la chiamata viene registrata", "quando", "sì"])),
    min_size=1, max_size=6,
)  # fmt: skip


@given(turns, turns)
def test_the_order_of_parties_at_equal_times_doesnt_matter(agents, customers):
    """Each party's own words stay in order; which party is listed first at one time is chance."""
    said = [(AGENT, at, text) for at, text in sorted(agents)] + [(CUSTOMER, at, text) for at, text in sorted(customers)]
    one = builders.call(*sorted(said, key=lambda turn: turn[1]))
    turned = said[::-1]
    other = builders.call(*sorted(turned, key=lambda turn: turn[1]))
    other = dataclasses.replace(other, turns=_own_order(other.turns))
    for condition in (NOTICE, Not(NOTICE), Order(NOTICE, ASKED), Repeats(frozenset({AGENT}))):
        assert decide(condition, builders.scene(one)).truth is decide(condition, builders.scene(other)).truth


def _own_order(turns):
    """The same turns with each party's own in the order of their words."""
    own = {role: iter(sorted((t for t in turns if t.role is role), key=lambda t: (t.start_s, t.text))) for role in Role}
    return tuple(next(own[turn.role]) for turn in turns)


def test_ten_thousand_turns_are_answered():
    said = [
        (AGENT if at % 2 else CUSTOMER, at * 3.0, "allora vediamo un po' quando arriva il tecnico")
        for at in range(9999)
    ]
    scene = builders.scene(builders.call(*said, (AGENT, 30000.0, "la chiamata viene registrata")))
    assert decide(NOTICE, scene).truth is Truth.TRUE
    assert decide(Reply(ASKED, NOTICE), scene).truth is Truth.TRUE
    assert decide(Not(builders.say("le garantisco il rimborso")), scene).truth is Truth.TRUE
