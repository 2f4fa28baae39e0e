"""Wirings over temporary folders with a scripted recogniser: everything is real but the words."""

import importlib.util
from pathlib import Path

import pytest

from models.fakes import ScriptedTranscriber
from pipelines.wiring import Wiring
from qm.config import read_settings
from qm.domain.transcript import Word
from qm.ports import Speech

_SPEC = importlib.util.spec_from_file_location("made_day", Path(__file__).with_name("made_day.py"))
assert _SPEC
assert _SPEC.loader
made_day = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made_day)


def spoken(text: str, start: float = 0.2) -> tuple[Word, ...]:
    words = text.split()
    return tuple(Word(word, start + 0.3 * at, start + 0.3 * at + 0.25, 0.9) for at, word in enumerate(words))


@pytest.fixture
def script():
    agent = "Buongiorno, sono Anna, la chiamata è registrata, rispondo dall'Italia, come posso aiutarla?"
    customer = "Vorrei sapere perché la fattura è doppia, è inaccettabile."
    return Speech("it", 0.99, (spoken(agent), spoken(customer, 4.5)))


@pytest.fixture
def open_wiring(tmp_path, script):
    opened = []

    def make(data: Path | None = None, **changes) -> Wiring:
        settings = read_settings({"QM_DATA": str(data or tmp_path / "data")}, tmp_path)
        wiring = Wiring(settings, **({"transcriber": ScriptedTranscriber({}, script)} | changes))
        wiring.database.upgrade()
        opened.append(wiring)
        return wiring

    yield make
    for wiring in opened:
        wiring.database.close()


@pytest.fixture
def day_of(tmp_path):
    """Write a day folder whose recordings are noise."""

    def make(rows, name: str = "day"):
        folder = made_day.write_day(tmp_path / name, rows)
        for seed, values in enumerate(rows):
            if values["recording"]:
                made_day.tone(folder / "recordings" / values["recording"], seconds=8.0, seed=seed + 1)
        return folder

    make.row = made_day.row
    make.tone = made_day.tone
    return make


def run(wiring: Wiring, folder: Path):
    return wiring.batch.run(folder, lambda _step: None, lambda _total: None)


@pytest.fixture(name="run")
def _run():
    return run
