"""Nearness, question and answer, repetition, meaning, other answers and models, on small scenes."""

import numpy as np
import pytest

from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind
from qm.domain.prediction import Prediction
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import Answered, Means, Near, Negated, Repeats, Reply, Span, Trained
from qm.rules.predicates import decide
from qm.rules.scene import Scene, Thresholds
from qm.rules.verdict import Truth
from qm.rules.verify import flaws
from tests.unit import builders

AGENT, CUSTOMER, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.UNKNOWN
TRUE, FALSE, UNSURE = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def verdict_on(condition, *said, **call):
    """The verdict; whatever it rests on is checked against the transcript."""
    transcript = builders.call(*said, **call)
    verdict = decide(condition, builders.scene(transcript))
    assert not flaws(CriterionAnswer("c1", Answer.MET, "", verdict.evidence), transcript)
    return verdict


def near(*phrases, by=(AGENT,), **limits):
    return Near(tuple(builders.say(phrase, by=by) for phrase in phrases), **limits)


@pytest.mark.parametrize(
    ("condition", "said", "expected"),
    [
        (near("rimborso", "giorni", within_words=3), [(AGENT, 0.0, "il rimborso arriva in dieci giorni")], TRUE),
        (near("rimborso", "giorni", within_words=2), [(AGENT, 0.0, "il rimborso arriva in dieci giorni")], FALSE),
        (near("giorni", "rimborso", within_words=3), [(AGENT, 0.0, "il rimborso arriva in dieci giorni")], TRUE),
        (
            near("giorni", "rimborso", within_words=3, ordered=True),
            [(AGENT, 0.0, "il rimborso arriva in dieci giorni")],
            FALSE,
        ),
        (
            near("rimborso", "giorni", within_words=3),
            [(AGENT, 0.0, "rimborso a b c d e rimborso fra giorni")],
            TRUE,
        ),
        (near("rimborso", "giorni", within_turns=1), [(AGENT, 0.0, "rimborso"), (AGENT, 5.0, "giorni")], FALSE),
        (near("rimborso", "giorni", within_turns=2), [(AGENT, 0.0, "rimborso"), (AGENT, 5.0, "giorni")], TRUE),
        (near("rimborso", "giorni", within_s=5), [(AGENT, 0.0, "rimborso"), (AGENT, 5.0, "giorni")], TRUE),
        (near("rimborso", "giorni", within_s=4), [(AGENT, 0.0, "rimborso"), (AGENT, 5.0, "giorni")], FALSE),
        (near("rimborso", "rimborso", within_s=9), [(AGENT, 0.0, "un rimborso")], FALSE),
        (near("rimborso", "giorni", within_s=9), [(AGENT, 0.0, "rimborso")], FALSE),
    ],
)
def test_near(condition, said, expected):
    assert verdict_on(condition, *said).truth is expected


def test_near_counts_the_words_of_the_parties_it_names():
    condition = Near((builders.say("disdetta", by=(CUSTOMER,)), builders.say("modulo")), within_words=2)
    said = [(CUSTOMER, 0.0, "vorrei la disdetta"), (AGENT, 2.0, "certo ecco modulo")]
    assert verdict_on(condition, *said).truth is TRUE
    assert verdict_on(condition, said[0], (AGENT, 2.0, "certo ecco il modulo")).truth is FALSE


def test_what_stands_apart_is_shown_and_not_near():
    given = verdict_on(near("rimborso", "giorni", within_words=1), (AGENT, 0.0, "rimborso fra tre giorni"))
    assert (given.reason, [item.quote for item in given.evidence]) == ("apart", ["rimborso", "giorni"])


ASKED = builders.say("quando arriva", by=(CUSTOMER,))
ANSWER = builders.say("entro # giorni")
QUESTION = (CUSTOMER, 0.0, "e quando arriva?")


@pytest.mark.parametrize(
    ("said", "changes", "expected", "reason"),
    [
        ([QUESTION, (AGENT, 3.0, "entro dieci giorni")], {}, TRUE, "found"),
        ([QUESTION, (AGENT, 3.0, "vediamo"), (AGENT, 6.0, "entro 10 giorni")], {}, TRUE, "found"),
        ([QUESTION, (AGENT, 3.0, "vediamo"), (AGENT, 6.0, "entro 10 giorni")], {"within_turns": 1}, FALSE, "absent"),
        ([(AGENT, 0.0, "entro dieci giorni"), (CUSTOMER, 3.0, "quando arriva")], {}, FALSE, "absent"),
        ([(AGENT, 0.0, "entro dieci giorni"), (CUSTOMER, 3.0, "grazie mille")], {}, FALSE, "not_asked"),
        ([QUESTION, (AGENT, 3.0, "entro 9 giorni"), (CUSTOMER, 6.0, "ma quando arriva")], {}, TRUE, "found"),
        (
            [QUESTION, (AGENT, 3.0, "entro 9 giorni"), (CUSTOMER, 6.0, "ma quando arriva"), (AGENT, 9.0, "boh")],
            {"each": True},
            FALSE,
            "absent",
        ),
        ([QUESTION], {}, UNSURE, "role_silent"),
        ([(UNKNOWN, 0.0, "quando arriva entro dieci giorni")], {}, UNSURE, "roles_unknown"),
        ([], {}, UNSURE, "no_speech"),
    ],
)
def test_reply(said, changes, expected, reason):
    given = verdict_on(Reply(ASKED, ANSWER, **changes), *said)
    assert (given.truth, given.reason) == (expected, reason)


def test_a_reply_shows_question_and_answer():
    given = verdict_on(Reply(ASKED, ANSWER), QUESTION, (AGENT, 3.0, "entro dieci giorni"))
    assert [item.quote for item in given.evidence] == ["quando arriva?", "entro dieci giorni"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(CUSTOMER, 0.0, "ho già mandato tutto ieri"), (CUSTOMER, 9.0, "ho già mandato tutto ieri")], TRUE),
        ([(CUSTOMER, 0.0, "ho già mandato tutto ieri"), (AGENT, 9.0, "ho già mandato tutto ieri")], FALSE),
        ([(CUSTOMER, 0.0, "sì sì sì sì sì"), (CUSTOMER, 9.0, "sì sì sì sì sì")], FALSE),
        ([(CUSTOMER, 0.0, "a b a b a b a b")], FALSE),
        ([(AGENT, 0.0, "ho già mandato tutto ieri")], UNSURE),
    ],
)
def test_repeats(said, expected):
    assert verdict_on(Repeats(frozenset({CUSTOMER})), *said).truth is expected


class Letters:
    """An encoder for tests: sentences are alike as far as they have the same words."""

    def encode(self, texts):
        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().strip(".?").split():
                row[sum(map(ord, word)) % 64] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def means(*sentences, **changes):
    return Means(frozenset({AGENT}), tuple((language, sentences) for language in Language), **changes)


def scene_with(encoder=None, predictions=None, *said, **call):
    transcript = builders.call(*said, **call)
    signals = builders.scene(transcript).signals
    return Scene(builders.contact(), transcript, signals, Thresholds(), encoder, predictions)


def test_meaning():
    said = [(AGENT, 0.0, "Buongiorno a lei. Le mando il modulo oggi."), (CUSTOMER, 9.0, "grazie")]
    same = decide(means("le mando il modulo oggi"), scene_with(Letters(), None, *said))
    assert (same.truth, same.evidence[0].quote) == (TRUE, "Le mando il modulo oggi.")
    other = decide(means("resti in linea"), scene_with(Letters(), None, *said))
    assert (other.truth, other.reason, other.evidence[0].kind) == (FALSE, "not_meant", EvidenceKind.ABSENCE)
    near_it = decide(means("le mando il modulo domani", at_least=0.8), scene_with(Letters(), None, *said))
    assert (near_it.truth, near_it.doubts) == (TRUE, ("meaning",))


@pytest.mark.parametrize(
    ("encoder", "said", "call", "reason"),
    [
        (None, [(AGENT, 0.0, "salve")], {}, "meaning_unavailable"),
        (Letters(), [(AGENT, 0.0, "hallo")], {"language": "de"}, "language_unsupported"),
        (Letters(), [], {}, "no_speech"),
        (Letters(), [(CUSTOMER, 0.0, "salve")], {}, "role_silent"),
    ],
)
def test_meaning_that_cant_be_told(encoder, said, call, reason):
    given = decide(means("salve a lei"), scene_with(encoder, None, *said, **call))
    assert (given.truth, given.reason) == (UNSURE, reason)


@pytest.mark.parametrize(
    ("answer", "stage", "expected", "reason"),
    [
        (Answer.MET, "automatic", TRUE, "predicted"),
        (Answer.NOT_MET, "automatic", FALSE, "predicted"),
        (Answer.CANNOT_TELL, "automatic", UNSURE, "model_unsure"),
        (Answer.MET, "assisted", UNSURE, "model_assists"),
        (Answer.MET, "people", UNSURE, "not_trained"),
    ],
)
def test_trained(answer, stage, expected, reason):
    predictions = {"c9": Prediction("c9", answer, 0.97, "ab" * 32, ("t2", "t1", "t7"), stage)}
    scene = scene_with(None, predictions, (AGENT, 0.0, "salve"), (CUSTOMER, 3.0, "pronto"))
    given = decide(Trained("c9"), scene)
    assert (given.truth, given.reason) == (expected, reason)
    assert not flaws(CriterionAnswer("c1", Answer.MET, "", given.evidence), scene.transcript)
    assert decide(Trained("c8"), scene).reason == "not_trained"


EARLIER = CriterionAnswer("c9", Answer.MET, "found", (Evidence(EvidenceKind.SIGNAL, fact="x = 1"),), value="b")


@pytest.mark.parametrize(
    ("earlier", "asked", "expected"),
    [
        (EARLIER, Answered("c9", (Answer.MET,)), TRUE),
        (EARLIER, Answered("c9", (Answer.NOT_MET,)), FALSE),
        (EARLIER, Answered("c9", values=("a", "b")), TRUE),
        (EARLIER, Answered("c9", values=("a",)), FALSE),
        (EARLIER, Answered("c9", at_least=1.0), FALSE),
        (CriterionAnswer("c9", Answer.MET, "", value=3.0), Answered("c9", at_least=1.0, at_most=3.0), TRUE),
        (CriterionAnswer("c9", Answer.MET, "", value=("a", "c")), Answered("c9", values=("c",)), TRUE),
        (CriterionAnswer("c9", Answer.CANNOT_TELL, ""), Answered("c9", (Answer.MET,)), UNSURE),
        (CriterionAnswer("c9", Answer.CANNOT_TELL, ""), Answered("c9", (Answer.CANNOT_TELL,)), TRUE),
        (CriterionAnswer("c7", Answer.MET, ""), Answered("c9", (Answer.MET,)), UNSURE),
    ],
)
def test_answered(earlier, asked, expected):
    scene = scene_with(None, None, (AGENT, 0.0, "salve"))
    scene.answers[earlier.criterion_id] = earlier
    assert decide(asked, scene).truth is expected


@pytest.mark.parametrize(
    ("span", "text", "expected"),
    [
        (Span(first_words=3), "buongiorno sono Anna la chiamata", FALSE),
        (Span(first_words=4), "buongiorno sono Anna la chiamata", TRUE),
        (Span(last_words=3), "la chiamata è registrata arrivederci", FALSE),
        (Span(last_words=5), "la chiamata è registrata arrivederci", TRUE),
    ],
)
def test_windows_in_words(span, text, expected):
    assert verdict_on(builders.say("la chiamata", span=span), (AGENT, 0.0, text)).truth is expected


@pytest.mark.parametrize(
    ("phrase", "text", "language"),
    [
        ("~registrare", "la stiamo registrando", "it"),
        ("vogliamo ~pagare subito", "vogliamo pagato subito", "it"),
        ("~record", "this is being recorded", "en"),
        ("entro 48 ore", "entro quarantotto ore", "it"),
        ("entro quarantotto ore", "entro 48 ore", "it"),
        ("tre quattro sette", "il numero è 347", "it"),
        ("tre quattro sette", "il trecentoquarantasette", "it"),
        ("347", "tre quattro sette", "it"),
        ("24 hours", "within twenty four hours", "en"),
        ("347", "three hundred and forty seven", "en"),
    ],
)
def test_word_forms_and_numbers(phrase, text, language):
    assert verdict_on(builders.say(phrase), (AGENT, 0.0, text), language=language).truth is TRUE


@pytest.mark.parametrize(
    ("phrase", "text"), [("entro 48 ore", "entro quarantanove ore"), ("347", "tre quattro"), ("~registrare", "regista")]
)
def test_other_words_and_numbers_arent_taken(phrase, text):
    assert verdict_on(builders.say(phrase), (AGENT, 0.0, text)).truth is FALSE


@pytest.mark.parametrize(
    ("text", "language", "negated"),
    [
        ("non le garantisco mai il rimborso", "it", True),
        ("senza dire che garantisco", "it", True),
        ("non solo garantisco", "it", False),
        ("non posso non garantisco", "it", False),
        ("non non garantisco", "it", True),
        ("mica garantisco", "it", True),
        ("we don t garantisco", "en", True),
        ("we doesn't garantisco", "en", True),
        ("not only garantisco", "en", False),
        ("I can't not garantisco", "en", False),
    ],
)
def test_scope_of_negation(text, language, negated):
    condition = builders.say("garantisco", negated=Negated.ONLY if negated else Negated.IGNORE)
    assert verdict_on(condition, (AGENT, 0.0, text), language=language).truth is TRUE


@pytest.mark.parametrize("text", ["l'app", "l’app", "l' app", "L'APP", "l app"])
def test_elisions_are_two_words_however_they_are_written(text):
    assert verdict_on(builders.say("l'app"), (AGENT, 0.0, f"apra {text}")).truth is TRUE


@pytest.mark.parametrize("text", ["gliel'ho detto", "gliel’ho detto", "GLIEL'HO detto"])
def test_joined_pronouns_are_found(text):
    assert verdict_on(builders.say("gliel'ho detto"), (AGENT, 0.0, text)).truth is TRUE
