"""Decode recordings with PyAV (FFmpeg): any container and codec, to 16 kHz channels."""

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from qm.domain.recording import Finding, Recording, Severity
from qm.errors import RecordingError
from qm.ports import Audio
from qm.units import Seconds

RATE_HZ = 16000
"""What every engine of the product takes."""
SHORTEST_S: Seconds = 1.0
"""Less holds no conversation."""
LONGEST_S: Seconds = 4 * 3600.0
"""More is a recorder that was never stopped; its scratch file would take half a gigabyte for two channels."""
SLOWEST_HZ, FASTEST_HZ = 4000, 192000
"""Outside of these a header lies: a few bytes would be blown up to hours."""
MISSING_S: Seconds = 0.5
"""How much less than promised is a truncated file rather than a rounded header."""
AUDIBLE = 33
"""-60 dB of full scale in 16-bit steps; a further channel that stays below carries nothing."""


class PyAvAudioReader:
    """Decodes into a scratch file that the returned audio maps and that vanishes with it: memory stays flat."""

    def read(self, path: Path, sha256: str) -> Audio:
        """Decode `path`; `sha256` is of its bytes.

        Raises:
            RecordingError: `recording.empty`, `.not_audio`, `.no_audio`, `.rate`, `.channels`, `.truncated`,
                `.too_short`, `.too_long`, `.not_finite`.
        """
        if path.stat().st_size == 0:
            raise RecordingError("recording.empty", "the file is empty", "ask the recorder for it again")
        with tempfile.TemporaryFile(prefix="qm-audio-") as scratch:
            channels, rate_hz, codec = _decode(path, scratch)
            scratch.flush()
            size = scratch.tell()
            if not size:
                raise RecordingError("recording.not_audio", "holds no sound that can be decoded", "export it again")
            pcm = np.memmap(scratch, dtype=np.int16, mode="r", shape=(size // (2 * channels), channels))
        duration_s = len(pcm) / RATE_HZ
        _refuse_truncated(path, duration_s)
        if duration_s < SHORTEST_S:
            message = f"{duration_s:.2f} s of audio, at least {SHORTEST_S:g} s are needed"
            raise RecordingError("recording.too_short", message, "nothing to evaluate; check the recorder's trigger")
        kept, findings = _two_channels(pcm)
        recording = Recording(sha256, round(duration_s, 3), rate_hz, channels, codec)
        return Audio(recording, kept, RATE_HZ, findings)


def _decode(path: Path, scratch: BinaryIO) -> tuple[int, int, str]:
    """Write interleaved 16-bit samples at `RATE_HZ`; returns channels, the file's own rate and its codec."""
    import av
    import av.error

    av.logging.set_level(None)
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise RecordingError("recording.no_audio", "has no audio track", "export the audio of the call")
            stream = container.streams.audio[0]
            _refuse_layout(stream)
            scratch.writelines(_parts(container, stream))
            codec = stream.codec_context
            return codec.channels, int(codec.sample_rate or 0), str(codec.name)
    except (av.error.FFmpegError, ValueError) as error:
        raise RecordingError("recording.not_audio", f"can't be decoded: {_reason(error)}", "export it again") from error


def _parts(container: Any, stream: Any) -> Iterator[bytes]:
    """Interleaved 16-bit samples at `RATE_HZ`, frame by frame."""
    import av

    resampler = av.AudioResampler(format="s16", layout=stream.codec_context.layout, rate=RATE_HZ)
    total = 0
    for frame in container.decode(stream):
        if frame.format.name.startswith(("flt", "dbl")) and not np.isfinite(frame.to_ndarray()).all():
            raise RecordingError("recording.not_finite", "holds samples that are no numbers", "export it again")
        for resampled in resampler.resample(frame):
            total += resampled.samples
            if total > LONGEST_S * RATE_HZ:
                raise RecordingError("recording.too_long", f"more than {LONGEST_S / 3600:g} hours", "split it by call")
            yield resampled.to_ndarray().tobytes()
    for resampled in resampler.resample(None):
        yield resampled.to_ndarray().tobytes()


def _refuse_layout(stream: Any) -> None:
    if stream.codec_context is None:
        raise RecordingError("recording.not_audio", "its codec isn't known", "export it again")
    rate_hz = int(stream.codec_context.sample_rate or 0)
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        message = f"its header claims {rate_hz} samples a second, {SLOWEST_HZ} to {FASTEST_HZ} are possible"
        raise RecordingError("recording.rate", message, "its header is damaged; export it again")


def _two_channels(pcm: NDArray[np.int16]) -> tuple[NDArray[np.int16], tuple[Finding, ...]]:
    """One or two channels as they are; of more, the first two where the others carry nothing.

    Raises:
        RecordingError: more than two parties; the product wouldn't know whose the third is.
    """
    channels = pcm.shape[1]
    if channels <= 2:
        return pcm, ()
    step = RATE_HZ * 60
    heard = [
        index
        for index in range(2, channels)
        if any(np.abs(pcm[at : at + step, index].astype(np.int32)).max() >= AUDIBLE for at in range(0, len(pcm), step))
    ]
    if heard:
        message = f"has {channels} channels, and sound in more than the first two (channel {heard[0]})"
        raise RecordingError("recording.channels", message, "export the call as mono or with a channel a party")
    message = f"{channels} channels, of which only the first two carry sound"
    return pcm[:, :2], (Finding("recording.empty_channels", Severity.NOTE, message),)


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
