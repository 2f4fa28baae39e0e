"""Overload: crests cut off flat, at full scale or, where the audio was made quieter or coded afterwards, below it."""

import numpy as np
from numpy.typing import NDArray

from qm.analysis.measure_frames import Floats
from qm.units import Share

FULL_LEVEL = 0.999
CLIPPED_SHARE: Share = 0.001
"""More samples than this share at the cut are heard as distortion."""
BINS = 100
"""Steps of a piece's own greatest sample."""
CUT_BINS = 4
"""Width of the heap at the cut: resampling makes the flat tops ripple by some per cent."""
BELOW_BINS = 8
LOWEST_BIN = 50
"""Where nothing is heaped above half of the greatest sample, the crests aren't cut."""
HEAP_RATIO = 1.7
"""Samples at the cut over samples in as wide a band below it. Clean speech: at most 1.14 in 546 pieces; cut 6 dB deep:
2.3 to 8."""
FAINTEST = 0.02
"""Greatest sample below which a piece isn't judged: steps of µ-law get as wide as the bins."""


def clipped_share(samples: Floats, without_tones: Floats) -> Share:
    """Share of the samples of one channel of one piece that lie at a cut; 0 where there is none.

    Samples at full scale count wherever they are more than `CLIPPED_SHARE`. Below full scale a cut shows in the
    histogram of `|x|`: natural crests get rarer with height, cut ones heap up at one.

    Args:
        samples: of the piece.
        without_tones: those of them that aren't part of a tone, whose crests heap up uncut.

    >>> silence = np.zeros(100, dtype=np.float32)
    >>> clipped_share(silence, silence), clipped_share(silence + 1, silence)
    (0.0, 1.0)
    """
    full = float(np.count_nonzero(np.abs(samples) >= FULL_LEVEL)) / max(samples.size, 1)
    if full > CLIPPED_SHARE:
        return full
    level = np.abs(without_tones)
    greatest = float(level.max(initial=0.0))
    if greatest < FAINTEST:
        return 0.0
    places = np.minimum((level * (BINS / greatest)).astype(np.int64), BINS - 1)
    return _heap_share(np.bincount(places, minlength=BINS), level.size)


def _heap_share(histogram: NDArray[np.int64], samples: int) -> Share:
    below = np.concatenate(([0], np.cumsum(histogram)))
    first = np.arange(LOWEST_BIN, BINS - CUT_BINS + 1)
    heap = below[first + CUT_BINS] - below[first]
    before = (below[first - CUT_BINS] - below[first - CUT_BINS - BELOW_BINS]) * (CUT_BINS / BELOW_BINS)
    above = below[BINS] - below[first + CUT_BINS]
    is_cut = (heap > CLIPPED_SHARE * samples) & (above <= heap) & (heap > HEAP_RATIO * np.maximum(before, 5))
    return float(heap[is_cut].max(initial=0)) / samples
