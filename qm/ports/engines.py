"""What hears: decoded audio, recognisers, diarisers."""

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qm.domain.recognition import Passage, Stretch, Voice
from qm.domain.recording import Finding, Recording
from qm.domain.transcript import EngineDescription, Word
from qm.units import Seconds

Samples: TypeAlias = NDArray[np.float32]
"""One channel, shape (n,), -1..1."""
Block: TypeAlias = NDArray[np.float32]
"""A part of all channels on one clock, shape (channels, n), -1..1."""
FULL_SCALE = 32768
"""Of 16-bit samples."""


@dataclass(frozen=True)
class Audio:
    """A decoded recording, read by spans so that an hour never stands in memory as floats.

    Attributes:
        pcm: shape (n, channels), 16-bit, at `rate_hz`; may be mapped from a scratch file.
        findings: what decoding met.
    """

    recording: Recording
    pcm: NDArray[np.int16]
    rate_hz: int
    findings: tuple[Finding, ...] = ()

    @property
    def channels(self) -> int:
        """How many channels were kept."""
        return int(self.pcm.shape[1])

    def read(self, channel: int, start_s: Seconds = 0.0, end_s: Seconds | None = None) -> Samples:
        """Samples of one channel between two times; to the end where `end_s` isn't given."""
        start, stop = round(start_s * self.rate_hz), None if end_s is None else round(end_s * self.rate_hz)
        samples = self.pcm[start:stop, channel].astype(np.float32) / np.float32(FULL_SCALE)
        _let_go(self.pcm)
        return samples

    def blocks(self, length_s: Seconds = 60.0) -> Iterator[Block]:
        """All channels in order of time, `length_s` at once; the last block is shorter."""
        length = round(length_s * self.rate_hz)
        for start in range(0, len(self.pcm), length):
            block = self.pcm[start : start + length].T.astype(np.float32) / np.float32(FULL_SCALE)
            _let_go(self.pcm)
            yield block


def _let_go(pcm: NDArray[np.int16]) -> None:
    """Give the pages of a mapped scratch file back: two hours of them would count as half a gigabyte of ours."""
    mapped = getattr(pcm, "_mmap", None)
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


class AudioReader(Protocol):
    """Decodes recordings."""

    def read(self, path: Path, sha256: str) -> Audio:
        """Decode the whole file.

        Raises:
            RecordingError: unreadable, cut off, empty, too short or of an unusable layout.
        """
        ...


@dataclass(frozen=True)
class Speech:
    """What was recognised in one recording.

    Attributes:
        activity: stretches of detected speech of each channel; empty where the engine doesn't tell.
        passages: what the words of each channel were decoded from, in order; empty where the engine doesn't tell.
    """

    language: str
    language_confidence: float
    channels: tuple[tuple[Word, ...], ...]
    activity: tuple[tuple[Stretch, ...], ...] = ()
    passages: tuple[tuple[Passage, ...], ...] = ()


class Transcriber(Protocol):
    """Turns audio into words. Cheap to construct; `warm_up` loads the weights."""

    def warm_up(self) -> None:
        """Load weights; harmless when repeated.

        Raises:
            EngineError: the engine or its weights are missing or can't be used.
        """
        ...

    def close(self) -> None:
        """Free memory."""
        ...

    def describe(self) -> EngineDescription:
        """What would do the work; doesn't load it."""
        ...

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Words of each audio, one entry an audio, whatever else is in the call.

        Args:
            languages: of each audio; an empty one is detected.
            terms: of each audio, names and products to expect, separated by commas; none where not given.

        Raises:
            EngineError: the engine failed.
        """
        ...


class Diariser(Protocol):
    """Tells the voices of one channel apart. Cheap to construct; `warm_up` loads the weights."""

    def warm_up(self) -> None:
        """Load weights; harmless when repeated.

        Raises:
            EngineError: the engine or its weights are missing or can't be used.
        """
        ...

    def close(self) -> None:
        """Free memory."""
        ...

    def describe(self) -> EngineDescription:
        """What would do the work; doesn't load it."""
        ...

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:
        """Who speaks when on channel 0, in order of start; voices may overlap.

        Args:
            words: as recognised on that channel; they say where speech is, and where a change of speaker may lie.

        Raises:
            EngineError: the engine failed.
        """
        ...


class SentenceEncoder(Protocol):
    """Puts the meaning of sentences into vectors. Cheap to construct; `warm_up` loads the weights."""

    def warm_up(self) -> None:
        """Load weights; harmless when repeated.

        Raises:
            EngineError: the engine or its weights are missing or can't be used.
        """
        ...

    def close(self) -> None:
        """Free memory."""
        ...

    def describe(self) -> EngineDescription:
        """What would do the work; doesn't load it."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of unit length for each text, shape (n, d); the same bytes for a text whatever else is in the call.

        A text without any letter has a row as well; no text gives shape (0, d).

        Raises:
            EngineError: the engine or its weights are missing or can't be used.
        """
        ...
