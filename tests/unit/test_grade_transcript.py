"""What a transcript deserves, factor by factor."""

from dataclasses import replace

import pytest

from qm.analysis.grade_transcript import grade_transcript, speech_without_words
from qm.domain.recording import Finding, Severity
from qm.domain.transcript import Grade, Role, Transcript, Turn
from tests.unit import builders

AGENT, CUSTOMER, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN
TEN = "uno due tre quattro cinque sei sette otto nove dieci"


def call(*said, doubts=(), **changes):
    quality = [Finding(code, Severity.DOUBT, "") for code in doubts]
    return replace(builders.call(*said, quality=quality), **({"role_confidence": 1.0} | changes))


def suspecting(transcript, count):
    """The first words of the first turn suspected."""
    first, *rest = transcript.turns
    words = tuple(replace(word, suspect=place < count) for place, word in enumerate(first.words))
    return replace(transcript, turns=(replace(first, words=words), *rest))


GOOD = call((AGENT, 0.0, TEN), (CUSTOMER, 10.0, TEN))


def test_a_good_transcript_needs_no_reason():
    assert grade_transcript(GOOD, [[(0.0, 4.0)], [(10.0, 14.0)]]) == Grade("A")


def test_a_chat_has_no_grade():
    turn = Turn("t1", AGENT, "agent", 0.0, 0.0, "ciao", 1.0)
    assert grade_transcript(Transcript("it", 1.0, (turn,), builders.ENGINE)) is None


@pytest.mark.parametrize(
    ("confidence", "letter", "reasons"),
    [
        (0.90, "A", ()),
        (0.89, "B", ("expected_errors",)),
        (0.74, "C", ("expected_errors",)),
        (0.54, "D", ("expected_errors",)),
        (0.10, "D", ("expected_errors", "doubtful_words")),
    ],
)
def test_mean_confidence_foretells_errors(confidence, letter, reasons):
    assert grade_transcript(call((AGENT, 0.0, TEN, confidence))) == Grade(letter, reasons)


@pytest.mark.parametrize(("doubtful", "letter"), [(1, "A"), (2, "B"), (3, "C"), (4, "C"), (5, "D")])
def test_doubtful_words_count_by_share(doubtful, letter):
    turn = GOOD.turns[0]
    words = [replace(word, confidence=0.49 if place < doubtful else 1.0) for place, word in enumerate(turn.words)]
    grade = grade_transcript(replace(GOOD, turns=(replace(turn, words=tuple(words)),)))
    assert grade.letter == letter
    assert ("doubtful_words" in grade.reasons) == (letter != "A")


@pytest.mark.parametrize(("suspected", "letter"), [(0, "A"), (1, "B"), (3, "C"), (10, "D")])
def test_suspected_words_count_by_share(suspected, letter):
    grade = grade_transcript(suspecting(GOOD, suspected))
    assert grade.letter == letter
    assert ("suspected_words" in grade.reasons) == (suspected > 0)


@pytest.mark.parametrize(
    "transcript", [call(), suspecting(call((AGENT, 0.0, TEN)), 10)], ids=["no words", "suspected words alone"]
)
def test_without_speech_there_is_nothing_to_score(transcript):
    grade = grade_transcript(transcript)
    assert (grade.letter, grade.reasons[0]) == ("D", "no_speech")


def test_unknown_roles_never_sink_a_transcript():
    everything = call((UNKNOWN, 0.0, TEN), role_confidence=None)
    assert grade_transcript(everything) == Grade("C", ("roles_unknown",))
    little = call((AGENT, 0.0, " ".join([TEN] * 3)), (UNKNOWN, 20.0, "sì"))
    assert grade_transcript(little) == Grade("B", ("roles_unknown",))


@pytest.mark.parametrize(("confidence", "letter"), [(0.95, "A"), (0.85, "B"), (0.7, "C"), (0.69, "D"), (None, "A")])
def test_wrong_roles_are_worse_than_none(confidence, letter):
    assert grade_transcript(replace(GOOD, role_confidence=confidence)).letter == letter


@pytest.mark.parametrize(("confidence", "letter"), [(0.8, "A"), (0.79, "B"), (0.49, "C"), (0.0, "C")])
def test_language_in_doubt(confidence, letter):
    assert grade_transcript(replace(GOOD, language_confidence=confidence)).letter == letter


@pytest.mark.parametrize(
    ("code", "letter"),
    [
        ("recording.silent", "D"),
        ("recording.missing_leg", "C"),
        ("recording.dual_mono", "B"),
        ("roles.swapped", "C"),
        ("recording.never_heard_of", "C"),
    ],
)
def test_doubts_are_reasons_and_notes_are_not(code, letter):
    doubted = replace(GOOD, quality=(Finding(code, Severity.DOUBT, ""),))
    assert grade_transcript(doubted) == Grade(letter, (code,))
    assert grade_transcript(replace(GOOD, quality=(Finding(code, Severity.NOTE, ""),))) == Grade("A")


def test_phantoms_weigh_by_their_share_not_by_their_finding():
    assert grade_transcript(replace(GOOD, quality=(Finding("transcript.phantom", Severity.DOUBT, ""),))) == Grade("A")


@pytest.mark.parametrize(("missed_s", "letter"), [(0.4, "A"), (1.0, "B"), (4.0, "C"), (9.0, "D")])
def test_detected_speech_without_words(missed_s, letter):
    activity = [[(0.0, 4.0), (20.0, 20.0 + missed_s)], []]
    assert speech_without_words(GOOD, activity) == pytest.approx(missed_s / (4.0 + missed_s))
    grade = grade_transcript(GOOD, activity)
    assert grade == Grade(letter, () if letter == "A" else ("speech_without_words",))


def test_words_of_the_other_channel_do_not_fill_speech_without_words():
    activity = [[(0.0, 4.0), (10.0, 14.0)], []]
    assert speech_without_words(GOOD, activity) == 0.5
    voices = replace(GOOD, turns=tuple(replace(turn, speaker="spk0") for turn in GOOD.turns))
    assert speech_without_words(voices, activity) == 0.0
    assert speech_without_words(GOOD, []) is None


def test_the_worst_factor_decides_and_stands_first():
    transcript = call((AGENT, 0.0, TEN, 0.8), doubts=["recording.missing_leg", "recording.missing_leg"])
    assert grade_transcript(transcript) == Grade("C", ("recording.missing_leg", "expected_errors"))


def test_text_without_word_times_can_be_graded():
    turn = Turn("t1", AGENT, "ch0", 0.0, 2.0, "buongiorno", 1.0)
    assert grade_transcript(replace(GOOD, turns=(turn,))) == Grade("A")
