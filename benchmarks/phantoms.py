"""Audio in which nobody speaks: hold music, ringback, noise, digital silence. Every word recognised is a phantom."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.channels import RATE_HZ, coded, decode
from benchmarks.figures import BenchFigure
from qm.analysis.guard_phantoms import guard_phantoms
from qm.domain.recording import Recording
from qm.domain.transcript import Word
from qm.ports import Audio, Speech, Transcriber
from qm.units import Seconds

PACKAGE = "asterisk-moh-opsound-wav"
"""Debian's hold music: five pieces, 18 minutes (CC BY-SA); downloaded for the run and thrown away."""
MUSIC_S: Seconds = 900.0
PART_S: Seconds = 180.0
SILENCE_S: Seconds = 3600.0
NOISE_S: Seconds = 30.0
RINGBACK_S: Seconds = 60.0
NOISE_LEVELS_DB = (-20.0, -40.0, -60.0)
RINGBACKS: dict[str, tuple[tuple[float, ...], tuple[Seconds, ...]]] = {
    "italian": ((425.0,), (1.0, 4.0)),
    "british": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
    "american": ((440.0, 480.0), (2.0, 4.0)),
}
"""Tones in Hz, and seconds on and off in turn."""
NOISES = ("white", "pink", "hum", "clicks")
NARROW = "mulaw"
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """One piece of audio without speech."""

    kind: str
    name: str
    audio: Audio


@dataclass(frozen=True)
class PhantomCount:
    """What was recognised in one kind of audio.

    Attributes:
        words: all that the recogniser wrote.
        left: those that the guard didn't mark.
        said: what was left, for whoever looks into it.
    """

    kind: str
    duration_s: Seconds
    words: int
    left: int
    said: tuple[str, ...] = ()


def main_figures(
    transcriber: Transcriber, seed: int, languages: Sequence[str] = ("it", "en")
) -> dict[str, BenchFigure]:
    """Words left by kind of audio; hold music is missing where its package can't be had."""
    with tempfile.TemporaryDirectory(prefix="qm-phantoms-") as folder:
        counts = measure(transcriber, made_cases(seed, hold_music(Path(folder))), languages)
    return {
        f"phantom_words_{count.kind}": BenchFigure(
            float(count.left), "words", round(count.duration_s), target="0",
            peer=f"before the guard: {count.words} words; n in seconds of audio",
        )
        for count in counts
    }  # fmt: skip


def measure(transcriber: Transcriber, cases: Iterator[Case], languages: Sequence[str]) -> tuple[PhantomCount, ...]:
    """Recognise every case in every language and guard it; one count a kind."""
    found: dict[str, PhantomCount] = {}
    for case in cases:
        for language in languages:
            speech = transcriber.transcribe([case.audio], [language])[0]
            guarded = [word for words in _guarded(speech) for word in words]
            left = [word.text for word in guarded if not word.suspect]
            last = found.get(case.kind, PhantomCount(case.kind, 0.0, 0, 0))
            found[case.kind] = PhantomCount(
                case.kind, last.duration_s + case.audio.recording.duration_s, last.words + len(guarded),
                last.left + len(left), last.said + ((f"{case.name} {language}: {' '.join(left)}",) if left else ()),
            )  # fmt: skip
    return tuple(found.values())


def _guarded(speech: Speech) -> Iterator[tuple[Word, ...]]:
    for channel, words in enumerate(speech.channels):
        passages = speech.passages[channel] if channel < len(speech.passages) else ()
        activity = speech.activity[channel] if channel < len(speech.activity) else None
        yield guard_phantoms(words, passages, activity, channel=channel)[0]


def hold_music(folder: Path) -> tuple[Path, ...]:
    """The package's pieces, unpacked below `folder`; none where it can't be downloaded."""
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        return ()
    got = subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, capture_output=True, check=False)
    packages = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    if got.returncode or not packages:
        return ()
    subprocess.run(["dpkg", "-x", str(packages[0]), str(folder)], check=True, capture_output=True)
    return tuple(sorted(folder.rglob("*.wav")))


def made_cases(seed: int, music: Sequence[Path], silence_s: Seconds = SILENCE_S) -> Iterator[Case]:
    """All cases in a fixed order; music, ringback and noise once as they are and once as narrowband µ-law."""
    draw = np.random.default_rng(seed)
    for kind, name, samples in (*_music(music), *_ringbacks(), *_noises(draw)):
        yield Case(kind, name, _audio(samples))
        yield Case(kind, f"{name} {NARROW}", _audio(coded(samples[None, :], NARROW)[0]))
    yield Case("silence", "digital silence", _audio(np.zeros(round(silence_s * RATE_HZ), dtype=np.float32)))


def _music(paths: Sequence[Path]) -> Iterator[tuple[str, str, Samples]]:
    left = round(MUSIC_S * RATE_HZ)
    for path in paths:
        decoded = decode(path)
        samples = np.zeros(0, dtype=np.float32) if decoded is None else decoded[0][:left]
        left -= len(samples)
        for start in range(0, len(samples), round(PART_S * RATE_HZ)):
            yield "music", f"{path.stem}@{start // RATE_HZ}", samples[start : start + round(PART_S * RATE_HZ)]


def _ringbacks() -> Iterator[tuple[str, str, Samples]]:
    at = np.arange(round(RINGBACK_S * RATE_HZ)) / RATE_HZ
    for name, (tones, cadence) in RINGBACKS.items():
        edges = np.cumsum(cadence)
        sounding = np.searchsorted(edges, at % edges[-1], side="right") % 2 == 0
        tone = np.mean([np.sin(2 * np.pi * tone * at) for tone in tones], axis=0)
        yield "ringback", name, (0.3 * tone * sounding).astype(np.float32)


def _noises(draw: np.random.Generator) -> Iterator[tuple[str, str, Samples]]:
    for name in NOISES:
        plain = _noise(draw, name, round(NOISE_S * RATE_HZ))
        plain /= np.sqrt(np.mean(plain**2))
        for level_db in NOISE_LEVELS_DB:
            samples = np.clip(10 ** (level_db / 20) * plain, -1, 1).astype(np.float32)
            yield "noise", f"{name} {level_db:.0f} dB", samples


def _noise(draw: np.random.Generator, name: str, length: int) -> NDArray[np.float64]:
    """White, pink (3 dB an octave), 50 Hz hum with its third harmonic, or clicks four times a second over hiss."""
    white = draw.standard_normal(length)
    if name == "pink":
        spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(np.arange(length // 2 + 1), 1))
        return np.asarray(np.fft.irfft(spectrum, length))
    if name == "hum":
        at = np.arange(length) / RATE_HZ
        return np.sin(2 * np.pi * 50 * at) + 0.5 * np.sin(2 * np.pi * 150 * at) + 0.05 * white
    if name == "clicks":
        white *= 0.02
        white[draw.integers(0, length, 4 * length // RATE_HZ)] = 5.0
    return white


def _audio(samples: Samples) -> Audio:
    pcm = np.round(samples * 32767).astype(np.int16)[:, None]
    recording = Recording(hashlib.sha256(pcm.tobytes()).hexdigest(), len(pcm) / RATE_HZ, RATE_HZ, 1, "pcm_s16le")
    return Audio(recording, pcm, RATE_HZ)
