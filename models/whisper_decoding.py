"""Decode batches of equally long windows with CTranslate2: tokens, words with times, and how sure the decoder was."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.speech_windows import bucket_of
from qm.ports import Samples
from qm.units import Seconds, Share

FRAMES_A_SECOND = 100
MOST_TOKENS_A_SECOND = 12
"""Nobody speaks faster; a decoder that goes on is in a loop, and the budget ends it. Counted over the padded length,
which a batch shares: over the longest speech, where a loop ends would depend on what else is in the batch."""
REPEATED_RATIO = 2.4
"""zlib's compression of a text above which it repeats itself (Radford et al. 2022, "Robust Speech Recognition via
Large-Scale Weak Supervision", section 4.5)."""
UNSURE = -1.0
"""Mean log-probability below which a decoding has failed (same source)."""
LOOP_WORDS = 4
"""So many words said twice in a row are a decoder's loop more often than a speaker's."""
AGAIN_WORDS = 7
"""Likewise with something else between them."""


@dataclass(frozen=True)
class Piece:
    """A part of a word as the aligner returns it, on the window's clock. A word's first piece begins with a space."""

    text: str
    start_s: Seconds
    end_s: Seconds
    probability: Share


@dataclass(frozen=True)
class Decoded:
    """One window decoded."""

    text: str
    pieces: tuple[Piece, ...]
    log_probability: float
    no_speech: Share

    @property
    def is_doubtful(self) -> bool:
        """True where the decoder was lost: too unsure, or saying the same again."""
        return self.log_probability < UNSURE or is_repetitive(self.text)


def is_repetitive(text: str) -> bool:
    """True for a text that compresses too well, says `LOOP_WORDS` words twice in a row, or `AGAIN_WORDS` twice at all.

    >>> is_repetitive("the hours are nine to five, the hours are nine to five")
    True
    >>> is_repetitive("sì, sì, va bene, grazie")
    False
    """
    content = text.encode()
    if content and len(content) / len(zlib.compress(content)) > REPEATED_RATIO:
        return True
    words = [word.strip(".,;:!?").casefold() for word in text.split()]
    groups = [tuple(words[at : at + AGAIN_WORDS]) for at in range(len(words) - AGAIN_WORDS + 1)]
    spoken = [group for group in groups if not _is_number(group)]
    return len(set(spoken)) < len(spoken) or any(
        words[at : at + length] == words[at + length : at + 2 * length] and not _is_number(words[at : at + length])
        for length in range(LOOP_WORDS, len(words) // 2 + 1)
        for at in range(len(words) - 2 * length + 1)
    )


def _is_number(words: Sequence[str]) -> bool:
    """True for digits alone: codes are read back, and hold the same digits twice."""
    return all(word.isdigit() for word in words)


class WhisperDecoder:
    """Encoder, beam search and alignment over a faster-whisper model.

    Args:
        model: a `faster_whisper.WhisperModel`.
    """

    def __init__(self, model: Any, beam: int) -> None:
        self._model = model
        self._beam = beam

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """Log-mel spectrum, shape (bands, frames), frames at `FRAMES_A_SECOND`."""
        frames = samples.size * FRAMES_A_SECOND // 16000
        spectrum: NDArray[np.float32] = self._model.feature_extractor(samples)[..., :frames]
        return spectrum

    def encode(self, features: Sequence[NDArray[np.float32]]) -> Any:
        """The encoder's output for windows of one length.

        One after the other: a batch of eight 30 s windows holds 0.6 GB of attention and is no faster.
        """
        parts = [self._model.encode(window) for window in features]
        return _joined(parts) if len(parts) > 1 else parts[0]

    def languages(self, encoded: Any) -> list[dict[str, float]]:
        """Probability of each language, window by window."""
        found = self._model.model.detect_language(encoded)
        return [{token.strip("<|>"): float(share) for token, share in window} for window in found]

    def decode(self, encoded: Any, language: str, terms: str, lengths_s: Sequence[Seconds]) -> list[Decoded]:
        """Words of each encoded window; all of one language.

        Args:
            terms: words to expect; empty for none.
            lengths_s: of each window without its padding.
        """
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=terms or None)
        budget = int(bucket_of(max(lengths_s)) * MOST_TOKENS_A_SECOND)
        found = self._model.model.generate(
            encoded, [prompt] * len(lengths_s), beam_size=self._beam, suppress_tokens=_suppressed(tokenizer),
            max_length=min(self._model.max_length, len(prompt) + budget),
            return_scores=True, return_no_speech_prob=True,
        )  # fmt: skip
        tokens = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in found]
        aligned = self._aligned(tokenizer, tokens, encoded, lengths_s)
        return [
            _decoded(tokenizer.decode(own), words, result)
            for own, words, result in zip(tokens, aligned, found, strict=True)
        ]

    def _aligned(
        self, tokenizer: Any, tokens: Sequence[list[int]], encoded: Any, lengths_s: Sequence[Seconds]
    ) -> list[list[dict[str, Any]]]:
        """Words with times, window by window: in a batch, the longest text of it would move the others' numbers."""
        from ctranslate2 import Device, StorageView

        windows = np.asarray(encoded if isinstance(encoded, np.ndarray) else encoded.to_device(Device.cpu))
        found = []
        for at, (own, length_s) in enumerate(zip(tokens, lengths_s, strict=True)):
            alone = StorageView.from_array(np.ascontiguousarray(windows[at : at + 1]))
            frames = [int(np.ceil(length_s) * FRAMES_A_SECOND)]
            found += self._model.find_alignment(tokenizer, [own], alone, frames)
        return found

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language
        )


def _joined(parts: Sequence[Any]) -> Any:
    from ctranslate2 import Device, StorageView

    return StorageView.from_array(np.concatenate([np.asarray(part.to_device(Device.cpu)) for part in parts]))


def _suppressed(tokenizer: Any) -> list[int]:
    """Tokens that are no speech (brackets, notes, …), as the recogniser's authors suppress them."""
    from faster_whisper.transcribe import get_suppressed_tokens

    return list(get_suppressed_tokens(tokenizer, [-1]))


def _decoded(text: str, words: Sequence[dict[str, Any]], result: Any) -> Decoded:
    pieces = tuple(Piece(w["word"], float(w["start"]), float(w["end"]), float(w["probability"])) for w in words)
    length = len(result.sequences_ids[0])
    return Decoded(text, pieces, float(result.scores[0]) * length / (length + 1), float(result.no_speech_prob))
