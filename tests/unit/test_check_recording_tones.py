"""Ringing, busy, fax, keys and music, and speech that is none of them."""

import numpy as np
import pytest

from qm.analysis.check_recording import check_recording
from tests.unit import made_audio as made

RATE = made.RATE
EUROPE, AMERICA, BRITAIN = made.tone(3, 425), made.tone(3, 440, 480), made.tone(3, 400, 450)
BUSY_AMERICA = made.tone(3, 480, 620)
KEYS = [(low, high) for low in (697, 770, 852, 941) for high in (1209, 1336, 1477, 1633)]


def found(sound, noise_db=-60.0):
    speech = made.speech(6, seed=3)
    whole = np.concatenate((speech, made.silence(1), sound, made.silence(1), speech, made.silence(1)))
    noisy = whole + made.noise(whole.size / RATE, noise_db, seed=4)
    return [(f.code, f) for f in check_recording([noisy[None, :].astype(np.float32)], RATE, 8000)]


@pytest.mark.parametrize(
    ("sound", "code", "count"),
    [
        (made.cadence(EUROPE, 1, 4, times=3), "recording.ringback", 3),
        (made.cadence(EUROPE, 1, 4), "recording.ringback", 1),
        (made.cadence(AMERICA, 2, 4, times=2), "recording.ringback", 2),
        (made.cadence(BRITAIN, 0.4, 0.2, 0.4, 2, times=3), "recording.ringback", 3),
        (made.cadence(EUROPE, 0.5, 0.5, times=6), "recording.busy", 6),
        (made.cadence(EUROPE, 0.2, 0.2, times=6), "recording.busy", 6),
        (made.cadence(BUSY_AMERICA, 0.5, 0.5, times=4), "recording.busy", 4),
        (made.cadence(made.tone(1, 1100), 0.5, 3), "recording.fax", None),
    ],
)
def test_line_tones(sound, code, count):
    ((said, finding),) = found(sound)
    assert said == code
    assert count is None or str(count) in finding.message.removeprefix("channel 0")
    assert finding.start_s == pytest.approx(7, abs=0.15)
    assert 7 < finding.end_s <= 7.2 + sound.size / RATE


def test_keys_are_counted_and_never_named():
    typed = np.concatenate([np.concatenate((made.tone(0.09, *key), made.silence(0.1))) for key in KEYS])
    ((code, finding),) = found(typed)
    assert code == "recording.dtmf"
    assert finding.message == "channel 0: 16 keys pressed"
    assert (finding.start_s, finding.end_s) == pytest.approx((7.0, 10.04), abs=0.1)


@pytest.mark.parametrize("sound", [made.tone(0.2, 425), made.tone(1, 600), made.tone(1, 697), made.tone(4, 1000)])
def test_other_tones_are_none_of_them(sound):
    assert found(sound) == []


def test_a_lone_key_is_long():
    for length_s, said in ((0.15, ["recording.dtmf"]), (0.05, [])):
        assert [code for code, _finding in found(made.tone(length_s, 770, 1336))] == said


def test_music_has_its_span():
    ((code, finding),) = found(made.music(20))
    assert code == "recording.music"
    assert finding.start_s == pytest.approx(7, abs=2)
    assert finding.end_s == pytest.approx(27, abs=2)


@pytest.mark.parametrize(
    "sound", [made.speech(60, seed=8), made.noise(30, -30), made.noise(30, -50) + made.tone(30, 100, 200, level_db=-52)]
)
def test_speech_noise_and_hum_are_not_music(sound):
    assert "recording.music" not in [code for code, _finding in found(sound)]
