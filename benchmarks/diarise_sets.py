"""Calls with both parties on one channel, and who truly said which word: what `qm bench diarise` listens to."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.asr_sets import decode, shared_data
from qm.config import REPOSITORY
from qm.domain.recognition import Voice
from qm.domain.transcript import Word
from qm.errors import InputError
from qm.ports import Audio, Transcriber

SETS = ("harpervalley", "aws_lca", "day", "pyannote")
"""Six real bank calls; one real garage call and the example day's made calls, mixed from their channels; one clip of a
private telephone talk."""
_NOISE = re.compile(r"[\[<(]")


@dataclass(frozen=True)
class Call:
    """One mono recording with its truth.

    Attributes:
        words: in order of start; within a turn of the truth their times are in proportion to their letters.
        speakers: of each word.
        voices: who truly speaks when; empty where the truth doesn't tell apart from its words.
    """

    name: str
    language: str
    audio: Audio
    words: tuple[Word, ...]
    speakers: tuple[str, ...]
    voices: tuple[Voice, ...] = ()

    @property
    def duration_s(self) -> float:
        """Of the recording."""
        return self.audio.recording.duration_s


def load_calls(name: str, engine: Transcriber) -> tuple[Call, ...]:
    """The calls of a set; those that are mixed here get the words that `engine` hears on each channel as truth.

    Raises:
        InputError: no such set, or its data are absent.
    """
    root = shared_data()
    if name not in SETS:
        raise InputError("bench.unknown_set", f"no set '{name}'", f"known: {', '.join(SETS)}")
    if name != "day" and not root.is_dir():
        raise InputError("bench.no_data", f"{root} is absent", "set QM_SHARED_DATA to the folder of shared data")
    if name == "harpervalley":
        return tuple(_harpervalley(root / "calls" / "harpervalley" / "derived"))
    if name == "pyannote":
        return (_clip(root / "diarisation" / "pyannote" / "sample"),)
    return tuple(_mixed(call, stereo, engine) for call, stereo in _stereo(name, root))


def read_rttm(path: Path) -> tuple[Voice, ...]:
    """Voices of an RTTM file of one recording, in order of start."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("SPEAKER")]
    voices = [Voice(row[7], float(row[3]), round(float(row[3]) + float(row[4]), 3)) for row in rows]
    return tuple(sorted(voices, key=lambda voice: (voice.start_s, voice.end_s)))


def spread_words(text: str, start_s: float, end_s: float) -> list[Word]:
    """Words of a turn, its time dealt out by letters; marks of noise are no words.

    >>> [word.end_s for word in spread_words("one [noise] two", 0.0, 2.0)]
    [1.0, 2.0]
    """
    texts = [text for text in text.split() if not _NOISE.match(text)]
    edges = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=float)
    times = (start_s + edges / max(edges[-1], 1) * (end_s - start_s)).round(3).tolist()
    return [Word(text, a, b, 1.0) for text, a, b in zip(texts, times, times[1:], strict=False)]


def _harpervalley(folder: Path) -> Iterator[Call]:
    for path in sorted((folder / "ref").glob("*.json")):
        turns = json.loads(path.read_text(encoding="utf-8"))
        spoken = {
            role: [word for turn in turns if turn["role"] == role for word in _turn_words(turn)]
            for role in ("agent", "caller")
        }
        audio = decode(folder / "mono" / f"{path.stem}.wav", 1)
        yield _call(path.stem, "en", audio, spoken, read_rttm(folder / "rttm" / f"{path.stem}.rttm"))


def _turn_words(turn: Mapping[str, object]) -> list[Word]:
    return spread_words(str(turn["human"]), float(str(turn["start"])), float(str(turn["end"])))


def _clip(folder: Path) -> Call:
    spoken: dict[str, list[Word]] = {}
    for line in (folder / "sample.stm").read_text(encoding="utf-8").splitlines():
        _name, _channel, speaker, start, end, text = line.split(maxsplit=5)
        spoken.setdefault(speaker, []).extend(spread_words(text, float(start), float(end)))
    return _call("sample", "en", decode(folder / "sample.wav", 1), spoken, read_rttm(folder / "sample.rttm"))


def _stereo(name: str, root: Path) -> Iterator[tuple[tuple[str, str], Audio]]:
    """Name and language, and the two-channel audio."""
    if name == "aws_lca":
        sides = [decode(path, 1) for path in sorted((root / "calls" / name).glob("*.wav"))]
        length = min(len(side.pcm) for side in sides)
        pcm = np.concatenate([side.pcm[:length] for side in sides], axis=1)
        yield (name, "en"), Audio(sides[0].recording, pcm, sides[0].rate_hz)
        return
    contacts = (REPOSITORY / "examples" / "day" / "contacts.csv").read_text(encoding="utf-8")
    for path in sorted((REPOSITORY / "examples" / "day" / "recordings").iterdir()):
        if path.stem.startswith(("c100", "c1010", "c1011", "c1012", "c1013")) and path.name in contacts:
            language = "en" if path.stem.endswith(("_billing", "_fault")) else "it"
            yield (path.stem, language), decode(path, 2)


def _mixed(call: tuple[str, str], stereo: Audio, engine: Transcriber) -> Call:
    name, language = call
    speech = engine.transcribe((stereo,), (language,))[0]
    mono = (stereo.pcm.astype(np.int32).sum(axis=1) // 2).astype(np.int16)[:, None]
    spoken = {f"ch{index}": list(words) for index, words in enumerate(speech.channels)}
    voices = tuple(
        Voice(f"ch{index}", *stretch) for index, activity in enumerate(speech.activity) for stretch in activity
    )
    return _call(name, language, Audio(stereo.recording, mono, stereo.rate_hz), spoken, voices)


def _call(
    name: str, language: str, audio: Audio, spoken: Mapping[str, Sequence[Word]], voices: tuple[Voice, ...]
) -> Call:
    both = sorted(((word, who) for who, words in spoken.items() for word in words), key=lambda pair: pair[0].start_s)
    return Call(name, language, audio, tuple(word for word, _ in both), tuple(who for _, who in both), voices)
