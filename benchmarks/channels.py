"""Made cases for the channel checks: one signal in both channels, and two-party calls, over codecs, levels, delays."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import BenchFigure
from qm.analysis.check_recording import check_recording
from qm.analysis.estimate_quality import wilson
from qm.domain.figures import Count
from qm.units import Hertz, Seconds

RATE_HZ: Hertz = 16000
DUAL_CASES = 100
CLEAN_CASES = 200
PART_S: tuple[Seconds, Seconds] = (20.0, 40.0)
"""Parts of calls that cases are made of: long enough that both parties speak."""
CODECS: dict[str, tuple[str, ...]] = {
    "pcm16k": ("-ar", "16000", "-c:a", "pcm_s16le", "-f", "wav"),
    "pcm8k": ("-ar", "8000", "-c:a", "pcm_s16le", "-f", "wav"),
    "mulaw": ("-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"),
    "alaw": ("-ar", "8000", "-c:a", "pcm_alaw", "-f", "wav"),
    "gsm": ("-ar", "8000", "-c:a", "libgsm_ms", "-f", "wav"),
    "mp3-16k": ("-ar", "16000", "-c:a", "libmp3lame", "-f", "mp3"),
    "opus-12k": ("-ar", "16000", "-c:a", "libopus", "-f", "ogg"),
    "g722": ("-ar", "16000", "-c:a", "g722", "-f", "wav"),
    "adpcm": ("-ar", "8000", "-c:a", "adpcm_ms", "-f", "wav"),
}
"""What recorders write; the arguments that make ffmpeg write it."""
BITS_A_CHANNEL = {"mp3-16k": 16, "opus-12k": 12}
"""Thousands a second. For both channels in one file twice that: at 12 for two, opus codes one signal for both, and the
clean case would truly be dual mono."""
MONO_CODECS = frozenset({"gsm", "g722"})
"""Codecs without a two-channel form: such recorders keep a file a party, joined afterwards."""
BOTH_SPEAK_SHARE = 0.08
"""A part is used where each party is heard in at least this share of it: without both there is no second party."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """One made recording.

    Attributes:
        samples: shape (2, n), -1..1, at `RATE_HZ`.
        is_dual: the same signal in both channels.
        name: how it was made.
    """

    name: str
    samples: Samples
    is_dual: bool


@dataclass(frozen=True)
class ChannelCounts:
    """What the check said of the made cases."""

    found: Count
    flagged: Count
    wrong: tuple[str, ...]


def main_figures(seed: int, roots: tuple[Path, ...]) -> dict[str, BenchFigure]:
    """Both counts as figures."""
    counts = measure(made_cases(seed, roots))
    return {
        "dual_mono_found": _figure(counts.found, "1"),
        "stereo_called_dual_mono": _figure(counts.flagged, "0"),
    }


def measure(cases: Iterator[Case]) -> ChannelCounts:
    """Run the check on every case."""
    found = flagged = dual = clean = 0
    wrong = []
    for case in cases:
        codes = {finding.code for finding in check_recording([case.samples], RATE_HZ, RATE_HZ)}
        said = "recording.dual_mono" in codes
        dual += case.is_dual
        clean += not case.is_dual
        found += case.is_dual and said
        flagged += said and not case.is_dual
        if said != case.is_dual:
            wrong.append(case.name)
    return ChannelCounts(Count(found, dual), Count(flagged, clean), tuple(wrong))


def made_cases(seed: int, roots: tuple[Path, ...], dual: int = DUAL_CASES, clean: int = CLEAN_CASES) -> Iterator[Case]:
    """Cases in a fixed order; equal seeds give equal cases.

    Args:
        roots: `examples/day/recordings` and the shared data folder; what isn't there is left out.
    """
    calls = stereo_calls(roots)
    if not calls:
        raise FileNotFoundError("no two-channel call below " + ", ".join(str(root) for root in roots))
    draw = np.random.default_rng(seed)
    for number in range(dual):
        name, part = _drawn_part(draw, calls)
        yield _dual_case(draw, f"dual {number} {name}", part)
    for number in range(clean):
        name, part = _drawn_part(draw, calls)
        yield _clean_case(draw, f"clean {number} {name}", part)


def stereo_calls(roots: tuple[Path, ...]) -> dict[str, Samples]:
    """Every real or example call with one party a channel, by name."""
    calls = {}
    for root in roots:
        for path in sorted((*root.glob("*.*"), *(root / "calls/harpervalley/derived/stereo").glob("*.wav"))):
            samples = decode(path) if path.suffix in {".wav", ".mp3", ".ogg"} else None
            if samples is not None and len(samples) == 2 and not np.array_equal(samples[0], samples[1]):
                calls[path.stem] = samples
        agent = root / "calls/aws_lca/Auto_Repairs_40_UTC_agent.wav"
        if agent.exists():
            pair = (decode(agent), decode(agent.with_name("Auto_Repairs_40_UTC_caller.wav")))
            if pair[0] is not None and pair[1] is not None:
                calls["aws_lca"] = np.concatenate((pair[0], pair[1]))
    return {name: samples for name, samples in calls.items() if _both_speak(samples)}


def decode(path: Path) -> Samples | None:
    """The file at `RATE_HZ`, shape (channels, n); `None` where ffmpeg can't."""
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=channels", "-of", "csv=p=0", str(path)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    if probe.returncode or not probe.stdout.strip():
        return None
    channels = int(probe.stdout.split()[0])
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ar", str(RATE_HZ), "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    pcm = np.frombuffer(raw, dtype=np.int16).reshape(-1, channels)
    return np.ascontiguousarray(pcm.T.astype(np.float32) / np.float32(32768))


def coded(samples: Samples, codec: str) -> Samples:
    """The samples after the codec, shape and length kept."""
    if codec in MONO_CODECS and len(samples) == 2:
        return np.concatenate([coded(channel[None, :], codec) for channel in samples])
    pcm = np.round(np.clip(samples.T, -1, 1) * 32767).astype("<i2").tobytes()
    with tempfile.TemporaryDirectory(prefix="qm-channels-") as folder:
        path = os.path.join(folder, "coded")  # noqa: PTH118 - ffmpeg is told the format, the name says nothing
        source = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", str(len(samples)), "-i", "-"]
        bits = ["-b:a", f"{BITS_A_CHANNEL[codec] * len(samples)}k"] if codec in BITS_A_CHANNEL else []
        command = ["ffmpeg", "-v", "error", "-y", *source, *bits, *CODECS[codec], path]
        subprocess.run(command, input=pcm, check=True, capture_output=True)
        back = decode(Path(path))
    if back is None:
        raise ValueError(f"{codec}: ffmpeg can't read what it wrote")
    length = samples.shape[1]
    return np.pad(back, ((0, 0), (0, max(length - back.shape[1], 0))))[:, :length]


def _drawn_part(draw: np.random.Generator, calls: dict[str, Samples]) -> tuple[str, Samples]:
    """A part of a call in which both parties are heard."""
    while True:
        name = sorted(calls)[int(draw.integers(len(calls)))]
        samples = calls[name]
        length = int(draw.uniform(*PART_S) * RATE_HZ)
        start = int(draw.integers(max(samples.shape[1] - length, 1)))
        part = samples[:, start : start + length]
        if _both_speak(part):
            return f"{name}@{start / RATE_HZ:.1f}+{part.shape[1] / RATE_HZ:.1f}", part


def _both_speak(samples: Samples) -> bool:
    """True where each channel is louder than the other for a while."""
    frame = RATE_HZ // 10
    whole = samples[:, : samples.shape[1] // frame * frame].reshape(2, -1, frame)
    level = 20 * np.log10(np.sqrt(np.mean(whole**2, axis=2)) + 1e-6)
    heard = level.max(axis=0) > -45
    first, second = np.mean(heard & (level[0] > level[1] + 6)), np.mean(heard & (level[1] > level[0] + 6))
    return bool(min(first, second) > BOTH_SPEAK_SHARE)


def _dual_case(draw: np.random.Generator, name: str, part: Samples) -> Case:
    mix = np.clip(part.sum(axis=0), -1, 1)
    delay = int(draw.uniform(0, 0.010) * RATE_HZ)
    second = np.roll(mix, delay)
    second[:delay] = 0
    polarity = -1.0 if draw.random() < 0.25 else 1.0
    pair = np.stack((mix, np.float32(polarity) * second))
    return _recorded(draw, f"{name} delay {delay} polarity {polarity:+.0f}", pair, is_dual=True)


def _clean_case(draw: np.random.Generator, name: str, part: Samples) -> Case:
    """A call as it is, or with one or both parties leaking into the other channel."""
    pair, kind = part.copy(), int(draw.integers(3))
    for source in [(), (int(draw.integers(2)),), (0, 1)][kind]:
        delay, loss_db = int(draw.uniform(0, 0.3) * RATE_HZ), draw.uniform(8, 35)
        leak = np.roll(part[source], delay)
        leak[:delay] = 0
        pair[1 - source] += np.float32(10 ** (-loss_db / 20)) * leak
        name += f" leak {source}:{delay / RATE_HZ:.3f}s-{loss_db:.0f}dB"
    return _recorded(draw, name, np.clip(pair, -1, 1), is_dual=False)


def _recorded(draw: np.random.Generator, name: str, pair: Samples, *, is_dual: bool) -> Case:
    """Levels, line noise and codec: one file of two channels, or a codec a channel."""
    gains = draw.uniform(-20, 0, 2)
    noise = 10 ** (draw.uniform(-75, -55) / 20) * draw.standard_normal(pair.shape)
    pair = (10 ** (gains[:, None] / 20) * pair + noise).astype(np.float32)
    first, second = (str(draw.choice(sorted(CODECS))) for _channel in range(2))
    if draw.random() < 0.5:
        samples, codec = coded(pair, first), first
    else:
        samples, codec = np.concatenate((coded(pair[:1], first), coded(pair[1:], second))), f"{first}|{second}"
    return Case(f"{name} gains {gains[0]:.0f} {gains[1]:.0f} {codec}", samples, is_dual)


def _figure(count: Count, target: str) -> BenchFigure:
    lo, hi = wilson(count)
    return BenchFigure(round(count.rate or 0.0, 4), "share", count.n, round(lo, 4), round(hi, 4), target)
