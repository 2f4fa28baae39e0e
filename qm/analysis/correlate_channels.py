"""How far one channel is heard in the other: correlations gathered over a recording in one pass."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from qm.analysis.measure_frames import PIECE_HOPS, Floats, Piece, hop_samples
from qm.units import Hertz, Seconds

Spectrum = NDArray[np.complex64]

SEGMENTS = 4
"""Parts of a piece that are correlated on their own: 2.048 s, long enough for two words of unlike sound."""
MAX_LAG_S: Seconds = 0.5
"""The longest echo looked for: a mobile call over a satellite trunk."""
TWIN_LAG_S: Seconds = 0.03
"""The longest delay of a doubled channel: 20 ms of recorder and 10 ms of codec."""
BAND_HZ = (250.0, 3400.0)
"""What every telephone codec carries."""
GATE_DB = 6.0
"""A party leads where its channel, each measured by its own loudest, is so much above the other."""
ACTIVE_DB = 25.0
"""A party speaks where its channel is within this of its loudest hop so far; pauses and line noise lie below."""


@dataclass(frozen=True)
class Leak:
    """The path from one channel into the other, over the whole recording.

    Attributes:
        lag_s: when it arrives.
        gain_db: its level in the other channel against its own.
        sharpness: peak of the whitened correlation over its scatter at other lags; about 4.5 where there is nothing.
        polarity: -1 where it arrives upside down.
    """

    lag_s: Seconds
    gain_db: float
    sharpness: float
    polarity: int


@dataclass(frozen=True)
class Twins:
    """How alike both channels were, segment by segment; shape (segments,).

    Attributes:
        likeness: peak of the whitened correlation: 1 is one signal, 0.03 two unrelated ones.
        lag: of the peak, in samples.
        hops: length of a segment in hops of 16 ms.
    """

    likeness: Floats
    lag: NDArray[np.int64]
    hops: int


@dataclass
class Correlator:
    """Takes the pieces of a two-channel recording in turn; memory doesn't grow with them beyond 16 bytes a segment."""

    rate_hz: Hertz
    _likeness: list[float] = field(default_factory=list)
    _lags: list[int] = field(default_factory=list)
    _loudest: Floats = field(default_factory=lambda: np.full(2, -100.0, dtype=np.float32))

    def __post_init__(self) -> None:
        self._max_lag = round(MAX_LAG_S * self.rate_hz)
        self._size = 0

    def add(self, piece: Piece, levels: Floats) -> None:
        """Correlate a piece, given with the levels of its hops."""
        self._loudest = np.maximum(self._loudest, np.percentile(levels, 98, axis=1).astype(np.float32))
        leads = self._leads(levels)
        hop = hop_samples(self.rate_hz)
        length = piece.body.shape[1] // SEGMENTS
        hops = length // hop
        for segment in range(SEGMENTS):
            samples = piece.body[:, segment * length : (segment + 1) * length]
            gate = np.repeat(leads[:, segment * hops : (segment + 1) * hops], hop, axis=1)
            self._add_segment(samples, samples * gate)

    def _leads(self, levels: Floats) -> NDArray[np.bool_]:
        own = levels - self._loudest[:, None]
        return np.asarray((own > -ACTIVE_DB) & (own > own[::-1] + GATE_DB))

    def _add_segment(self, samples: Floats, led: Floats) -> None:
        if not self._size:
            self._length = samples.shape[1]
            self._size = next_fast_len(samples.shape[1] + self._max_lag, real=True)
            bins = self._size // 2 + 1
            self._cross = np.zeros((2, bins), dtype=np.complex128)
            self._white = np.zeros((2, bins), dtype=np.complex128)
            self._power = np.zeros((2, bins))
            frequency = np.arange(bins) * self.rate_hz / self._size
            self._band = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1])
        spectra = rfft(samples, self._size, axis=1)
        both = np.conj(spectra[0]) * spectra[1]
        self._note_likeness(_whitened(both) * self._band)
        if led.any():
            led_spectra = rfft(led, self._size, axis=1)
            cross = np.conj(led_spectra) * spectra[::-1]
            power = led_spectra.real**2 + led_spectra.imag**2
            # Each segment counts the same, lest one loud stretch decide for the call.
            scale = 1 / np.maximum(power.sum(axis=1, keepdims=True), 1e-12) * np.any(led, axis=1, keepdims=True)
            self._cross += scale * cross
            self._white += _whitened(cross)
            self._power += scale * power

    def _note_likeness(self, white: Spectrum) -> None:
        lags = round(TWIN_LAG_S * self.rate_hz)
        correlation = irfft(white, self._size)
        near = np.concatenate((correlation[-lags:], correlation[: lags + 1]))
        peak = int(np.argmax(np.abs(near)))
        share = np.count_nonzero(self._band) / (self._size / 2)
        self._likeness.append(float(abs(near[peak]) / share))
        self._lags.append(peak - lags)

    def twins(self) -> Twins:
        """Likeness by segment."""
        return Twins(
            np.array(self._likeness, dtype=np.float32),
            np.array(self._lags, dtype=np.int64),
            PIECE_HOPS // SEGMENTS,
        )

    def leak(self, source: int) -> Leak:
        """What of the source's channel arrives in the other."""
        white = irfft(self._white[source] * self._band, self._size)[: self._max_lag]
        cross = irfft(self._cross[source] * self._band, self._size)[: self._max_lag]
        own = float(np.sum(self._power[source] * self._band) * 2 / self._size)
        peak = int(np.argmax(np.abs(white)))
        scatter = float(np.median(np.abs(white))) / 0.6745
        if not scatter or not own:
            return Leak(0.0, float("-inf"), 0.0, 1)
        near = cross[max(peak - 2, 0) : peak + 3]
        # What arrives after the segment's end is missing from the sum.
        overlap = 1 - peak / self._length
        gain = float(np.max(np.abs(near)) / own / overlap)
        return Leak(
            peak / self.rate_hz,
            20 * float(np.log10(gain)) if gain else float("-inf"),
            abs(float(white[peak])) / scatter,
            1 if white[peak] >= 0 else -1,
        )


def _whitened(cross: Spectrum) -> Spectrum:
    return np.asarray(cross / np.maximum(np.abs(cross), 1e-12))
