"""Forged evidence is caught, and an answer that rests on it becomes *cannot tell*."""

from dataclasses import replace

import pytest

from qm.domain.evaluation import Answer, Evidence, EvidenceKind, Window
from qm.domain.signals import Signal, SignalKind, Signals
from qm.domain.transcript import Grade, Role, Transcript, Turn
from qm.rules.verify import Verifier, flaws
from tests.unit import builders

TRANSCRIPT = builders.call(
    (Role.AGENT, 0.0, "Buongiorno, la chiamata è registrata."), (Role.CUSTOMER, 50.0, "quello che dice è inaccettabile")
)
TRUE_QUOTE = builders.quote("la chiamata è registrata", 0.4, 2.0, window=Window(0.0, 30.0), confidence=0.95)


def check(evidence):
    return flaws(builders.answer(evidence=(evidence,)), TRANSCRIPT)


def test_a_true_quote_holds():
    assert check(TRUE_QUOTE) == ()


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"quote": "la chiamata non è registrata"}, "evidence.not_said"),
        ({"quote": "registrata la chiamata"}, "evidence.not_said"),
        ({"quote": ""}, "evidence.not_said"),
        ({"turn_ids": ()}, "evidence.not_said"),
        ({"turn_ids": ("t9",)}, "evidence.no_such_turn"),
        ({"roles": (Role.CUSTOMER,)}, "evidence.wrong_role"),
        ({"turn_ids": ("t2",), "quote": "è inaccettabile", "start_s": 51.2, "end_s": 52.0}, "evidence.wrong_role"),
        ({"start_s": 20.0, "end_s": 21.0}, "evidence.wrong_time"),
        ({"start_s": 2.0, "end_s": 0.4}, "evidence.wrong_time"),
        ({"window": Window(10.0, 30.0)}, "evidence.outside_window"),
        ({"window": Window(-30.0, -1.0)}, "evidence.outside_window"),
        ({"confidence": 0.951}, "evidence.overstated"),
    ],
)
def test_forged_evidence_is_caught(changes, flaw):
    assert flaw in check(replace(TRUE_QUOTE, **changes))


def test_absence_may_only_name_turns_that_exist_in_the_searched_role():
    search = Evidence(EvidenceKind.ABSENCE, 0.0, 30.0, turn_ids=("t1",), roles=(Role.AGENT,))
    assert check(search) == ()
    assert check(replace(search, turn_ids=("t1", "t2"))) == ("evidence.wrong_role",)
    assert check(replace(search, turn_ids=("t3",))) == ("evidence.no_such_turn",)


def test_measures_and_contact_data_rest_on_no_words():
    assert check(Evidence(EvidenceKind.SIGNAL, 5.0, 9.0, fact="silence_longest_s = 4")) == ()
    assert check(Evidence(EvidenceKind.CONTACT, fact="process = reclami")) == ()


# Words


def of(transcript, **changes):
    """Flaws of the quote « la chiamata è registrata » in another transcript."""
    return flaws(builders.answer(evidence=(replace(TRUE_QUOTE, **changes),)), transcript)


def suspected(transcript, *texts):
    turns = []
    for turn in transcript.turns:
        words = tuple(replace(word, suspect=word.text in texts) for word in turn.words)
        turns.append(replace(turn, words=words))
    return replace(transcript, turns=tuple(turns))


def test_a_suspected_phantom_is_no_evidence():
    assert of(suspected(TRANSCRIPT, "registrata.")) == ("evidence.suspected",)
    assert of(suspected(TRANSCRIPT, "Buongiorno,")) == ()


def test_a_quote_may_go_over_a_suspected_word_that_the_rules_left_out():
    doubled = builders.call((Role.AGENT, 0.0, "Buongiorno, la la chiamata è registrata."))
    turn = doubled.turns[0]
    words = (*turn.words[:2], replace(turn.words[2], suspect=True), *turn.words[3:])
    heard = replace(doubled, turns=(replace(turn, words=words),))
    assert of(heard, end_s=2.4) == ()


def test_a_quote_over_two_turns_leaves_out_no_word_between():
    said = builders.call(
        (Role.AGENT, 0.0, "la chiamata"), (Role.CUSTOMER, 1.0, "mhm"), (Role.AGENT, 2.0, "non"),
        (Role.AGENT, 3.0, "è registrata"),
    )  # fmt: skip
    assert of(said, turn_ids=("t1", "t4"), start_s=0.0, end_s=4.0) == ("evidence.not_said",)
    without = replace(said, turns=(*said.turns[:2], said.turns[3]))
    assert of(without, turn_ids=("t1", "t4"), start_s=0.0, end_s=4.0) == ()


def test_the_words_of_a_chat_have_the_time_of_their_message():
    said = Transcript(
        "it", 1.0, (Turn("t1", Role.AGENT, "agent", 7.0, 7.0, "La chiamata è registrata!", 1.0),), builders.ENGINE
    )
    assert of(said, start_s=7.0, end_s=7.0, confidence=1.0) == ()
    assert of(said, start_s=1.0, end_s=1.0, confidence=1.0) == ("evidence.wrong_time",)


# Absence

LONG = builders.call(
    (Role.AGENT, 0.0, "buongiorno a lei"), (Role.CUSTOMER, 5.0, "salve"), (Role.AGENT, 10.0, "mi dica pure"),
    (Role.AGENT, 20.0, "un attimo"), (Role.CUSTOMER, 30.0, "va bene"), (Role.AGENT, 40.0, "eccomi, grazie"),
)  # fmt: skip
FIRST_15 = Evidence(
    EvidenceKind.ABSENCE,
    0.0,
    15.0,
    turn_ids=("t1", "t3"),
    roles=(Role.AGENT,),
    window=Window(0.0, 15.0),
    similarity=0.0,
)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"turn_ids": ("t1",)}, ("evidence.not_searched",)),
        ({"turn_ids": ()}, ("evidence.not_searched",)),
        ({"turn_ids": ("t1", "t3", "t4")}, ("evidence.outside_window",)),
        ({"turn_ids": ("t1", "t2", "t3")}, ("evidence.wrong_role", "evidence.outside_window")),
        ({"quote": "mi dica", "similarity": 0.74, "confidence": 0.95}, ()),
        ({"quote": "mi dica", "similarity": 0.74, "confidence": 0.97}, ("evidence.overstated",)),
        ({"quote": "mi dico", "similarity": 0.74, "confidence": 0.9}, ("evidence.not_said",)),
        ({"quote": "un attimo", "similarity": 0.74, "confidence": 0.9}, ("evidence.not_said",)),
        # All of the contact: every turn of the role, or the first or last ones where turns are counted.
        ({"window": Window(0.0, 60.0)}, ()),
        ({"window": Window(0.0, 60.0), "turn_ids": ("t1", "t3", "t4", "t6")}, ()),
        ({"window": Window(0.0, 60.0), "turn_ids": ("t4", "t6")}, ()),
        ({"window": Window(0.0, 60.0), "turn_ids": ("t1", "t6")}, ("evidence.not_searched",)),
        ({"window": Window(0.0, 60.0), "turn_ids": ("t3", "t4")}, ("evidence.not_searched",)),
    ],
)
def test_evidence_of_absence_names_just_the_turns_searched(changes, found):
    answer = builders.answer(evidence=(replace(FIRST_15, **changes),))
    assert set(flaws(answer, LONG)) == set(found)


def test_a_turn_of_nothing_but_suspected_words_need_not_be_searched():
    heard = suspected(LONG, "mi", "dica", "pure")
    answer = builders.answer(evidence=(replace(FIRST_15, turn_ids=("t1",)),))
    assert flaws(answer, heard) == ()


# Facts

SIGNALS = Signals(
    (Signal(SignalKind.SILENCE, 5.0, 17.25), Signal(SignalKind.SILENCE, 30.0, 34.0)),
    {"silence_longest_s": 12.25, "x": None},
)
SILENCE = Evidence(EvidenceKind.SIGNAL, 5.0, 17.25, fact="silence = 12.2 s")
CONTACT = builders.contact(process="reclami", attributes={"x_area": "a = b"})


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (Evidence(EvidenceKind.SIGNAL, fact="silence_longest_s = 12.25"), ()),
        (Evidence(EvidenceKind.SIGNAL, 30.0, 34.0, fact="silence_longest_s = 12.25"), ()),
        (Evidence(EvidenceKind.SIGNAL, 30.0, 35.0, fact="silence_longest_s = 12.25"), ("evidence.no_such_signal",)),
        (Evidence(EvidenceKind.SIGNAL, fact="silence_longest_s = 12"), ("evidence.wrong_value",)),
        (Evidence(EvidenceKind.SIGNAL, fact="x = 0"), ("evidence.wrong_value",)),
        (Evidence(EvidenceKind.SIGNAL, fact="silence_total_s = 12"), ("evidence.no_such_signal",)),
        (Evidence(EvidenceKind.SIGNAL, fact=""), ("evidence.no_such_signal",)),
        (SILENCE, ()),
        (replace(SILENCE, fact="silence = 12.3 s"), ("evidence.wrong_value",)),
        (replace(SILENCE, fact="hold = 12.2 s"), ("evidence.no_such_signal",)),
        (replace(SILENCE, start_s=6.0), ("evidence.no_such_signal",)),
        (Evidence(EvidenceKind.SIGNAL, fact="silence >= 20 s: 0"), ()),
        (Evidence(EvidenceKind.SIGNAL, fact="silence >= 4 s: 2"), ()),
        (Evidence(EvidenceKind.SIGNAL, fact="silence >= 10 s: 0"), ("evidence.wrong_value",)),
        (Evidence(EvidenceKind.SIGNAL, fact="noise >= 10 s: 0"), ("evidence.no_such_signal",)),
        (Evidence(EvidenceKind.CONTACT, fact="process = reclami"), ()),
        (Evidence(EvidenceKind.CONTACT, fact="process = vendita"), ("evidence.wrong_value",)),
        (Evidence(EvidenceKind.CONTACT, fact="queue = ?"), ()),
        (Evidence(EvidenceKind.CONTACT, fact="process = ?"), ("evidence.wrong_value",)),
        (Evidence(EvidenceKind.CONTACT, fact="x_area = a = b"), ()),
        (Evidence(EvidenceKind.CONTACT, fact="process"), ("evidence.wrong_value",)),
    ],
)
def test_facts_are_held_against_signals_and_contact(item, found):
    answer = builders.answer(evidence=(item,))
    assert flaws(answer, TRANSCRIPT, SIGNALS, CONTACT) == found
    assert flaws(answer, TRANSCRIPT) == (), "without signals and contact there is nothing to hold them against"


# What an answer makes of its evidence


@pytest.mark.parametrize(
    ("given", "confidence", "fails_below", "found"),
    [
        (Answer.NOT_MET, 0.5, None, ()),
        (Answer.NOT_MET, 0.5, 0.56, ("evidence.doubtful",)),
        (Answer.NOT_MET, 0.5, 0.5, ()),
        (Answer.MET, 0.5, 0.56, ()),
        (Answer.CANNOT_TELL, 0.5, 0.56, ()),
        (Answer.MET, 0.6, None, ("evidence.overstated",)),
    ],
)
def test_an_answer_is_no_surer_than_its_words(given, confidence, fails_below, found):
    doubtful = replace(TRUE_QUOTE, confidence=0.5)
    answer = builders.answer(given=given, evidence=(doubtful,), confidence=confidence)
    assert Verifier(TRANSCRIPT).overreach(answer, fails_below) == found


def test_no_not_met_stands_on_a_transcript_of_the_lowest_grade():
    poor = replace(TRANSCRIPT, grade=Grade("D"))
    answer = builders.answer(evidence=(), confidence=1.0)
    assert Verifier(poor).overreach(answer) == ("evidence.doubtful",)
    assert Verifier(poor).overreach(replace(answer, answer=Answer.MET)) == ()


def test_quotes_beside_an_absence_are_not_what_it_rests_on():
    once = replace(TRUE_QUOTE, confidence=0.5)
    absence = Evidence(EvidenceKind.ABSENCE, turn_ids=("t1",), roles=once.roles, window=once.window)
    answer = builders.answer(evidence=(once, absence), confidence=0.5)
    assert Verifier(TRANSCRIPT).overreach(answer, 0.56) == ()
