"""From bytes to words: decode, look, recognise. Chats have their words already."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.chat_file import read_chat
from qm.analysis.check_recording import check_recording
from qm.analysis.detect_language import detect_written_language
from qm.domain.contact import Contact, Medium
from qm.domain.recognition import Recognition
from qm.domain.transcript import Transcript
from qm.fingerprint import fingerprint
from qm.ports import AudioReader, ObjectStore, Transcriber, Unit


@dataclass(frozen=True)
class Words:
    """Either kind of output: words by channel of a recording, or the turns of a chat."""

    recognition: Recognition | None = None
    chat: Transcript | None = None


@dataclass(frozen=True)
class Bytes:
    """A contact and its stored object."""

    contact: Contact
    sha256: str
    path: Path


class TranscribeStage:
    """Recognition of one contact.

    Args:
        settings: what else decides the words (beam, batch, …), for the fingerprint.
    """

    name = "transcribe"
    version = "1"

    def __init__(
        self, objects: ObjectStore, reader: AudioReader, transcriber: Transcriber, settings: dict[str, int]
    ) -> None:
        self._objects = objects
        self._reader = reader
        self._transcriber = transcriber
        self._settings = settings

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the bytes, the language asked for, the engine and its settings."""
        contact = unit.contacts.get(contact_id)
        engine = [self._transcriber.describe(), self._settings] if contact.medium is Medium.VOICE else []
        sha256 = unit.outputs.recording(contact_id) or ""
        return fingerprint(self.name, self.version, sha256, contact.language, contact.medium, engine)

    def needs(self, unit: Unit, contact_id: str) -> Bytes:
        """The stored object."""
        sha256 = unit.outputs.recording(contact_id) or ""
        return Bytes(unit.contacts.get(contact_id), sha256, self._objects.path(sha256))

    def run(self, needs: Bytes) -> Words:
        """Words of the recording, or the chat's turns."""
        if needs.contact.medium is not Medium.VOICE:
            chat = read_chat(needs.path.read_bytes(), needs.contact.language)
            return Words(chat=chat if chat.language else detect_written_language(chat))
        audio = self._reader.read(needs.path, needs.sha256)
        findings = check_recording(audio.blocks(), audio.rate_hz, audio.recording.sample_rate_hz)
        speech = self._transcriber.transcribe((audio,), (needs.contact.language,))[0]
        recognition = Recognition(
            audio.recording, speech.language, speech.language_confidence, speech.channels,
            self._transcriber.describe(), (*audio.findings, *findings), speech.activity,
        )  # fmt: skip
        return Words(recognition=recognition)

    def publish(self, unit: Unit, contact_id: str, output: Words) -> None:
        """Keep the words."""
        if output.recognition is not None:
            unit.outputs.save_recognition(contact_id, output.recognition)
        if output.chat is not None:
            unit.outputs.save_transcript(contact_id, output.chat)
