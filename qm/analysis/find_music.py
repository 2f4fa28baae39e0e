"""Hold music: sound without pauses whose notes stand still.

Speech glides: the harmonics of a voice rarely stay at one frequency for a quarter of a second, its bands rise and fall
by 10 dB from one syllable to the next, and every few words it pauses. Music holds its notes, changes less and goes on.
All three must say so, for many seconds: words over music are suspected, so that speech taken for music costs more
than music missed. (Low-energy frames and spectral flux: Scheirer and Slaney 1997; held peaks: Hawley 1993.)
"""

import numpy as np
from numpy.typing import NDArray

from qm.analysis.find_tones import LONG_FRAME_S
from qm.analysis.measure_frames import Floats
from qm.units import Seconds, Share

WINDOW_FRAMES = 62
"""4 s are judged at once, 0.5 s on each time: in 4 s of speech there is a pause."""
STEP_FRAMES = 8
HELD_SHARE: Share = 0.18
"""Power in notes that stand still: 0.36 in half of the hold music measured, 0.04 in half of the speech."""
FLUX_DB = 7.5
"""Change of the bands: 5.6 in half of the hold music measured, above 10.6 in 75 % of the speech, and above 7
in nearly all of it under line noise and GSM."""
HELD_A_PAUSE = 0.8
"""Times the share of pauses, added to the held share asked for: the more it pauses, the clearer its notes must be."""
PAUSE_SHARE: Share = 0.30
"""With more pauses than this nothing is music."""
PAUSE_RATIO = 10**-1.5
"""A pause is a frame 15 dB below the mean."""
ACTIVE_RATIO = 10**-2.0
"""Frames 20 dB below the mean don't count into the held share: what stands still there is hum."""
FAINT_POWER = 1.6e-5
"""Mean square of the faintest music looked for: -48 dB. Hum on a line stands still too, at -50 to -60."""
EDGE_FRAMES = 16
"""1 s."""
GAP_FRAMES = WINDOW_FRAMES
"""Windows that don't say music for up to 4 s lie in a quiet passage of one piece."""
SAYING_SHARE: Share = 0.6
"""But most windows of a span must say music."""
SHORTEST_S: Seconds = 7.0
"""Hold music lasts longer; a jingle or a sung word doesn't."""


def find_music(power: Floats, held: Floats, flux_db: Floats) -> tuple[tuple[Seconds, Seconds], ...]:
    """Spans of music on one channel; of line tones too, where the caller doesn't take those out of `held`.

    Args:
        power: of each 64 ms, in the voice band.
        held: share of it in peaks that stood still, see `LongFrames`.
        flux_db: change of the bands, see `LongFrames`.
    """
    starts = np.arange(0, max(power.size - WINDOW_FRAMES + 1, 0), STEP_FRAMES)
    if not starts.size:
        return ()
    windows, holds, fluxes = (_windows(values) for values in (power, held, flux_db))
    mean = windows.mean(axis=1, keepdims=True)
    active = windows > ACTIVE_RATIO * mean
    frames = np.maximum(active.sum(axis=1), 1)
    held_share = (holds * active).sum(axis=1) / frames
    flux = (fluxes * active).sum(axis=1) / frames
    pauses = np.mean(windows < PAUSE_RATIO * mean, axis=1)
    is_held = held_share > HELD_SHARE + HELD_A_PAUSE * pauses
    is_music = is_held & (flux < FLUX_DB) & (pauses < PAUSE_SHARE) & (mean[:, 0] > FAINT_POWER)
    return _spans(starts[is_music], power.size)


def _windows(values: Floats) -> Floats:
    return np.lib.stride_tricks.sliding_window_view(values, WINDOW_FRAMES)[::STEP_FRAMES]


def _spans(starts: NDArray[np.int64], frames: int) -> tuple[tuple[Seconds, Seconds], ...]:
    """Windows that touch, or nearly, are one span; short spans are dropped.

    A span begins 1 s into its first window and ends 1 s before the end of its last, since three seconds of music are
    enough for a window to say so; at the recording's ends it reaches to the end.
    """
    spans: list[tuple[int, int, int]] = []
    for start in starts.tolist():
        first = 0 if start == 0 else start + EDGE_FRAMES
        last = frames if start + WINDOW_FRAMES + STEP_FRAMES > frames else start + WINDOW_FRAMES - EDGE_FRAMES
        if spans and first - spans[-1][1] <= GAP_FRAMES:
            spans[-1] = (spans[-1][0], last, spans[-1][2] + 1)
        else:
            spans.append((first, last, 1))
    return tuple(
        (first * LONG_FRAME_S, last * LONG_FRAME_S)
        for first, last, windows in spans
        if (last - first) * LONG_FRAME_S >= SHORTEST_S and windows * STEP_FRAMES >= SAYING_SHARE * (last - first)
    )
