"""Tell the parties apart where they share one channel."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.stage import parent
from qm.domain.contact import Medium
from qm.domain.recognition import Recognition, Voices
from qm.fingerprint import fingerprint
from qm.ports import AudioReader, Diariser, ObjectStore, Unit


@dataclass(frozen=True)
class Shared:
    """The words of a recording and its bytes; `None` for a chat."""

    recognition: Recognition | None = None
    path: Path | None = None


class VoicesStage:
    """Diarisation of recordings with one channel; there are no voices without a diariser, or with a channel a party."""

    name = "voices"
    version = "1"

    def __init__(self, objects: ObjectStore, reader: AudioReader, diariser: Diariser | None) -> None:
        self._objects = objects
        self._reader = reader
        self._diariser = diariser

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the words and the engine."""
        engine = self._diariser.describe() if self._diariser else None
        return fingerprint(self.name, self.version, parent(unit, contact_id, "transcribe"), engine)

    def needs(self, unit: Unit, contact_id: str) -> Shared:
        """Words and bytes."""
        if unit.contacts.get(contact_id).medium is not Medium.VOICE:
            return Shared()
        path = self._objects.path(unit.outputs.recording(contact_id) or "")
        return Shared(unit.outputs.recognition(contact_id), path)

    def run(self, needs: Shared) -> Voices:
        """Who speaks when."""
        if needs.recognition is None or needs.path is None:
            return Voices()
        return tell_apart(needs.recognition, needs.path, self._reader, self._diariser)

    def publish(self, unit: Unit, contact_id: str, output: Voices) -> None:
        """Keep them."""
        unit.outputs.save_voices(contact_id, output)


def tell_apart(recognition: Recognition, path: Path, reader: AudioReader, diariser: Diariser | None) -> Voices:
    """Voices of a recording whose words stand on one channel; none where there is nothing to tell apart."""
    words = recognition.channels[0] if len(recognition.channels) == 1 else ()
    if diariser is None or not any(not word.suspect for word in words):
        return Voices()
    audio = reader.read(path, recognition.recording.sha256)
    return Voices(diariser.diarise(audio, words), diariser.describe())
