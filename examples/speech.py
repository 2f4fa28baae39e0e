"""Make the audio of one call from a written dialogue: synthetic voices, telephone sound, one party a channel.

Italian is spoken by Debian's festival (`festvox-italp16k`, `festvox-itapc16k`), English by flite; sox narrows each
utterance to the telephone band; ffmpeg writes the codecs. Nothing here draws on the clock: the noise is seeded by the
contact.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

SAMPLE_RATE_HZ = 8000  # of telephone lines
NOISE_RMS = 0.0003  # about -70 dBFS: the hiss of a quiet line
SPEECH_RMS = {"agent": 0.085, "customer": 0.07}  # full scale = 1; the agent's headset sits nearer
SENTENCE_PAUSE_S = 0.28  # between two sentences of one turn
LEAD_S = 0.6  # before the first word and after the last
FESTIVAL_VOICES = {"lp": "voice_lp_diphone", "pc": "voice_pc_diphone"}
FLITE_VOICES = frozenset({"slt", "rms", "awb", "kal16"})

ENCODINGS: dict[str, tuple[str, list[str]]] = {
    "mulaw": ("wav", ["-c:a", "pcm_mulaw"]),
    "pcm": ("wav", ["-c:a", "pcm_s16le"]),
    # Joint stereo and Opus channel coupling would leak one party into the other's channel: both are off.
    # MP3 is written at 16 kHz, as most recorders do: at 8 kHz its long frames smear consonants at any bit rate.
    "mp3": ("mp3", ["-ar", "16000", "-c:a", "libmp3lame", "-joint_stereo", "0", "-b:a", "{kbit}k"]),
    "opus": ("ogg", ["-c:a", "libopus", "-mapping_family", "{family}", "-b:a", "{kbit}k", "-application", "voip"]),
}

Samples = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class ProgramError(RuntimeError):
    """A program that the voices need is missing or failed."""


@dataclass(frozen=True)
class Voice:
    """One synthetic speaker.

    Attributes:
        name: ``lp`` or ``pc`` (festival, Italian); ``slt``, ``rms``, ``awb`` or ``kal16`` (flite, English).
        stretch: Length of sounds relative to the voice's own; below 1 is faster.
        pitch_cents: Shift of pitch, to make another speaker of the same voice.
    """

    name: str
    stretch: float = 1.0
    pitch_cents: int = 0


@dataclass(frozen=True)
class Turn:
    """One turn of a call.

    Attributes:
        role: ``agent`` or ``customer``.
        say: What the voice is given to read.
        gap_s: Silence before the turn; negative when it starts while the other still speaks.
        hold_s: Wait after the turn, before anybody speaks again.
        has_music: Whether hold music plays in the agent's channel meanwhile.
    """

    role: str
    say: str
    gap_s: float
    hold_s: float = 0.0
    has_music: bool = False


def check_programs() -> None:
    """Raise `ProgramError` that names every missing program or voice and the Debian package that brings it."""
    missing = [name for name in ("festival", "flite", "sox", "ffmpeg") if shutil.which(name) is None]
    if missing:
        raise ProgramError(f"missing programs: {', '.join(missing)}; try: apt-get install {' '.join(missing)}")
    listed = _run(["festival", "--pipe"], feed=b"(print (voice.list))").decode("latin-1")
    absent = [voice for voice in ("lp_diphone", "pc_diphone") if voice not in listed]
    if absent:
        raise ProgramError(
            f"festival lacks {', '.join(absent)}; try: apt-get install festvox-italp16k festvox-itapc16k"
        )


def render_call(turns: list[Turn], voices: dict[str, Voice], seed_text: str) -> dict[str, Samples]:
    """Speak a dialogue; both parties on the one clock of the call.

    Args:
        turns: The dialogue in order.
        voices: The voice of each role.
        seed_text: Seeds the line noise, so that the same call always sounds the same.

    Returns:
        Samples in -1..1 for ``agent`` and ``customer``, equally long, 8 kHz.
    """
    spoken = _speak_turns(turns, voices)
    placed: list[tuple[str, float, Samples]] = []
    clock_s = LEAD_S
    for index, (turn, sound) in enumerate(zip(turns, spoken, strict=True)):
        start_s = clock_s + (turn.gap_s if index else 0.0)
        placed.append((turn.role, start_s, sound))
        end_s = max(clock_s, start_s + len(sound) / SAMPLE_RATE_HZ)
        if turn.has_music:
            placed.append(("agent", end_s + 0.3, _play_tune(turn.hold_s - 0.6)))
        clock_s = end_s + turn.hold_s
    rng = np.random.default_rng(zlib.crc32(seed_text.encode()))
    length = int((clock_s + LEAD_S) * SAMPLE_RATE_HZ)
    channels = {role: rng.normal(0.0, NOISE_RMS, length) for role in ("agent", "customer")}
    for role, start_s, sound in placed:
        start = int(start_s * SAMPLE_RATE_HZ)
        channels[role][start : start + len(sound)] += sound
    return {role: np.clip(samples, -0.99, 0.99) for role, samples in channels.items()}


def encode_call(channels: dict[str, Samples], agent_channel: int | None, codec: str, kbit: int, path: Path) -> None:
    """Write a call in a telephone codec.

    Args:
        channels: Samples of each role.
        agent_channel: 0 or 1; None mixes both parties on one channel.
        codec: Key of `ENCODINGS`.
        kbit: Bit rate of the whole file in kbit/s, where the codec has one.
        path: Where the file goes.
    """
    if agent_channel is None:
        sound = channels["agent"] + channels["customer"]
    else:
        order = ("agent", "customer") if agent_channel == 0 else ("customer", "agent")
        sound = np.stack([channels[role] for role in order], axis=1)
    family = "0" if agent_channel is None else "255"
    options = [option.format(kbit=kbit, family=family) for option in ENCODINGS[codec][1]]
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "call.wav"
        soundfile.write(plain, np.clip(sound, -0.99, 0.99), SAMPLE_RATE_HZ, subtype="PCM_16")
        _run(["ffmpeg", "-v", "error", "-y", "-i", str(plain), *options, *exact, str(path)])


def _run(command: list[str], feed: bytes = b"") -> bytes:
    """Run a program; its standard output, or `ProgramError` with what it complained about."""
    done = subprocess.run(command, input=feed, capture_output=True, check=False)
    if done.returncode:
        raise ProgramError(f"{command[0]} failed: {done.stderr.decode('latin-1').strip()[-400:]}")
    return done.stdout


def _speak_turns(turns: list[Turn], voices: dict[str, Voice]) -> list[Samples]:
    """Telephone sound of every turn; all sentences of one voice go through one festival process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs: dict[Voice, list[tuple[str, Path]]] = {}
        parts: list[list[Path]] = []
        for number, turn in enumerate(turns):
            sentences = re.split(r"(?<=[.!?])\s+", turn.say.strip())
            files = [folder / f"{number:03}-{part:02}.wav" for part in range(len(sentences))]
            jobs.setdefault(voices[turn.role], []).extend(zip(sentences, files, strict=True))
            parts.append(files)
        for voice, sentences_of_voice in jobs.items():
            _speak(voice, sentences_of_voice)
        return [
            _join([_narrow(path, voices[turn.role]) for path in files], SPEECH_RMS[turn.role])
            for turn, files in zip(turns, parts, strict=True)
        ]


def _speak(voice: Voice, sentences: list[tuple[str, Path]]) -> None:
    """Write one wave file a sentence, as the synthesiser gives it."""
    if voice.name in FLITE_VOICES:
        for text, path in sentences:
            stretch = f"duration_stretch={voice.stretch}"
            _run(["flite", "-voice", voice.name, "--setf", stretch, "-t", text, "-o", str(path)])
        return
    script = [f"({FESTIVAL_VOICES[voice.name]})", f"(Parameter.set 'Duration_Stretch {voice.stretch})"]
    for text, path in sentences:
        quoted = text.replace("\\", " ").replace('"', " ")
        script.append(f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{path}" \'riff)')
    _run(["festival", "--pipe"], feed="\n".join(script).encode("latin-1"))


def _narrow(path: Path, voice: Voice) -> Samples:
    """One sentence in the telephone band at 8 kHz, without the silence round it."""
    if not path.is_file():
        raise ProgramError(f"{voice.name} wrote nothing for {path.name}")
    narrow = path.with_suffix(".8k.wav")
    pitch = ["pitch", str(voice.pitch_cents)] if voice.pitch_cents else []
    # A handset lifts the upper band a little (the sending curve of ITU-T P.48); without it fricatives drown.
    band = ["rate", "-h", str(SAMPLE_RATE_HZ), "highpass", "100", "treble", "4", "2000"]
    _run(["sox", "-D", str(path), "-b", "16", str(narrow), "gain", "-8", *pitch, *band])
    samples, _ = soundfile.read(narrow, dtype="float64")
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.max(np.abs(samples)))
    edge = int(0.03 * SAMPLE_RATE_HZ)
    return np.asarray(samples[max(loud[0] - edge, 0) : loud[-1] + edge])


def _join(sentences: list[Samples], rms: float) -> Samples:
    """The sentences of a turn with short pauses, at the wanted loudness."""
    pause = np.zeros(int(SENTENCE_PAUSE_S * SAMPLE_RATE_HZ))
    pieces = [piece for sentence in sentences for piece in (sentence, pause)][:-1]
    joined = np.concatenate(pieces)
    active = joined[np.abs(joined) > 0.02 * np.max(np.abs(joined))]
    return np.asarray(joined * rms / np.sqrt(np.mean(active**2)))


def _play_tune(length_s: float) -> Samples:
    """Hold music: a plain synthesised tune, two notes a second, with a soft fall on each."""
    melody_hz = (523.25, 659.25, 783.99, 659.25, 587.33, 698.46, 880.0, 698.46, 493.88, 587.33, 783.99, 587.33)
    note_s = 0.5
    time_s = np.arange(int(note_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    envelope = np.minimum(time_s / 0.02, 1.0) * np.exp(-2.5 * time_s)
    count = int(np.ceil(length_s / note_s))
    notes = [
        envelope
        * (np.sin(2 * np.pi * hz * time_s) + 0.4 * np.sin(4 * np.pi * hz * time_s) + 0.6 * np.sin(np.pi * hz * time_s))
        for hz in (melody_hz[index % len(melody_hz)] for index in range(count))
    ]
    return np.asarray(0.07 * np.concatenate(notes)[: int(length_s * SAMPLE_RATE_HZ)])
