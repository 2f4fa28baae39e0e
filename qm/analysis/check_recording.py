"""Look at decoded audio before trusting words from it."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from qm.domain.recording import Finding, Severity
from qm.units import Seconds, Share

SILENT_DBFS = -60.0
"""A channel whose loudest 100 ms stay below this carries no speech; line noise lies at -55 to -70."""
CLIPPED_LEVEL = 0.999
CLIPPED_SHARE: Share = 0.001
"""More samples than this share at full scale are heard as distortion."""
FRAME_S: Seconds = 0.1


def check_recording(blocks: Iterable[NDArray[np.float32]], rate_hz: int, source_rate_hz: int) -> tuple[Finding, ...]:
    """Findings on one recording, given as consecutive blocks of shape (channels, n), -1..1.

    `recording.silent`: no channel carries sound. `recording.missing_leg`: one of two doesn't; answers that rest on
    what that party didn't say are in doubt. `recording.clipped`: distorted by overload.
    """
    channels = np.concatenate(list(blocks), axis=1)
    length_s = round(channels[0].size / rate_hz, 3)
    silent = [index for index, samples in enumerate(channels) if loudest_dbfs(samples, rate_hz) < SILENT_DBFS]
    found = []
    if len(silent) == len(channels):
        found.append(Finding("recording.silent", Severity.DOUBT, "no sound in any channel", 0.0, length_s))
    elif silent:
        message = f"no sound in channel {silent[0]}: one party is missing"
        found.append(Finding("recording.missing_leg", Severity.DOUBT, message, 0.0, length_s))
    for index, samples in enumerate(channels):
        clipped = np.count_nonzero(samples >= CLIPPED_LEVEL) + np.count_nonzero(samples <= -CLIPPED_LEVEL)
        share = clipped / samples.size if samples.size else 0.0
        if share > CLIPPED_SHARE:
            message = f"channel {index}: {100 * share:.1f} % of the samples are clipped"
            found.append(Finding("recording.clipped", Severity.NOTE, message, 0.0, length_s))
    return tuple(found)


def loudest_dbfs(samples: NDArray[np.float32], rate_hz: int) -> float:
    r"""Level of the loudest frame, `20 log10(rms)` in dB relative to full scale; -inf for digital silence.

    >>> loudest_dbfs(np.zeros(1600, dtype=np.float32), 16000)
    -inf
    """
    frame = max(int(FRAME_S * rate_hz), 1)
    whole = (
        samples[: samples.size - samples.size % frame].reshape(-1, frame) if samples.size >= frame else samples[None, :]
    )
    # Not `mean(square(…))`: an hour's temporary copy would take half a gigabyte.
    power = float(np.max(np.einsum("ij,ij->i", whole, whole))) / whole.shape[1] if whole.size else 0.0
    return 10 * float(np.log10(power)) if power > 0 else float("-inf")
