"""Memory of one long recording: `python -m benchmarks.long_recording HOURS DATA` prints peak bytes, seconds and words.

The recording is the two-channel calls of the example day, one after the other with pauses, again and again.
"""

import resource
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from models.audio_engine import PyAvAudioReader
from pipelines.engines import make_transcriber
from pipelines.recognise import recognise
from qm.config import read_settings
from qm.errors import RecordingError
from qm.ports import Audio

RATE_HZ = 8000
PAUSE_S = 20
DAY = Path("examples/day/recordings")


def main(hours: float, data: str) -> None:
    """Make the recording, recognise it and print."""
    with tempfile.TemporaryDirectory(prefix="qm-long-") as folder:
        path = Path(folder) / "long.wav"
        _make(path, hours)
        settings = read_settings({"QM_ISOLATE": "no", "QM_DATA": data})
        engine = make_transcriber(settings, lambda _line: None)
        began = perf_counter()
        audio = PyAvAudioReader().read(path, "0" * 64)
        (found,) = recognise((audio,), ("it",), ("",), engine)
    words = sum(len(channel) for channel in found.channels)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(peak, round(perf_counter() - began, 1), words)


def _calls() -> Iterator[Audio]:
    for file in sorted(DAY.iterdir()):
        try:
            yield PyAvAudioReader().read(file, "0" * 64)
        except RecordingError:  # the day holds broken ones on purpose
            continue


def _make(path: Path, hours: float) -> None:
    """Written call by call: the making must not be what is measured."""
    parts = [audio.pcm[::2].tobytes() for audio in _calls() if audio.channels == 2]
    pause = np.zeros((PAUSE_S * RATE_HZ, 2), dtype=np.int16).tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        written = at = 0
        while written < hours * 3600 * RATE_HZ * 4:
            piece = parts[at % len(parts)] + pause
            file.writeframesraw(piece)
            written, at = written + len(piece), at + 1


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
