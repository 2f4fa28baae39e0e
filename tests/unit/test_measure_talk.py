"""Silence, overlap, interruption, responses and talk shares on small conversations."""

from dataclasses import replace

import pytest

from qm.analysis.find_speech import activity_by_role
from qm.analysis.find_talk_spans import find_overlaps, is_acknowledgement
from qm.analysis.measure_talk import MEASURES, ROLE_MEASURES, measure_talk
from qm.domain.recognition import Voice
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


def test_voices_of_a_shared_channel_go_to_their_roles():
    transcript = builders.call((AGENT, 0.0, "un attimo"), (CUSTOMER, 30.0, "eccomi"))
    turns = tuple(replace(turn, speaker=f"spk{place}") for place, turn in enumerate(transcript.turns))
    voices = [Voice("spk0", 0.0, 0.9), Voice("spk1", 30.0, 30.4), Voice("spk2", 40.0, 41.0)]
    activity = activity_by_role(replace(transcript, turns=turns), [[(0.0, 0.9), (30.0, 41.0)]], voices)
    assert activity == {AGENT: ((0.0, 0.9),), CUSTOMER: ((30.0, 30.4),), UNKNOWN: ((40.0, 41.0),)}


def suspected(transcript, turn_id):
    turns = [
        replace(turn, words=tuple(replace(word, suspect=True) for word in turn.words)) if turn.id == turn_id else turn
        for turn in transcript.turns
    ]
    return replace(transcript, turns=tuple(turns))


@pytest.mark.parametrize("heard", [True, False], ids=["speech detected", "words alone"])
def test_suspected_words_are_no_speech(heard):
    said = [(AGENT, 0.0, "un attimo"), (CUSTOMER, 10.0, "grazie per la visione"), (AGENT, 20.0, "ecco")]
    transcript = suspected(builders.call(*said), "t2")
    activity = activity_by_role(transcript, [[(0.0, 0.8), (20.0, 20.4)], [(10.0, 11.6)]]) if heard else None
    measures = measure_talk(transcript, activity).measures
    assert measures["silence_longest_s"] == 19.2
    assert measures["agent_talk_share"] == 1.0
    assert measures["customer_words_per_minute"] is None


def test_nothing_but_suspected_words_is_nothing_to_measure():
    signals = measure_talk(suspected(builders.call((AGENT, 0.0, "grazie per la visione")), "t1"))
    assert set(signals.measures.values()) == {None}


def test_response_delay_is_the_gap_where_the_speaker_changes():
    said = [(CUSTOMER, 0.0, LONG), (AGENT, 5.0, LONG), (AGENT, 11.0, LONG), (CUSTOMER, 15.5, LONG), (AGENT, 19.0, LONG)]
    measures = measure_talk(builders.call(*said)).measures
    assert measures["agent_response_count"] == 1  # going on after a pause, or before the other has ended, is none
    assert measures["agent_response_delay_median_s"] == 1.0
    assert measures["customer_response_delay_median_s"] == 0.5
    assert measures["agent_response_delay_p90_s"] is None


def test_slowest_tenth_needs_enough_responses():
    said = [turn for place in range(6) for turn in ((AGENT, 10.0 * place, LONG), (CUSTOMER, 10.0 * place + 5, LONG))]
    measures = measure_talk(builders.call(*said)).measures
    assert (measures["customer_response_count"], measures["customer_response_delay_p90_s"]) == (6, 1.0)


@pytest.mark.parametrize(
    ("customer", "count"),
    [
        ((1.5, "sì certo"), 1),  # while the agent speaks
        ((4.2, "sì"), 1),  # in the agent's pause
        ((1.5, "scusi no"), 0),  # more than an acknowledgement
        ((9.5, "sì"), 0),  # the agent says nothing after it
    ],
)
def test_backchannel_is_listening_while_the_other_keeps_the_word(customer, count):
    said = sorted([(AGENT, 0.0, LONG), (CUSTOMER, *customer), (AGENT, 4.8, LONG)], key=lambda turn: turn[1])
    signals = measure_talk(builders.call(*said))
    assert signals.measures["customer_backchannel_count"] == count == len(signals.of(SignalKind.BACKCHANNEL))
    assert not (count and signals.of(SignalKind.INTERRUPTION))


def test_an_answer_is_no_backchannel():
    said = [(AGENT, 0.0, "lei è il titolare?"), (CUSTOMER, 1.8, "sì"), (AGENT, 2.6, LONG)]
    measures = measure_talk(builders.call(*said)).measures
    assert measures["customer_backchannel_count"] == 0
    assert measures["customer_response_count"] == 1


def test_backchannels_do_not_end_a_monologue_but_words_do():
    listened = [(AGENT, 0.0, LONG), (CUSTOMER, 4.2, "sì"), (AGENT, 4.8, LONG)]
    signals = measure_talk(builders.call(*listened))
    assert [(s.start_s, s.end_s, s.role) for s in signals.of(SignalKind.MONOLOGUE)] == [(0.0, 8.8, AGENT)]
    assert signals.measures["customer_response_count"] == 0
    asked = [(AGENT, 0.0, LONG), (CUSTOMER, 4.2, "quanto"), (AGENT, 4.8, LONG)]
    assert measure_talk(builders.call(*asked)).measures["agent_longest_monologue_s"] == 4.0
    paused = [(AGENT, 0.0, LONG), (AGENT, 8.0, LONG)]
    assert measure_talk(builders.call(*paused)).measures["agent_longest_monologue_s"] == 4.0


def test_overlap_is_counted_and_told_who_began_it():
    measures = measure_talk(builders.call((CUSTOMER, 0.0, LONG), (AGENT, 3.4, LONG))).measures
    assert (measures["overlap_count"], measures["overlap_total_s"]) == (1, 0.6)
    assert (measures["agent_overlap_begun_count"], measures["customer_overlap_begun_count"]) == (1, 0)
    assert measures["overlap_share"] == round(0.6 / 7.4, 4)


def test_beginning_at_once_is_an_overlap_that_nobody_began():
    signals = measure_talk(builders.call((AGENT, 0.0, LONG), (CUSTOMER, 0.0, LONG)))
    assert [(span.role, span.length_s) for span in signals.of(SignalKind.OVERLAP)] == [(UNKNOWN, 4.0)]
    assert not signals.of(SignalKind.INTERRUPTION)


def test_loudness_is_told_where_it_was_taken():
    transcript = builders.call((AGENT, 0.0, LONG), (CUSTOMER, 5.0, LONG))
    both = measure_talk(transcript, loudness={AGENT: -20.04, CUSTOMER: -32.0}).measures
    assert (both["agent_loudness_dbfs"], both["loudness_difference_db"]) == (-20.0, 12.0)
    one = measure_talk(transcript, loudness={AGENT: -20.0, CUSTOMER: None}).measures
    assert (one["customer_loudness_dbfs"], one["loudness_difference_db"]) == (None, None)


class CountedReads(tuple):
    """Stretches that count how often one of them is read."""

    __slots__ = ()
    reads = 0

    def __getitem__(self, place):
        CountedReads.reads += 1
        return super().__getitem__(place)


def test_overlaps_of_a_long_call_are_found_in_one_pass():
    count = 2000
    agent = CountedReads((3.0 * place, 3.0 * place + 1.6) for place in range(count))
    customer = CountedReads((3.0 * place + 1.0, 3.0 * place + 2.5) for place in range(count))
    CountedReads.reads = 0
    assert len(find_overlaps({AGENT: agent, CUSTOMER: customer})) == count
    assert CountedReads.reads <= 2 * (len(agent) + len(customer))
