"""Made contacts with scripted words, for runs in which not recognition but its surroundings are looked at."""

import csv
from collections.abc import Sequence
from pathlib import Path
from time import sleep

import numpy as np
import soundfile as sf

from benchmarks.executors_day import COLUMNS
from models.fakes import ScriptedTranscriber
from pipelines.wiring import Wiring
from qm.config import read_settings
from qm.domain.transcript import Word
from qm.ports import Audio, Speech

PAUSE_S = 0.15
"""Of recognition, a contact: slow enough that a host can be lost over it."""
AGENT = "Buongiorno, sono Anna, la chiamata è registrata, come posso aiutarla?"
CUSTOMER = "Vorrei sapere perché la fattura è doppia, è inaccettabile."


def make_day(folder: Path, count: int) -> Path:
    """A day folder of short recordings of noise, no two alike."""
    (folder / "recordings").mkdir(parents=True)
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            noise = np.random.default_rng(number).normal(0, 0.05, (48_000, 2)).astype(np.float32)
            sf.write(folder / "recordings" / f"call{number:05}.wav", noise, 8000, subtype="PCM_16")
            at = f"2026-11-20T{8 + number // 60 % 12:02}:{number % 60:02}:00+01:00"
            writer.writerow([f"C{number:05}", "voice", at, f"A{number % 7}", "Anna", "Casa", "reclami", "in",
                             f"K{number}", "it", f"call{number:05}.wav", "0", "customer"])  # fmt: skip
    return folder


class PacedTranscriber(ScriptedTranscriber):
    """The same words for every recording, after a pause."""

    def __init__(self, pause_s: float) -> None:
        super().__init__({}, Speech("it", 0.99, (_spoken(AGENT, 0.2), _spoken(CUSTOMER, 3.0))))
        self._pause_s = pause_s

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """The script."""
        sleep(self._pause_s * len(audios))
        return super().transcribe(audios, languages, terms)


def _spoken(text: str, start_s: float) -> tuple[Word, ...]:
    return tuple(
        Word(word, round(start_s + 0.25 * at, 2), round(start_s + 0.25 * at + 0.2, 2), 0.9)
        for at, word in enumerate(text.split())
    )


def main(day: str) -> None:
    """Work a day folder through with the settings of the environment."""
    wiring = Wiring(read_settings(), transcriber=PacedTranscriber(PAUSE_S))
    try:
        print(wiring.batch.run(Path(day), lambda _step: None, lambda _total: None))
    finally:
        wiring.database.close()
