"""Signalling tones on a telephone line: ringing, busy, fax and keys pressed.

Frequencies and cadences: ITU-T E.180 supplement 2 (various tones used in national networks), ITU-T Q.23 and Q.24
(keys), ITU-T T.30 (fax). Which key was pressed is never reported: callers type card numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qm.analysis.measure_frames import (
    HOP_S,
    LONG_HOPS,
    Floats,
    LongFrames,
    Piece,
    frame_spectra,
    hop_samples,
)  # fmt: skip
from qm.units import Hertz, Seconds, Share

Codes = NDArray[np.int8]
"""Of each frame, the place in `TONES` or of a key; -1 where there is none. Shape (channels, frames)."""

TONES: tuple[tuple[float, ...], ...] = (
    (425.0,), (440.0, 480.0), (400.0, 450.0), (480.0, 620.0), (400.0,), (1100.0,), (2100.0,),
)  # fmt: skip
"""In Hz: Europe's ringing and busy, ringing of North America, of Britain, busy of both, fax calling and called."""
RINGING = frozenset({0, 1, 2})
BUSY = frozenset({0, 3, 4})
FAX = frozenset({5, 6})
BRITISH_RINGING = 2
LONG_FRAME_S: Seconds = HOP_S * LONG_HOPS
TONE_SHARE: Share = 0.75
"""Of the voice band's power, in the tone: GSM coding leaves 0.8 of a pure one, a sung vowel rarely reaches 0.6."""
TONE_POWER = 1e-5
"""Mean square of the faintest tone looked for: -50 dB."""
RING_S: tuple[Seconds, Seconds] = (0.7, 2.6)
"""A ring: 1 s in Europe, 2 s in North America."""
SHORT_S: tuple[Seconds, Seconds] = (0.1, 0.72)
"""Bursts and gaps of a busy tone, 0.2 s to 0.5 s, and of Britain's double ring, measured 64 ms finely."""
FAX_S: Seconds = 0.4
BUSY_BURSTS = 3
"""Bursts before a busy tone is believed."""
RING_GAP_S: Seconds = 5.0
"""Rings further apart are two calls' rings."""
LOW_KEYS_HZ = np.array([697.0, 770.0, 852.0, 941.0])
HIGH_KEYS_HZ = np.array([1209.0, 1336.0, 1477.0, 1633.0])
KEY_TOLERANCE: Share = 0.025
"""ITU-T Q.24 accepts 1.5 % and refuses 3.5 %."""
KEY_SHARE: Share = 0.8
KEY_POWER = 3e-5
"""Mean square of the faintest key tone looked for: -45 dB."""
KEY_TWIST = 10.0
"""Greatest ratio of the two tones' powers: Q.24 asks for 4 to 8 dB to be borne."""
KEY_HOPS = 4
"""Hops in a row with the same key: 64 ms, of a tone that lasts 40 ms at least and is seen 32 ms early or late."""
LONE_KEY_HOPS = 6
"""A key on its own must last longer, 96 ms, as a finger's press does: GSM makes 64 ms of a voice look like one."""
KEY_GAP_S: Seconds = 3.0
"""Keys closer than this are typed in one go."""


@dataclass(frozen=True)
class ToneSpan:
    """A stretch of tones on one channel.

    Attributes:
        code: of the finding.
        count: bursts, rings or keys.
    """

    code: str
    count: int
    start_s: Seconds
    end_s: Seconds


@dataclass(frozen=True)
class Burst:
    """One unbroken tone."""

    kind: int
    start_s: Seconds
    end_s: Seconds

    @property
    def length_s(self) -> Seconds:
        """How long it sounds."""
        return self.end_s - self.start_s


def tone_codes(frames: LongFrames) -> Codes:
    """Which of `TONES` each 128 ms frame holds and nothing else."""
    spectra = frames.spectra
    frequency = frames.first_hz + frames.bin_hz * np.arange(spectra.shape[2])
    best = np.full(spectra.shape[:2], TONE_SHARE, dtype=np.float32)
    codes = np.full(spectra.shape[:2], -1, dtype=np.int8)
    power = np.maximum(frames.power, 1e-12)
    for place, tone in enumerate(TONES):
        parts = [spectra[:, :, np.abs(frequency - hertz) <= 2.2 * frames.bin_hz].sum(axis=2) / power for hertz in tone]
        share = np.sum(parts, axis=0)
        fits = (share > best) & (np.min(parts, axis=0) > 0.15) & (frames.power > TONE_POWER)
        codes[fits] = place
        best = np.where(fits, share, best)
    # A frame that only just touches a burst is pure as well, but faint beside its neighbours.
    return np.where(frames.power > 0.1 * _near_maximum(frames.power), codes, np.int8(-1))


def _near_maximum(power: Floats) -> Floats:
    padded = np.pad(power, ((0, 0), (2, 2)))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1).max(axis=2))


def key_codes(piece: Piece, rate_hz: Hertz) -> Codes:
    """Which key each hop of 16 ms holds: -1 for none."""
    hop = hop_samples(rate_hz)
    spectra = frame_spectra(piece.samples[:, piece.run_up - hop :], 2 * hop, hop)
    bin_hz = rate_hz / (2 * hop)
    voice = spectra[:, :, round(250 / bin_hz) : round(3400 / bin_hz)].sum(axis=2)
    low, low_power = _nearest_key(spectra, bin_hz, (625.0, 1030.0), LOW_KEYS_HZ)
    high, high_power = _nearest_key(spectra, bin_hz, (1130.0, 1720.0), HIGH_KEYS_HZ)
    pure = (low_power + high_power > KEY_SHARE * voice) & (voice > KEY_POWER)
    even = (low_power < KEY_TWIST * high_power) & (high_power < KEY_TWIST * low_power)
    return np.where(pure & even & (low >= 0) & (high >= 0), 4 * low + high, -1).astype(np.int8)


def _nearest_key(
    spectra: Floats, bin_hz: float, band_hz: tuple[float, float], keys: NDArray[np.float64]
) -> tuple[NDArray[np.int64], Floats]:
    """Place of the key frequency at the band's peak (-1 for none), and the power round the peak."""
    first, last = (round(edge / bin_hz) for edge in band_hz)
    peak = np.argmax(spectra[:, :, first:last], axis=2) + first
    around = np.stack([np.take_along_axis(spectra, (peak + shift)[..., None], 2)[..., 0] for shift in range(-2, 3)])
    power = around.sum(axis=0)
    centre = (around * np.arange(-2, 3)[:, None, None]).sum(axis=0) / np.maximum(power, 1e-12)
    frequency = (peak + centre) * bin_hz
    off = np.abs(frequency[..., None] / keys - 1)
    place = np.argmin(off, axis=2)
    return np.where(off.min(axis=2) < KEY_TOLERANCE, place, -1), power


def find_tones(codes: NDArray[np.int8]) -> tuple[ToneSpan, ...]:
    """Ringing, busy and fax tones of one channel, in order of start."""
    bursts = [Burst(code, first * LONG_FRAME_S, last * LONG_FRAME_S) for code, first, last in _runs(codes)]
    spans = [*_ringing(bursts), *_busy(bursts)]
    spans += [
        ToneSpan("recording.fax", 1, burst.start_s, burst.end_s)
        for burst in bursts
        if burst.kind in FAX and burst.length_s >= FAX_S
    ]
    return tuple(sorted(spans, key=lambda span: span.start_s))


def find_keys(codes: NDArray[np.int8]) -> tuple[ToneSpan, ...]:
    """Stretches of keys pressed on one channel.

    >>> find_keys(np.array([5] * 6 + [-1] * 6 + [2] * 6, dtype=np.int8))[0].count
    2
    """
    spans: list[ToneSpan] = []
    longest: list[int] = []
    for _code, first, last in _runs(codes):
        if last - first < KEY_HOPS:
            continue
        start_s, end_s = first * HOP_S, last * HOP_S
        if spans and start_s - spans[-1].end_s <= KEY_GAP_S:
            spans[-1] = ToneSpan("recording.dtmf", spans[-1].count + 1, spans[-1].start_s, end_s)
            longest[-1] = max(longest[-1], last - first)
        else:
            spans.append(ToneSpan("recording.dtmf", 1, start_s, end_s))
            longest.append(last - first)
    return tuple(span for span, hops in zip(spans, longest, strict=True) if span.count > 1 or hops >= LONE_KEY_HOPS)


def _runs(codes: NDArray[np.int8]) -> Iterator[tuple[int, int, int]]:
    """(code, first, last + 1) of each stretch of one code that isn't -1."""
    edges = np.flatnonzero(np.diff(codes)) + 1
    bounds = [0, *edges.tolist(), codes.size]
    for first, last in pairwise(bounds):
        if last > first and codes[first] >= 0:
            yield int(codes[first]), first, last


def _ringing(bursts: Sequence[Burst]) -> Iterator[ToneSpan]:
    for group in _grouped([burst for burst in bursts if burst.kind in RINGING], RING_GAP_S):
        rings = [burst for burst in group if RING_S[0] <= burst.length_s <= RING_S[1]]
        if group[0].kind == BRITISH_RINGING:
            rings += [
                second
                for first, second in pairwise(group)
                if _is_short(first.length_s) and _is_short(second.length_s) and second.start_s - first.end_s < 0.4
            ]
        if rings:
            yield ToneSpan("recording.ringback", len(rings), group[0].start_s, group[-1].end_s)


def _busy(bursts: Sequence[Burst]) -> Iterator[ToneSpan]:
    for group in _grouped([burst for burst in bursts if burst.kind in BUSY], SHORT_S[1]):
        if len(group) >= BUSY_BURSTS and all(_is_short(burst.length_s) for burst in group):
            yield ToneSpan("recording.busy", len(group), group[0].start_s, group[-1].end_s)


def _is_short(length_s: Seconds) -> bool:
    return SHORT_S[0] <= length_s <= SHORT_S[1]


def _grouped(bursts: Sequence[Burst], gap_s: Seconds) -> Iterator[list[Burst]]:
    """Bursts of one kind with no longer gap between them."""
    group: list[Burst] = []
    for burst in bursts:
        if group and (burst.kind != group[-1].kind or burst.start_s - group[-1].end_s > gap_s):
            yield group
            group = []
        group.append(burst)
    if group:
        yield group
