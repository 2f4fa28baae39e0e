"""Diarisers that need no weights: scripted, mute and crashing ones. They keep the real one's contract."""

from collections.abc import Mapping, Sequence

from qm.domain.recognition import Voice
from qm.domain.transcript import EngineDescription, Word
from qm.errors import RecognitionError
from qm.ports import Audio
from qm.units import Seconds

TURN_S: Seconds = 5.0
"""How long each of the two speaks where there is no script."""


class ScriptedDiariser:
    """Hears the voices of its script for a recording's SHA-256, else two that take turns of `TURN_S`."""

    def __init__(self, script: Mapping[str, Sequence[Voice]] | None = None) -> None:
        self._script = {sha256: tuple(voices) for sha256, voices in (script or {}).items()}
        self.calls = 0

    def describe(self) -> EngineDescription:
        """A constant."""
        return EngineDescription("scripted", "1", "0" * 64, "none", "none")

    def warm_up(self) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to free."""

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:  # noqa: ARG002 - the port's
        """The scripted voices."""
        self.calls += 1
        scripted = self._script.get(audio.recording.sha256)
        return _by_turns(audio.recording.duration_s) if scripted is None else scripted


class MuteDiariser(ScriptedDiariser):
    """Hears nobody, as segmentation does in noise."""

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:  # noqa: ARG002 - the port's
        """No voices."""
        return ()


class CrashingDiariser(ScriptedDiariser):
    """Fails on every recording."""

    def diarise(self, audio: Audio, words: Sequence[Word]) -> tuple[Voice, ...]:  # noqa: ARG002 - the port's
        """Always raises."""
        raise RecognitionError("engine.failed", "the scripted crash", "none: this is a test")


def _by_turns(duration_s: Seconds) -> tuple[Voice, ...]:
    count = int(duration_s // TURN_S) + 1
    return tuple(
        Voice(f"spk{index % 2}", index * TURN_S, min((index + 1) * TURN_S, duration_s))
        for index in range(count)
        if index * TURN_S < duration_s
    )
