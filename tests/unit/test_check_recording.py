"""What decoded audio shows before anybody trusts words from it: legs, levels, clipping, silences, bandwidth."""

import numpy as np
import pytest

from qm.analysis.check_recording import check_recording
from qm.analysis.measure_level import loudest_dbfs
from qm.domain.recording import Severity
from tests.unit import made_audio as made

RATE = made.RATE
QUIET = made.silence(12)
LINE_NOISE = made.noise(12, -65)
SPEECH = made.speech(12) + made.noise(12, -70, seed=3)


def found(*channels, source_rate=8000):
    return {finding.code: finding for finding in check_recording([np.stack(channels)], RATE, source_rate)}


@pytest.mark.parametrize(
    ("channels", "codes"),
    [
        ((SPEECH,), []),
        (tuple(made.call()), []),
        ((QUIET, QUIET), ["recording.silent"]),
        ((LINE_NOISE, QUIET), ["recording.silent"]),
        ((QUIET,), ["recording.silent"]),
        ((SPEECH, QUIET), ["recording.missing_leg"]),
        ((np.clip(20 * SPEECH, -1, 1), QUIET), ["recording.missing_leg", "recording.level", "recording.clipped"]),
    ],
)
def test_legs(channels, codes):
    assert list(found(*channels)) == codes


def test_findings_say_how_much_they_matter_and_where():
    leg = found(SPEECH, QUIET)["recording.missing_leg"]
    assert leg.severity is Severity.DOUBT
    assert (leg.start_s, leg.end_s) == (0.0, 12.0)
    assert "channel 1" in leg.message


def test_no_samples_are_silence():
    assert [finding.code for finding in check_recording([], RATE, RATE)] == ["recording.silent"]
    assert list(found(made.silence(0))) == ["recording.silent"]


def test_the_loudest_moment_counts():
    assert loudest_dbfs(np.array([-90.0] * 94 + [-20.0] * 6, dtype=np.float32)) == pytest.approx(-20, abs=0.01)
    assert loudest_dbfs(np.zeros(0, dtype=np.float32)) == float("-inf")
    brief = QUIET.copy()
    brief[:1600] = SPEECH[1000:2600]
    assert "recording.silent" not in found(brief, brief)


@pytest.mark.parametrize("after", [1.0, 0.4, 0.05])
def test_clipping_is_found_at_and_below_full_scale_with_its_place(after):
    sound = np.concatenate((made.speech(20, seed=1), np.clip(30 * made.speech(8, seed=2), -1, 1), made.silence(10)))
    clipped = found((after * sound).astype(np.float32))["recording.clipped"]
    assert clipped.severity is Severity.NOTE
    assert clipped.start_s > 12
    assert clipped.end_s < 34
    assert clipped.message.startswith("channel 0: ")


@pytest.mark.parametrize(
    "sound", [made.speech(30, -12, seed=4), made.tone(30, 440), made.music(30), made.noise(30, -12)]
)
def test_loud_but_whole_is_not_clipped(sound):
    assert "recording.clipped" not in found(np.clip(sound, -0.99, 0.99) if np.abs(sound).max() < 0.99 else sound / 2)


@pytest.mark.parametrize(("level_db", "said"), [(-50, "too quiet"), (-6, "too loud"), (-20, None)])
def test_level(level_db, said):
    level = found(made.speech(20, level_db).clip(-0.99, 0.99)).get("recording.level")
    assert (level is None) == (said is None)
    assert said is None or said in level.message


def test_parties_far_apart():
    parties = made.call(noise_db=-80)
    parties[1] *= np.float32(0.05)
    messages = [f.message for f in check_recording([parties], RATE, 8000) if f.code == "recording.level"]
    assert messages[0].startswith("the parties' levels lie 25 dB apart")


def test_direct_current_is_said_and_is_not_sound():
    codes = found(SPEECH + np.float32(0.05))
    assert list(codes) == ["recording.dc"]
    assert "+5.0 %" in codes["recording.dc"].message
    assert set(found(LINE_NOISE + np.float32(0.05))) == {"recording.silent", "recording.dc"}


def test_long_silence_of_both_has_its_span():
    gap = np.concatenate((made.speech(10), made.noise(45, -60), made.speech(10, seed=5)))
    silence = found(gap, np.roll(made.noise(65, -62, seed=7), 5))["recording.long_silence"]
    assert silence.start_s == pytest.approx(9.5, abs=1.5)
    assert silence.end_s == pytest.approx(55, abs=1)


def test_one_talking_is_no_silence():
    assert "recording.long_silence" not in found(
        np.concatenate((made.speech(10), made.noise(45, -60))), np.concatenate((made.noise(10, -60), made.speech(45)))
    )


def test_speech_to_the_last_sample_is_cut():
    sounding = made.speech(12) + made.noise(12, -70, seed=3)
    cut = sounding[: round(11.1 * RATE)]
    assert found(cut)["recording.cut_speech"].end_s == pytest.approx(11.1)
    assert "recording.cut_speech" not in found(sounding)


def test_upsampled_telephone_audio_is_told_from_wideband():
    narrow, wide = made.speech(20), made.speech(20, high_hz=7500)
    assert "48000 Hz" in found(narrow, source_rate=48000)["recording.narrowband"].message
    assert "recording.narrowband" not in found(narrow, source_rate=8000)
    assert "recording.narrowband" not in found(wide, source_rate=16000)
