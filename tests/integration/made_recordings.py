"""Make recordings in many formats with PyAV alone. Import as `from tests.integration import made_recordings`."""

import random
import struct
from dataclasses import dataclass

import av
import numpy as np

BEEP_AT_S = 4.5
"""A loud tone of 0.1 s stands there, to see whether times stay true."""
LENGTH_S = 6


@dataclass(frozen=True)
class Kind:
    """A container's name (as a file ending), its codec, rate and layout."""

    ending: str
    codec: str
    rate_hz: int = 16000
    layout: str = "mono"

    def __str__(self):
        return f"{self.ending}-{self.codec}-{self.rate_hz}-{self.layout}"


KINDS = tuple(
    Kind(*values)
    for values in [
        ("wav", "pcm_s16le", 8000), ("wav", "pcm_u8", 11025, "stereo"), ("wav", "pcm_f32le", 22050, "stereo"),
        ("wav", "pcm_f64le", 48000), ("wav", "pcm_mulaw", 8000, "stereo"), ("wav", "pcm_alaw", 8000),
        ("wav", "pcm_s24le", 48000, "stereo"), ("wav", "g722"), ("wav", "g726", 8000), ("wav", "adpcm_ima_wav", 8000),
        ("wav", "adpcm_ms", 8000, "stereo"), ("aiff", "pcm_s16be", 44100, "stereo"), ("au", "pcm_mulaw", 8000),
        ("amr", "libopencore_amrnb", 8000), ("caf", "pcm_s16be"), ("w64", "pcm_s16le"), ("mp3", "libmp3lame", 8000),
        ("mp3", "libmp3lame", 16000, "stereo"), ("mp3", "libmp3lame", 44100), ("ogg", "libopus", 48000, "stereo"),
        ("ogg", "flac"), ("flac", "flac", 16000, "stereo"), ("m4a", "aac", 16000), ("m4a", "alac"), ("adts", "aac"),
        ("webm", "libopus", 48000), ("mka", "pcm_s16le"), ("mkv", "flac"), ("mpegts", "aac"),
        ("3gp", "libopencore_amrnb", 8000),
        ("avi", "pcm_s16le", 8000), ("tta", "tta"), ("wv", "wavpack"),
        ("flv", "libmp3lame", 44100), ("voc", "pcm_u8", 8000),
    ]
)  # fmt: skip


def sound(rate_hz, seconds=LENGTH_S, seed=1):
    """Soft noise with a beep, 16-bit."""
    samples = np.random.default_rng(seed).normal(0, 500, int(seconds * rate_hz))
    beep = slice(int(BEEP_AT_S * rate_hz), int((BEEP_AT_S + 0.1) * rate_hz))
    samples[beep] += 12000 * np.sin(2 * np.pi * 700 * np.arange(samples[beep].size) / rate_hz)
    return samples.astype(np.int16)


def make(path, kind, seconds=LENGTH_S, seed=1):
    """Write a whole file; returns its bytes."""
    form = {"m4a": "ipod", "mka": "matroska", "mkv": "matroska"}.get(kind.ending, kind.ending)
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(kind.codec, rate=kind.rate_hz)
        stream.layout = kind.layout
        for packet in _encoded(stream, kind, sound(kind.rate_hz, seconds, seed)):
            container.mux(packet)
    return path.read_bytes()


def _encoded(stream, kind, samples, start_s=0.0):
    channels = len(av.AudioLayout(kind.layout).channels)
    at = round(start_s * kind.rate_hz)
    for begin in range(0, samples.size, 960):
        part = np.ascontiguousarray(np.repeat(samples[begin : begin + 960], channels)[None, :])
        frame = av.AudioFrame.from_ndarray(part, format="s16", layout=kind.layout)
        frame.sample_rate, frame.pts = kind.rate_hz, at + begin
        yield from stream.encode(frame)
    yield from stream.encode(None)


def make_film(path, form, kind, late_s=0.0, tracks=1):
    """Black pictures with sound that begins late, or with further tracks of sound."""
    with av.open(str(path), "w", format=form) as container:
        film = container.add_stream("mpeg4", rate=10)
        film.width = film.height = 64
        film.pix_fmt = "yuv420p"
        streams = [container.add_stream(kind.codec, rate=kind.rate_hz) for _track in range(tracks)]
        for stream in streams:
            stream.layout = kind.layout
        for index in range(10 * LENGTH_S):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts = index
            container.mux(film.encode(picture))
        container.mux(film.encode(None))
        heard = sound(kind.rate_hz)[round(late_s * kind.rate_hz) :]
        for stream in streams:
            for packet in _encoded(stream, kind, heard, late_s):
                container.mux(packet)
    return path.read_bytes()


def wav(data, *, tag=1, channels=1, rate_hz=8000, bytes_a_second=None, block=None, bits=16, size=None, after=b""):
    """A WAV file whose header says what it's told to."""
    block = channels * bits // 8 if block is None else block
    stated = rate_hz * block if bytes_a_second is None else bytes_a_second
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, stated, block, bits)
    form += struct.pack("<HH", 2, 320) if tag == 0x31 else b""
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def spoil(content, seed=1):
    """The bytes from a half to two thirds drawn anew."""
    start, stop = len(content) // 2, len(content) * 2 // 3
    return content[:start] + random.Random(seed).randbytes(stop - start) + content[stop:]


def beep_at(audio):
    """Where the first channel becomes a tone of 700 Hz, in seconds, to 20 ms."""
    samples = audio.read(0)
    blocks = samples[: samples.size // 320 * 320].reshape(-1, 320)
    tone = np.abs(blocks @ np.exp(-2j * np.pi * 700 * np.arange(320) / 16000)) ** 2
    share = tone / (np.square(blocks).sum(axis=1) + 1e-3)
    return int(np.argmax(share > share.max() / 2)) * 0.02
