"""Cut decoded audio into frames and keep what the recording checks need of each: one pass, flat memory.

Blocks of any length are cut again into pieces of one length, so that what is found doesn't depend on how the audio
was delivered, and an hour of samples never stands in memory: some 600 bytes a second
and channel are kept (`gather_measures`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from qm.units import Hertz, Seconds

Floats = NDArray[np.float32]

HOP_S: Seconds = 0.016
"""Step of levels and key tones: the shortest key tone lasts 40 ms (ITU-T Q.24)."""
LONG_HOPS = 4
"""Hops a long frame moves on by: 64 ms. A long frame is twice that, 128 ms, and parts 425 Hz from 450 Hz."""
PIECE_HOPS = 512
"""Hops worked on at once, 8.192 s: long enough for numpy to be quick, short enough to stay in the cache."""
MEMORY_FRAMES = 4
"""Long frames looked back on: a spectral peak that stands where it stood 128 and 256 ms ago is a held note."""
SILENCE_DB = -100.0
"""Level written for digital silence: below the quietest 16-bit noise (-98)."""
VOICE_BAND_HZ = (100.0, 3500.0)
"""Where a telephone carries sound; pitch and formants of speech and the notes of hold music lie in it."""
HIGH_BAND_HZ = (4600.0, 7400.0)
"""Where narrowband telephone audio has nothing and every wideband voice has its s and f."""

BAND_BINS = 36
"""Bins of 7.8 Hz in a band of the flux: 280 Hz, a formant's width."""
FAINT_BAND = 1e-9
"""Added to a band's power so that digital silence has a level: -90 dB."""


@dataclass(frozen=True)
class Piece:
    """A part of the recording with a run-up of earlier samples (zeros before the start).

    Attributes:
        samples: shape (channels, run-up + `PIECE_HOPS` hops); the last piece is filled up with zeros.
        run_up: samples before the piece.
        valid: samples of the recording in it, run-up not counted.
    """

    samples: Floats
    run_up: int
    valid: int

    @property
    def body(self) -> Floats:
        """The piece without its run-up."""
        return self.samples[:, self.run_up :]


@dataclass(frozen=True)
class LongFrames:
    """Of each 128 ms frame, shape (channels, frames); frame k is centred on k times 64 ms.

    Attributes:
        power: in the voice band, full-scale sine = 0.5.
        high_power: in the band above telephone audio.
        held: share of the power in spectral peaks that stood at the same place 128 and 256 ms before.
        flux_db: how much the level in bands of 280 Hz changed in 128 ms, mean over the bands.
        spectra: in the voice band, shape (channels, frames, bins); not kept.
        first_hz, bin_hz: frequency of the first bin and distance of bins.
    """

    power: Floats
    high_power: Floats
    held: Floats
    flux_db: Floats
    spectra: Floats
    first_hz: float
    bin_hz: float


def hop_samples(rate_hz: Hertz) -> int:
    """Samples a hop."""
    return round(HOP_S * rate_hz)


def cut_pieces(blocks: Iterable[Floats], rate_hz: Hertz) -> Iterator[Piece]:
    """Pieces of one length, whatever the blocks' lengths.

    >>> [piece.valid for piece in cut_pieces([np.zeros((1, 100_000), dtype=np.float32)] * 2, 16000)]
    [131072, 68928]
    """
    hop = hop_samples(rate_hz)
    length, run_up = PIECE_HOPS * hop, (MEMORY_FRAMES + 1) * LONG_HOPS * hop
    pending: list[Floats] = []
    held = 0
    tail: Floats | None = None
    for block in blocks:
        pending.append(block)
        held += block.shape[1]
        if held < length:
            continue
        joined = np.concatenate(pending, axis=1)
        whole = held // length * length
        for start in range(0, whole, length):
            piece = _with_run_up(tail, joined[:, start : start + length], run_up, length)
            tail = piece.samples[:, -run_up:]
            yield piece
        pending, held = [joined[:, whole:]], held - whole
    if held:
        yield _with_run_up(tail, np.concatenate(pending, axis=1), run_up, length)


def _with_run_up(tail: Floats | None, body: Floats, run_up: int, length: int) -> Piece:
    samples = np.zeros((len(body), run_up + length), dtype=np.float32)
    if tail is not None:
        samples[:, :run_up] = tail
    samples[:, run_up : run_up + body.shape[1]] = body
    return Piece(samples, run_up, body.shape[1])


def level_db(power: Floats) -> Floats:
    """`10 log10(power)`, not below `SILENCE_DB`.

    >>> level_db(np.array([1.0, 0.0])).tolist()
    [0.0, -100.0]
    """
    floor = 10 ** (SILENCE_DB / 10)
    return np.asarray(10 * np.log10(np.maximum(power, floor)), dtype=np.float32)


def hop_levels(piece: Piece, rate_hz: Hertz) -> Floats:
    """Level of each 16 ms without its mean (a direct current isn't sound), in dB, shape (channels, hops)."""
    hop = hop_samples(rate_hz)
    hops = piece.body.reshape(len(piece.samples), -1, hop)
    mean = hops.mean(axis=2)
    power = np.einsum("chs,chs->ch", hops, hops) / np.float32(hop) - mean * mean
    return level_db(power)


def frame_spectra(samples: Floats, length: int, step: int) -> Floats:
    """Power spectra of Hann-windowed frames, shape (channels, frames, bins), a full-scale sine sums to about 0.5."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, length, axis=1)[:, ::step]
    window = np.hanning(length).astype(np.float32)
    spectra = rfft(frames * window, axis=2)
    scale = np.float32(2 / (length * float(np.sum(window * window))))
    return np.asarray((spectra.real**2 + spectra.imag**2) * scale, dtype=np.float32)


def long_frames(piece: Piece, rate_hz: Hertz) -> LongFrames:
    """Measure the long frames of a piece."""
    step = LONG_HOPS * hop_samples(rate_hz)
    spectra = frame_spectra(piece.samples, 2 * step, step)
    bin_hz = rate_hz / (2 * step)
    first, last = (round(edge / bin_hz) for edge in VOICE_BAND_HZ)
    high = slice(*(round(edge / bin_hz) for edge in HIGH_BAND_HZ))
    voice = spectra[:, :, first:last]
    power = voice.sum(axis=2)
    held = _held_share(voice, power)
    kept = slice(MEMORY_FRAMES, MEMORY_FRAMES + PIECE_HOPS // LONG_HOPS)
    return LongFrames(
        power[:, kept],
        spectra[:, kept, high].sum(axis=2),
        held[:, kept],
        _band_flux(voice)[:, kept],
        voice[:, kept],
        first * bin_hz,
        bin_hz,
    )


def _band_flux(voice: Floats) -> Floats:
    """Mean over the bands of `|level now - level two frames ago|`: 10 dB and more for a syllable, 6 for a chord."""
    bands = np.add.reduceat(voice, np.arange(0, voice.shape[2] - BAND_BINS + 1, BAND_BINS), axis=2)
    levels = 10 * np.log10(bands + FAINT_BAND)
    flux = np.zeros(voice.shape[:2], dtype=np.float32)
    flux[:, 2:] = np.abs(levels[:, 2:] - levels[:, :-2]).mean(axis=2)
    return flux


def _held_share(voice: Floats, power: Floats) -> Floats:
    """Share of a frame's power in peaks that stood within a bin (8 Hz) in the second and fourth frame before."""
    peaks = np.zeros(voice.shape, dtype=bool)
    middle = voice[:, :, 1:-1]
    peaks[:, :, 1:-1] = (middle > voice[:, :, :-2]) & (middle >= voice[:, :, 2:])
    # A peak stands 5 dB over its neighbourhood of 200 Hz and within 30 dB of the frame's greatest.
    peaks &= voice > 3 * uniform_filter1d(voice, 25, axis=2)
    peaks &= voice > 1e-3 * voice.max(axis=2, keepdims=True)
    near = maximum_filter1d(peaks, 3, axis=2)
    held = np.zeros_like(peaks)
    held[:, 4:] = peaks[:, 4:] & near[:, 2:-2] & near[:, :-4]
    in_peaks = (maximum_filter1d(held, 5, axis=2) * voice).sum(axis=2)
    return np.asarray(in_peaks / np.maximum(power, 1e-12), dtype=np.float32)
