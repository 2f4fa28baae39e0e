"""Made days of any size: recordings of a few bytes with scripted words, and chats; the turns are the examples'."""

import csv
import hashlib
import json
import random
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from models.fakes import ScriptedTranscriber
from qm.domain.recording import Recording
from qm.domain.transcript import Word
from qm.errors import RecordingError
from qm.ports import Audio, Speech
from qm.units import Seconds

COLUMNS = (
    "contact_id", "medium", "started_at", "agent_id", "agent_name", "team", "process", "direction", "customer_id",
    "language", "recording", "agent_channel", "talk_s", "kind", "supervisor",
)  # fmt: skip
DAY_BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=1)))
DAY_S: Seconds = 10 * 3600
AGENTS = 200
SCRIPTS = 64
"""Different conversations; a contact's is chosen by its bytes."""
WORD_S: Seconds = 0.02
"""Far quicker than people speak: what stands in for the sound of a long call stays short."""
RATE_HZ = 8000
LOUDNESS = 2000
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
DIALOGUES, RECORDINGS = EXAMPLES / "dialogues", EXAMPLES / "day" / "recordings"
SIDES = {"agent": 0, "customer": 1}


@dataclass(frozen=True)
class MadeDay:
    """What a made day holds, in numbers."""

    folder: Path
    contacts: int
    turns: int


def make_voice_day(folder: Path, contacts: int, turns: int = 25) -> MadeDay:
    """Contacts with a recording of a few bytes each, no two alike; `ScriptedReader` and `script` fill them."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    for number in range(contacts):
        (recordings / _file_name(number, ".wav")).write_bytes(_wav(number))
    _write_contacts(folder, "voice", contacts)
    return MadeDay(folder, contacts, contacts * turns)


def make_chat_day(folder: Path, contacts: int, turns: int, first: int = 0, seed: int = 1) -> MadeDay:
    """Contacts with a chat of so many turns each, drawn anew for every one.

    Args:
        first: number of the first contact, so that days don't overlap.
    """
    chats = folder / "chats"
    chats.mkdir(parents=True)
    draw = random.Random(seed)
    for number in range(contacts):
        made = {"contact_id": contact_id(first + number), "turns": _chat_turns(draw, number, contacts, turns)}
        (chats / _file_name(first + number, ".json")).write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    _write_contacts(folder, "chat", contacts, first)
    return MadeDay(folder, contacts, contacts * turns)


def make_piece_day(folder: Path, contacts: int, seed: int = 1, seconds: tuple[float, float] = (2.0, 4.0)) -> MadeDay:
    """Contacts with a short real recording each: pieces of the example day's, no two alike, drawn by `seed`.

    Raises:
        ValueError: the example day has too little sound for so many.
    """
    import soundfile

    (folder / "recordings").mkdir(parents=True)
    pieces = list(_pieces(random.Random(seed), seconds))
    if len(pieces) < contacts:
        raise ValueError(f"contacts: the example day gives {len(pieces)} pieces, {contacts} are wanted")
    for number, (pcm, rate_hz) in enumerate(pieces[:contacts]):
        soundfile.write(folder / "recordings" / _file_name(number, ".wav"), pcm, rate_hz, subtype="PCM_16")
    _write_contacts(folder, "voice", contacts)
    return MadeDay(folder, contacts, 0)


def _pieces(draw: random.Random, seconds: tuple[float, float]) -> Iterator[tuple[Any, int]]:
    from models.audio_engine import PyAvAudioReader

    for path in sorted(RECORDINGS.iterdir()):
        try:
            audio = PyAvAudioReader().read(path, hashlib.sha256(path.read_bytes()).hexdigest())
        except RecordingError:  # the day has some that can't be read
            continue
        at = 0
        while (stop := at + round(draw.uniform(*seconds) * audio.rate_hz)) < len(audio.pcm):
            yield audio.pcm[at:stop], audio.rate_hz
            at = stop


def contact_id(number: int) -> str:
    """Id of a made contact."""
    return f"M-{number:07d}"


class ScriptedReader:
    """Stands in for decoding: the same noise for every recording, long enough for the script."""

    def __init__(self, turns: int = 25) -> None:
        self._turns = turns

    def read(self, path: Path, sha256: str) -> Audio:  # noqa: ARG002 - as the port has it
        """Noise under the recording's own hash."""
        return replace(self._audio, recording=replace(self._audio.recording, sha256=sha256))

    @cached_property
    def _audio(self) -> Audio:
        seconds = max(channel[-1].end_s for speech in script(self._turns) for channel in speech.channels if channel) + 1
        pcm = np.random.default_rng(1).normal(0, LOUDNESS, (round(seconds * RATE_HZ), len(SIDES))).astype(np.int16)
        return Audio(Recording("0" * 64, seconds, RATE_HZ, len(SIDES), "made"), pcm, RATE_HZ)


class VariedTranscriber(ScriptedTranscriber):
    """Says one of the made conversations, chosen by the recording's hash."""

    def __init__(self, turns: int = 25) -> None:
        super().__init__({})
        self._speeches = script(turns)

    def transcribe(
        self,
        audios: Sequence[Audio],
        languages: Sequence[str],  # noqa: ARG002 - likewise
        terms: Sequence[str] = (),  # noqa: ARG002 - likewise
    ) -> tuple[Speech, ...]:
        """Words with confidences, as of a sure recogniser."""
        self.calls += len(audios)
        return tuple(self._speeches[int(audio.recording.sha256[:8], 16) % len(self._speeches)] for audio in audios)


@lru_cache(maxsize=4)
def script(turns: int = 25) -> tuple[Speech, ...]:
    """Conversations of so many turns, agent and customer by turns, each on a channel of its own."""
    draw = random.Random(1)
    return tuple(_speech(draw, turns) for _ in range(SCRIPTS))


def _speech(draw: random.Random, turns: int) -> Speech:
    channels: tuple[list[Word], list[Word]] = ([], [])
    at = 0.0
    for role, text in _conversation(draw, turns):
        for word in text.split():
            channels[SIDES[role]].append(Word(word, round(at, 3), round(at + WORD_S, 3), 0.95))
            at += WORD_S
        at += 3 * WORD_S
    activity = tuple(_stretches(words) for words in channels)
    return Speech("it", 0.99, tuple(tuple(words) for words in channels), activity)


def _stretches(words: Sequence[Word]) -> tuple[tuple[Seconds, Seconds], ...]:
    breaks = [place + 1 for place, (one, other) in enumerate(pairwise(words)) if other.start_s - one.end_s > WORD_S]
    return tuple((words[a].start_s, words[b - 1].end_s) for a, b in pairwise([0, *breaks, len(words)]) if a < b)


def _conversation(draw: random.Random, turns: int) -> list[tuple[str, str]]:
    """A whole Italian dialogue first, then single turns of them, agent and customer by turns."""
    dialogues, by_role = _said()
    begun = list(draw.choice(dialogues))[:turns]
    while len(begun) < turns:
        role = "customer" if begun[-1][0] == "agent" else "agent"
        begun.append((role, draw.choice(by_role[role])))
    return begun


@lru_cache(maxsize=1)
def _said() -> tuple[list[list[tuple[str, str]]], dict[str, list[str]]]:
    import yaml

    dialogues = []
    for path in sorted(DIALOGUES.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        turns = [(turn["role"], turn["text"]) for turn in document["turns"] if turn["role"] in SIDES]
        if document["contact"]["language"] == "it" and turns:
            dialogues.append(turns)
    spoken = [turn for dialogue in dialogues for turn in dialogue]
    return dialogues, {role: [text for other, text in spoken if other == role] for role in SIDES}


def _chat_turns(draw: random.Random, number: int, contacts: int, turns: int) -> list[dict[str, str]]:
    began = _started(number, contacts)
    return [
        {"role": role, "at": (began + timedelta(seconds=20 * place)).isoformat(), "text": text}
        for place, (role, text) in enumerate(_conversation(draw, turns))
    ]


def _file_name(number: int, suffix: str) -> str:
    return f"{number:07d}{suffix}"


def _started(number: int, contacts: int) -> datetime:
    return DAY_BEGAN + timedelta(seconds=round(DAY_S * number / contacts))


def _write_contacts(folder: Path, medium: str, contacts: int, first: int = 0) -> None:
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(contacts):
            agent = number % AGENTS
            writer.writerow((
                contact_id(first + number), medium, _started(number, contacts).isoformat(), f"A{agent:03d}",
                f"Agent {agent}", f"T{agent % 20:02d}", "fatturazione", "in", f"K-{number // 2}", "it",
                _file_name(number, ".wav") if medium == "voice" else "", "0" if medium == "voice" else "", "",
                "customer", f"S{agent % 20:02d}",
            ))  # fmt: skip


def _wav(number: int) -> bytes:
    """A valid file of 64 samples a channel that nothing else has."""
    samples = (hashlib.sha256(str(number).encode()).digest() * 8)[: 64 * 2 * len(SIDES)]
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(len(SIDES))
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples)
    return written.getvalue()
