"""Recognition with faster-whisper (CTranslate2)."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from qm.domain.recognition import Stretch
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, RecognitionError
from qm.ports import Audio, Samples, Speech

RATE_HZ = 16000
INAUDIBLE = 0.001
"""-60 dBFS at the loudest sample: nothing to detect, and an hour of it would take the detector half a minute."""
PAUSE_MS = 300
"""Shorter pauses lie inside words and phrases."""
PAD_MS = 60
DETECT_WINDOWS = 2
"""Windows of 30 s that language detection may look at; the second only where the first isn't clear."""


class FasterWhisperTranscriber:
    """Each channel by itself, voice-activity filtered, in batches, with word times and confidences.

    Decoding is greedy over temperature 0 only: the library's fallback to higher temperatures draws random numbers,
    and the same input must give the same words.

    Args:
        weights: returns the folder of weights, fetching them if needed; called by `warm_up`.
        sha256: of the weights' `model.bin`, for the manifest.
        threads: 0 for all cores.
    """

    def __init__(
        self, name: str, weights: Callable[[], Path], sha256: str,
        *, device: str = "cpu", precision: str = "int8", threads: int = 0, beam: int = 5, batch: int = 8,
    ) -> None:  # fmt: skip
        self._weights = weights
        self._device = device
        self._precision = precision
        self._threads = threads or os.cpu_count() or 1
        self._beam = beam
        self._batch = batch
        self._description = EngineDescription("faster-whisper", name, sha256, precision, device)
        self._lock = Lock()
        self._model: Any = None
        self._pipeline: Any = None

    def describe(self) -> EngineDescription:
        """Name, weights, precision and device."""
        return self._description

    def warm_up(self) -> None:
        """Load the weights; harmless when repeated."""
        with self._lock:
            if self._pipeline is not None:
                return
            folder = self._weights()
            try:
                from faster_whisper import BatchedInferencePipeline, WhisperModel

                self._model = WhisperModel(
                    str(folder), device=self._device, compute_type=self._precision, cpu_threads=self._threads
                )
                self._pipeline = BatchedInferencePipeline(model=self._model)
            except ImportError as error:
                hint = "pip install quality-equation"
                raise EngineError("engine.missing", f"faster-whisper can't be imported: {error}", hint) from error
            except (RuntimeError, ValueError) as error:
                hint = "check QM_MODEL, QM_DEVICE and QM_PRECISION with `qm doctor`"
                raise EngineError("engine.cannot_start", f"recognition can't start: {error}", hint) from error

    def close(self) -> None:
        """Free the memory of the weights."""
        with self._lock:
            self._model = self._pipeline = None

    def transcribe(self, audios: Sequence[Audio], languages: Sequence[str]) -> tuple[Speech, ...]:
        """Words of each audio; an empty language is detected on the mix of its channels."""
        self.warm_up()
        try:
            return tuple(self._transcribe(audio, language) for audio, language in zip(audios, languages, strict=True))
        except (RuntimeError, ValueError) as error:  # ValueError: a language that the weights don't know
            raise RecognitionError("engine.failed", f"recognition failed: {error}", "retry; see `qm doctor`") from error

    def _transcribe(self, audio: Audio, language: str) -> Speech:
        channels_in = [audio.read(channel) for channel in range(audio.channels)]
        activity = tuple(_activity(samples) for samples in channels_in)
        confidence = 1.0
        if not language:
            language, confidence = self._detect(audio, activity)
        if not language:
            return Speech("", 0.0, tuple(() for _ in channels_in), activity)
        channels = tuple(
            self._words(samples, language, audio.recording.duration_s) if spoken else ()
            for samples, spoken in zip(channels_in, activity, strict=True)
        )
        return Speech(language, confidence, channels, activity)

    def _detect(self, audio: Audio, activity: Sequence[Sequence[Stretch]]) -> tuple[str, float]:
        """Language and its probability; both empty where no speech is found."""
        spoken = sorted((start, end, channel) for channel, own in enumerate(activity) for start, end in own)
        if not spoken:
            return "", 0.0
        parts = [audio.read(c, start, end) for start, end, c in spoken]
        language, confidence, _all = self._model.detect_language(
            audio=np.concatenate(parts), language_detection_segments=DETECT_WINDOWS
        )
        return str(language), round(float(confidence), 4)

    def _words(self, samples: Samples, language: str, duration_s: float) -> tuple[Word, ...]:
        segments, _info = self._pipeline.transcribe(
            samples, language=language, beam_size=self._beam, batch_size=self._batch, temperature=0.0,
            word_timestamps=True, vad_filter=True, condition_on_previous_text=False,
        )  # fmt: skip
        pieces = [piece for segment in segments for piece in segment.words or ()]
        return tuple(_word(pieces, duration_s) for pieces in _whole_words(pieces))


def _activity(samples: Samples) -> tuple[Stretch, ...]:
    """Stretches of speech by Silero's detector, which comes with faster-whisper; pauses from `PAUSE_MS` divide them."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if samples.size == 0 or max(float(samples.max()), -float(samples.min())) < INAUDIBLE:
        return ()
    options = VadOptions(min_silence_duration_ms=PAUSE_MS, speech_pad_ms=PAD_MS)
    found = get_speech_timestamps(samples, options, sampling_rate=RATE_HZ)
    return tuple((round(span["start"] / RATE_HZ, 3), round(span["end"] / RATE_HZ, 3)) for span in found)


def _whole_words(pieces: Sequence[Any]) -> list[list[Any]]:
    """Pieces joined to words: one that doesn't begin with a space goes on with the word before (`l` + `'offerta`)."""
    words: list[list[Any]] = []
    for piece in pieces:
        if words and not piece.word.startswith(" "):
            words[-1].append(piece)
        elif piece.word.strip():
            words.append([piece])
    return words


def _word(pieces: Sequence[Any], duration_s: float) -> Word:
    """One word; times are kept inside the recording, since the aligner may overrun its end."""
    start = min(max(float(pieces[0].start), 0.0), duration_s)
    end = min(max(float(pieces[-1].end), start), duration_s)
    confidence = min(max(min(float(piece.probability) for piece in pieces), 0.0), 1.0)
    return Word("".join(piece.word for piece in pieces).strip(), round(start, 3), round(end, 3), round(confidence, 4))
