"""Decode recordings with PyAV (FFmpeg): any container and codec, to 16 kHz channels."""

import errno
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from models.audio_frames import FrameDecoder, Losses, reason
from models.audio_headers import HeaderFacts, mp3_length, read_header
from models.audio_scratch import RATE_HZ, ScratchWriter
from qm.domain.recording import Finding, Recording, Severity
from qm.errors import DiskFullError, RecordingError, StorageError
from qm.ports import Audio
from qm.units import Seconds

SHORTEST_S: Seconds = 1.0
"""Less holds no conversation."""
SLOWEST_HZ, FASTEST_HZ = 4000, 192000
"""Outside of these a header lies: a few bytes would be blown up to hours."""
MISSING_S: Seconds = 0.5
"""How much less than a header promises is a truncated file: headers count whole frames and padding (0.08 s at most in
21 formats that were measured)."""
UNCLAIMED_S: Seconds = 1.0
"""Sound behind what the header claims; less may be padding."""
STATED = frozenset({"mov", "flac", "aiff", "caf", "au", "w64", "wv", "tta", "avi", "asf", "flv", "matroska"})
"""Containers whose length FFmpeg reads from their header rather than guessing it from the file's size."""
LEADING_AWAY = frozenset(
    "concat concatf dash hds hls image2 imf lavfi rtp rtsp sap sdp tedcaptions vobsub webm_dash_manifest".split()
)
"""Formats whose content names other files or addresses: a recording must not make the product open those."""


@dataclass(frozen=True)
class _Decoded:
    """What one file turned out to be.

    Attributes:
        stated_s: length by the container's header; `None` where it states none.
        others: further audio tracks.
    """

    channels: int
    kept: int
    rate_hz: int
    codec: str
    stated_s: Seconds | None
    others: int
    losses: Losses


def _open_scratch() -> BinaryIO:
    return tempfile.TemporaryFile(prefix="qm-audio-")


class PyAvAudioReader:
    """Decodes into a scratch file that the returned audio maps and that vanishes with it: memory stays flat.

    Args:
        open_scratch: gives the scratch file.
    """

    def __init__(self, open_scratch: Callable[[], BinaryIO] = _open_scratch) -> None:
        self._open_scratch = open_scratch

    def read(self, path: Path, sha256: str) -> Audio:
        """Decode `path`; `sha256` is of its bytes.

        Raises:
            RecordingError: `recording.unreadable`, `.empty`, `.not_audio`, `.no_audio`, `.rate`, `.header`,
                `.channels`, `.truncated`, `.damaged`, `.too_short`, `.too_long`, `.not_finite`.
            StorageError: the scratch file can't be written; `DiskFullError` where it's for want of space.
        """
        facts = _facts(path)
        try:
            with closing(self._open_scratch()) as scratch:
                decoded = _decode(path, scratch, facts)
                samples = scratch.tell() // (2 * max(1, decoded.kept))
                if not samples:
                    raise _no_sound(facts, decoded.losses.stopped or "holds no sound that can be decoded")
                pcm = np.memmap(scratch, dtype=np.int16, mode="r", shape=(samples, decoded.kept))
        except OSError as error:
            raise _scratch_error(error) from error
        duration_s = samples / RATE_HZ
        _refuse_length(duration_s, facts, decoded.stated_s)
        findings = tuple(_findings(decoded, facts, duration_s))
        recording = Recording(sha256, round(duration_s, 3), decoded.rate_hz, decoded.channels, decoded.codec)
        return Audio(recording, pcm, RATE_HZ, findings)


def _facts(path: Path) -> HeaderFacts:
    try:
        if path.stat().st_size == 0:
            raise RecordingError("recording.empty", "the file is empty", "ask the recorder for it again")
        return read_header(path)
    except OSError as error:
        raise RecordingError("recording.unreadable", f"can't be read: {reason(error)}", "check the file") from error


def _decode(path: Path, scratch: BinaryIO, facts: HeaderFacts) -> _Decoded:
    """Write interleaved 16-bit samples at `RATE_HZ`."""
    import av
    import av.error

    av.logging.set_level(None)
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(sorted(av.formats_available - LEADING_AWAY))}
    try:
        with av.open(str(path), options=options) as container:
            if not container.streams.audio:
                raise RecordingError("recording.no_audio", "has no audio track", "export the audio of the call")
            stream = container.streams.audio[0]
            _refuse_layout(stream)
            stated_s = _stated_length(path, container, stream)
            writer = ScratchWriter(scratch)
            decoder = FrameDecoder(container, stream, writer)
            decoder.run()
            writer.finish()
            codec = stream.codec_context
            return _Decoded(
                writer.channels, writer.kept, int(codec.sample_rate or 0), str(codec.name), stated_s,
                len(container.streams.audio) - 1, decoder.losses,
            )  # fmt: skip
    except (av.error.FFmpegError, ValueError) as error:
        raise _no_sound(facts, f"can't be decoded: {reason(error)}") from error


def _refuse_layout(stream: Any) -> None:
    if stream.codec_context is None:
        raise RecordingError("recording.not_audio", "its codec isn't known", "export it again")
    rate_hz = int(stream.codec_context.sample_rate or 0)
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        message = f"its header claims {rate_hz} samples a second, {SLOWEST_HZ} to {FASTEST_HZ} are possible"
        raise RecordingError("recording.rate", message, "its header is damaged; export it again")


def _stated_length(path: Path, container: Any, stream: Any) -> Seconds | None:
    """Length by the container's header, where it's no guess and is about the sound alone."""
    names = set(container.format.name.split(","))
    if "mp3" in names:
        return mp3_length(path, stream.codec_context.sample_rate)
    if names.isdisjoint(STATED):
        return None
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration and len(container.streams) == 1 else None


def _no_sound(facts: HeaderFacts, message: str) -> RecordingError:
    if facts.cut:
        return RecordingError("recording.truncated", f"cut off: {facts.cut}", "copy it again from the recorder")
    return RecordingError("recording.not_audio", message, "export it again")


def _refuse_length(duration_s: Seconds, facts: HeaderFacts, stated_s: Seconds | None) -> None:
    for promised_s in (duration_s * (1 + facts.missing), stated_s or 0.0):
        if promised_s - duration_s > MISSING_S:
            message = f"cut off: its header promises {promised_s:.1f} s, it holds {duration_s:.1f} s"
            raise RecordingError("recording.truncated", message, "copy it again from the recorder")
    if duration_s * facts.unclaimed > UNCLAIMED_S:
        more_s = duration_s * facts.unclaimed
        message = f"its header claims {duration_s:.1f} s of sound, {more_s:.1f} s more lie behind it"
        raise RecordingError("recording.header", message, "its header is damaged; export it again")
    if duration_s < SHORTEST_S:
        message = f"{duration_s:.2f} s of audio, at least {SHORTEST_S:g} s are needed"
        raise RecordingError("recording.too_short", message, "nothing to evaluate; check the recorder's trigger")


def _findings(decoded: _Decoded, facts: HeaderFacts, duration_s: Seconds) -> Iterator[Finding]:
    yield from decoded.losses.findings(duration_s)
    if decoded.channels > decoded.kept:
        message = f"{decoded.channels} channels, of which only the first two carry sound"
        yield Finding("recording.empty_channels", Severity.NOTE, message)
    if decoded.others:
        message = f"holds {decoded.others + 1} audio tracks; only the first was read"
        yield Finding("recording.other_tracks", Severity.DOUBT, message)
    if facts.contradiction:
        message = f"its header contradicts itself: {facts.contradiction}; speed and channels may be wrong"
        yield Finding("recording.odd_header", Severity.DOUBT, message)
    last = "its last frame is incomplete" if decoded.losses.is_last_lost else ""
    stopped = f"it can't be read on ({decoded.losses.stopped})" if decoded.losses.stopped else ""
    cut = stopped or facts.cut or last
    if cut:
        end_s = round(duration_s, 3)
        yield Finding("recording.truncated_end", Severity.DOUBT, f"the end may be missing: {cut}", end_s, end_s)


def _scratch_error(error: OSError) -> StorageError:
    place = tempfile.gettempdir() if error.errno != errno.ENOENT else "the folder for scratch files"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "free some space, or set TMPDIR to a folder that has some, then run again"
        return DiskFullError("storage.disk_full", f"no space left for decoding below {place}", hint)
    message = f"can't write a scratch file below {place}: {reason(error)}"
    return StorageError("storage.unwritable", message, "set TMPDIR to a folder you may write to")
