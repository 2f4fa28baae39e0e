"""Real calls as a day folder: copies that sound alike and differ in their bytes, so that none is a duplicate."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from benchmarks.asr_sets import shared_data
from qm.errors import InputError
from qm.units import Seconds

COLUMNS = (
    "contact_id medium started_at agent_id agent_name team process direction customer_id language recording "
    "agent_channel kind"
).split()


@dataclass(frozen=True)
class Calls:
    """A day of calls. `lengths` is in seconds, in the order of `names`."""

    folder: Path
    names: tuple[str, ...]
    lengths: tuple[Seconds, ...]

    @property
    def audio_s(self) -> Seconds:
        """All of it."""
        return sum(self.lengths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Of the recordings."""
        return tuple(self.folder / "recordings" / name for name in self.names)


def make_calls(folder: Path, count: int) -> Calls:
    """So many calls of two parties, in turn those of HarperValleyBank (six of about a minute).

    Raises:
        InputError: the shared data are absent.
    """
    sources = sorted((shared_data() / "calls" / "harpervalley" / "derived" / "stereo").glob("*.wav"))
    if not sources:
        raise InputError(
            "bench.no_data", f"{shared_data()} holds no calls", "set QM_SHARED_DATA to the folder of shared data"
        )
    (folder / "recordings").mkdir(parents=True)
    names, lengths = [], []
    for number in range(count):
        samples, rate = sf.read(sources[number % len(sources)], dtype="int16", always_2d=True)
        silence = np.zeros((number // len(sources) + 1, samples.shape[1]), np.int16)
        name = f"call{number:04}.wav"
        sf.write(folder / "recordings" / name, np.concatenate([samples, silence]), rate, subtype="PCM_16")
        names.append(name)
        lengths.append(len(samples) / rate)
    _write_contacts(folder / "contacts.csv", names)
    return Calls(folder, tuple(names), tuple(lengths))


def _write_contacts(path: Path, names: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, name in enumerate(names):
            at = f"2026-11-20T{9 + number // 60 % 12:02}:{number % 60:02}:00+01:00"
            writer.writerow(
                [
                    f"H{number:04}",
                    "voice",
                    at,
                    f"A{number % 5}",
                    "Alex",
                    "Bank",
                    "service",
                    "in",
                    f"K{number}",
                    "en",
                    name,
                    "0",
                    "customer",
                ]
            )
