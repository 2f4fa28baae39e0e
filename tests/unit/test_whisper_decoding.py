"""Decoding without weights: what is asked of CTranslate2, and what becomes of its answer."""

from types import SimpleNamespace

import numpy as np
import pytest

from models.speech_windows import BUCKETS_S
from models.whisper_decoding import Decoded, WhisperDecoder, is_repetitive

EOT = 50257
TOKENIZER = SimpleNamespace(
    eot=EOT, non_speech_tokens=(7,), transcribe=1, translate=2, sot=3, sot_prev=4, sot_lm=5, no_speech=6,
    decode=lambda tokens: " ".join(f"w{token}" for token in tokens),
)  # fmt: skip


class FakeModel:
    """As much of `faster_whisper.WhisperModel` as decoding asks for; says tokens 10 and 11 in every window."""

    max_length = 448

    def __init__(self, prompt=4, said=(10, 11, EOT)):
        self.model = self
        self._prompt = list(range(prompt))
        self._said = list(said)
        self.hotwords, self.options, self.frames = [], [], []

    def get_prompt(self, _tokenizer, _before, *, without_timestamps, hotwords):
        assert without_timestamps
        self.hotwords.append(hotwords)
        return self._prompt

    def generate(self, _encoded, prompts, **options):
        self.options.append(options)
        return [SimpleNamespace(sequences_ids=[self._said], scores=[-0.3], no_speech_prob=0.1) for _ in prompts]

    def find_alignment(self, _tokenizer, tokens, _encoded, frames):
        self.frames.append(frames)
        return [[{"word": f" w{t}", "start": 0.0, "end": 0.5, "probability": 0.9} for t in own] for own in tokens]

    def detect_language(self, _encoded):
        return [[("<|it|>", 0.75), ("<|en|>", 0.25)]]

    @staticmethod
    def feature_extractor(samples):
        return np.zeros((80, samples.size // 160 + 1), dtype=np.float32)


class Decoder(WhisperDecoder):
    def _tokenizer(self, language):
        return TOKENIZER


def decode(lengths_s, terms="", model=None):
    model = model or FakeModel()
    return Decoder(model, 5).decode(np.zeros((len(lengths_s), 2, 3), np.float32), "it", terms, lengths_s), model


def test_words_and_probabilities_are_taken_over():
    (one, _two), _model = decode([3.0, 8.0])
    assert one.text == "w10 w11"
    assert [piece.text for piece in one.pieces] == [" w10", " w11"]
    assert one.log_probability == pytest.approx(-0.3 * 3 / 4)  # over the tokens and the one that ends them
    assert one.no_speech == 0.1


def test_the_end_mark_is_no_word():
    (one,), model = decode([3.0])
    assert str(EOT) not in one.text
    assert set(model.options[0]["suppress_tokens"]) >= {1, 2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize("bucket_s", BUCKETS_S)
def test_the_budget_of_tokens_doesnt_depend_on_what_else_is_in_the_batch(bucket_s):
    """Windows of one padded length share batches; a loop must end at the same token in all of them."""
    lengths = [length / 10 for length in range(1, 296) if _bucket(length / 10) == bucket_s]
    budgets = {decode(group)[1].options[0]["max_length"] for group in ([lengths[0]], [lengths[-1]], lengths)}
    assert len(budgets) == 1
    assert budgets.pop() >= 4 + 10 * bucket_s


def _bucket(speech_s):
    return next(length for length in BUCKETS_S if length >= round(speech_s + 0.5, 6))


def test_a_long_prompt_leaves_no_more_than_the_model_takes():
    _decoded, model = decode([29.5], model=FakeModel(prompt=228))
    assert model.options[0]["max_length"] == 448


def test_terms_go_to_the_prompt_and_none_is_none():
    _decoded, model = decode([3.0], "Ghiringhelli, Enercopro")
    decode([3.0], "", model)
    assert model.hotwords == ["Ghiringhelli, Enercopro", None]


def test_alignment_looks_at_the_speech_and_not_at_the_padding():
    _decoded, model = decode([3.2, 8.0])
    assert model.frames == [[400], [800]]  # each window by itself: in a batch they would move each other's numbers


def test_a_window_without_words_is_empty():
    (one,), _model = decode([3.0], model=FakeModel(said=(EOT,)))
    assert (one.text, one.pieces) == ("", ())
    assert not one.is_doubtful


def test_language_tokens_become_names():
    assert Decoder(FakeModel(), 5).languages(object()) == [{"it": 0.75, "en": 0.25}]


@pytest.mark.parametrize("length_s", [10.0, 12.0, 30.0])
def test_as_many_frames_as_the_window_is_long(length_s):
    samples = np.zeros(round(length_s * 16000), dtype=np.float32)
    assert Decoder(FakeModel(), 5).features(samples).shape == (80, length_s * 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("sì", False),
        ("no no no", False),
        ("sì, sì, sì, va bene", False),
        ("pronto pronto? pronto, mi sente?", False),
        ("grazie mille, grazie mille, arrivederci", False),
        ("il numero è 0 2 5 5 0 2 5 5", False),
        ("grazie per aver chiamato grazie per aver chiamato", True),
        ("Grazie per aver chiamato. grazie, per aver chiamato!", True),
        ("e allora le dico che le dico che le dico che le dico che le dico che", True),
        ("grazie " * 40, True),
        ("ah" * 100, True),
        ("il codice è 0 2 5 5 0 1 2, confermo 0 2 5 5 0 1 2, grazie", False),
        ("0 " * 60, True),
        ("uno due tre quattro cinque sei sette e poi uno due tre quattro cinque sei sette", True),
        ("one two three four five six seven one two three four five six seven", True),
    ],
)
def test_repetition(text, expected):
    assert is_repetitive(text) is expected


@pytest.mark.parametrize(
    ("text", "log_probability", "doubtful"),
    [("va bene", -0.3, False), ("va bene", -1.01, True), ("va bene", -1.0, False), ("grazie " * 30, -0.1, True)],
)
def test_doubt(text, log_probability, doubtful):
    assert Decoded(text, (), log_probability, 0.0).is_doubtful is doubtful
