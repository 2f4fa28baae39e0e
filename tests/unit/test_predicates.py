"""Conditions on small scenes, and what doubt does to an answer."""

import dataclasses
from datetime import date

import pytest

from qm.domain.contact import Agent, History, Medium
from qm.domain.evaluation import Answer, EvidenceKind
from qm.domain.recording import Finding, Severity
from qm.domain.signals import SignalKind
from qm.domain.transcript import Grade, Role
from qm.rules.conditions import All, Beside, ContactField, Measure, Negated, Not, Order, Span
from qm.rules.engine import answer_criterion
from qm.rules.pack import Rule
from qm.rules.predicates import decide
from qm.rules.verdict import Truth
from tests.unit import builders

AGENT, CUSTOMER, IVR, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.IVR, Role.UNKNOWN
TRUE, FALSE, UNSURE = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NOTICE = "la chiamata viene registrata"
GREETING = (CUSTOMER, 0.0, "pronto")


def truth(condition, *said, about=None, **call):
    return decide(condition, builders.scene(builders.call(*said, **call), about)).truth


def answer(met, *said, fails=False, applies=None, about=None, **call):
    """The answer of a rule with this condition."""
    rule = Rule(
        "c1", builders.TITLE, builders.TITLE, builders.TITLE, "stable", date(2026, 1, 1), "", (), (), met, applies
    )
    criterion = builders.criterion("c1", automatic_fail=fails)
    return answer_criterion(criterion, rule, builders.scene(builders.call(*said, **call), about))


@pytest.mark.parametrize(
    ("changes", "said", "expected"),
    [
        ({}, [(AGENT, 0.0, NOTICE)], TRUE),
        ({}, [(AGENT, 0.0, "buongiorno"), (CUSTOMER, 1.0, NOTICE)], FALSE),
        ({}, [(AGENT, 0.0, f"non {NOTICE}")], FALSE),
        ({"negated": Negated.ONLY}, [(AGENT, 0.0, f"non {NOTICE}")], TRUE),
        ({"negated": Negated.ONLY}, [(AGENT, 0.0, NOTICE)], FALSE),
        ({"negated": Negated.COUNT}, [(AGENT, 0.0, f"non {NOTICE}")], TRUE),
        ({"least": 2}, [(AGENT, 0.0, NOTICE)], FALSE),
        ({"least": 2}, [(AGENT, 0.0, NOTICE), (AGENT, 9.0, NOTICE)], TRUE),
        ({"span": Span(first_s=30)}, [GREETING, (AGENT, 28.0, NOTICE)], TRUE),
        ({"span": Span(first_s=30)}, [GREETING, (AGENT, 1.0, "sì"), (AGENT, 31.0, NOTICE)], FALSE),
        ({"span": Span(last_s=30)}, [(AGENT, 0.0, NOTICE), (CUSTOMER, 60.0, "arrivederci")], FALSE),
        ({"span": Span(first_turns=1)}, [(AGENT, 0.0, "sì"), (CUSTOMER, 1.0, "sì"), (AGENT, 2.0, NOTICE)], FALSE),
        ({"span": Span(last_turns=1)}, [(AGENT, 0.0, "sì"), (CUSTOMER, 1.0, "sì"), (AGENT, 2.0, NOTICE)], TRUE),
    ],
)
def test_say(changes, said, expected):
    assert truth(builders.say(NOTICE, **changes), *said) is expected


def test_first_seconds_count_from_the_first_word_not_from_the_file():
    assert (
        truth(builders.say(NOTICE, span=Span(first_s=30)), (CUSTOMER, 100.0, "pronto"), (AGENT, 120.0, NOTICE)) is TRUE
    )


def test_a_chat_counts_in_turns_of_its_own():
    condition = builders.say(NOTICE, span=Span(first_s=30, chat_first_turns=1))
    chat = dataclasses.replace(builders.call((AGENT, 900.0, NOTICE)), recording=None)
    about = builders.contact(medium=Medium.CHAT)
    assert decide(condition, builders.scene(chat, about)).truth is TRUE
    late = dataclasses.replace(builders.call((AGENT, 0.0, "salve"), (AGENT, 5.0, NOTICE)), recording=None)
    assert decide(condition, builders.scene(late, about)).truth is FALSE


@pytest.mark.parametrize(
    ("said", "call", "reason"),
    [
        ([], {}, "no_speech"),
        ([(AGENT, 0.0, "guten tag")], {"language": "de"}, "language_unsupported"),
        ([(AGENT, 0.0, NOTICE)], {"language": ""}, "language_unsupported"),
        ([(UNKNOWN, 0.0, NOTICE)], {}, "roles_unknown"),
        ([(CUSTOMER, 0.0, NOTICE)], {}, "role_silent"),
    ],
)
def test_what_cant_be_told_is_not_counted(said, call, reason):
    for fails in (False, True):
        given = answer(builders.say(NOTICE), *said, fails=fails, **call)
        assert (given.answer, given.reason) == (Answer.CANNOT_TELL, reason)
        negated = answer(Not(builders.say(NOTICE)), *said, fails=fails, **call)
        assert (negated.answer, negated.reason) == (Answer.CANNOT_TELL, reason)


def test_words_that_anyone_may_say_need_no_roles():
    assert truth(builders.say(NOTICE, by=tuple(Role)), (UNKNOWN, 0.0, NOTICE)) is TRUE


def test_found_words_are_quoted_with_turn_time_and_confidence():
    given = answer(
        builders.say("chiamata viene registrata"), GREETING, (AGENT, 2.0, "la chiamata viene Registrata.", 0.8)
    )
    (quote,) = given.evidence
    assert (given.answer, quote.quote, quote.turn_ids) == (Answer.MET, "chiamata viene Registrata.", ("t2",))
    assert (quote.start_s, quote.end_s, quote.confidence, given.confidence) == (2.4, 3.6, 0.8, 0.8)


def test_absence_names_what_was_searched():
    given = answer(builders.say(NOTICE, span=Span(first_s=30)), (AGENT, 0.0, "buongiorno"), (CUSTOMER, 50.0, NOTICE))
    (search,) = given.evidence
    assert (given.answer, given.reason, search.kind) == (Answer.NOT_MET, "absent", EvidenceKind.ABSENCE)
    assert (search.start_s, search.end_s, search.turn_ids, search.roles) == (0.0, 30.0, ("t1",), (AGENT,))


@pytest.mark.parametrize(("first_at", "then_at", "expected"), [(0.0, 9.0, TRUE), (9.0, 0.0, FALSE)])
def test_order(first_at, then_at, expected):
    condition = Order(builders.say("posso avere il codice"), builders.say("la sua fattura"))
    said = sorted([(AGENT, first_at, "posso avere il codice"), (AGENT, then_at, "la sua fattura")], key=lambda s: s[1])
    assert truth(condition, *said) is expected


def test_order_needs_both():
    condition = Order(builders.say("posso avere il codice"), builders.say("la sua fattura"))
    assert truth(condition, (AGENT, 0.0, "posso avere il codice")) is FALSE


@pytest.mark.parametrize(("said_at", "expected"), [(1.0, TRUE), (30.0, FALSE)])
def test_beside_a_silence(said_at, expected):
    condition = Beside(SignalKind.SILENCE, 20.0, builders.say("un attimo per favore"), before_s=10.0)
    said = [(CUSTOMER, 0.0, "va bene"), (AGENT, said_at, "un attimo per favore"), (CUSTOMER, said_at + 40.0, "pronto")]
    if said_at == 30.0:  # the words come after the silence
        said = [(AGENT, 0.0, "vediamo"), (AGENT, 30.0, "un attimo per favore")]
    assert truth(condition, *said) is expected


def test_beside_holds_where_there_is_no_such_silence():
    condition = Beside(SignalKind.SILENCE, 20.0, builders.say("un attimo"), before_s=10.0)
    assert truth(condition, (AGENT, 0.0, "ecco")) is TRUE


def test_measure_and_contact_field():
    said = [(AGENT, 0.0, "ecco"), (CUSTOMER, 10.0, "sì")]
    assert truth(Measure("silence_longest_s", at_most=5.0), *said) is FALSE
    assert truth(Measure("silence_longest_s", at_most=9.6), *said) is TRUE
    assert truth(Measure("agent_talk_share", at_most=0.9), (UNKNOWN, 0.0, "ecco")) is UNSURE
    about = builders.contact(process="Reclami", history=History(hold_s=40.0), agent=Agent("A", "A", ""))
    assert truth(ContactField("process", ("reclami",)), *said, about=about) is TRUE
    assert truth(ContactField("hold_s", at_most=30.0), *said, about=about) is FALSE
    assert truth(ContactField("hold_s", at_most=30.0), *said) is UNSURE
    assert truth(ContactField("team", ("nord",)), *said, about=about) is UNSURE


def test_what_doesnt_apply_isnt_asked_and_what_may_not_apply_isnt_answered():
    about = builders.contact(process="vendita")
    on_sales = ContactField("process", ("vendita",))
    absent = [(AGENT, 0.0, "buongiorno")]
    assert answer(builders.say(NOTICE), *absent, applies=Not(on_sales), about=about).answer is Answer.NOT_APPLICABLE
    assert answer(builders.say(NOTICE), *absent, applies=on_sales, about=about).answer is Answer.NOT_MET
    assert answer(builders.say(NOTICE), *absent, applies=on_sales).answer is Answer.CANNOT_TELL


ABSENT, SAID_SO = builders.say(NOTICE), Not(builders.say(NOTICE))


@pytest.mark.parametrize(
    ("condition", "text", "confidence", "plain", "reason"),
    [
        (SAID_SO, NOTICE, 0.1, Answer.NOT_MET, "low_confidence"),  # a threat that was hardly understood
        (ABSENT, "bla di bla", 0.1, Answer.CANNOT_TELL, "low_confidence"),  # nobody can say what was said
        (ABSENT, "buongiorno la chiamata era registrata", 0.9, Answer.NOT_MET, "near_miss"),  # surely recognised
        (ABSENT, "buongiorno la chiama ta vien registrata", 0.5, Answer.MET, "alike"),  # misheard: counts as said
    ],
)
def test_doubt_never_carries_an_automatic_fail(condition, text, confidence, plain, reason):
    said = (AGENT, 0.0, text, confidence)
    assert answer(condition, said).answer is plain
    given = answer(condition, said, fails=True)
    assert (given.answer, given.reason) == (Answer.CANNOT_TELL, reason)


def test_a_near_miss_doubts_even_where_nothing_else_was_said():
    given = answer(builders.say(NOTICE), (AGENT, 0.0, "la chiamata vien registrata", 0.65), fails=True)
    assert given.answer is Answer.CANNOT_TELL


def test_a_doubtful_recording_never_carries_an_automatic_fail():
    leg = Finding("recording.missing_leg", Severity.DOUBT, "")
    clipped = Finding("recording.clipped", Severity.NOTE, "")
    given = answer(builders.say(NOTICE), (AGENT, 0.0, "buongiorno"), fails=True, quality=[clipped, leg])
    assert (given.answer, given.reason) == (Answer.CANNOT_TELL, "recording.missing_leg")
    assert (
        answer(builders.say(NOTICE), (AGENT, 0.0, "buongiorno"), fails=True, quality=[clipped]).answer is Answer.NOT_MET
    )


def test_sure_words_carry_an_automatic_fail():
    given = answer(Not(builders.say(NOTICE)), (AGENT, 0.0, NOTICE), fails=True)
    assert (given.answer, given.reason) == (Answer.NOT_MET, "found")


def test_a_near_miss_in_writing_is_another_wording():
    given = answer(builders.say(NOTICE), (AGENT, 0.0, "buongiorno la chiamata era registrata", 1.0), fails=True)
    assert given.answer is Answer.NOT_MET


ALIKE = (AGENT, 20.0, "la chiama ta vien registrata", 0.65)
SAID = (AGENT, 0.0, "senta un momento")
NEXT = (AGENT, 40.0, "arrivederci e grazie")


@pytest.mark.parametrize(
    "condition",
    [
        Not(builders.say(NOTICE)),
        Not(All((builders.say("senta un momento"), builders.say(NOTICE)))),
        Not(Order(builders.say("senta un momento"), builders.say(NOTICE))),
        Order(builders.say("arrivederci e grazie"), builders.say(NOTICE)),
    ],
    ids=["alone", "after an exact part", "in order", "in the wrong order"],
)
def test_a_likeness_never_counts_against_the_agent(condition):
    assert answer(condition, SAID, ALIKE, NEXT).answer is Answer.CANNOT_TELL


def test_a_likeness_has_to_begin_inside_its_window():
    late = builders.say(NOTICE, span=Span(first_s=10))
    said = [GREETING, (AGENT, 1.0, "senta un momento"), (AGENT, 11.0, "la chiama ta vien registrata", 0.65)]
    assert answer(late, *said).reason == "absent"


def with_suspects(transcript, *texts):
    """The call with these words suspected."""
    turns = []
    for turn in transcript.turns:
        words = tuple(dataclasses.replace(w, suspect=w.text in texts) for w in turn.words)
        turns.append(dataclasses.replace(turn, words=words))
    return dataclasses.replace(transcript, turns=tuple(turns))


def answer_of(transcript, met, *, fails=False):
    rule = Rule("c1", builders.TITLE, builders.TITLE, builders.TITLE, "stable", date(2026, 1, 1), "", (), (), met, None)
    return answer_criterion(builders.criterion("c1", automatic_fail=fails), rule, builders.scene(transcript))


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("suspects", [NOTICE.split(), ["registrata"]], ids=["all", "one"])
def test_suspected_words_are_never_evidence(fails, suspects):
    call = builders.call((AGENT, 0.0, "buongiorno a lei"), (AGENT, 5.0, NOTICE), (CUSTOMER, 9.0, "va bene"))
    assert answer_of(call, builders.say(NOTICE)).answer is Answer.MET
    doubted = with_suspects(call, *suspects)
    assert answer_of(doubted, builders.say(NOTICE), fails=fails).answer is not Answer.MET
    forbidden = answer_of(doubted, Not(builders.say(NOTICE)), fails=fails)
    assert forbidden.answer is not Answer.NOT_MET
    quotes = [e.quote for e in forbidden.evidence if e.kind is EvidenceKind.WORDS]
    assert not any(word in quote.split() for quote in quotes for word in suspects)


def test_a_phrase_that_holds_no_suspected_word_stays_evidence():
    call = with_suspects(builders.call((AGENT, 0.0, NOTICE), (AGENT, 9.0, "sottotitoli a cura")), "sottotitoli")
    assert answer_of(call, builders.say(NOTICE)).answer is Answer.MET


def graded(letter, *said):
    grade = None if letter is None else Grade(letter, ("expected_errors",))
    return dataclasses.replace(builders.call(*said), grade=grade)


@pytest.mark.parametrize(
    ("letter", "expected"),
    [(None, Answer.NOT_MET), ("A", Answer.NOT_MET), ("C", Answer.NOT_MET), ("D", Answer.CANNOT_TELL)],
)
@pytest.mark.parametrize("met", [ABSENT, SAID_SO], ids=["absence", "words"])
def test_no_automatic_fail_rests_on_a_transcript_that_cant_be_trusted(letter, expected, met):
    text = "buongiorno" if met is ABSENT else NOTICE
    given = answer_of(graded(letter, (AGENT, 0.0, text)), met, fails=True)
    assert given.answer is expected
    assert (given.reason == "transcript_grade") is (letter == "D")


def test_what_was_met_stays_met_on_any_transcript():
    assert answer_of(graded("D", (AGENT, 0.0, NOTICE)), builders.say(NOTICE), fails=True).answer is Answer.MET


@pytest.mark.parametrize(("fails", "expected"), [(True, Answer.CANNOT_TELL), (False, Answer.NOT_MET)])
def test_no_automatic_fail_is_decided_where_a_machine_told_the_voices_apart(fails, expected):
    call = builders.call((AGENT, 0.0, "buongiorno a lei"), (CUSTOMER, 5.0, "salve a lei"))
    turns = tuple(dataclasses.replace(turn, speaker=f"spk{place}") for place, turn in enumerate(call.turns))
    given = answer_of(dataclasses.replace(call, turns=turns), builders.say(NOTICE), fails=fails)
    assert given.answer is expected
    assert (given.reason == "voices_told_apart") is fails
    assert answer_of(call, builders.say(NOTICE), fails=fails).answer is Answer.NOT_MET
