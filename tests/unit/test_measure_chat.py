"""Waits of a written contact by hand, and messages that come again."""

import pytest

from qm.analysis.measure_chat import CHAT_MEASURES, find_waits, measure_chat
from qm.analysis.measure_talk import MEASURES, measure_talk
from qm.domain.transcript import Role, Transcript, Turn
from tests.unit import builders

AGENT, CUSTOMER, BOT, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.IVR, Role.UNKNOWN
CANNED = "Gentile signora Rossi, la sua richiesta è stata presa in carico dal nostro ufficio."


def chat(*said):
    """A chat of `(role, second)` or `(role, second, text)`."""
    turns = []
    for place, (role, at, *text) in enumerate(said):
        turns.append(Turn(f"t{place + 1}", role, role.value, at, at, text[0] if text else "va bene", 1.0))
    return Transcript("it", 1.0, tuple(turns), builders.ENGINE)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ([], ()),
        ([(CUSTOMER, 0.0)], ()),
        ([(AGENT, 0.0), (AGENT, 9.0)], ()),
        ([(CUSTOMER, 0.0), (AGENT, 30.0)], (30.0,)),
        ([(AGENT, 0.0), (CUSTOMER, 5.0), (AGENT, 12.0)], (7.0,)),
        # Three messages in a row are one question: waited for since the first.
        ([(CUSTOMER, 0.0), (CUSTOMER, 20.0), (CUSTOMER, 50.0), (AGENT, 60.0)], (60.0,)),
        # A second message of the agent answers nothing new.
        ([(CUSTOMER, 0.0), (AGENT, 10.0), (AGENT, 300.0)], (10.0,)),
        # What the bot answered isn't waited for; its hand-over ends no wait.
        ([(CUSTOMER, 0.0), (BOT, 1.0), (CUSTOMER, 100.0), (BOT, 101.0), (AGENT, 160.0)], (60.0,)),
        # The last question stays open: it has no end.
        ([(CUSTOMER, 0.0), (AGENT, 4.0), (CUSTOMER, 10.0)], (4.0,)),
        # Sent in the same second.
        ([(CUSTOMER, 7.0), (AGENT, 7.0)], (0.0,)),
    ],
)
def test_waits(said, waits):
    assert find_waits(chat(*said).turns) == waits


def test_measures_of_a_chat():
    said = [(CUSTOMER, 0.0), (AGENT, 40.0), (CUSTOMER, 50.0), (AGENT, 60.0), (CUSTOMER, 90.0), (AGENT, 110.0)]
    measures = measure_chat(chat(*said))
    assert measures == {
        "first_response_s": 40.0, "response_median_s": 20.0, "response_longest_s": 40.0, "canned_share": None,
    }  # fmt: skip


def test_days_of_an_email_exchange_are_seconds():
    assert measure_chat(chat((CUSTOMER, 0.0), (AGENT, 90_000.0)))["first_response_s"] == 90_000.0


def test_a_canned_message_may_differ_by_a_name():
    other = CANNED.replace("signora Rossi", "signor Bruni")
    third = "Le confermo che il rimborso di 92 euro parte domani mattina."
    assert measure_chat(chat((AGENT, 0.0, CANNED), (AGENT, 1.0, other), (AGENT, 2.0, third)))["canned_share"] == 0.3333
    assert measure_chat(chat((AGENT, 0.0, CANNED), (AGENT, 1.0, CANNED)))["canned_share"] == 0.5
    assert measure_chat(chat((AGENT, 0.0, CANNED), (AGENT, 1.0, third)))["canned_share"] == 0.0


def test_what_the_customer_or_the_bot_repeats_and_short_answers_are_not_canned():
    assert measure_chat(chat((CUSTOMER, 0.0, CANNED), (BOT, 1.0, CANNED), (AGENT, 2.0, CANNED)))["canned_share"] is None
    assert measure_chat(chat(*[(AGENT, float(at), "va bene, grazie") for at in range(9)]))["canned_share"] is None


def test_a_far_repetition_is_found_only_word_for_word():
    between = [(AGENT, float(at), f"messaggio numero {at} del tutto diverso {at * 7919}") for at in range(1, 260)]
    near = CANNED.replace("Rossi", "Bruni")
    said = measure_chat(chat((AGENT, 0.0, CANNED), *between, (AGENT, 900.0, CANNED)))["canned_share"]
    changed = measure_chat(chat((AGENT, 0.0, CANNED), *between, (AGENT, 900.0, near)))["canned_share"]
    assert said is not None
    assert changed is not None
    assert said > changed


def test_unknown_roles_and_calls_have_no_measures_of_chats():
    assert set(measure_chat(chat((CUSTOMER, 0.0), (UNKNOWN, 1.0), (AGENT, 2.0))).values()) == {None}
    call = builders.call((CUSTOMER, 0.0, "buongiorno"), (AGENT, 5.0, "buongiorno a lei"))
    assert {measure_talk(call).measures[name] for name in CHAT_MEASURES} == {None}


def test_a_chat_has_no_measures_of_calls():
    signals = measure_talk(chat((CUSTOMER, 0.0), (AGENT, 5.0)))
    assert set(signals.measures) == MEASURES
    assert {name for name, value in signals.measures.items() if value is not None} <= set(CHAT_MEASURES)
    assert signals.measures["first_response_s"] == 5.0
    assert signals.spans == ()
    assert set(measure_talk(chat()).measures.values()) == {None}
