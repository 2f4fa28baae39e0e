"""Recognition with faster-whisper (CTranslate2): windows of all recordings and channels in the same batches."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from models.speech_activity import find_speech
from models.speech_windows import LONGEST_S, Window, pack_windows
from models.whisper_decoding import Decoded, Piece, WhisperDecoder
from models.whole_words import whole_words
from qm.domain.recognition import Passage, Stretch
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, RecognitionError
from qm.numerics import sum_with_one_thread
from qm.ports import Audio, Speech
from qm.units import Seconds

SURE_OF_LANGUAGE = 0.8
"""Probability from which one window decides the language; below it, the mean over several does."""
LANGUAGE_WINDOWS = 3
BATCH_S: Seconds = 160.0
"""Padded windows in one batch, at most: what the decoder keeps of them grows with their length."""


@dataclass(frozen=True)
class Batch:
    """Windows of one padded length, language and vocabulary: what one call of the decoder can take."""

    length_s: Seconds
    language: str
    terms: str
    windows: tuple[Window, ...]


class FasterWhisperTranscriber:
    """Speech of every channel and recording, packed into batches of equally long windows.

    The encoder is paid for speech, not for silence or for padding to 30 s. Decoding is by beam search at temperature 0
    only: the library's fallback to higher temperatures draws random numbers, and the same input must give the same
    words. A window that is lost in a loop is decoded once more with the context the model was trained on.

    Args:
        weights: returns the folder of weights, fetching them if needed; called by `warm_up`.
        sha256: of the weights' `model.bin`, for the manifest.
        threads: 0 for all cores; batches are worked on side by side, one thread each.
    """

    def __init__(
        self, name: str, weights: Callable[[], Path], sha256: str,
        *, device: str = "cpu", precision: str = "int8", threads: int = 0, beam: int = 5, batch: int = 8,
    ) -> None:  # fmt: skip
        self._weights = weights
        self._device = device
        self._precision = precision
        self._workers = threads or os.cpu_count() or 1
        self._beam = beam
        self._batch = batch
        self._description = EngineDescription("faster-whisper", name, sha256, precision, device)
        self._lock = Lock()
        self._decoder: WhisperDecoder | None = None

    def describe(self) -> EngineDescription:
        """Name, weights, precision and device."""
        return self._description

    def warm_up(self) -> None:
        """Load the weights; harmless when repeated."""
        with self._lock:
            if self._decoder is None:
                self._decoder = WhisperDecoder(self._load(self._weights()), self._beam)

    def _load(self, folder: Path) -> Any:
        try:
            from faster_whisper import WhisperModel

            sum_with_one_thread()
            return WhisperModel(
                str(folder), device=self._device, compute_type=self._precision, cpu_threads=1,
                num_workers=self._workers,
            )  # fmt: skip
        except ImportError as error:
            hint = "pip install quality-equation"
            raise EngineError("engine.missing", f"faster-whisper can't be imported: {error}", hint) from error
        except (RuntimeError, ValueError) as error:
            hint = "check QM_MODEL, QM_DEVICE and QM_PRECISION with `qm doctor`"
            raise EngineError("engine.cannot_start", f"recognition can't start: {error}", hint) from error

    def close(self) -> None:
        """Free the memory of the weights."""
        with self._lock:
            self._decoder = None

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Words of each audio; an empty language is detected on its longest windows."""
        self.warm_up()
        assert self._decoder is not None
        try:
            return self._transcribe(self._decoder, audios, languages, terms or [""] * len(audios))
        except (RuntimeError, ValueError) as error:  # ValueError: a language that the weights don't know
            raise RecognitionError("engine.failed", f"recognition failed: {error}", "retry; see `qm doctor`") from error

    def _transcribe(
        self, decoder: WhisperDecoder, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str]
    ) -> tuple[Speech, ...]:
        with ThreadPoolExecutor(self._workers) as pool:
            jobs = [(index, channel) for index, audio in enumerate(audios) for channel in range(audio.channels)]
            found = pool.map(lambda job: find_speech(audios[job[0]], job[1]), jobs)
            activity: list[list[tuple[Stretch, ...]]] = [[] for _ in audios]
            for (index, _channel), own in zip(jobs, found, strict=True):
                activity[index].append(own)
            windows = [pack_windows(index, audio, activity[index]) for index, audio in enumerate(audios)]
            spoken = list(
                pool.map(lambda job: self._language(decoder, audios, *job), zip(languages, windows, strict=True))
            )
            batches = self._batches(windows, [language for language, _share in spoken], terms)
            decoded = dict(pair for done in pool.map(lambda b: _decode(decoder, audios, b), batches) for pair in done)
        return tuple(
            _speech(*spoken[index], activity[index], [(window, decoded[window]) for window in windows[index]], audio)
            for index, audio in enumerate(audios)
        )

    def _language(
        self, decoder: WhisperDecoder, audios: Sequence[Audio], language: str, windows: Sequence[Window]
    ) -> tuple[str, float]:
        """Language and its probability; both empty where no speech is found."""
        if language or not windows:
            return language, 1.0 if language else 0.0
        shares: list[dict[str, float]] = []
        for window in sorted(windows, key=lambda w: -w.speech_s)[:LANGUAGE_WINDOWS]:
            encoded = _encode(decoder, audios, [window], window.bucket_s)
            shares += decoder.languages(encoded)
            mean = {name: sum(s.get(name, 0.0) for s in shares) / len(shares) for name in shares[0]}
            best = max(mean, key=lambda name: mean[name])
            if mean[best] >= SURE_OF_LANGUAGE:
                break
        return best, round(mean[best], 4)

    def _batches(
        self, windows: Sequence[Sequence[Window]], languages: Sequence[str], terms: Sequence[str]
    ) -> list[Batch]:
        """The costliest first, so that no worker is left alone with it at the end."""
        alike: dict[tuple[Seconds, str, str], list[Window]] = defaultdict(list)
        for own, language, expected in zip(windows, languages, terms, strict=True):
            for window in own:
                alike[window.bucket_s, language, expected].append(window)
        batches = []
        for key, group in alike.items():
            most = min(self._batch, max(1, int(BATCH_S // key[0])))
            batches += [Batch(*key, tuple(group[at : at + most])) for at in range(0, len(group), most)]
        return sorted(batches, key=lambda batch: -batch.length_s * len(batch.windows))


def _encode(decoder: WhisperDecoder, audios: Sequence[Audio], windows: Sequence[Window], length_s: Seconds) -> Any:
    return decoder.encode([decoder.features(w.samples(audios[w.audio], length_s)) for w in windows])


def _decode(decoder: WhisperDecoder, audios: Sequence[Audio], batch: Batch) -> list[tuple[Window, Decoded]]:
    encoded = _encode(decoder, audios, batch.windows, batch.length_s)
    found = decoder.decode(encoded, batch.language, batch.terms, [w.speech_s for w in batch.windows])
    return [
        (window, _again(decoder, audios, batch, window, decoded) if _is_worth_it(batch, decoded) else decoded)
        for window, decoded in zip(batch.windows, found, strict=True)
    ]


def _is_worth_it(batch: Batch, decoded: Decoded) -> bool:
    return decoded.is_doubtful and batch.length_s < LONGEST_S


def _again(decoder: WhisperDecoder, audios: Sequence[Audio], batch: Batch, window: Window, before: Decoded) -> Decoded:
    """The window with the context that the model was trained on; the surer one of both that isn't in a loop."""
    encoded = _encode(decoder, audios, [window], LONGEST_S)
    (after,) = decoder.decode(encoded, batch.language, batch.terms, [window.speech_s])
    return max((after, before), key=lambda decoded: (not decoded.is_doubtful, decoded.log_probability))


def _speech(
    language: str, confidence: float, activity: Sequence[tuple[Stretch, ...]],
    decoded: Sequence[tuple[Window, Decoded]], audio: Audio,
) -> Speech:  # fmt: skip
    words: list[list[Word]] = [[] for _ in activity]
    passages: list[list[Passage]] = [[] for _ in activity]
    for window, result in decoded:
        own = [
            _word(pieces, window, audio.recording.duration_s)
            for pieces in whole_words(result.pieces, lambda piece: piece.text)
        ]
        words[window.channel] += own
        passages[window.channel].append(_passage(window, result, len(own)))
    return Speech(language, confidence, tuple(map(tuple, words)), tuple(activity), tuple(map(tuple, passages)))


def _passage(window: Window, decoded: Decoded, words: int) -> Passage:
    start_s, end_s = round(window.pieces[0][0], 3), round(window.pieces[-1][1], 3)
    no_speech = min(max(decoded.no_speech, 0.0), 1.0)
    return Passage(start_s, end_s, words, min(0.0, round(decoded.log_probability, 4)), round(no_speech, 4))


def _word(pieces: Sequence[Piece], window: Window, duration_s: Seconds) -> Word:
    """One word on the call's clock, wholly inside the stretch in which its middle lies."""
    at = window.piece_at((pieces[0].start_s + pieces[-1].end_s) / 2)
    start = min(window.call_time(pieces[0].start_s, at), duration_s)
    end = min(max(window.call_time(pieces[-1].end_s, at), start), duration_s)
    confidence = min(max(min(piece.probability for piece in pieces), 0.0), 1.0)
    text = "".join(piece.text for piece in pieces).strip()
    return Word(text, round(start, 3), round(end, 3), round(confidence, 4))
