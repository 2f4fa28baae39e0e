"""Diarisation of a call with both parties on one channel: pyannote's segmentation, CAM++ voices, and the words."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from models.voice_networks import EMBEDDING, RATE_HZ, SEGMENTATION, SHORTEST_S, WINDOW_S, VoiceNetworks
from qm.analysis.find_pieces import LocalVoices, find_pieces, same_voice_evidence
from qm.analysis.find_third_voices import find_third_voices
from qm.analysis.separate_voices import Evidence, separate_voices, turn_evidence
from qm.domain.recognition import Stretch, Voice
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, RecognitionError
from qm.numerics import sum_with_one_thread
from qm.ports import Audio
from qm.units import Seconds

STEP_S: Seconds = 2.5
"""From one window of segmentation to the next: each instant is seen four times. pyannote's own 1 s costs 2.5 times
as much."""
JOIN_S: Seconds = 0.3
"""Pieces of one voice with a shorter gap between them are one stretch."""


class PyannoteDiariser:
    """Segmentation-3.0 through windows, one CAM++ embedding a piece, and both parties told apart from all of it.

    Each thread computes on one core by itself, so that the numbers don't depend on how many there are: PyTorch's own
    threads split sums differently, and are slower on networks as small as these.

    Args:
        segmentation: returns the folder of `pyannote-segmentation-3.0`, fetching it if needed.
        embedding: returns the folder of `campplus`, fetching it if needed.
        threads: 0 for all cores.
    """

    def __init__(self, segmentation: Callable[[], Path], embedding: Callable[[], Path], *, threads: int = 0) -> None:
        self._folders = (segmentation, embedding)
        self._threads = threads or os.cpu_count() or 1
        self._lock = Lock()
        self._networks: VoiceNetworks | None = None

    def describe(self) -> EngineDescription:
        """Both weights; the hash is of both hashes."""
        both = hashlib.sha256(f"{SEGMENTATION.sha256}+{EMBEDDING.sha256}".encode()).hexdigest()
        return EngineDescription("pyannote", f"{SEGMENTATION.name}+{EMBEDDING.name}", both, "float32", "cpu")

    def warm_up(self) -> None:
        """Load the weights; harmless when repeated."""
        self._loaded()

    def close(self) -> None:
        """Free the memory of the weights."""
        with self._lock:
            self._networks = None

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:
        """Who speaks when on channel 0; speakers are `spk0`, `spk1`, … in order of appearance."""
        if audio.rate_hz != RATE_HZ:
            raise EngineError("engine.rate", f"{audio.rate_hz} samples a second, {RATE_HZ} are needed", "resample it")
        networks = self._loaded()
        try:
            return self._diarise(networks, audio, words)
        except (RuntimeError, ValueError) as error:
            raise RecognitionError("engine.failed", f"diarisation failed: {error}", "retry; see `qm doctor`") from error

    def _loaded(self) -> VoiceNetworks:
        with self._lock:
            if self._networks is None:
                sum_with_one_thread()
                segmentation, embedding = self._folders
                self._networks = VoiceNetworks(segmentation(), embedding())
            return self._networks

    def _diarise(self, networks: VoiceNetworks, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:
        with _one_core_each(self._threads) as pool:
            local = _segmented(networks, audio, pool)
            pieces = find_pieces(local)
            if not pieces:
                return ()
            embeddings = np.stack(list(pool.map(lambda piece: _embedded(networks, audio, piece), pieces)))
        evidence = Evidence(pieces, embeddings, same_voice_evidence(local, pieces), turn_evidence(pieces, words))
        return _voices(pieces, find_third_voices(evidence, separate_voices(evidence)))


def _segmented(networks: VoiceNetworks, audio: Audio, pool: ThreadPoolExecutor) -> LocalVoices:
    duration_s = len(audio.pcm) / audio.rate_hz
    last_s = max(0.0, duration_s - WINDOW_S)
    starts = np.unique(np.append(np.arange(0.0, last_s, STEP_S), last_s))
    read = lambda start_s: networks.segment(audio.read(0, start_s, start_s + WINDOW_S))  # noqa: E731
    return LocalVoices(np.stack(list(pool.map(read, starts.tolist()))), starts, WINDOW_S, duration_s)


def _embedded(networks: VoiceNetworks, audio: Audio, piece: Stretch) -> NDArray[np.float64]:
    start_s, end_s = piece
    lacking_s = max(0.0, SHORTEST_S - (end_s - start_s))
    samples = audio.read(0, max(0.0, start_s - lacking_s / 2), end_s + lacking_s / 2)
    return networks.embed(networks.features(samples))


def _voices(pieces: Sequence[Stretch], parties: NDArray[np.intp]) -> tuple[Voice, ...]:
    names: dict[int, str] = {}
    voices: list[Voice] = []
    for (start_s, end_s), party in zip(pieces, parties.tolist(), strict=True):
        speaker = names.setdefault(party, f"spk{len(names)}")
        if voices and voices[-1].speaker == speaker and start_s - voices[-1].end_s < JOIN_S:
            voices[-1] = Voice(speaker, voices[-1].start_s, round(end_s, 3))
        else:
            voices.append(Voice(speaker, round(start_s, 3), round(end_s, 3)))
    return tuple(voices)


@contextmanager
def _one_core_each(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads in which PyTorch keeps to one core; the number that the rest of the process uses is put back."""
    import torch

    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, "diarise", initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)
