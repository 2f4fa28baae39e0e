"""From words to a transcript: parties, roles, announcements, doubts, grade."""

import dataclasses

import pytest

from qm.analysis.assemble_transcript import assemble_transcript
from qm.domain.recognition import Recognition, Voice, Voices
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.transcript import EngineDescription, Role
from tests.unit import builders

AGENT, CUSTOMER, IVR, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.IVR, Role.UNKNOWN
GREETS = "Servizio clienti buongiorno sono Anna come posso aiutarla?"
WANTS = "Buongiorno, vorrei sapere perché la mia fattura è doppia."
LATER = "Resti in linea, controllo subito la sua posizione."
THANKS = "Va bene, grazie mille."
MACHINE = "Benvenuto. Per informazioni commerciali prema uno. Tutti gli operatori sono occupati, resti in linea."
ENGINE = EngineDescription("scripted", "a model that nobody fitted", builders.SHA, "int8", "cpu")


def said(*parts, **changes):
    """Words of `(start_s, text)`."""
    words = [word for start_s, text in parts for word in builders.words(text, start_s, **changes)]
    return tuple(sorted(words, key=lambda word: word.start_s))


def heard(words):
    return tuple((word.start_s, word.end_s) for word in words)


def recognition(*channels, **changes):
    values = {
        "recording": Recording(builders.SHA, 120.0, 8000, 2), "language": "it", "language_confidence": 1.0,
        "channels": channels, "engine": ENGINE, "activity": tuple(heard(words) for words in channels),
    }  # fmt: skip
    return Recognition(**(values | changes))


def assembled(*channels, voices=(), about=None, cues=(), **changes):
    found = recognition(*channels, **changes)
    return assemble_transcript(about or builders.contact(), found, Voices(tuple(voices)), cues)


def suspected(words):
    return tuple(dataclasses.replace(word, suspect=True) for word in words)


FIRST = said((1.0, GREETS), (15.0, LATER))
SECOND = said((6.0, WANTS), (22.0, THANKS))


def told(transcript):
    return [(turn.role, turn.speaker) for turn in transcript.turns]


def codes(transcript):
    return {finding.code for finding in transcript.quality}


def test_each_party_has_its_channel():
    transcript = assembled(FIRST, SECOND, about=builders.contact(agent_channel=0))
    assert told(transcript) == [(AGENT, "ch0"), (CUSTOMER, "ch1")] * 2
    assert [turn.id for turn in transcript.turns] == ["t1", "t2", "t3", "t4"]
    assert transcript.role_confidence == 1.0
    assert transcript.grade is not None
    assert transcript.grade.letter == "A", transcript.grade


def test_without_a_given_channel_words_tell_with_a_confidence_below_one():
    transcript = assembled(SECOND, FIRST)
    assert told(transcript) == [(AGENT, "ch1"), (CUSTOMER, "ch0")] * 2
    assert 0.9 <= transcript.role_confidence < 1
    assert "roles.said" in codes(transcript)


def test_the_forms_phrases_alone_tell_nothing():
    first, second = said((1.0, "Sì pronto eccomi qui.")), said((6.0, "Allora la ricontatto io domattina presto."))
    cues = ("la ricontatto io", "domattina presto")
    without = assembled(first, second)
    assert without.role_confidence is None
    assert {role for role, _speaker in told(without)} == {UNKNOWN}
    assert told(assembled(first, second, cues=cues)) == told(without)  # one family alone isn't enough


def test_one_channel_without_voices_has_unknown_roles():
    words = tuple(sorted(FIRST + SECOND, key=lambda word: word.start_s))
    transcript = assembled(words, about=builders.contact(agent_channel=0))
    assert {role for role, _speaker in told(transcript)} == {UNKNOWN}
    assert {speaker for _role, speaker in told(transcript)} == {"ch0"}
    assert transcript.role_confidence is None
    assert "roles.one_channel" in codes(transcript)
    assert transcript.grade.letter in {"B", "C"}
    assert "roles_unknown" in transcript.grade.reasons


VOICES = [Voice("spk0", 0.9, 5.0), Voice("spk1", 5.9, 10.0), Voice("spk0", 14.9, 18.0), Voice("spk1", 21.9, 25.0)]


def test_voices_on_one_channel_become_speakers():
    words = tuple(sorted(FIRST + SECOND, key=lambda word: word.start_s))
    transcript = assembled(words, voices=VOICES, about=builders.contact(agent_channel=1))  # tells nothing of voices
    assert told(transcript) == [(AGENT, "spk0"), (CUSTOMER, "spk1")] * 2
    assert transcript.role_confidence < 1
    assert [word for turn in transcript.turns for word in turn.words] == list(words)


def test_voices_count_nothing_where_channels_are_the_parties():
    transcript = assembled(FIRST, SECOND, voices=VOICES, about=builders.contact(agent_channel=0))
    assert {speaker for _role, speaker in told(transcript)} == {"ch0", "ch1"}


def test_one_voice_is_one_party_of_unknown_role():
    transcript = assembled(FIRST, voices=[Voice("spk0", 0.0, 60.0)])
    assert set(told(transcript)) == {(UNKNOWN, "spk0")}
    assert transcript.role_confidence is None


def test_announcements_are_turns_of_their_own_on_the_agents_channel():
    first = said((0.5, MACHINE), (25.0, GREETS), (40.0, LATER))
    second = said((30.0, WANTS), (50.0, THANKS))
    transcript = assembled(first, second, about=builders.contact(agent_channel=0))
    recorded = [turn for turn in transcript.turns if turn.role is IVR]
    assert recorded
    assert {turn.speaker for turn in recorded} == {"ch0-ivr"}
    assert "prema uno" in " ".join(turn.text for turn in recorded)
    live = " ".join(turn.text for turn in transcript.turns if turn.role is AGENT)
    assert "prema" not in live
    assert "sono Anna" in live
    kept = sorted(word.start_s for turn in transcript.turns for word in turn.words)
    assert kept == sorted(word.start_s for word in first + second)


def test_a_channel_that_is_a_machine_all_along_is_no_party():
    transcript = assembled(said((0.5, MACHINE)), SECOND)
    assert {role for role, speaker in told(transcript) if speaker == "ch0"} == {IVR}


def test_suspected_words_tell_no_roles_but_stay_and_stay_marked():
    phantom = suspected(said((30.0, GREETS), (45.0, LATER)))
    second = tuple(sorted(SECOND + phantom, key=lambda word: word.start_s))
    with_phantom, without = assembled(FIRST, second), assembled(FIRST, SECOND)
    assert [turn.role for turn in with_phantom.turns if turn.speaker == "ch0"] == [AGENT, AGENT]
    assert with_phantom.role_confidence == without.role_confidence
    marked = [word.text for turn in with_phantom.turns for word in turn.words if word.suspect]
    assert marked == [word.text for word in phantom]
    assert with_phantom.grade.letter > without.grade.letter
    assert "suspected_words" in with_phantom.grade.reasons


def test_suspected_words_alone_are_not_what_tells_the_parties():
    transcript = assembled(suspected(FIRST), suspected(SECOND))
    assert {role for role, _speaker in told(transcript)} == {UNKNOWN}
    assert transcript.role_confidence is None
    assert transcript.grade.letter == "D"


@pytest.mark.parametrize("channels", [((), ()), ((),), ()], ids=["two", "one", "none"])
def test_no_words_at_all(channels):
    transcript = assembled(*channels)
    assert transcript.turns == ()
    assert "transcript.no_speech" in codes(transcript)
    assert transcript.grade.letter == "D"
    assert not transcript.has_words
    assert transcript.role_confidence is None


def test_speech_that_gave_no_words_lowers_the_grade():
    clean = assembled(FIRST, SECOND, about=builders.contact(agent_channel=0))
    unheard = (heard(FIRST), (*heard(SECOND), (40.0, 70.0)))
    missed = assembled(FIRST, SECOND, about=builders.contact(agent_channel=0), activity=unheard)
    assert missed.grade.letter > clean.grade.letter
    assert "speech_without_words" in missed.grade.reasons


def test_findings_of_the_recording_are_kept_and_count():
    leg = Finding("recording.missing_leg", Severity.DOUBT, "no sound on channel 1")
    transcript = assembled(FIRST, SECOND, about=builders.contact(agent_channel=0), quality=(leg,))
    assert leg in transcript.quality
    assert transcript.grade.letter == "C"
    assert "recording.missing_leg" in transcript.grade.reasons


def test_both_channels_words_stand_where_both_speak():
    first, second = said((1.0, GREETS)), said((1.2, WANTS))
    transcript = assembled(first, second, about=builders.contact(agent_channel=0))
    assert sum(len(turn.words) for turn in transcript.turns) == len(first) + len(second)


@pytest.mark.parametrize("model", ["whisper-base", "a model that nobody fitted"])
def test_confidence_is_calibrated_once_and_only_for_known_weights(model):
    words = said((1.0, GREETS), confidence=0.65)
    engine = dataclasses.replace(ENGINE, revision=model)
    transcript = assembled(words, SECOND, engine=engine)
    got = {word.confidence for turn in transcript.turns if turn.speaker == "ch0" for word in turn.words}
    assert len(got) == 1
    assert (got == {0.65}) is (model != "whisper-base")


def test_the_same_words_give_the_same_transcript():
    assert assembled(FIRST, SECOND) == assembled(FIRST, SECOND)


def test_another_language_leaves_roles_unknown_unless_given():
    assert {role for role, _s in told(assembled(FIRST, SECOND, language="de"))} == {UNKNOWN}
    given = assembled(FIRST, SECOND, language="de", about=builders.contact(agent_channel=0))
    assert told(given)[:2] == [(AGENT, "ch0"), (CUSTOMER, "ch1")]
