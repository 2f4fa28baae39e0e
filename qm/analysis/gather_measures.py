"""What the recording checks keep of a recording: one pass over its blocks, and nothing of the samples."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qm.analysis.correlate_channels import Correlator
from qm.analysis.find_clipping import clipped_share
from qm.analysis.find_tones import Codes, key_codes, tone_codes
from qm.analysis.measure_frames import (
    HOP_S,
    LONG_HOPS,
    PIECE_HOPS,
    Floats,
    LongFrames,
    Piece,
    cut_pieces,
    hop_levels,
    hop_samples,
    long_frames,
)  # fmt: skip
from qm.units import Hertz, Seconds, Share

PIECE_S: Seconds = PIECE_HOPS * HOP_S
HELD_TONE: Share = 0.6
"""A frame with more of its power standing still is a tone or a chord: its crests are all of one height uncut."""


@dataclass(frozen=True)
class Measures:
    """Of a whole recording; first axis: channel.

    Attributes:
        levels, keys: of each 16 ms (whole ones only).
        power, high_power, held, flux_db, tones: of each 64 ms; see `LongFrames`.
        clipped: share of the samples at a cut, by piece of 8 s.
        offset: mean of the samples.
        correlator: of two channels, `None` otherwise.
    """

    length_s: Seconds
    levels: Floats
    keys: Codes
    power: Floats
    high_power: Floats
    held: Floats
    flux_db: Floats
    tones: Codes
    clipped: Floats
    offset: NDArray[np.float64]
    correlator: Correlator | None

    @property
    def channels(self) -> int:
        """How many there are."""
        return len(self.levels)


@dataclass
class _Kept:
    levels: list[Floats] = field(default_factory=list)
    keys: list[Codes] = field(default_factory=list)
    tones: list[Codes] = field(default_factory=list)
    frames: list[Floats] = field(default_factory=list)
    clipped: list[list[float]] = field(default_factory=list)


def gather_measures(blocks: Iterable[Floats], rate_hz: Hertz) -> Measures | None:
    """Measure a recording given as consecutive blocks of shape (channels, n), -1..1; `None` for no samples."""
    kept, total, sums, correlator = _Kept(), 0, np.zeros(0), None
    for piece in cut_pieces(blocks, rate_hz):
        if not total:
            sums = np.zeros(len(piece.samples))
            correlator = Correlator(rate_hz) if len(piece.samples) == 2 else None
        total += piece.valid
        sums += piece.body.sum(axis=1, dtype=np.float64)
        _keep(kept, piece, rate_hz, correlator)
    if not total:
        return None
    hops = max(total // hop_samples(rate_hz), 1)
    frames = max(hops // LONG_HOPS, 1)
    power, high_power, held, flux_db = np.concatenate(kept.frames, axis=2)[:, :, :frames]
    return Measures(
        round(total / rate_hz, 3),
        np.concatenate(kept.levels, axis=1)[:, :hops], np.concatenate(kept.keys, axis=1)[:, :hops],
        power, high_power, held, flux_db, np.concatenate(kept.tones, axis=1)[:, :frames],
        np.array(kept.clipped, dtype=np.float32).T, sums / total, correlator,
    )  # fmt: skip


def _keep(kept: _Kept, piece: Piece, rate_hz: Hertz, correlator: Correlator | None) -> None:
    levels = hop_levels(piece, rate_hz)
    frames = long_frames(piece, rate_hz)
    tones = tone_codes(frames)
    kept.levels.append(levels)
    kept.keys.append(key_codes(piece, rate_hz))
    kept.tones.append(tones)
    kept.frames.append(np.stack((frames.power, frames.high_power, frames.held, frames.flux_db)))
    kept.clipped.append(_clipped(piece, frames, tones))
    if correlator is not None:
        correlator.add(piece, levels)


def _clipped(piece: Piece, frames: LongFrames, tones: Codes) -> list[float]:
    """Share of clipped samples by channel; tones are left out, their crests are of one height by nature."""
    # A tone is seen to stand still only 256 ms after it began: look ahead as far.
    ahead = np.pad(frames.held, ((0, 0), (0, 4)))
    is_held = np.lib.stride_tricks.sliding_window_view(ahead, 5, axis=1).max(axis=2) > HELD_TONE
    is_tone = np.repeat(is_held | (tones >= 0), piece.body.shape[1] // frames.held.shape[1], axis=1)
    body = piece.body[:, : piece.valid]
    return [
        clipped_share(channel, channel[~tone]) for channel, tone in zip(body, is_tone[:, : piece.valid], strict=True)
    ]
