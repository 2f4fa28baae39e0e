"""Recording checks don't depend on how the audio is delivered, and never break on odd audio."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.check_recording import check_recording
from tests.unit import made_audio as made

RATE = made.RATE


def _recording():
    """Something for every check: speech, a leak, music, rings, keys, a clipped stretch, a cut end."""
    first, second = made.call(20.0)
    second = second + np.float32(0.2) * np.roll(first, 1600)
    extras = (made.music(10), made.cadence(made.tone(1, 425), 1, 4), made.tone(0.1, 697, 1209))
    clipped = np.clip(30 * made.speech(9, seed=6), -1, 1)
    tail = np.concatenate((*extras, clipped, made.speech(1.1, seed=7)))
    return np.stack((np.concatenate((first, tail)), np.concatenate((second, made.noise(tail.size / RATE, -60)))))


RECORDING = _recording()
WHOLE = check_recording([RECORDING], RATE, 16000)


def test_the_recording_has_something_to_find():
    assert {"recording.bleed", "recording.music", "recording.ringback", "recording.clipped"} <= {f.code for f in WHOLE}


@settings(max_examples=8)
@given(st.lists(st.integers(1, RECORDING.shape[1] - 1), max_size=12))
def test_block_length_does_not_matter(cuts):
    blocks = np.split(RECORDING, sorted(set(cuts)), axis=1)
    assert check_recording(blocks, RATE, 16000) == WHOLE


@settings(max_examples=25)
@given(
    channels=st.integers(1, 2),
    length=st.one_of(st.integers(0, 2000), st.integers(100_000, 140_000)),
    kind=st.sampled_from(["zeros", "ones", "noise", "square", "click"]),
    seed=st.integers(0, 99),
)
def test_odd_audio_gives_findings_within_its_length(channels, length, kind, seed):
    draw = np.random.default_rng(seed)
    samples = {
        "zeros": np.zeros((channels, length)),
        "ones": np.ones((channels, length)),
        "noise": draw.uniform(-1, 1, (channels, length)),
        "square": np.sign(draw.uniform(-1, 1, (channels, length))),
        "click": (draw.random((channels, length)) < 1e-4) * 1.0,
    }[kind].astype(np.float32)
    for finding in check_recording([samples], RATE, 8000):
        assert 0 <= finding.start_s <= finding.end_s <= round(length / RATE, 3)
        assert finding.message


@settings(max_examples=6)
@given(st.sampled_from([0.9, 0.5, 0.25]))
def test_gain_changes_nothing_but_level_and_clipping(gain):
    def shape(findings):
        return {f.code for f in findings} - {"recording.level", "recording.clipped"}

    assert shape(check_recording([RECORDING * np.float32(gain)], RATE, 16000)) == shape(WHOLE)
