"""Decode recordings with PyAV (FFmpeg): any container and codec, to 16 kHz channels."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from qm.domain.recording import Recording
from qm.errors import RecordingError
from qm.ports import Audio, Samples
from qm.units import Seconds

RATE_HZ = 16000
"""What every engine of the product takes."""
SHORTEST_S: Seconds = 1.0
"""Less holds no conversation."""
LONGEST_S: Seconds = 2 * 3600.0
"""More would not fit the memory that a worker may use: decoding takes 0.65 GB an hour of two channels."""
SLOWEST_HZ, FASTEST_HZ = 4000, 192000
"""Outside of these a header lies: a few bytes would be blown up to hours."""
MISSING_S: Seconds = 0.5
"""How much less than promised is a truncated file rather than a rounded header."""


class PyAvAudioReader:
    """Reads whole files into memory: 230 MB an hour and channel."""

    def read(self, path: Path, sha256: str) -> Audio:
        """Decode `path`; `sha256` is of its bytes.

        Raises:
            RecordingError: `recording.empty`, `.not_audio`, `.no_audio`, `.channels`, `.truncated`, `.too_short`,
                `.too_long`, `.not_finite`.
        """
        if path.stat().st_size == 0:
            raise RecordingError("recording.empty", "the file is empty", "ask the recorder for it again")
        channels, rate_hz, codec = _decode(path)
        samples = channels[0].size
        duration_s = samples / RATE_HZ
        _refuse_truncated(path, duration_s)
        if duration_s < SHORTEST_S:
            message = f"{duration_s:.2f} s of audio, at least {SHORTEST_S:g} s are needed"
            raise RecordingError("recording.too_short", message, "nothing to evaluate; check the recorder's trigger")
        if not all(np.isfinite(channel).all() for channel in channels):
            raise RecordingError("recording.not_finite", "holds samples that are no numbers", "export it again")
        recording = Recording(sha256, round(duration_s, 3), rate_hz, len(channels), codec)
        return Audio(recording, channels, RATE_HZ)


def _decode(path: Path) -> tuple[tuple[Samples, ...], int, str]:
    import av
    import av.error

    av.logging.set_level(None)
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise RecordingError("recording.no_audio", "has no audio track", "export the audio of the call")
            stream = container.streams.audio[0]
            _refuse_layout(stream)
            buffers = _collect(container, stream)
            rate_hz, codec = int(stream.codec_context.sample_rate or 0), str(stream.codec_context.name)
    except (av.error.FFmpegError, ValueError) as error:
        raise RecordingError("recording.not_audio", f"can't be decoded: {_reason(error)}", "export it again") from error
    if not buffers or not buffers[0]:
        raise RecordingError("recording.not_audio", "holds no sound that can be decoded", "export it again")
    return tuple(np.frombuffer(buffer, dtype=np.float32) for buffer in buffers), rate_hz, codec


def _collect(container: Any, stream: Any) -> list[bytearray]:
    """One growing buffer a channel: thousands of small arrays would leave as much memory again in fragments."""
    buffers = [bytearray() for _ in range(stream.codec_context.channels)]
    for block in _blocks(container, stream):
        for buffer, part in zip(buffers, block, strict=True):
            buffer.extend(part.tobytes())
    return buffers


def _blocks(container: Any, stream: Any) -> Iterator[Samples]:
    """Decoded blocks of shape (channels, n) at `RATE_HZ`."""
    import av

    resampler = av.AudioResampler(format="fltp", layout=stream.codec_context.layout, rate=RATE_HZ)
    total = 0
    for frame in container.decode(stream):
        for resampled in resampler.resample(frame):
            total += resampled.samples
            if total > LONGEST_S * RATE_HZ:
                raise RecordingError("recording.too_long", f"more than {LONGEST_S / 3600:g} hours", "split it by call")
            yield resampled.to_ndarray().astype(np.float32, copy=False)
    for resampled in resampler.resample(None):
        yield resampled.to_ndarray().astype(np.float32, copy=False)


def _refuse_layout(stream: Any) -> None:
    if stream.codec_context is None:
        raise RecordingError("recording.not_audio", "its codec isn't known", "export it again")
    channels, rate_hz = stream.codec_context.channels, int(stream.codec_context.sample_rate or 0)
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        message = f"its header claims {rate_hz} samples a second, {SLOWEST_HZ} to {FASTEST_HZ} are possible"
        raise RecordingError("recording.rate", message, "its header is damaged; export it again")
    if channels > 2:
        message = f"has {channels} channels; one (mono) or two (a party each) are supported"
        raise RecordingError("recording.channels", message, "export the call as mono or stereo")


def _refuse_truncated(path: Path, duration_s: Seconds) -> None:
    promised_s = promised_length(path)
    if promised_s is not None and promised_s - duration_s > MISSING_S:
        message = f"cut off: its header promises {promised_s:.1f} s, it holds {duration_s:.1f} s"
        raise RecordingError("recording.truncated", message, "copy it again from the recorder")


def promised_length(path: Path) -> Seconds | None:
    """Length that a WAV header promises; `None` for other formats and for headers of streams (size 0 or all ones).

    Compressed formats carry no promise that FFmpeg keeps apart from what it counts.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return None
        bytes_a_second = 0
        while len(chunk := file.read(8)) == 8:
            name, size = chunk[:4], struct.unpack("<I", chunk[4:])[0]
            if name == b"fmt ":
                bytes_a_second = struct.unpack("<I", file.read(16)[8:12])[0]
                file.seek(size - 16 + size % 2, 1)
            elif name == b"data":
                return size / bytes_a_second if bytes_a_second and 0 < size < 0xFFFFFF00 else None
            else:
                file.seek(size + size % 2, 1)
    return None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or error).strip() or type(error).__name__
