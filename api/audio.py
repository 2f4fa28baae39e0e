"""Recordings for the browser: their media type, and loudness over time so that the browser needn't decode a call."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.schemas.lists import Peaks
from qm.errors import NotFoundError

BUCKETS = 1200
"""Values a channel: more than a laptop's waveform has pixels to show bars for."""
HEAD_BYTES = 12
"""Of a file, enough to tell its type."""
BLOCK_FRAMES = 1 << 16
SIGNS = (
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
)
"""What files of each type begin with."""


def media_type(head: bytes) -> str:
    """By the first `HEAD_BYTES` of the file: stored objects have no suffix, and names lie."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    for sign, kind in SIGNS:
        if head.startswith(sign):
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/mpeg"
    return "application/octet-stream"


def peaks_of(path: Path) -> Peaks:
    """Loudness of a recording, `BUCKETS` values a channel.

    Raises:
        NotFoundError: the file can't be decoded.
    """
    try:
        decoded = _by_soundfile(path) or _by_pyav(path)
    except OSError as error:
        raise NotFoundError("audio.unreadable", "the recording can't be read", "see its quarantine") from error
    if decoded is None:
        raise NotFoundError("audio.no_peaks", "no waveform can be drawn of this recording", "play it without")
    return _peaks(*decoded)


Decoded = tuple[NDArray[np.float32], float]
"""Loudest magnitude of each small block, shape (blocks, channels), and the whole duration in seconds."""


def _by_soundfile(path: Path) -> Decoded | None:
    import soundfile  # loaded at the first recording, not with the pages

    try:
        with soundfile.SoundFile(str(path)) as file:
            step = _step(file.frames)
            blocks, frames = [], 0
            for part in file.blocks(blocksize=step * (BLOCK_FRAMES // step + 1), dtype="float32", always_2d=True):
                blocks.append(_loudest(part, step))
                frames += part.shape[0]
            return (np.concatenate(blocks), frames / file.samplerate) if frames else None
    except soundfile.LibsndfileError:
        return None


def _by_pyav(path: Path) -> Decoded | None:
    import av  # likewise

    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp")
            frames = (plain for frame in container.decode(stream) for plain in resampler.resample(frame))
            parts = [frame.to_ndarray().T for frame in frames]
            rate = stream.rate
    except (av.FFmpegError, IndexError):
        return None
    if not parts:
        return None
    samples = np.concatenate(parts).astype(np.float32)
    return _loudest(samples, _step(samples.shape[0])), samples.shape[0] / rate


def _step(frames: int) -> int:
    """Frames a block: some four blocks a value, so that values fall evenly whatever the length."""
    return max(1, frames // (4 * BUCKETS))


def _loudest(samples: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    missing = -samples.shape[0] % step
    whole = np.pad(np.abs(samples), ((0, missing), (0, 0)))
    loudest: NDArray[np.float32] = whole.reshape(-1, step, samples.shape[1]).max(axis=1)
    return loudest


def _peaks(loudest: NDArray[np.float32], duration_s: float) -> Peaks:
    parts = np.array_split(loudest, min(BUCKETS, loudest.shape[0]))
    values = np.stack([part.max(axis=0) for part in parts])
    scaled = np.minimum(values / max(float(values.max()), 1e-6), 1.0)
    channels = tuple(tuple(round(float(value), 3) for value in channel) for channel in scaled.T)
    return Peaks(duration_s=round(duration_s, 3), channels=channels)
