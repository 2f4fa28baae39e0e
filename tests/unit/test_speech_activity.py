"""Where somebody speaks, with the detector that comes with the recogniser."""

from itertools import pairwise

import numpy as np
import pytest

from models import speech_activity
from models.audio_engine import PyAvAudioReader
from models.speech_activity import PAUSE_MS, find_speech
from qm.config import REPOSITORY
from qm.domain.recording import Recording
from qm.ports import Audio

RATE = 16000
A_BORDER_S = 0.25
"""What a border between blocks may cost: the detector begins anew after it."""


@pytest.fixture(scope="module")
def call():
    return PyAvAudioReader().read(REPOSITORY / "examples" / "day" / "recordings" / "c1001_fattura.ogg", "0" * 64)


def audio_of(pcm):
    return Audio(Recording("a" * 64, pcm.shape[0] / RATE, RATE, pcm.shape[1]), pcm, RATE)


def marked(stretches, length_s):
    """One entry a hundredth of a second."""
    found = np.zeros(round(length_s * 100) + 2, dtype=int)
    for start, end in stretches:
        found[round(start * 100) : round(end * 100)] += 1
    return found


@pytest.fixture(scope="module")
def whole(call):
    return find_speech(call, 0)


def test_stretches_stand_in_order_apart_and_inside(call, whole):
    assert whole
    flat = [time for stretch in whole for time in stretch]
    assert flat == sorted(flat)
    assert flat[0] >= 0
    assert flat[-1] <= call.recording.duration_s
    assert 0.3 < sum(end - start for start, end in whole) / call.recording.duration_s < 0.9


@pytest.mark.parametrize("block_s", [5.0, 7.3, 30.0])
def test_borders_between_blocks_lose_and_double_nothing(call, whole, monkeypatch, block_s):
    monkeypatch.setattr(speech_activity, "BLOCK_S", block_s)
    length_s = call.recording.duration_s
    once, again = marked(whole, length_s), marked(find_speech(call, 0), length_s)
    assert again.max() == 1
    assert np.abs(once - again).sum() / 100 <= A_BORDER_S * (length_s // block_s)


def test_speech_that_runs_through_a_border_is_one_stretch(call, whole, monkeypatch):
    start, end = max(whole, key=lambda stretch: stretch[1] - stretch[0])
    monkeypatch.setattr(speech_activity, "BLOCK_S", (start + end) / 2)
    over = [s for s in find_speech(call, 0) if s[0] < (start + end) / 2 < s[1]]
    assert over == [(pytest.approx(start, abs=A_BORDER_S), pytest.approx(end, abs=A_BORDER_S))]


def test_a_rest_shorter_than_a_frame_is_no_fault(call, monkeypatch):
    monkeypatch.setattr(speech_activity, "BLOCK_S", call.recording.duration_s - 0.01)
    assert find_speech(call, 0)


def test_pauses_from_the_limit_divide(call, whole):
    assert all(after[0] - before[1] >= PAUSE_MS / 1000 - 0.13 for before, after in pairwise(whole))


@pytest.mark.parametrize("level", [0, 10, 32], ids=["digital silence", "hiss", "-60 dB"])
def test_nothing_is_found_where_nothing_is_heard(level):
    drawn = np.random.default_rng(1).integers(-level, level + 1, (10 * RATE, 1), dtype=np.int16)
    assert find_speech(audio_of(drawn), 0) == ()


def test_channels_are_looked_at_by_themselves(call):
    silent = np.concatenate([call.pcm[: 20 * RATE, :1], np.zeros((20 * RATE, 1), dtype=np.int16)], axis=1)
    assert find_speech(audio_of(silent), 0)
    assert find_speech(audio_of(silent), 1) == ()
