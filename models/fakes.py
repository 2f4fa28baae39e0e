"""Deterministic engines for tests and for measuring all but recognition. They keep the real one's contract."""

from collections.abc import Mapping, Sequence

from qm.domain.transcript import EngineDescription, Word
from qm.errors import RecognitionError
from qm.ports import Audio, Speech


def _description(name: str) -> EngineDescription:
    return EngineDescription(name, "1", "0" * 64, "none", "none")


class ScriptedTranscriber:
    """Says what its script says for a recording's SHA-256, else `otherwise`."""

    def __init__(self, script: Mapping[str, Speech], otherwise: Speech | None = None) -> None:
        self._script = dict(script)
        self._otherwise = otherwise or Speech("it", 1.0, ((), ()))
        self.calls = 0

    def describe(self) -> EngineDescription:
        """A constant."""
        return _description("scripted")

    def warm_up(self) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to free."""

    def transcribe(self, audios: Sequence[Audio], languages: Sequence[str]) -> tuple[Speech, ...]:
        """The scripted words."""
        self.calls += len(audios)
        found = [self._script.get(audio.recording.sha256, self._otherwise) for audio in audios]
        return tuple(
            Speech(language or speech.language, speech.language_confidence, speech.channels)
            for speech, language in zip(found, languages, strict=True)
        )


class CrashingTranscriber(ScriptedTranscriber):
    """Fails on every recording, as an engine does that runs out of memory."""

    def transcribe(self, audios: Sequence[Audio], languages: Sequence[str]) -> tuple[Speech, ...]:
        """Always raises."""
        raise RecognitionError("engine.failed", "the scripted crash", "none: this is a test")


class NonsenseTranscriber(ScriptedTranscriber):
    """Says one word without end, as recognisers do on noise."""

    def transcribe(self, audios: Sequence[Audio], languages: Sequence[str]) -> tuple[Speech, ...]:
        """The same word all along every channel."""
        return tuple(_nonsense(audio, language) for audio, language in zip(audios, languages, strict=True))


def _nonsense(audio: Audio, language: str) -> Speech:
    seconds = int(audio.recording.duration_s)
    words = tuple(Word("grazie", float(at), at + 0.5, 0.2) for at in range(seconds))
    return Speech(language or "it", 0.3, tuple(words for _ in range(audio.channels)))
