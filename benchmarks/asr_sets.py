"""Real recordings with their truth, from the shared data: what `qm bench asr` listens to."""

import hashlib
import json
import os
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from csv import QUOTE_NONE, DictReader
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from qm.config import REPOSITORY
from qm.domain.recording import Recording
from qm.errors import InputError
from qm.ports import Audio
from qm.units import Seconds

RATE_HZ = 16000
"""What every engine takes."""
CODINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mulaw": ("-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"),
        "mp3": ("-ar", "8000", "-c:a", "libmp3lame", "-b:a", "16k", "-f", "mp3"),
    }
)
"""Degraded copies by FFmpeg: G.711 of a telephone line, and 16 kbit/s mp3 of a recorder that saves space."""


@dataclass(frozen=True)
class SpokenTurn:
    """What one party truly said, and when."""

    start_s: Seconds
    end_s: Seconds
    text: str


@dataclass(frozen=True)
class Item:
    """One recording with its truth.

    Attributes:
        channels: the turns of each channel, in order of start.
    """

    name: str
    language: str
    audio: Audio
    channels: tuple[tuple[SpokenTurn, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was said on each channel."""
        return tuple(" ".join(turn.text for turn in turns) for turns in self.channels)

    @property
    def duration_s(self) -> Seconds:
        """Of the recording, not of its channels together."""
        return self.audio.recording.duration_s


def shared_data() -> Path:
    """The folder of real data: `QM_SHARED_DATA`, or beside the project."""
    given = os.environ.get("QM_SHARED_DATA")
    return Path(given) if given else REPOSITORY.parent / "shared" / "data"


def load_set(name: str, *, limit: int | None = None, seed: int = 1) -> tuple[Item, ...]:
    """The recordings of a set, decoded; with `limit`, a seeded sample in order of name.

    The same seed draws the same recordings whatever the coding, so that copies can be compared.

    Raises:
        InputError: no such set, or the shared data are absent.
    """
    base, _, coding = name.partition("-")
    if base not in _READERS or (coding and coding not in CODINGS):
        raise InputError("bench.unknown_set", f"no set '{name}'", f"known: {', '.join(set_names())}")
    root = shared_data()
    if not root.is_dir():
        raise InputError("bench.no_data", f"{root} is absent", "set QM_SHARED_DATA to the folder of shared data")
    entries = sorted(_READERS[base](root), key=lambda entry: entry.name)
    if not entries:
        raise InputError("bench.no_data", f"{root} holds nothing of '{base}'", "see its README.md")
    if limit is not None and limit < len(entries):
        chosen = set(random.Random(seed).sample(range(len(entries)), limit))
        entries = [entry for index, entry in enumerate(entries) if index in chosen]
    return tuple(_item(entry, coding) for entry in entries)


def set_names() -> tuple[str, ...]:
    """What `load_set` knows."""
    return (*_READERS, *(f"carlo-{coding}" for coding in CODINGS))


@dataclass(frozen=True)
class _Entry:
    name: str
    language: str
    path: Path
    channels: tuple[tuple[SpokenTurn, ...], ...]


def _item(entry: _Entry, coding: str) -> Item:
    audio = decode(entry.path, len(entry.channels), coding)
    turns = tuple(
        tuple(_ended(turn, audio.recording.duration_s) for turn in channel_turns) for channel_turns in entry.channels
    )
    return Item(entry.name, entry.language, audio, turns)


def _ended(turn: SpokenTurn, duration_s: Seconds) -> SpokenTurn:
    """Turns without an end in the truth last as long as the recording."""
    return turn if turn.end_s else SpokenTurn(turn.start_s, duration_s, turn.text)


def decode(path: Path, channels: int, coding: str = "") -> Audio:
    """Samples by FFmpeg, after a round through `coding` where one is given.

    The product's own reader refuses recordings below a second, which prompts may be; every party gets these samples.
    """
    with tempfile.TemporaryDirectory(prefix="qm-bench-") as folder:
        source = path
        if coding:
            source = Path(folder) / "copy"
            _ffmpeg("-i", str(path), *CODINGS[coding], str(source))
        raw = _ffmpeg("-i", str(source), "-ar", str(RATE_HZ), "-ac", str(channels), "-f", "s16le", "-")
    pcm = np.frombuffer(raw, dtype="<i2").astype(np.int16).reshape(-1, channels)
    recording = Recording(hashlib.sha256(raw).hexdigest(), round(len(pcm) / RATE_HZ, 3), RATE_HZ, channels)
    return Audio(recording, pcm, RATE_HZ)


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise InputError("bench.no_ffmpeg", "the program ffmpeg is absent", "apt-get install ffmpeg") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise InputError("bench.no_data", f"ffmpeg failed: {said}", "check the shared data") from error


def _harpervalley(root: Path) -> Iterator[_Entry]:
    """Real two-party calls; the agent is on the left."""
    folder = root / "calls" / "harpervalley" / "derived"
    for path in (folder / "ref").glob("*.json"):
        turns = json.loads(path.read_text(encoding="utf-8"))
        channels = tuple(_of_role(turns, role) for role in ("agent", "caller"))
        yield _Entry(path.stem, "en", folder / "stereo" / f"{path.stem}.wav", channels)


def _of_role(turns: Sequence[Mapping[str, object]], role: str) -> tuple[SpokenTurn, ...]:
    own = [
        SpokenTurn(float(str(t["start"])), float(str(t["end"])), str(t["human"])) for t in turns if t["role"] == role
    ]
    return tuple(sorted(own, key=lambda turn: turn.start_s))


def _carlo(root: Path) -> Iterator[_Entry]:
    """Italian telephone prompts whose text carries no flag: flagged ones hold no speech or other words than written."""
    folder = root / "speech" / "it" / "asterisk_carlo"
    with (folder / "transcripts_dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in DictReader(file, delimiter="\t", quoting=QUOTE_NONE):
            if row["text"] and not row["flags"]:
                turn = SpokenTurn(0.0, 0.0, row["text"])
                yield _Entry(row["file"].removesuffix(".wav"), "it", folder / "wav" / row["file"], ((turn,),))


def _fleurs(root: Path) -> Iterator[_Entry]:
    """Read English sentences."""
    for path in (root / "speech" / "en" / "fleurs_en").glob("*.txt"):
        turn = SpokenTurn(0.0, 0.0, path.read_text(encoding="utf-8").strip())
        yield _Entry(path.stem, "en", path.with_suffix(".ogg"), ((turn,),))


_READERS: Mapping[str, Callable[[Path], Iterator[_Entry]]] = MappingProxyType(
    {"harpervalley": _harpervalley, "carlo": _carlo, "fleurs": _fleurs}
)
