"""Praise and complaint in text: words, negation, "but", signs; what can't be told is said."""

import inspect

import numpy as np
import pytest

from benchmarks.comment_sentences import SENTENCES
from models.fakes_encoder import HashingEncoder
from qm.analysis.voc import read_sentiment as module
from qm.analysis.voc.learn_sentiment import fit_sentiment, settle_reading
from qm.analysis.voc.read_sentiment import SentimentReading, read_sentiment
from qm.analysis.voc.sentiment_examples import EXAMPLES
from qm.domain.comment import Sentiment
from qm.domain.text import Language

IT, EN = Language.ITALIAN, Language.ENGLISH
POSITIVE, NEGATIVE, NEUTRAL, UNTOLD = Sentiment


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        ("servizio ottimo", IT, POSITIVE),
        ("non è un servizio ottimo", IT, NEGATIVE),
        ("non è male", IT, POSITIVE),
        ("nessun problema", IT, POSITIVE),
        ("non ho avuto problemi", IT, POSITIVE),
        ("poca professionalità", IT, NEGATIVE),
        ("gentile ma non ha risolto", IT, NEGATIVE),
        ("lento ma alla fine gentilissimo e risolto", IT, POSITIVE),
        ("Ho cambiato indirizzo", IT, NEUTRAL),
        ("The agent wasn't helpful", EN, NEGATIVE),
        ("not bad", EN, POSITIVE),
        ("rude", EN, NEGATIVE),
        ("hardly helpful", EN, NEGATIVE),
        ("the invoice came by post", EN, NEUTRAL),
        ("👍👍", IT, POSITIVE),
        ("😡", EN, NEGATIVE),
        ("ok :(", IT, NEGATIVE),
        ("OTTIMO!!!", IT, POSITIVE),
    ],
)
def test_readings(text, language, sentiment):
    assert read_sentiment(text, language).sentiment is sentiment


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", IT, "empty"),
        ("...", IT, "empty"),
        ("Muy malo", None, "language"),
        ("شكرا جزيلا", None, "language"),
        ("gentile, lento", IT, ""),
        ("cortese. deluso", IT, "mixed"),
    ],
)
def test_what_cannot_be_told_says_why(text, language, reason):
    reading = read_sentiment(text, language)
    assert reading.reason == reason
    assert (reading.sentiment is UNTOLD) is bool(reason)


def test_a_thumb_needs_no_language():
    assert read_sentiment("👎", None).sentiment is NEGATIVE


def test_the_words_that_decided_are_named():
    reading = read_sentiment("operatore scortese ma problema risolto", IT)
    assert set(reading.words) == {"scortese", "problema", "risolto"}


def test_nothing_but_text_can_be_read():
    """Neither audio nor a role goes in: an agent's feelings, or a voice's, can't be asked for."""
    assert list(inspect.signature(module.read_sentiment).parameters) == ["text", "language"]


def test_sentences_never_seen_are_mostly_read_right_where_they_are_told():
    told = [
        (read_sentiment(text, language).sentiment, label)
        for text, language, label in SENTENCES
        if label is not NEUTRAL and read_sentiment(text, language).sentiment in (POSITIVE, NEGATIVE)
    ]
    assert len(told) >= 30
    assert sum(read is label for read, label in told) >= 0.8 * len(told)


def test_examples_are_of_both_languages_and_all_kinds_and_unlike_the_test_sentences():
    kinds = {(language, label) for _text, language, label in EXAMPLES}
    assert kinds == {(language, label) for language in Language for label in (POSITIVE, NEGATIVE, NEUTRAL)}
    assert not {text for text, _language, _label in EXAMPLES} & {text for text, _language, _label in SENTENCES}


@pytest.fixture(scope="module")
def model():
    texts = ["risposta arrivata prima", "risposta mai arrivata", "indirizzo cambiato"] * 3
    vectors = HashingEncoder().encode(texts)
    return fit_sentiment(vectors, [POSITIVE, NEGATIVE, NEUTRAL] * 3)


def test_meaning_speaks_only_where_words_are_silent(model):
    vectors = HashingEncoder().encode(["risposta mai arrivata"])
    silent, told = SentimentReading(NEUTRAL), SentimentReading(POSITIVE, 1.0)
    assert settle_reading(silent, model, vectors).sentiment is NEGATIVE
    assert settle_reading(told, model, vectors) is told
    assert settle_reading(silent, model, np.zeros((0, 64), dtype=np.float32)) is silent


def test_an_unsure_model_cannot_tell(model):
    far = settle_reading(SentimentReading(NEUTRAL), model, np.zeros((1, 64), dtype=np.float32))
    assert (far.sentiment, far.reason) == (UNTOLD, "unsure")


def test_probabilities_sum_to_one(model):
    shares = model.probabilities(HashingEncoder().encode(["a", "b c", ""]))
    assert shares.shape == (3, 3)
    assert shares.sum(axis=1) == pytest.approx(1)
