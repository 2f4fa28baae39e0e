"""Levels of a channel, and what a level alone tells: silence, a cut end, direct current, missing high frequencies."""

import numpy as np
from numpy.typing import NDArray

from qm.analysis.measure_frames import HOP_S, Floats, level_db
from qm.units import Seconds, Share

SILENT_DBFS = -60.0
"""A channel whose loudest 100 ms stay below this carries no speech; line noise lies at -55 to -70."""
LOUDEST_HOPS = 6
"""96 ms."""
ACTIVE_RANGE_DB = 25.0
"""Hops within this of the channel's loud ones are sound; pauses of a quiet line lie 30 to 50 dB below."""
ACTIVE_FLOOR_DBFS = -55.0
SMOOTH_HOPS = 31
"""Half a second: a click in a silence doesn't end it,"""
SMOOTH_SHARE: Share = 0.15
"""but 80 ms of sound in half a second do."""
LONG_SILENCE_S: Seconds = 30.0
"""Longer than a customer waits without asking whether anybody is there."""
END_HOPS = 12
"""The last 0.2 s: people and systems hang up after a pause."""
CUT_DB = 12.0
"""Sound within this of the speech level is speech, not its fading."""
NARROW_DB = -58.0
"""The sharpest sounds of wideband speech reach -5 to -45 there, upsampled telephone audio -66 to -85; coded by Opus at
48 kHz it reaches -42 (the codec's own noise) and isn't found."""
NARROW_FRAMES = 30
"""Two seconds of sound."""


def loudest_dbfs(levels: Floats) -> float:
    """Level of the loudest 96 ms of one channel; `SILENCE_DB` for digital silence, -inf for nothing at all.

    Args:
        levels: of each 16 ms, in dB.
    """
    if not levels.size:
        return float("-inf")
    power = _power(levels)
    width = min(LOUDEST_HOPS, power.size)
    sums = np.lib.stride_tricks.sliding_window_view(power, width).mean(axis=1)
    return float(level_db(sums.max(keepdims=True))[0])


def speech_dbfs(levels: Floats) -> float:
    """Active level: mean power of the hops that are sound (ITU-T P.56's idea, with a fixed margin); -inf for none."""
    active = active_hops(levels)
    return 10 * float(np.log10(_power(levels[active]).mean())) if active.any() else float("-inf")


def active_hops(levels: Floats) -> NDArray[np.bool_]:
    """Which hops of one channel are sound."""
    if not levels.size:
        return np.zeros(0, dtype=bool)
    loud = float(np.percentile(levels[levels > ACTIVE_FLOOR_DBFS], 95)) if (levels > ACTIVE_FLOOR_DBFS).any() else 0.0
    return np.asarray(levels > max(loud - ACTIVE_RANGE_DB, ACTIVE_FLOOR_DBFS))


def long_silences(levels: Floats) -> tuple[tuple[Seconds, Seconds], ...]:
    """Spans of `LONG_SILENCE_S` and more in which no channel has sound.

    Args:
        levels: shape (channels, hops).
    """
    sound = np.any([_smoothed(active_hops(channel)) for channel in levels], axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([True], sound, [True])).astype(np.int8)))
    spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return tuple((first * HOP_S, last * HOP_S) for first, last in spans if (last - first) * HOP_S >= LONG_SILENCE_S)


def is_cut(levels: Floats) -> bool:
    """True where a channel sounds at speech level to its very last 16 ms.

    >>> is_cut(np.array([-60.0] * 50 + [-20.0] * 50, dtype=np.float32))
    True
    >>> is_cut(np.array([-20.0] * 50 + [-60.0] * 50, dtype=np.float32))
    False
    """
    if levels.size < 4 * END_HOPS:
        return False
    limit = speech_dbfs(levels) - CUT_DB
    return bool(levels[-1] > limit and np.mean(levels[-END_HOPS:] > limit) > 0.75)


def _smoothed(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kernel = np.ones(SMOOTH_HOPS)
    return np.asarray(np.convolve(active, kernel, "same") > SMOOTH_SHARE * SMOOTH_HOPS)


def _power(levels: Floats) -> Floats:
    return np.asarray(10 ** (levels / 10), dtype=np.float32)


def is_narrowband(power: Floats, high_power: Floats) -> bool:
    """True where even the sharpest sounds of a channel have nothing above telephone bandwidth.

    Args:
        power: of each 64 ms up to 3.5 kHz.
        high_power: of the same frames in 4.6 to 7.4 kHz.
    """
    loud = power > 0.1 * power.mean() if power.size else np.zeros(0, dtype=bool)
    if np.count_nonzero(loud) < NARROW_FRAMES:
        return False
    sharpest = float(np.percentile(high_power[loud], 97))
    return sharpest < 10 ** (NARROW_DB / 10) * float(power[loud].mean())
