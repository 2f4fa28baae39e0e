"""Pack detected speech into windows for the recogniser, and map times in a window back to the call's clock."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from qm.domain.recognition import Stretch
from qm.ports import Audio, Samples
from qm.units import Seconds

LONGEST_S: Seconds = 30.0
"""What the recogniser was trained on; it can't take more at once."""
MARGIN_S: Seconds = 0.6
"""Kept on each side of detected speech: a recogniser loses first and last words that are cut close. On six real calls
(485 words) 0.4 s gave 48 errors, 0.6 to 1.0 s gave 36 to 41."""
TAIL_S: Seconds = 0.5
"""Silence after the last word, at least: without it decoders repeat themselves or don't end."""
BUCKETS_S: tuple[Seconds, ...] = (10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0, 24.0, 26.0, 28.0, LONGEST_S)
"""Lengths that windows are padded to: the encoder's cost grows faster than the length. Below 10 s the decoder adds
words that nobody said (measured on 70 Italian prompts: 84 insertions at 2 s steps from 2 s, 15 from 10 s)."""
SEARCH_S: Seconds = 10.0
FRAME_S: Seconds = 0.02


def bucket_of(speech_s: Seconds) -> Seconds:
    """Length to which so much speech is padded.

    >>> bucket_of(3.0), bucket_of(9.6), bucket_of(29.5)
    (10.0, 12.0, 30.0)
    """
    return next((length for length in BUCKETS_S if length >= speech_s + TAIL_S), LONGEST_S)


@dataclass(frozen=True)
class Window:
    """Stretches of one channel of one recording that are decoded together.

    Attributes:
        audio: index of the recording.
        pieces: spans on the call's clock, in order; they stand one after the other in the window.
    """

    audio: int
    channel: int
    pieces: tuple[Stretch, ...]

    @property
    def speech_s(self) -> Seconds:
        """Length without padding."""
        return sum(end - start for start, end in self.pieces)

    @property
    def bucket_s(self) -> Seconds:
        """Length with padding: it depends on this window alone, so that its words don't depend on what is near it."""
        return bucket_of(self.speech_s)

    def samples(self, audio: Audio, length_s: Seconds) -> Samples:
        """The pieces one after the other, padded with silence to `length_s`."""
        whole = np.concatenate([audio.read(self.channel, start, end) for start, end in self.pieces])
        length = round(length_s * audio.rate_hz)
        return np.pad(whole[:length], (0, max(0, length - whole.size)))

    def call_time(self, time_s: Seconds, piece: int) -> Seconds:
        """Time on the call's clock of a time in the window, kept inside one piece.

        >>> Window(0, 0, ((10.0, 12.0), (20.0, 25.0))).call_time(3.0, 1)
        21.0
        """
        start, end = self.pieces[piece]
        before = sum(until - since for since, until in self.pieces[:piece])
        return min(max(start + time_s - before, start), end)

    def piece_at(self, time_s: Seconds) -> int:
        """Which piece stands at a time in the window; the last one beyond its end.

        >>> Window(0, 0, ((10.0, 12.0), (20.0, 25.0))).piece_at(3.0)
        1
        """
        ends = list(accumulate(end - start for start, end in self.pieces))
        return min(bisect_right(ends, time_s), len(ends) - 1)


def pack_windows(index: int, audio: Audio, activity: Sequence[Sequence[Stretch]]) -> list[Window]:
    """Windows of every channel of one recording; a window never mixes channels, so overlapping speech keeps both."""
    found = []
    for channel, own in enumerate(activity):
        pieces = [
            part for piece in _with_margins(own, audio.recording.duration_s) for part in _split(audio, channel, piece)
        ]
        found += [Window(index, channel, group) for group in _groups(pieces)]
    return found


def _with_margins(stretches: Sequence[Stretch], length_s: Seconds) -> list[Stretch]:
    """Stretches with margins; those that then touch become one."""
    joined: list[Stretch] = []
    for start, end in stretches:
        since, until = max(0.0, start - MARGIN_S), min(length_s, end + MARGIN_S)
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        elif until > since:
            joined.append((since, until))
    return joined


def _split(audio: Audio, channel: int, piece: Stretch) -> list[Stretch]:
    """A piece that is too long for one window, divided where it is quietest."""
    parts = []
    start, end = piece
    while end - start > LONGEST_S - TAIL_S:
        latest = start + LONGEST_S - TAIL_S
        cut = _quietest(audio, channel, latest - SEARCH_S, latest)
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


def _quietest(audio: Audio, channel: int, start_s: Seconds, end_s: Seconds) -> Seconds:
    samples = audio.read(channel, start_s, end_s)
    frame = round(FRAME_S * audio.rate_hz)
    power = np.square(samples[: samples.size // frame * frame].reshape(-1, frame)).mean(axis=1)
    smooth = np.convolve(power, np.ones(5) / 5, mode="same")
    return start_s + (2 + int(np.argmin(smooth[2:-2]))) * FRAME_S + FRAME_S / 2


def _groups(pieces: Sequence[Stretch]) -> list[tuple[Stretch, ...]]:
    """As few groups as fit, each as full as the others: a short rest would lack context."""
    total = sum(end - start for start, end in pieces)
    wanted = total / max(1, -(-total // (LONGEST_S - TAIL_S)))
    groups: list[list[Stretch]] = []
    filled = 0.0
    for start, end in pieces:
        length = end - start
        if groups and filled + length <= LONGEST_S - TAIL_S and filled + length / 2 <= wanted:
            groups[-1].append((start, end))
            filled += length
        else:
            groups.append([(start, end)])
            filled = length
    return [tuple(group) for group in groups]
