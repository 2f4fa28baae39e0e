"""Silence, overlap, interruption and talk shares on small conversations."""

import pytest

from qm.analysis.measure_talk import MEASURES, ROLE_MEASURES, activity_by_role, is_acknowledgement, measure_talk
from qm.domain.signals import SignalKind
from qm.domain.transcript import Role, Transcript, Turn
from tests.unit import builders

AGENT, CUSTOMER, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN
LONG = "allora le spiego come funziona il conguaglio di questa bolletta"  # ten words, four seconds


def test_silence_lies_between_speech_and_from_three_seconds():
    signals = measure_talk(builders.call((AGENT, 10.0, "un attimo"), (CUSTOMER, 13.5, "sì"), (AGENT, 20.0, "ecco")))
    assert [(s.start_s, s.end_s) for s in signals.of(SignalKind.SILENCE)] == [(13.9, 20.0)]
    assert signals.measures["silence_longest_s"] == 6.1
    assert signals.measures["silence_count"] == 1
    assert signals.measures["silence_share"] == round(6.1 / 10.4, 4)


def test_taking_the_word_is_an_interruption_of_the_party_who_did_it():
    signals = measure_talk(builders.call((CUSTOMER, 0.0, LONG), (AGENT, 2.0, "no senta mi ascolti adesso lei")))
    assert [(s.role, s.start_s) for s in signals.of(SignalKind.INTERRUPTION)] == [(AGENT, 2.0)]
    assert signals.measures["agent_interruption_count"] == 1
    assert signals.measures["customer_interruption_count"] == 0


@pytest.mark.parametrize(
    ("start_s", "text"),
    [
        (2.0, "sì certo"),  # a backchannel
        (2.0, "senta"),  # shorter than an interruption
        (3.4, "no senta mi ascolti adesso"),  # the other had nearly finished
        (0.2, "no senta mi ascolti adesso"),  # both began at once
    ],
)
def test_overlap_that_is_no_interruption(start_s, text):
    signals = measure_talk(builders.call((CUSTOMER, 0.0, LONG), (AGENT, start_s, text)))
    assert signals.of(SignalKind.OVERLAP)
    assert not signals.of(SignalKind.INTERRUPTION)


@pytest.mark.parametrize(
    ("text", "holds"), [("Sì, certo.", True), ("", True), ("sì certo va bene", False), ("aspetti", False)]
)
def test_acknowledgement(text, holds):
    assert is_acknowledgement(text) is holds


def test_talk_share_counts_seconds_of_speech():
    measures = measure_talk(
        builders.call((AGENT, 0.0, LONG), (CUSTOMER, 5.0, "va bene"), (AGENT, 6.0, "bene"))
    ).measures
    assert measures["agent_talk_share"] == round(4.4 / 5.2, 4)
    assert measures["agent_longest_turn_s"] == 4.0
    assert measures["agent_words_per_minute"] == 150.0


def test_mono_measures_silence_but_nothing_that_needs_roles():
    signals = measure_talk(builders.call((UNKNOWN, 0.0, LONG), (UNKNOWN, 20.0, "ecco")))
    assert signals.measures["silence_longest_s"] == 16.0
    assert {signals.measures[name] for name in ROLE_MEASURES} == {None}
    assert not signals.of(SignalKind.OVERLAP)


@pytest.mark.parametrize(
    "transcript",
    [
        builders.call(),
        Transcript("it", 1.0, (Turn("t1", AGENT, "agent", 0.0, 0.0, "ciao", 1.0),), builders.ENGINE),
    ],
    ids=["nobody speaks", "chat"],
)
def test_nothing_to_measure_is_none_never_zero(transcript):
    signals = measure_talk(transcript)
    assert set(signals.measures) == MEASURES
    assert set(signals.measures.values()) == {None}
    assert not signals.spans


def test_detected_speech_goes_before_word_times():
    transcript = builders.call((AGENT, 0.0, "un attimo"), (CUSTOMER, 30.0, "eccomi"))
    activity = activity_by_role(transcript, [[(0.0, 28.0)], [(30.0, 30.4)]])
    assert activity == {AGENT: ((0.0, 28.0),), CUSTOMER: ((30.0, 30.4),)}
    assert measure_talk(transcript, activity).measures["silence_longest_s"] == 0.0
    assert measure_talk(transcript).measures["silence_longest_s"] == 29.2
