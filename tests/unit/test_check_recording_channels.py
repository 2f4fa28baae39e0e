"""One signal in both channels, and one party heard in the other's."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.channels import stereo_calls
from qm.analysis.check_recording import check_recording
from qm.domain.recording import Severity
from tests.unit import made_audio as made

RATE = made.RATE
REPOSITORY = Path(__file__).parents[2]


def found(pair):
    return {finding.code: finding for finding in check_recording([pair.astype(np.float32)], RATE, 8000)}


def later(samples, delay_s):
    shift = round(delay_s * RATE)
    return np.concatenate((np.zeros(shift, dtype=samples.dtype), samples))[: samples.size]


@pytest.mark.parametrize("gain_db", [0, -20, 6])
@pytest.mark.parametrize("polarity", [1, -1])
@pytest.mark.parametrize("delay_s", [0, 0.003, 0.02])
def test_dual_mono(gain_db, polarity, delay_s):
    mix = made.call().sum(axis=0)
    twin = polarity * 10 ** (gain_db / 20) * later(mix, delay_s) + made.noise(40, -60, seed=20)
    dual = found(np.stack((mix, twin)))
    assert dual["recording.dual_mono"].severity is Severity.DOUBT
    assert "recording.bleed" not in dual


def test_dual_mono_is_looked_at_once():
    mix = np.concatenate((made.call().sum(axis=0), made.cadence(made.tone(1, 425), 1, 4, times=2)))
    codes = [finding.code for finding in check_recording([np.stack((mix, mix))], RATE, 8000)]
    assert codes == ["recording.dual_mono", "recording.ringback"]


@pytest.mark.parametrize("source", [0, 1])
@pytest.mark.parametrize("delay_s", [0.001, 0.02, 0.12, 0.45])
@pytest.mark.parametrize(("loss_db", "severity"), [(12, Severity.DOUBT), (28, Severity.NOTE)])
def test_bleed_has_direction_delay_and_level(source, delay_s, loss_db, severity):
    parties = made.call()
    parties[1 - source] += np.float32(10 ** (-loss_db / 20)) * later(parties[source], delay_s)
    codes = found(parties)
    bleed = codes["recording.bleed"]
    assert "recording.dual_mono" not in codes
    assert f"channel {source} is heard in channel {1 - source}, {1000 * delay_s:.0f} ms later" in bleed.message
    assert abs(float(bleed.message.split(" dB fainter")[0].split()[-1]) - loss_db) <= 3
    assert bleed.severity is severity
    assert bleed.channel == 1 - source


@pytest.mark.parametrize("loss_db", [8, 15, 25])
def test_bleed_both_ways_is_not_dual_mono(loss_db):
    parties = made.call()
    leaked = parties + np.float32(10 ** (-loss_db / 20)) * np.stack((later(parties[1], 0.02), later(parties[0], 0.02)))
    said = [finding.code for finding in check_recording([leaked], RATE, 8000)]
    assert said == ["recording.bleed", "recording.bleed"]


def test_apart_is_apart():
    assert found(made.call()) == {}
    assert found(np.stack((made.speech(30, seed=1), made.speech(30, seed=2)))) == {}


def test_example_and_real_calls_are_two_parties():
    shared = Path(os.environ.get("QM_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (shared / "calls").is_dir():
        pytest.skip("the shared data with real calls isn't here")
    calls = stereo_calls((shared,))
    assert calls
    wrong = {"recording.dual_mono", "recording.bleed", "recording.music", "recording.dtmf", "recording.ringback"}
    for name, samples in calls.items():
        assert not wrong & set(found(samples)), name
