"""Deterministic engines for tests and for measuring all but recognition. They keep the real one's contract.

Those that misbehave do what real ones were seen to do. `HangingTranscriber` and `DyingTranscriber` take the process
with them: use them inside `models.isolated_engine`.
"""

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from threading import Event

from qm.domain.recognition import Passage
from qm.domain.transcript import EngineDescription, Word
from qm.errors import RecognitionError
from qm.ports import Audio, Speech
from qm.units import Seconds

LOOP = "Grazie per aver chiamato il servizio clienti, resto a sua disposizione."
"""A sentence that agents do say: only its coming back gives the loop away."""
LOOP_WORD_S: Seconds = 0.3
LOOP_CONFIDENCES = (0.97, 0.93, 0.95, 0.88, 0.96)
LOOP_PASSAGE_S: Seconds = 30.0
LOOP_LOG_PROBABILITY = -0.15
"""Decoders are surer of a loop than of speech: each round makes the next likelier."""


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

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """The scripted words of the channels that there are."""
        self.calls += len(audios)
        return tuple(
            _said(self._script.get(audio.recording.sha256, self._otherwise), audio, language)
            for audio, language in zip(audios, languages, strict=True)
        )


class CrashingTranscriber(ScriptedTranscriber):
    """Fails on every recording, as an engine does that runs out of memory."""

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Always raises."""
        raise RecognitionError("engine.failed", "the scripted crash", "none: this is a test")


class NonsenseTranscriber(ScriptedTranscriber):
    """Says one word without end, as recognisers do on noise."""

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """The same word all along every channel."""
        return tuple(_nonsense(audio, language) for audio, language in zip(audios, languages, strict=True))


class RepeatingTranscriber(ScriptedTranscriber):
    """Says one sentence without end and is sure of it, as decoders do that fall into a loop."""

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """`LOOP` until every channel's end."""
        return tuple(_loop(audio, language) for audio, language in zip(audios, languages, strict=True))


class SlowTranscriber(ScriptedTranscriber):
    """Says its script after a while.

    Args:
        pause_s: for each recording.
    """

    def __init__(self, script: Mapping[str, Speech], pause_s: Seconds) -> None:
        super().__init__(script)
        self._pause_s = pause_s

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """The scripted words."""
        Event().wait(self._pause_s * len(audios))
        return super().transcribe(audios, languages, terms)


class HangingTranscriber(ScriptedTranscriber):
    """Never comes back from a recording that its script doesn't know."""

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Blocks until the process is killed."""
        if any(audio.recording.sha256 not in self._script for audio in audios):
            Event().wait()
        return super().transcribe(audios, languages, terms)


class DyingTranscriber(ScriptedTranscriber):
    """Takes its process with it on a recording that its script doesn't know.

    Args:
        by: `SIGSEGV` as a fault in native code, `SIGKILL` as the kernel when memory runs out; 0 for a plain exit.
    """

    def __init__(self, script: Mapping[str, Speech], by: int = signal.SIGKILL) -> None:
        super().__init__(script)
        self._by = by

    def transcribe(
        self, audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str] = ()
    ) -> tuple[Speech, ...]:
        """Ends the process."""
        if any(audio.recording.sha256 not in self._script for audio in audios):
            if self._by:
                os.kill(os.getpid(), self._by)
            os._exit(3)
        return super().transcribe(audios, languages, terms)


def _said(speech: Speech, audio: Audio, language: str) -> Speech:
    there = slice(audio.channels)
    return replace(
        speech, language=language or speech.language, channels=speech.channels[there],
        activity=speech.activity[there], passages=speech.passages[there],
    )  # fmt: skip


def _nonsense(audio: Audio, language: str) -> Speech:
    seconds = int(audio.recording.duration_s)
    words = tuple(Word("grazie", float(at), at + 0.5, 0.2) for at in range(seconds))
    return Speech(language or "it", 0.3, tuple(words for _ in range(audio.channels)))


def _loop(audio: Audio, language: str) -> Speech:
    count = int(audio.recording.duration_s / LOOP_WORD_S)
    words = tuple(
        Word(text, round(at * LOOP_WORD_S, 3), round((at + 1) * LOOP_WORD_S, 3), confidence)
        for at, text, confidence in zip(range(count), cycle(LOOP.split()), cycle(LOOP_CONFIDENCES), strict=False)
    )
    each = round(LOOP_PASSAGE_S / LOOP_WORD_S)
    windows = [words[at : at + each] for at in range(0, count, each)]
    passages = tuple(
        Passage(part[0].start_s, part[-1].end_s, len(part), LOOP_LOG_PROBABILITY, 0.02) for part in windows
    )
    whole = ((0.0, audio.recording.duration_s),)
    sides = audio.channels
    return Speech(language or "it", 0.98, (words,) * sides, (whole,) * sides, (passages,) * sides)
