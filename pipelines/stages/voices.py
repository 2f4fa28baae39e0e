"""Tell the parties apart where they share one channel."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.stage import parent, stored_file
from qm.domain.contact import Medium
from qm.domain.recognition import Recognition, Voices
from qm.fingerprint import fingerprint
from qm.ports import AudioReader, Diariser, ObjectStore, Unit


@dataclass(frozen=True)
class Shared:
    """The words of a recording and its bytes; `None` for a chat."""

    recognition: Recognition | None = None
    sha256: str = ""


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
        return Shared(unit.outputs.recognition(contact_id), unit.outputs.recording(contact_id) or "")

    def is_quick(self, needs: Shared) -> bool:
        """Where nobody has to be told apart."""
        return needs.recognition is None or self._diariser is None or not has_shared_words(needs.recognition)

    def is_instant(self, needs: Shared) -> bool:
        """The same: then there is nothing to do."""
        return self.is_quick(needs)

    def run(self, needs: Shared) -> Voices:
        """Who speaks when."""
        if needs.recognition is None or self.is_quick(needs):
            return Voices()
        with stored_file(self._objects, needs.sha256) as path:
            return tell_apart(needs.recognition, path, self._reader, self._diariser)

    def publish(self, unit: Unit, contact_id: str, output: Voices) -> None:
        """Keep them."""
        unit.outputs.save_voices(contact_id, output)


def tell_apart(recognition: Recognition, path: Path, reader: AudioReader, diariser: Diariser | None) -> Voices:
    """Voices of a recording whose words stand on one channel; none where there is nothing to tell apart."""
    if diariser is None or not has_shared_words(recognition):
        return Voices()
    audio = reader.read(path, recognition.recording.sha256)
    return Voices(diariser.diarise(audio, recognition.channels[0]), diariser.describe())


def has_shared_words(recognition: Recognition) -> bool:
    """True where somebody speaks on a channel that is all there is."""
    return len(recognition.channels) == 1 and any(not word.suspect for word in recognition.channels[0])
