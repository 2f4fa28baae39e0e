"""What decoded audio shows before anybody trusts words from it."""

import numpy as np
import pytest

from qm.analysis.check_recording import check_recording, loudest_dbfs
from qm.domain.recording import Severity

RATE = 16000
QUIET = np.zeros(RATE, dtype=np.float32)
TONE = (0.2 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)
LINE_NOISE = (10 ** (-65 / 20) * np.random.default_rng(1).standard_normal(RATE)).astype(np.float32)
CLIPPED = np.clip(8 * TONE, -1, 1).astype(np.float32)


@pytest.mark.parametrize(
    ("channels", "codes"),
    [
        ((TONE, TONE), []),
        ((TONE,), []),
        ((QUIET, QUIET), ["recording.silent"]),
        ((LINE_NOISE, QUIET), ["recording.silent"]),
        ((QUIET,), ["recording.silent"]),
        ((TONE, QUIET), ["recording.missing_leg"]),
        ((CLIPPED, TONE), ["recording.clipped"]),
        ((CLIPPED, QUIET), ["recording.missing_leg", "recording.clipped"]),
    ],
)
def test_findings(channels, codes):
    assert [finding.code for finding in check_recording([np.stack(channels)], RATE, RATE)] == codes


def test_findings_say_how_much_they_matter_and_where():
    leg, clipped = check_recording([np.stack((CLIPPED, QUIET))], RATE, RATE)
    assert (leg.severity, clipped.severity) == (Severity.DOUBT, Severity.NOTE)
    assert (leg.start_s, leg.end_s) == (0.0, 1.0)
    assert "channel 1" in leg.message
    assert "channel 0" in clipped.message


def test_level_of_a_full_scale_sine_is_minus_three_db():
    sine = np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE).astype(np.float32)
    assert loudest_dbfs(sine, RATE) == pytest.approx(-3.01, abs=0.01)
    assert loudest_dbfs(np.zeros(0, dtype=np.float32), RATE) == float("-inf")


def test_one_loud_moment_is_sound():
    brief = QUIET.copy()
    brief[:1600] = TONE[:1600]
    assert check_recording([np.stack((brief, brief))], RATE, RATE) == ()
