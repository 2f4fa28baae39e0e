"""Who is timed: the product's recogniser and its peers, on the same weights, beam and threads."""

import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, TypeAlias

from benchmarks.asr_sets import Item
from models.convert_whisper import read_checkpoint
from models.whole_words import whole_words
from qm.config import Settings
from qm.domain.transcript import Word
from qm.errors import InputError
from qm.ports import Transcriber

Heard: TypeAlias = tuple[tuple[Word, ...], ...]
"""Words of each channel of one recording."""
OURS = "ours"
BATCHED, SEQUENTIAL, PLAIN, OPENAI = "batched", "sequential", "plain", "openai"
PEERS = (SEQUENTIAL, BATCHED, PLAIN, OPENAI)
NOTES = {
    OURS: "the product's recogniser, all recordings in one call",
    BATCHED: "faster-whisper BatchedInferencePipeline, batch 8, VAD, channel by channel",
    SEQUENTIAL: "faster-whisper WhisperModel.transcribe, VAD, channel by channel",
    PLAIN: "faster-whisper WhisperModel.transcribe as it comes, no VAD, channel by channel",
    OPENAI: "openai-whisper as it comes, on the converted weights, channel by channel",
}
BATCH = 8
SEED = 1
"""Of the random numbers that sequential faster-whisper draws where it falls back to higher temperatures."""


class Party(Protocol):
    """One contender."""

    @property
    def name(self) -> str:
        """One of `PEERS`, or `OURS`."""
        ...

    def warm_up(self) -> None:
        """Load the weights."""
        ...

    def recognise(self, items: Sequence[Item]) -> tuple[Heard, ...]:
        """Words of each recording with their times, the language being given; this is what is timed."""
        ...


class TranscriberParty:
    """A recogniser behind the product's port."""

    def __init__(self, name: str, engine: Transcriber) -> None:
        self.name = name
        self._engine = engine

    def warm_up(self) -> None:
        """Load the weights."""
        self._engine.warm_up()

    def recognise(self, items: Sequence[Item]) -> tuple[Heard, ...]:
        """All recordings in one call."""
        found = self._engine.transcribe([item.audio for item in items], [item.language for item in items])
        return tuple(speech.channels for speech in found)


class FasterWhisperParty:
    """faster-whisper as its documentation shows it, with the product's beam, precision and threads.

    Other options stay as the library has them: that is what a user gets without us.

    Args:
        folder: of the CTranslate2 weights.
    """

    def __init__(self, name: str, folder: Path, settings: Settings) -> None:
        self.name = name
        self._folder = folder
        self._settings = settings
        self._model: Any = None
        self._transcriber: Any = None

    def warm_up(self) -> None:
        """Load the weights; harmless when repeated."""
        if self._transcriber is not None:
            return
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        self._model = WhisperModel(
            str(self._folder),
            device=self._settings.device,
            compute_type=self._settings.precision,
            cpu_threads=self._settings.threads or os.cpu_count() or 1,
        )
        self._transcriber = BatchedInferencePipeline(model=self._model) if self.name == BATCHED else self._model

    def recognise(self, items: Sequence[Item]) -> tuple[Heard, ...]:
        """Channel by channel."""
        from ctranslate2 import set_random_seed

        self.warm_up()
        set_random_seed(SEED)
        return tuple(tuple(self._words(item, channel) for channel in range(item.audio.channels)) for item in items)

    def _words(self, item: Item, channel: int) -> tuple[Word, ...]:
        options: dict[str, Any] = {"batch_size": BATCH} if self.name == BATCHED else {}
        segments, _info = self._transcriber.transcribe(
            item.audio.read(channel), language=item.language, beam_size=self._settings.beam,
            word_timestamps=True, vad_filter=self.name != PLAIN, **options,
        )  # fmt: skip
        pieces = [piece for segment in segments for piece in segment.words or ()]
        return joined_pieces(pieces)


class OpenAiParty:
    """openai-whisper as its documentation shows it: whole channels, no detection of speech, the product's beam."""

    name = OPENAI

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._model: Any = None

    def warm_up(self) -> None:
        """Convert and load the weights; harmless when repeated.

        Raises:
            InputError: the library isn't there.
        """
        if self._model is not None:
            return
        try:
            from models.openai_whisper_engine import build_model

            self._model = build_model(read_checkpoint(self._folder), "cpu")
        except ImportError as error:
            hint = "pip install '.[whisper]'"
            raise InputError("bench.no_peer", f"openai-whisper isn't there: {error}", hint) from error

    def recognise(self, items: Sequence[Item]) -> tuple[Heard, ...]:
        """Channel by channel."""
        self.warm_up()
        return tuple(tuple(self._words(item, channel) for channel in range(item.audio.channels)) for item in items)

    def _words(self, item: Item, channel: int) -> tuple[Word, ...]:
        found = self._model.transcribe(
            item.audio.read(channel), language=item.language, beam_size=self._settings.beam,
            word_timestamps=True, fp16=False,
        )  # fmt: skip
        pieces = [SimpleNamespace(**piece) for segment in found["segments"] for piece in segment["words"]]
        return joined_pieces(pieces)


def joined_pieces(pieces: Sequence[Any]) -> tuple[Word, ...]:
    """Words of the library's pieces, joined as in the product; confidence is the lowest of the pieces, likewise."""
    return tuple(_word(group) for group in whole_words(pieces, lambda piece: str(piece.word)))


def _word(group: Sequence[Any]) -> Word:
    start = max(float(group[0].start), 0.0)
    confidence = min(max(min(float(piece.probability) for piece in group), 0.0), 1.0)
    return Word("".join(piece.word for piece in group).strip(), start, max(float(group[-1].end), start), confidence)


def make_peer(name: str, settings: Settings) -> Party:
    """One of `PEERS` on the weights that the settings name.

    Raises:
        InputError: no such peer, or its engine isn't there.
    """
    folder = weights_folder(settings)
    if name in (BATCHED, SEQUENTIAL, PLAIN):
        return FasterWhisperParty(name, folder, settings)
    if name == OPENAI:
        return OpenAiParty(folder, settings)
    raise InputError("bench.unknown_peer", f"no peer '{name}'", f"known: {', '.join(PEERS)}")


def weights_folder(settings: Settings) -> Path:
    """The CTranslate2 folder in use, fetched before by whoever warmed the product's engine."""
    own = Path(settings.model)
    return own if (own / "model.bin").is_file() else settings.weights / settings.model
