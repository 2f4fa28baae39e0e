"""Recognition with openai-whisper (PyTorch): the second engine, on the same weights as the first."""

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from models.convert_whisper import WhisperCheckpoint, read_checkpoint
from models.speech_activity import find_speech
from models.speech_windows import Window, pack_windows
from models.whole_words import whole_words
from qm.domain.recognition import Passage, Stretch
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, RecognitionError
from qm.numerics import sum_with_one_thread
from qm.ports import Audio, Samples, Speech
from qm.units import Seconds

DETECT_S: Seconds = 30.0
"""Of speech, from the start: what language detection hears."""


class OpenAiWhisperTranscriber:
    """Each channel by itself, the speech of a channel packed into windows, with word times and confidences.

    Decoding is at temperature 0 only, and no window is told what the one before said: the same input gives the same
    words, and a loop ends with its window. The library has no 8-bit arithmetic: 16-bit where asked for on a graphics
    processor, 32-bit otherwise.

    Args:
        weights: returns the CTranslate2 folder of weights, fetching it if needed; called by `warm_up`.
        sha256: of the weights' `model.bin`, for the manifest.
        threads: 0 for all cores; PyTorch keeps one number for the whole process.
        beam: 1 is greedy.
    """

    def __init__(
        self, name: str, weights: Callable[[], Path], sha256: str,
        *, device: str = "cpu", precision: str = "float32", threads: int = 0, beam: int = 5,
    ) -> None:  # fmt: skip
        self._weights = weights
        self._device = device
        self._halved = device != "cpu" and precision in {"float16", "int8_float16"}
        self._threads = threads or os.cpu_count() or 1
        self._beam = beam if beam > 1 else None  # the library's greedy search is a path of its own
        used = "float16" if self._halved else "float32"
        self._description = EngineDescription("openai-whisper", name, sha256, used, device)
        self._lock = Lock()
        self._model: Any = None

    def describe(self) -> EngineDescription:
        """Name, weights, the precision that is used (not the one asked for) and device."""
        return self._description

    def warm_up(self) -> None:
        """Convert and load the weights; harmless when repeated."""
        with self._lock:
            if self._model is None:
                self._model = self._load()

    def close(self) -> None:
        """Free the memory of the weights."""
        with self._lock:
            self._model = None

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Words of each audio; an empty language is detected on the mix of its channels."""
        self.warm_up()
        try:
            asked = zip(audios, languages, terms or [""] * len(audios), strict=True)
            return tuple(self._transcribe(*each) for each in asked)
        except (RuntimeError, ValueError) as error:  # ValueError: a language that the weights don't know
            raise RecognitionError("engine.failed", f"recognition failed: {error}", "retry; see `qm doctor`") from error

    def _load(self) -> Any:
        try:
            import torch
            import whisper  # noqa: F401  # found missing here rather than at the first recording
        except ImportError as error:
            hint = "pip install quality-equation[whisper]"
            raise EngineError("engine.missing", f"openai-whisper can't be imported: {error}", hint) from error
        try:
            if self._device == "cuda" and not torch.cuda.is_available():
                raise RuntimeError("no graphics processor that PyTorch can use")
            torch.set_num_threads(self._threads)
            sum_with_one_thread()
            model = build_model(read_checkpoint(self._weights()), self._device)
            _prepare(model)
        except (OSError, RuntimeError, ValueError) as error:
            hint = "check QM_MODEL, QM_DEVICE and QM_PRECISION with `qm doctor`"
            raise EngineError("engine.cannot_start", f"recognition can't start: {error}", hint) from error
        return model

    def _transcribe(self, audio: Audio, language: str, terms: str) -> Speech:
        activity = tuple(find_speech(audio, channel) for channel in range(audio.channels))
        confidence = 1.0
        if not language:
            language, confidence = self._detect(audio, activity)
        words: list[list[Word]] = [[] for _ in activity]
        passages: list[list[Passage]] = [[] for _ in activity]
        for window in pack_windows(0, audio, activity) if language else ():
            own = words[window.channel]
            for segment in self._decode(window.samples(audio, window.speech_s), language, terms):
                found = _words(segment["words"], window, own[-1].start_s if own else 0.0)
                own += found
                passages[window.channel] += _passage(segment, found)
        return Speech(language, confidence, tuple(map(tuple, words)), activity, tuple(map(tuple, passages)))

    def _detect(self, audio: Audio, activity: Sequence[Sequence[Stretch]]) -> tuple[str, float]:
        """Language and its probability; both empty where no speech is found."""
        from whisper.audio import log_mel_spectrogram, pad_or_trim

        spoken = sorted((start, end, channel) for channel, own in enumerate(activity) for start, end in own)
        if not spoken:
            return "", 0.0
        if not self._model.is_multilingual:
            return "en", 1.0
        parts, total_s = [], 0.0
        for start, end, channel in spoken:
            if total_s < DETECT_S:
                parts.append(audio.read(channel, start, min(end, start + DETECT_S)))
                total_s += end - start
        mel = log_mel_spectrogram(pad_or_trim(np.concatenate(parts)), self._model.dims.n_mels)
        _token, likely = self._model.detect_language(mel.to(self._model.device))
        language = max(likely, key=likely.__getitem__)
        return str(language), round(float(likely[language]), 4)

    def _decode(self, samples: Samples, language: str, terms: str) -> list[dict[str, Any]]:
        found = self._model.transcribe(
            samples, language=language, beam_size=self._beam, temperature=0.0, fp16=self._halved,
            word_timestamps=True, condition_on_previous_text=False, verbose=None,
            initial_prompt=terms or None, carry_initial_prompt=bool(terms),
        )  # fmt: skip
        return list(found["segments"])


def build_model(checkpoint: WhisperCheckpoint, device: str) -> Any:
    """The library's model with these weights."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    model = Whisper(ModelDimensions(**checkpoint.dims))
    model.load_state_dict({name: torch.from_numpy(values) for name, values in checkpoint.state.items()})
    if checkpoint.alignment_heads:
        mask = torch.zeros(checkpoint.dims["n_text_layer"], checkpoint.dims["n_text_head"], dtype=torch.bool)
        for layer, head in checkpoint.alignment_heads:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    return model.to(chosen).eval()


def _prepare(model: Any) -> None:
    """Do now what the library would do at the first recording, which has a deadline: read its vocabulary, compile."""
    from whisper.timing import dtw_cpu
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the file to the collector
        get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    dtw_cpu(np.zeros((2, 2)))


def _words(pieces: Sequence[dict[str, Any]], window: Window, earliest_s: Seconds) -> list[Word]:
    """Whole words on the call's clock, none before the one it follows."""
    words: list[Word] = []
    for group in whole_words(pieces, lambda piece: str(piece["word"])):
        since, until = float(group[0]["start"]), float(group[-1]["end"])
        place = window.piece_at((since + until) / 2)  # a word that reaches over a joint ends there
        start, end = (round(window.call_time(time_s, place), 3) for time_s in (since, until))
        start = max(start, words[-1].start_s if words else earliest_s)  # the aligner may step back
        confidence = min(max(min(float(piece["probability"]) for piece in group), 0.0), 1.0)
        text = "".join(piece["word"] for piece in group).strip()
        words.append(Word(text, start, max(start, end), round(confidence, 4)))
    return words


def _passage(segment: dict[str, Any], words: Sequence[Word]) -> list[Passage]:
    """What the words came of; none where there are none."""
    if not words:
        return []
    surety = round(min(float(segment["avg_logprob"]), 0.0), 4)
    silence = round(min(max(float(segment["no_speech_prob"]), 0.0), 1.0), 4)
    return [Passage(words[0].start_s, max(word.end_s for word in words), len(words), surety, silence)]
