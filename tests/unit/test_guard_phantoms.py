"""Words that were probably never said are marked, and what people say to a contact centre isn't."""

import pytest

from qm.analysis.guard_phantoms import guard_phantoms
from qm.domain.recognition import Passage
from qm.domain.recording import Severity
from qm.domain.transcript import Word
from tests.unit import builders

SURE = Passage(0.0, 30.0, 0, -0.2, 0.05)


def texts(words):
    return " ".join(word.text for word in words if word.suspect)


def passage(words, log_probability=-0.2, no_speech=0.05):
    return Passage(words[0].start_s, words[-1].end_s, len(words), log_probability, no_speech)


def guarded(text, **facts):
    words = builders.words(text)
    facts = {"activity": [(0.0, words[-1].end_s)], **facts}
    return guard_phantoms(words, [passage(words)], **facts)


@pytest.mark.parametrize(
    "said",
    [
        "Sottotitoli creati dalla comunità Amara.org",
        "Sottotitoli e revisione a cura di QTSS",
        "Grazie per aver guardato il video",
        "Grazie per la visione!",
        "Iscrivetevi al nostro canale",
        "Thanks for watching!",
        "Thank you so much for watching",
        "Subtitles by the Amara.org community",
        "Please subscribe to my channel",
        "[Musica]",
        "[music playing]",
        "♪",
        "*applause*",
    ],
)
def test_credits_are_marked_even_where_speech_was_detected(said):
    words, findings = guarded(said)
    assert any(word.suspect for word in words)
    assert findings[0].code == "transcript.phantom"
    assert findings[0].severity is Severity.DOUBT


def test_only_the_credit_is_marked():
    words, findings = guarded("Va bene. Sottotitoli creati dalla comunità Amara.org buongiorno")
    assert texts(words) == "Sottotitoli creati dalla comunità Amara.org"
    assert (findings[0].start_s, findings[0].end_s) == (words[2].start_s, words[6].end_s)
    assert "5 words" in findings[0].message


@pytest.mark.parametrize(
    "said",
    [
        "Grazie.",
        "Thank you.",
        "Thank you for calling, how can I help you?",
        "Grazie per aver chiamato Luminosa Energia",
        "Grazie per l'attesa, signora.",
        "sì sì sì sì sì certo",
        "no no no no no, non è vero",
        "il codice è zero zero zero zero zero zero zero zero zero zero uno",
        "vorrei l'iscrizione al canale sportivo",
        "please subscribe me to the monthly plan",
        "la traduzione di un contratto con i sottotitoli da attivare",
        "I'm watching my bills",
        "blah blah, you know, and and and so on",
    ],
)
def test_what_people_say_stays(said):
    assert guarded(said)[1] == ()


def test_repetition_is_marked_whole_and_only_it():
    words, findings = guarded("buongiorno " + "che c'è " * 20 + "mi dica")
    assert texts(words).split() == ["che", "c'è"] * 20
    assert "over and over" in findings[0].message
    assert texts(guarded("I'm going to be a bad person " * 5)[0]).startswith("I'm going to be a bad person I'm")


def test_a_listeners_yes_with_pauses_isnt_repetition():
    words = [Word("Sì.", at * 6.0, at * 6.0 + 0.4, 0.9) for at in range(30)]
    activity = [(word.start_s, word.end_s) for word in words]
    assert guard_phantoms(words, (), activity)[1] == ()


def test_words_outside_speech_are_marked():
    words = (*builders.words("buongiorno mi dica"), *builders.words("va bene", 20.0))
    marked, findings = guard_phantoms(words, (), [(0.0, 1.3)])
    assert texts(marked) == "va bene"
    assert findings[0].message == "channel 0: 2 words probably never said: outside detected speech"
    assert texts(guard_phantoms(words, (), ())[0]) == "buongiorno mi dica va bene"
    assert guard_phantoms(words, (), None)[1] == ()


def test_a_little_outside_is_one_sign_and_a_lone_courtesy_the_other():
    words = builders.words("Grazie.", 10.0)
    assert guard_phantoms(words, (), [(0.0, 9.5)])[0][0].suspect
    assert not guard_phantoms(words, (), [(0.0, 9.9)])[0][0].suspect
    assert not guard_phantoms(builders.words("subito", 10.0), (), [(0.0, 9.5)])[0][0].suspect


def test_the_decoders_own_doubt():
    words = builders.words("siamo in un'altra parte del mondo")
    heard = [(0.0, 10.0)]
    assert texts(guard_phantoms(words, [passage(words, -1.2, 0.7)], heard)[0]).split() == [w.text for w in words]
    assert guard_phantoms(words, [passage(words, -0.3, 0.95)], heard)[1] == ()
    assert guard_phantoms(words, [passage(words, -1.2, 0.1)], heard)[1] == ()
    lone = builders.words("Thank you.")
    assert guard_phantoms(lone, [passage(lone, -0.3, 0.95)], heard)[0][0].suspect


def test_music_levels_and_rate():
    words = builders.words("la voce di chi canta una canzone per chi aspetta")
    assert texts(guard_phantoms(words, (), None, music=[(0.0, 1.6)])[0]) == "la voce di chi"
    assert texts(guard_phantoms(words, (), None, levels=[-30.0] * 9 + [-70.0])[0]) == "aspetta"
    assert guard_phantoms(words, (), None, levels=[-70.0])[1] == ()
    fast = builders.words("la voce di chi canta una canzone per chi aspetta", each_s=0.05)
    assert "faster" in guard_phantoms(fast, (), None)[1][0].message


def test_text_that_compresses_too_well_is_marked():
    endings = "rossa gialla nera bianca verde breve lunga vera finta dolce".split()
    words = builders.words(" ".join(f"e poi la voce di chi canta per chi aspetta {ending}" for ending in endings))
    assert all(word.suspect for word in guard_phantoms(words, (), None)[0])


def test_passages_that_dont_add_up_are_left_out():
    words = builders.words("siamo qui")
    assert guard_phantoms(words, [Passage(0.0, 1.0, 7, -3.0, 0.99)], None)[1] == ()


def test_no_words_no_findings_and_marks_stay():
    assert guard_phantoms((), (), ()) == ((), ())
    came = (Word("sì", 0.0, 0.4, 0.9, suspect=True),)
    assert guard_phantoms(came, (), [(0.0, 1.0)])[0] == came


def test_findings_name_the_channel_and_one_stretch_each():
    words = (*builders.words("grazie " * 10), *builders.words("certo", 10.0), *builders.words("grazie " * 10, 60.0))
    findings = guard_phantoms(words, (), [(0.0, 100.0)], channel=1)[1]
    assert [finding.start_s for finding in findings] == [0.0, 60.0]
    assert all(finding.message.startswith("channel 1: 10 words") for finding in findings)
