"""Are two channels one signal, and is one party heard in the other's channel?

Doubled channels (dual mono) hold the same mix: in nearly every stretch of sound the best match of one with the other
lies at the same small delay, and their levels differ by the same amount whoever speaks. Where each party has a
channel, the level difference swings by tens of decibels from one speaker to the other, even where one leaks into the
other.
"""

from dataclasses import dataclass

import numpy as np

from qm.analysis.correlate_channels import Correlator, Leak, Twins
from qm.analysis.measure_frames import HOP_S, Floats
from qm.analysis.measure_level import active_hops, speech_dbfs
from qm.units import Seconds, Share

LIKENESS: Share = 0.08
"""Two unlike signals reach 0.03, copies through GSM with noise 0.1 to 0.5."""
AGREEING: Share = 0.6
"""Stretches of sound in which the match lies at one delay: 0.97 and more in doubled channels. A loud short echo reaches
0.95 too, and only the level difference tells it apart."""
AGREEING_SAMPLES = 24
"""1.5 ms: codecs shift single stretches."""
SPREAD_DB = 10.0
"""10th to 90th percentile of the level difference: at most 3 in 130 doubled ones, 29 and more in 260 calls."""
LOUD_DB = 12.0
"""Only hops this close to either channel's loudest count into the spread: in fainter ones a codec's noise decides."""
LEAST_S: Seconds = 2.0
"""Sound needed for a verdict."""
SMOOTH_HOPS = 8
"""128 ms: the delay between the channels must not show in the level difference."""
SHARPNESS = 12.0
"""A leak's peak over the scatter: at most 7 where there was none, 19 and more at -35 dB without coding."""
FAINTEST_DB = -45.0
"""A leak fainter than this can't be heard over line noise."""
WORDS_DB = -20.0
"""From here on a recogniser writes the leaked party's words into the wrong channel."""


@dataclass(frozen=True)
class Bleed:
    """One party heard in the other's channel.

    Attributes:
        delay_s: how much later than in its own.
        below_own_db: level against that channel's own speech; negative is fainter.
        loss_db: level against the party's own channel.
    """

    source: int
    delay_s: Seconds
    below_own_db: float
    loss_db: float

    @property
    def is_loud(self) -> bool:
        """True where words may be recognised from it."""
        return self.below_own_db >= WORDS_DB


def is_dual_mono(levels: Floats, twins: Twins) -> bool:
    """True where both channels hold the same signal, at any gain, polarity and delay up to 20 ms.

    Args:
        levels: in dB, shape (2, hops).
        twins: likeness by segment.
    """
    return _level_spread_db(levels) <= SPREAD_DB and _agreeing_share(levels, twins) >= AGREEING


def _level_spread_db(levels: Floats) -> float:
    """Swing of the level difference over the sounding hops; infinite where too little sounds to tell."""
    power = 10 ** (levels / 10)
    kernel = np.ones(SMOOTH_HOPS) / SMOOTH_HOPS
    smooth = 10 * np.log10(np.stack([np.convolve(channel, kernel, "same") for channel in power]) + 1e-12)
    own = smooth - np.percentile(smooth, 98, axis=1, keepdims=True)
    sounding = own.max(axis=0) > -LOUD_DB
    if np.count_nonzero(sounding) * HOP_S < LEAST_S:
        return float("inf")
    low, high = np.percentile((smooth[0] - smooth[1])[sounding], [10, 90])
    return float(high - low)


def _agreeing_share(levels: Floats, twins: Twins) -> Share:
    """Share of the segments with sound whose match is good and lies at the common delay; 0 for no sound."""
    active = np.any([active_hops(channel) for channel in levels], axis=0)
    hops = np.pad(active, (0, max(twins.lag.size * twins.hops - active.size, 0)))[: twins.lag.size * twins.hops]
    sounding = hops.reshape(-1, twins.hops).mean(axis=1) > 0.2
    if not sounding.any():
        return 0.0
    good = sounding & (twins.likeness > LIKENESS)
    if not good.any():
        return 0.0
    common = np.median(twins.lag[good])
    agree = good & (np.abs(twins.lag - common) <= AGREEING_SAMPLES)
    # A segment of noise between two words says nothing: each counts by its likeness, but at least by the limit.
    weight = np.maximum(twins.likeness, LIKENESS) * sounding
    return float(weight[agree].sum() / weight.sum())


def find_bleed(levels: Floats, correlator: Correlator) -> tuple[Bleed, ...]:
    """Each direction in which one party is heard in the other's channel.

    Args:
        levels: in dB, shape (2, hops).
        correlator: of the same recording.
    """
    speech = [speech_dbfs(channel) for channel in levels]
    found = []
    for source in (0, 1):
        leak = correlator.leak(source)
        if not np.isfinite(speech[source]) or not _is_heard(leak):
            continue
        in_other = speech[source] + leak.gain_db
        own = speech[1 - source] if np.isfinite(speech[1 - source]) else speech[source]
        found.append(Bleed(source, leak.lag_s, in_other - own, leak.gain_db))
    return tuple(found)


def _is_heard(leak: Leak) -> bool:
    return leak.sharpness >= SHARPNESS and leak.gain_db >= FAINTEST_DB
