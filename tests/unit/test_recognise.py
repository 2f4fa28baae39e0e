"""Between decoded audio and stored words: doubled channels, levels, suspected words."""

import numpy as np
import pytest

from models.fakes import ScriptedTranscriber
from pipelines.recognise import recognise
from qm.domain.recording import Recording
from qm.domain.transcript import Word
from qm.ports import Audio, Speech

RATE = 16000
SAID = ("vorrei", "disdire", "il", "contratto")
LOUD, FAINT_STEPS = 3000, 3


def noise(seconds: float, steps: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, steps, round(seconds * RATE)).astype(np.int16)


def words_from(start_s: float) -> tuple[Word, ...]:
    return tuple(Word(text, start_s + 0.4 * at, start_s + 0.4 * at + 0.3, 0.9) for at, text in enumerate(SAID))


def heard(channels: list[np.ndarray], *words: tuple[Word, ...]):
    audio = Audio(Recording("a" * 64, len(channels[0]) / RATE, RATE, len(channels)), np.stack(channels, axis=1), RATE)
    speech = Speech("it", 1.0, words)
    return recognise((audio,), ("it",), ("",), ScriptedTranscriber({}, speech))[0]


@pytest.mark.parametrize(("steps", "suspected"), [(LOUD, False), (0, True), (FAINT_STEPS, True)])
def test_words_where_nothing_is_audible_are_suspected(steps, suspected):
    quiet_then = np.concatenate([noise(10, LOUD), noise(10, steps, 2)])
    found = heard([quiet_then, noise(20, LOUD, 3)], words_from(13.0), words_from(2.0))
    assert {word.suspect for word in found.channels[0]} == {suspected}
    assert not any(word.suspect for word in found.channels[1])


def test_a_word_that_the_aligner_put_beside_its_sound_isnt_suspected():
    sound = np.concatenate([noise(10, LOUD), noise(10, 0)])
    beside = (Word("sì", 10.1, 10.2, 0.9),)
    assert not heard([sound, noise(20, LOUD, 3)], beside, words_from(2.0)).channels[0][0].suspect


def test_the_same_signal_in_both_channels_is_heard_once():
    speechlike = np.concatenate([noise(0.7, LOUD * (at % 2), at) for at in range(60)])
    found = heard([speechlike, speechlike], words_from(2.0))
    assert "recording.dual_mono" in {finding.code for finding in found.quality}
    assert len(found.channels) == 1
