"""Write decoded sound into a scratch file as 16-bit samples at one rate, channels interleaved."""

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from qm.errors import RecordingError
from qm.units import Seconds

RATE_HZ = 16000
"""What every engine of the product takes."""
LONGEST_S: Seconds = 4 * 3600.0
"""More is a recorder that was never stopped, or a few bytes that unpack to days; two channels of it take 0.9 GB."""
AUDIBLE = 33
"""-60 dB of full scale in 16-bit steps; a further channel that stays below carries nothing."""
KEPT_CHANNELS = 2
"""One a party. Others are heard through and dropped at once, so that they take no room."""
BLOCK = RATE_HZ * 60
"""Silence is written by the minute."""


class ScratchWriter:
    """Takes frames in order of time; keeps the first two channels and refuses sound in others.

    Attributes:
        channels: of the file; 0 before the first frame.
        position_s: length of what was taken, by the file's own sample rate.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.channels = 0
        self.position_s: Seconds = 0.0
        self._file = file
        self._resampler: Any = None
        self._setup: tuple[object, ...] = ()
        self._written = 0

    @property
    def kept(self) -> int:
        """Channels that stand in the scratch file."""
        return min(self.channels, KEPT_CHANNELS)

    def append(self, frame: Any) -> None:
        """Resample and write one decoded frame.

        Raises:
            RecordingError: `recording.channels`, `.too_long`.
        """
        import av

        count = len(frame.layout.channels)
        setup = (frame.layout.name, count, frame.sample_rate, frame.format.name)
        if setup != self._setup:
            self.begin(count)
            self._resampler = av.AudioResampler(format="s16", layout=frame.layout, rate=RATE_HZ)
            self._setup = setup
        self.position_s += frame.samples / frame.sample_rate
        self._write(self._resampler.resample(frame))

    def silence(self, length_s: Seconds) -> None:
        """Write silence, so that times behind it stay true."""
        self._flush()
        self.position_s += length_s
        left = max(0, round(self.position_s * RATE_HZ) - self._written)
        self._count(left)
        for at in range(0, left, BLOCK):
            self._file.write(bytes(2 * self.kept * min(BLOCK, left - at)))

    def finish(self) -> None:
        """Write what the resampler still holds."""
        self._flush()
        self._file.flush()

    def begin(self, count: int) -> None:
        """Go on with frames of `count` channels.

        Raises:
            RecordingError: `recording.channels`: there were others before.
        """
        if self.channels and count != self.channels:
            message = f"changes from {self.channels} to {count} channels after {self.position_s:.1f} s"
            raise RecordingError("recording.channels", message, "export the two parts as two files")
        self._flush()
        self.channels = count

    def _flush(self) -> None:
        if self._resampler is not None:
            self._write(self._resampler.resample(None))
        self._resampler, self._setup = None, ()

    def _write(self, frames: Sequence[Any]) -> None:
        for frame in frames:
            samples = frame.to_ndarray().reshape(-1, self.channels)
            self._count(len(samples))
            for channel in range(KEPT_CHANNELS, self.channels):
                if np.abs(samples[:, channel].astype(np.int32)).max(initial=0) >= AUDIBLE:
                    message = f"has {self.channels} channels, and sound in more than the first two (channel {channel})"
                    hint = "export the call as mono or with a channel a party"
                    raise RecordingError("recording.channels", message, hint)
            self._file.write(np.ascontiguousarray(samples[:, : self.kept]).tobytes())

    def _count(self, samples: int) -> None:
        self._written += samples
        if self._written > LONGEST_S * RATE_HZ:
            raise RecordingError("recording.too_long", f"more than {LONGEST_S / 3600:g} hours", "split it by call")
