"""The recogniser in a process of its own that multiplies with MKL, whatever the processor's maker.

CTranslate2 takes MKL on Intel's processors and oneDNN on AMD's, and their int8 products differ in the last digits:
enough for a name on the edge of being heard. The library is chosen once, when it's loaded.
"""

import multiprocessing
import platform
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import pytest

_EARS = {}


def _wake(folder, sha256, paths):
    from models.audio_engine import PyAvAudioReader
    from models.faster_whisper_engine import FasterWhisperTranscriber

    _EARS["engine"] = FasterWhisperTranscriber("whisper-base", lambda: folder, sha256)
    _EARS["audios"] = {name: PyAvAudioReader().read(path, name) for name, path in paths.items()}


def _heard(terms):
    engine, audios = _EARS["engine"], _EARS["audios"]
    spoken = engine.transcribe(list(audios.values()), ["it"] * len(audios), terms)
    texts = [" ".join(word.text for word in speech.channels[0]) for speech in spoken]
    return dict(zip(audios, texts, strict=True))


@contextmanager
def ear(folder, sha256, paths):
    """A function from the terms of each recording to the text of every recording."""
    with pytest.MonkeyPatch.context() as patch:
        if platform.machine() == "x86_64":
            patch.setenv("CT2_USE_MKL", "1")
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, spawn, _wake, (folder, sha256, paths)) as process:
            yield lambda terms: process.submit(_heard, terms).result()
